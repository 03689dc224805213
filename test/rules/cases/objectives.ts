/** Every objective goes through the same days: burns are multiples of its own budget. */
import { metrics } from "../../../catalog/metrics/index.ts";
import { errorBudget, type Objective, objectives } from "../../../catalog/objectives.ts";
import {
  type GroupCases,
  type Labels,
  level,
  type Phase,
  perMinute,
  type RuleCase,
  type Shape,
  series,
  silent,
} from "../rule-case.ts";

/** Good and bad events a minute. */
type Traffic = readonly (readonly [good: number, bad: number, minutes: number] | "restart")[];
type Series = Record<string, Shape>;

function shape(traffic: Traffic, value: (good: number, bad: number) => number): Shape {
  return perMinute(
    ...traffic.map((phase): Phase => (phase === "restart" ? phase : [value(phase[0], phase[1]), phase[2]])),
  );
}

const bad = (traffic: Traffic) => shape(traffic, (_, count) => count);
const good = (traffic: Traffic) => shape(traffic, (count) => count);
const all = (traffic: Traffic) => shape(traffic, (one, other) => one + other);

const api = { job: "agentpay-api", instance: "api-1" };
const request = { ...api, method: "POST", endpoint: "/api/v1/checkouts" };
const call = { ...api, provider: "anthropic", model: "claude-haiku-4-5" };

/** Events that a label tells apart. */
const counted =
  (name: string, goodLabels: Labels, badLabels: Labels) =>
  (traffic: Traffic): Series => ({
    [series(name, goodLabels)]: good(traffic),
    [series(name, badLabels)]: bad(traffic),
  });

/** Events that a threshold tells apart. */
const timed =
  ({ bucket, count }: { bucket: string; count: string }, labels: Labels, le: string) =>
  (traffic: Traffic): Series => ({
    [series(bucket, { ...labels, le })]: good(traffic),
    [series(count, labels)]: all(traffic),
  });

const eventsOf: Record<string, (traffic: Traffic) => Series> = {
  "api-availability": counted(
    metrics.requests.name,
    { ...request, status: "201" },
    { ...request, status: "500" },
  ),
  "api-latency": timed(metrics.requestLatency, request, "2.0"),
  "llm-availability": counted(
    metrics.llmRequests.name,
    { ...call, status: "success", error_type: "none" },
    { ...call, status: "error", error_type: "timeout" },
  ),
  "llm-first-token": timed(metrics.llmTimeToFirstToken, call, "2.5"),
  "websocket-connect": counted(
    metrics.websocketConnects.name,
    { ...api, result: "ok" },
    { ...api, result: "error" },
  ),
  "checkout-success": counted(
    metrics.checkouts.name,
    { ...api, status: "completed" },
    { ...api, status: "failed" },
  ),
};

const hour = { long: "1h", short: "5m" };
const sixHours = { long: "6h", short: "30m" };
const day = { long: "1d", short: "2h" };
const threeDays = { long: "3d", short: "6h" };

function burnCases(objective: Objective, events: (traffic: Traffic) => Series): RuleCase[] {
  /** Events that burn the budget so many times too fast. */
  const burning = (times: number, minutes: number, eventsPerMinute = 60) => {
    const share = times * errorBudget(objective);
    return [eventsPerMinute * (1 - share), eventsPerMinute * share, minutes] as const;
  };
  /** So many good events that the bad ones before hardly count: days pass quickly. */
  const good = (minutes: number) => [20_000, 0, minutes] as const;
  return [
    {
      title: "20 times too fast for an hour: each pair of windows in its time",
      series: events([burning(0, 60), burning(20, 60), burning(0, 150), good(30)]),
      firing: {
        60: [],
        98: [],
        103: [sixHours],
        108: [hour, sixHours],
        120: [hour, sixHours],
        129: [sixHours],
        200: [],
        240: [],
        262: [],
        295: [],
      },
    },
    {
      title: "fast for an hour, and then still too fast: the slow alert takes over",
      series: events([burning(0, 60), burning(20, 60), burning(4, 240, 600)]),
      firing: { 120: [hour, sixHours], 160: [], 200: [], 300: [day], 360: [day] },
    },
    {
      title: "twice too fast for hours: only the slow alert",
      series: events([burning(0, 10), burning(2, 240, 600), good(60)]),
      firing: { 100: [], 180: [], 205: [threeDays], 250: [threeDays], 300: [] },
    },
    {
      title: "just within the budget",
      series: events([burning(0.95, 210, 600)]),
      firing: silent(100, 150, 210),
    },
    {
      title: "a total outage at low traffic, and then as before",
      series: events([[0.2, 0, 60], [0, 0.2, 60], good(60)]),
      firing: { 60: [], 80: [], 114: [hour], 175: [] },
    },
    {
      title: "one bad event in a quiet hour",
      series: events([
        [0.1, 0, 60],
        [0, 2, 0.5],
        [0.1, 0, 100],
      ]),
      firing: silent(62, 70, 100, 150),
    },
    { title: "no traffic", series: events([[0, 0, 100]]), firing: silent(60, 100) },
    {
      title: "a restart in the middle of the fault",
      series: events([burning(0, 60), burning(20, 30), "restart", burning(20, 30)]),
      firing: { 98: [], 110: [hour, sixHours] },
    },
  ];
}

