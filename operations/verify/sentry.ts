/** Sentry: does it take events, and will it ring? */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { sentryIssueAlerts, sentryMonitors } from "../../catalog/sentry-alerts.ts";
import { inboundFilters, managedFilters, ownershipRules } from "../../catalog/sentry-project.ts";
import { getJson, getPages, textOf } from "../../components/shared/json-api.ts";
import { failed, proven, required, some } from "../../components/shared/outcome.ts";
import type { Enabled } from "../../settings/schema.ts";
import { readJson } from "../../toolkit/json.ts";
import type { Check, Context } from "./check.ts";

const section = "Error Tracking";
const UP = "Run pulumi up, and pulumi refresh first where somebody changed Sentry by hand.";

/** Says in Sentry what the event is, and that it needs nobody. */
const TEST_EVENT = "AgentPay monitoring: test event of npm run verify, nothing to do";

/** Those with choices of their own say a list of them. */
const toggles = z.array(z.object({ id: z.string(), active: z.union([z.boolean(), z.array(z.string())]) }));
const named = z.object({ name: z.string(), enabled: z.boolean() });

type PathOf = (organization: string) => string;

function request({ settings, secrets, signal }: Context, path: PathOf) {
  const { apiUrl, organization } = settings.sentry as Enabled<"sentry">;
  const headers = { Authorization: `Bearer ${secrets["sentry.token"] ?? ""}` };
  return { url: `${apiUrl}0/${path(organization)}`, ask: { headers, signal } };
}

function api<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
  path: PathOf,
): Promise<z.output<Schema>> {
  const { url, ask } = request(context, path);
  return getJson(schema, url, ask);
}

async function sendTestEvent({ outputs, settings, signal }: Context): Promise<string> {
  const dsn = new URL(required(outputs.appEnvironment?.["SENTRY_DSN"], "appEnvironment.SENTRY_DSN"));
  const [, folder = "", project = ""] = /^(.*)\/(\d+)$/.exec(dsn.pathname) ?? [];
  const url = `${dsn.origin}${folder}/api/${project}/envelope/`;
  const id = randomUUID().replaceAll("-", "");
  const event = {
    event_id: id,
    timestamp: new Date().toISOString(),
    platform: "other",
    // Below error: no alert looks at it.
    level: "info",
    environment: settings.environment,
    message: TEST_EVENT,
    tags: { agentpay_verify: "true" },
  };
  const lines = [{ event_id: id, sent_at: event.timestamp }, { type: "event" }, event];
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-sentry-envelope",
      "X-Sentry-Auth": `Sentry sentry_version=7, sentry_client=agentpay-verify/1, sentry_key=${dsn.username}`,
    },
    body: lines.map((line) => JSON.stringify(line)).join("\n"),
    signal,
  });
  return readJson(z.object({ id: z.string() }), await textOf(response, url)).id;
}

export const sentryChecks: readonly Check[] = [
  {
    id: "sentry-project",
    section,
    title: "Sentry project exists",
    platform: "sentry",
    advice: `${UP} 401 or 403: the token in sentry.token has expired or lacks project:read.`,
    async run(context) {
      const slug = required(context.outputs.sentryProject, "sentryProject");
      await api(
        context,
        z.object({ slug: z.string() }),
        (organization) => `projects/${organization}/${slug}/`,
      );
      return proven(slug);
    },
  },
  {
    id: "sentry-dsn",
    section,
    title: "DSN accepts a test event",
    platform: "sentry",
    advice: "Run pulumi up: the key may have been revoked. Is Sentry's ingestion reachable from here?",
    run: async (context) => proven(`event ${await sendTestEvent(context)}`),
  },
  {
    id: "sentry-performance",
    section,
    title: "Performance monitoring enabled",
    platform: "sentry",
    advice: "Set sentry.tracesSampleRate above 0 and run pulumi up: Sentry's monitors count traces.",
    async run({ outputs }) {
      const { SENTRY_TRACES_SAMPLE_RATE: traces, SENTRY_PROFILES_SAMPLE_RATE: profiles } = required(
        outputs.appEnvironment,
        "appEnvironment",
      );
      return Number(traces) > 0
        ? proven(`AgentPay is told to trace ${traces} and to profile ${profiles} of its requests`)
        : failed(`AgentPay is told to trace ${traces} of its requests`);
    },
  },
  {
    id: "sentry-alerts",
    section,
    title: "Alerts configured in Sentry",
    platform: "sentry",
    advice: UP,
    async run(context) {
      const slug = required(context.outputs.sentryProject, "sentryProject");
      const { id } = await api(
        context,
        z.object({ id: z.string() }),
        (organization) => `projects/${organization}/${slug}/`,
      );
      const enabled = async (kind: string) => {
        const { url, ask } = request(
          context,
          (organization) => `organizations/${organization}/${kind}/?project=${id}&per_page=100`,
        );
        const all = await getPages(named, url, ask);
        return new Set(all.flatMap((one) => (one.enabled ? [one.name] : [])));
      };
      const [monitors, alerts] = await Promise.all([enabled("detectors"), enabled("workflows")]);
      const watching = sentryMonitors.map(({ name }) => name);
      const telling = [...watching, ...sentryIssueAlerts.map(({ name }) => name)];
      const missing = [
        ...watching.filter((name) => !monitors.has(name)).map((name) => `monitor "${name}"`),
        ...telling.filter((name) => !alerts.has(name)).map((name) => `alert "${name}"`),
      ];
      return missing.length === 0
        ? proven(`${watching.length} monitors and ${telling.length} alerts are there, and on`)
        : failed(`missing or switched off: ${some(missing)}`);
    },
  },
  {
    id: "sentry-inbound-filters",
    section,
    title: "Sentry drops what nobody can mend",
    platform: "sentry",
    advice: UP,
    async run(context) {
      const slug = required(context.outputs.sentryProject, "sentryProject");
      const filters = await api(
        context,
        toggles,
        (organization) => `projects/${organization}/${slug}/filters/`,
      );
      const active = filters.flatMap((filter) => (filter.active === true ? [filter.id] : []));
      const wanted: readonly string[] = inboundFilters(context.settings.environment);
      const wrong = managedFilters.filter((id) => wanted.includes(id) !== active.includes(id));
      return wrong.length === 0
        ? proven(`filtered: ${wanted.join(", ")}`)
        : failed(`not as it should be: ${some(wrong)}`);
    },
  },
  {
    id: "sentry-ownership",
    section,
    title: "Errors have an owner",
    platform: "sentry",
    advice: UP,
    async run(context) {
      const slug = required(context.outputs.sentryProject, "sentryProject");
      const { raw } = await api(
        context,
        z.object({ raw: z.string().nullable() }),
        (organization) => `projects/${organization}/${slug}/ownership/`,
      );
      const rules = ownershipRules(slug);
      return raw === rules ? proven(rules) : failed(`the ownership rules are not "${rules}"`);
    },
  },
];
