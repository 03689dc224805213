import { z } from "zod";
import type { Properties } from "../../resource.ts";
import type { RestClient } from "../rest/client.ts";
import { handler } from "../rest/handler.ts";
import { liveInputs } from "../rest/live-inputs.ts";
import { nameOr } from "../rest/text.ts";
import { name, oneOf, slug, wholeNumber } from "./inputs.ts";

/** A condition, filter or action: `id` names the rule. Its other keys go to Sentry as they are. */
const node = z
  .record(z.string(), z.string("must be a text: all values are, numbers too"))
  .superRefine((entry, context) => {
    const refuse = (property: string, message: string) =>
      context.addIssue({ code: "custom", path: [property], message });
    if (!entry["id"]) refuse("id", "is required, but missing: it names the rule");
    else if (!entry["id"].startsWith("sentry."))
      refuse("id", "must be a rule such as sentry.rules.conditions...");
    // Sentry adds it to its answers, where it would count as a change for ever.
    if ("name" in entry) refuse("name", "must be left out: Sentry writes it");
  });

const inputs = z.strictObject({
  organization: slug,
  project: slug,
  name: name(64),
  actionMatch: oneOf("all", "any"),
  filterMatch: oneOf("all", "any", "none"),
  frequency: wholeNumber(5, 43_200, "minutes"),
  environment: z.string().optional(),
  conditions: z.array(node),
  filters: z.array(node).optional(),
  actions: z.array(node).min(1, "must have at least one action"),
});

type Inputs = z.output<typeof inputs>;
type Nodes = readonly Readonly<Record<string, unknown>>[];

interface IssueAlert {
  readonly id: string;
  readonly name: string;
  readonly projects: readonly string[];
  readonly actionMatch: string;
  readonly filterMatch: string;
  readonly frequency: number;
  readonly environment: string | null;
  readonly conditions: Nodes;
  readonly filters: Nodes;
  readonly actions: Nodes;
}

export function issueAlert(client: RestClient) {
  return handler<typeof inputs>({
    inputs,
    replaceOn: ["organization", "project"],
    async create(given, resourceName) {
      const made = await client.post<IssueAlert>(rules(given), body(given, nameOr(given.name, resourceName)));
      return { id: `${given.organization}/${given.project}/${made.id}`, outputs: outputs(made) };
    },
    async read(_id, last) {
      const live = await client.find<IssueAlert>(path(last));
      if (live === undefined) return undefined;
      const { name, actionMatch, filterMatch, frequency, environment } = live;
      const found = {
        organization: last.inputs.organization,
        project: live.projects[0],
        ...{ name, actionMatch, filterMatch, frequency, environment },
        conditions: nodes(live.conditions, last.inputs.conditions),
        filters: nodes(live.filters, last.inputs.filters),
        actions: nodes(live.actions, last.inputs.actions),
      };
      return {
        inputs: liveInputs(found, last.inputs, { computed: ["name", "environment"] }),
        outputs: outputs(live),
      };
    },
    async update(_id, given, last) {
      const named = given.name ?? String(last.outputs["name"]);
      return outputs(await client.put<IssueAlert>(path(last), body(given, named)));
    },
    async delete(_id, last) {
      await client.remove(path(last));
    },
  });
}

function rules({ organization, project }: Inputs): string {
  return `projects/${organization}/${project}/rules/`;
}

function path({ inputs: last, outputs }: { inputs: Inputs; outputs: Properties }): string {
  return `${rules(last)}${outputs["internalId"]}/`;
}

function body(
  { organization: _organization, project, filters = [], ...given }: Inputs,
  named: string,
): object {
  return { ...given, filters, name: named, projects: [project] };
}

/** Only the keys that the program gave: Sentry's answers hold more, and numbers in place of texts. */
function nodes(live: Nodes, last: Nodes = []): Nodes {
  return live.map((node, index) => {
    const given = last[index] ?? { id: "" };
    const kept = Object.keys(given).filter((key) => node[key] !== undefined);
    return Object.fromEntries(kept.map((key) => [key, String(node[key])]));
  });
}

function outputs({ id, name, environment, projects }: IssueAlert): Properties {
  return { internalId: id, name, environment, projects };
}