function budgetCases(objective: Objective, events: (traffic: Traffic) => Series): RuleCase[] {
  const share = 5 * errorBudget(objective);
  return [
    {
      title: "the budget is spent, until a great many good events outweigh that",
      series: events([
        [60, 0, 60],
        [60 * (1 - share), 60 * share, 60],
        [6000, 0, 60],
      ]),
      firing: { 60: [], 85: [], 118: [{}], 140: [] },
    },
    {
      title: "a bit is left",
      series: events([[60 * (1 - 0.19 * share), 60 * 0.19 * share, 120]]),
      firing: silent(60, 120),
    },
    {
      title: "a single bad event of the first few",
      series: events([
        [0.1, 0, 10],
        [0, 2, 0.5],
        [0.1, 0, 100],
      ]),
      firing: silent(20, 40, 110),
    },
    { title: "no traffic", series: events([[0, 0, 100]]), firing: silent(50, 100) },
  ];
}

/** Something else shows that people use AgentPay. */
const inUse = (minutes: number): Series => ({
  [series(metrics.conversationsStarted.name, { ...api, channel: "widget" })]: perMinute([20, minutes]),
  [series(metrics.llmResponses.name, { ...api, model: "claude-haiku-4-5", stop_reason: "end_turn" })]:
    perMinute([20, minutes]),
  [series(metrics.requests.name, { ...request, instance: "api-2", status: "200" })]: perMinute([20, minutes]),
});
/** What of that is no event of the objective itself. */
const inUseBeside = ({ events }: Objective, minutes: number): Series =>
  Object.fromEntries(
    Object.entries(inUse(minutes)).filter(([name]) => !events.includes(name.split("{")[0] ?? "")),
  );

function missingCases(objective: Objective, events: (traffic: Traffic) => Series): RuleCase[] {
  const some = events([[60, 1, 100]]);
  const gone = Object.fromEntries(
    Object.keys(some).map((name) => [name, perMinute([60, 60], ["gone", 60], [60, 30])]),
  );
  return [
    { title: "nothing was ever measured", series: {}, firing: { 20: [], 35: [{}] } },
    {
      title: "the metric is gone for an hour, while people use AgentPay",
      series: { ...gone, ...inUseBeside(objective, 150) },
      firing: { 60: [], 85: [], 105: [{}], 125: [] },
    },
    {
      title: "a restart, and then three quarters of an hour without a request",
      series: gone,
      firing: silent(60, 85, 95, 105),
    },
    { title: "no traffic is measured all the same", series: events([[0, 0, 100]]), firing: silent(35, 100) },
    { title: "all is well", series: some, firing: silent(35, 100) },
  ];
}

/** What nobody counts while no server is up, counts as bad. */
function unservedCases(objective: Objective, events: (traffic: Traffic) => Series): RuleCase[] {
  if (objective.unserved === undefined) return [];
  const server = (shape: Shape) => ({ [series("up", api)]: shape });
  const counted = Object.fromEntries(
    Object.entries(events([[60, 0, 60]])).map(([name, shape]) => [
      name,
      perMinute(...shape.phases, ["gone", 60], ...shape.phases),
    ]),
  );
  return [
    {
      title: "an hour without any server spends the budget",
      series: { ...counted, ...server(level([1, 60], [0, 60], [1, 60])) },
      firing: { 60: [], 75: [hour], 110: [hour], 120: [hour] },
    },
    {
      title: "the servers leave discovery",
      series: {
        ...counted,
        ...server(level([1, 60], ["gone", 60], [1, 60])),
        [series("up", { job: "prometheus", instance: "prometheus" })]: level([1, 180]),
      },
      firing: { 60: [], 75: [hour] },
    },
    {
      title: "no sample of anything arrives: that is no outage",
      series: { ...counted, ...server(level([1, 60], ["gone", 60], [1, 60])) },
      firing: silent(60, 75, 100, 120),
    },
  ];
}

/** Without its bucket, an objective on a threshold must not look as if nothing was slow. */
function bucketCases(objective: Objective, events: (traffic: Traffic) => Series): RuleCase[] {
  const withoutBucket = Object.entries(events([[60, 6, 100]])).filter(([name]) => !name.includes("_bucket"));
  if (!objective.badEvents.includes("_bucket")) return [];
  return [
    {
      title: "the bucket is gone",
      series: { ...Object.fromEntries(withoutBucket), ...inUse(100) },
      firing: { 20: [], 45: [{}] },
    },
  ];
}

export const objectiveCases: Record<string, GroupCases> = Object.fromEntries(
  objectives.map((objective) => {
    const events = eventsOf[objective.name];
    if (!events) throw new Error(`${objective.name} has no events in test/rules/cases/objectives.ts`);
    return [
      `slo-${objective.name}-alerts`,
      {
        [`${objective.alertPrefix}BudgetBurn`]: [
          ...burnCases(objective, events),
          ...unservedCases(objective, events),
        ],
        ErrorBudgetExhausted: budgetCases(objective, events),
        SLOMetricMissing: [...missingCases(objective, events), ...bucketCases(objective, events)],
      },
    ];
  }),
);
