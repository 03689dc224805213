/** PagerDuty: by name, in any case. An integration is one of its service, of its type or its vendor. */
import { z } from "zod";
import { ask } from "../../../components/pagerduty/api.ts";
import { by, type Finder, type Finders, isNamed, known, type Seen } from "../finder.ts";

const PAGE = 100;
const ONLY = { isOnly: true } as const;

const named = z.object({ id: z.string(), name: z.string().nullish() });
const service = z.object({
  service: z.object({ integrations: z.array(z.object({ id: z.string(), summary: z.string().nullish() })) }),
});
const integration = z.object({
  integration: z.object({ type: z.string(), vendor: z.object({ id: z.string() }).nullish() }),
});

/** Of a collection, those of the name. @param rule what PagerDuty allows of names. Default: several of one */
function inCollection(collection: string, rule: Pick<Seen, "isOnly"> = {}): Finder {
  const page = z.object({ [collection]: z.array(named), more: z.boolean().nullish() });
  return by(["name"], async ({ name }, _planned, search) => {
    const ids: string[] = [];
    for (let offset = 0; ; offset += PAGE) {
      const query = new URLSearchParams({ query: name, limit: String(PAGE), offset: String(offset) });
      const answer = await ask(search, page, `${collection}?${query}`);
      const items = answer[collection] as z.output<typeof named>[];
      ids.push(...items.filter((item) => isNamed(item.name, name)).map(({ id }) => id));
      if (!answer["more"] || items.length === 0) return { ids, ...rule };
    }
  });
}

const serviceIntegration = by(["name", "service"], async (wanted, planned, search) => {
  const path = `services/${wanted.service}`;
  const { integrations } = (await ask(search, service, path)).service;
  const like = integrations.filter(({ summary }) => isNamed(summary, wanted.name));
  const vendor = known(planned, "vendor");
  const same: string[] = [];
  for (const { id } of like) {
    const live = (await ask(search, integration, `${path}/integrations/${id}`)).integration;
    const isSame = vendor === undefined ? live.type === planned.inputs["type"] : live.vendor?.id === vendor;
    if (isSame) same.push(id);
  }
  const other = like.find(({ id }) => !same.includes(id));
  return {
    ids: same.map((id) => `${wanted.service}.${id}`),
    ...(other && { note: `one of this name and another type, ${other.id}, stays with its key` }),
  };
});

export const pagerDutyFinders: Finders = {
  "pagerduty:index/team:Team": inCollection("teams", ONLY),
  "pagerduty:index/schedule:Schedule": inCollection("schedules"),
  "pagerduty:index/escalationPolicy:EscalationPolicy": inCollection("escalation_policies", ONLY),
  "pagerduty:index/service:Service": inCollection("services", ONLY),
  "pagerduty:index/serviceIntegration:ServiceIntegration": serviceIntegration,
};
