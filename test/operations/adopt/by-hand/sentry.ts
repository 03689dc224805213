/** Sections 1 and 4 of the guide: a Python project with its DSN, and some of its alerts. */
import { type Accounts, get, send } from "./accounts.ts";

/** What the wizard has proposed, and what the program calls them. */
const SLUG = "agentpay";
export const WANTED_SLUG = "agentpay-local";

const ORGANIZATION = "/api/0/organizations/agentpay";

interface Object {
  readonly id: string;
}
interface Key extends Object {
  readonly name: string;
  readonly dsn: { readonly public: string };
}

export interface SentryByHand {
  readonly project: string;
  /** The keys by their names: Sentry's own, which AgentPay sends to, and one that was added. */
  readonly dsns: Readonly<Record<string, string>>;
  readonly monitors: readonly string[];
  readonly alerts: readonly string[];
}

/** One alert in capitals, another threshold, one of the person's own name, most of them missing. */
export async function sentryByHand(accounts: Accounts): Promise<SentryByHand> {
  const post = async (path: string, body: object) => (await send<Object>(accounts, "sentry", path, body)).id;
  const team = await post(`${ORGANIZATION}/teams/`, { name: "AgentPay", slug: SLUG });
  const project = await post(`/api/0/teams/agentpay/${SLUG}/projects/`, {
    ...{ name: "AgentPay", slug: SLUG, platform: "python" },
  });
  const keysPath = `/api/0/projects/agentpay/${SLUG}/keys/`;
  await post(keysPath, { name: "agentpay SERVER" });
  const keys = await get<Key[]>(accounts, "sentry", keysPath);

  const monitor = (name: string, aggregate: string, above: number) =>
    post(`${ORGANIZATION}/projects/${SLUG}/detectors/`, {
      ...{ name, type: "metric_issue", config: { detectionType: "static" } },
      dataSources: [
        {
          ...{ dataset: "events_analytics_platform", queryType: 1, aggregate, query: "is_transaction:true" },
          ...{ timeWindow: 300, environment: null, eventTypes: ["trace_item_span"] },
        },
      ],
      conditionGroup: {
        logicType: "any",
        conditions: [
          { type: "gt", comparison: above, conditionResult: 75 },
          { type: "lte", comparison: above, conditionResult: 0 },
        ],
      },
    });
  const monitors = [
    await monitor("CRITICAL: More than 5% of API requests fail", "failure_rate()", 0.08),
    await monitor("Critical: API answers slowly (p95 above 2 s)", "p95(span.duration)", 3500),
    await monitor("slow, I think", "p95(span.duration)", 9000),
  ];
  const mailed = { targetType: "team", targetIdentifier: team, targetDisplay: null };
  const alert = (name: string, monitorId: string | undefined, trigger: string) =>
    post(`${ORGANIZATION}/workflows/`, {
      ...{ name, enabled: true, environment: null, config: { frequency: 1440 } },
      detectorIds: [Number(monitorId)],
      triggers: {
        logicType: "any-short",
        conditions: [{ type: trigger, comparison: true, conditionResult: true }],
      },
      actionFilters: [
        {
          ...{ logicType: "any-short", conditions: [] },
          actions: [{ type: "email", integrationId: null, config: mailed, data: {} }],
        },
      ],
    });
  const alerts = [
    await alert("Critical: more than 5% of API requests fail", monitors[0], "every_event"),
    await alert("warning: a new ERROR", monitors[1], "first_seen_event"),
  ];
  return {
    ...{ project, monitors, alerts },
    dsns: Object.fromEntries(keys.map(({ name, dsn }) => [name, dsn.public])),
  };
}

/** A new slug for the project and its team, in their settings. */
export async function renameProject(accounts: Accounts): Promise<void> {
  for (const path of [`projects/agentpay/${SLUG}/`, `teams/agentpay/${SLUG}/`])
    await send(accounts, "sentry", `/api/0/${path}`, { name: "AgentPay", slug: WANTED_SLUG }, "PUT");
}
