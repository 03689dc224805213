import { describe, expect, test } from "vitest";
import { componentOf, type Overrides, runProgram, type Stack } from "../../support/program.ts";

const EMAIL = {
  type: "email",
  integrationId: null,
  config: { targetType: "team", targetIdentifier: "4711", targetDisplay: null },
  data: {},
};
const SLACK = {
  type: "slack",
  integrationId: "101",
  config: { targetType: "specific", targetIdentifier: "", targetDisplay: "alerts" },
  data: {},
};
const PAGE = {
  type: "pagerduty",
  integrationId: "102",
  config: { targetType: "specific", targetIdentifier: "42", targetDisplay: null },
  data: { priority: "critical" },
};
const CONNECTED = {
  "sentry.slackIntegration": "AgentPay",
  "sentry.pagerDutyIntegration": "AgentPay",
  "sentry.pagerDutyService": "42",
};

// biome-ignore lint/suspicious/noExplicitAny: attributes are of every shape
type Attributes = Readonly<Record<string, any>>;

async function attributes(stack: Stack = "production", overrides: Overrides = {}) {
  const alerts = componentOf(await runProgram(stack, { overrides }), "SentryAlerts");
  return (key: string) => alerts.inputs(`sentry-alerts-${key}`)["attributes"] as Attributes;
}

test("makes the guide's alerts that Sentry can measure, each with its monitor, and those on issues", async () => {
  const alerts = componentOf(await runProgram("production"), "SentryAlerts");
  expect(alerts.children.map(({ name }) => name.replace("sentry-alerts-", "")).toSorted()).toEqual([
    "error-rate-critical",
    "error-rate-critical-monitor",
    "error-rate-warning",
    "error-rate-warning-monitor",
    "issues",
    "latency",
    "latency-monitor",
    "llm-failures",
    "new-issue",
    "regression",
    "slow-queries",
    "spike",
  ]);
  expect(alerts.counts).toEqual({
    "pulumi-nodejs:dynamic/sentry:Alert": 8,
    "pulumi-nodejs:dynamic/sentry:IssueStream": 1,
    "pulumi-nodejs:dynamic/sentry:Monitor": 3,
  });
});

const SERVED = "is_transaction:true span.op:http.server";
const FAILED = `${SERVED} !trace.status:[already_exists,failed_precondition,invalid_argument,not_found,permission_denied,resource_exhausted,unauthenticated]`;

test.each([
  ["error-rate-critical", "failure_rate()", FAILED, 300, 0.05, 75],
  ["error-rate-warning", "failure_rate()", FAILED, 900, 0.01, 50],
  ["latency", "p95(span.duration)", SERVED, 600, 2000, 75],
])("%s: %s of %s over %i seconds above %d", async (key, aggregate, query, timeWindow, limit, priority) => {
  const monitor = (await attributes())(`${key}-monitor`);
  expect(monitor).toEqual({
    type: "metric_issue",
    name: expect.any(String),
    owner: "team:4711",
    enabled: true,
    config: { detectionType: "static" },
    dataSources: [
      {
        ...{ dataset: "events_analytics_platform", queryType: 1, eventTypes: ["trace_item_span"] },
        ...{ aggregate, query: `${query} environment:production`, timeWindow },
        ...{ environment: null, extrapolationMode: "unknown" },
      },
    ],
    conditionGroup: {
      logicType: "any",
      conditions: [
        { type: "gt", comparison: limit, conditionResult: priority },
        { type: "lte", comparison: limit, conditionResult: 0 },
      ],
    },
  });
  const alert = (await attributes())(key);
  expect(alert).toMatchObject({ name: monitor["name"], config: { frequency: 0 } });
  expect(alert["triggers"].conditions.map(({ type }: { type: string }) => type)).toEqual([
    ...["first_seen_event", "issue_resolved_trigger", "reappeared_event", "regression_event"],
  ]);
  expect(alert["actionFilters"]).toMatchObject([
    {
      logicType: "any-short",
      conditions: [
        { type: "issue_priority_deescalating", comparison: true, conditionResult: true },
        { type: "issue_priority_greater_or_equal", comparison: priority, conditionResult: true },
      ],
    },
  ]);
});

test("rings when one LLM failure repeats more than 10 times in 5 minutes", async () => {
  const alert = (await attributes("staging"))("llm-failures");
  expect(alert).toMatchObject({
    environment: null,
    config: { frequency: 30 },
    triggers: {
      logicType: "any-short",
      conditions: [{ type: "event_frequency_count", comparison: { value: 10, interval: "5m" } }],
    },
  });
  expect(alert["actionFilters"]).toMatchObject([
    {
      logicType: "all",
      conditions: [
        { type: "tagged_event", comparison: { key: "component", match: "eq", value: "llm" } },
        { type: "tagged_event", comparison: { key: "environment", match: "eq", value: "staging" } },
      ],
    },
  ]);
});

test("what a monitor's issue does is told by its own alert alone: the others ask for errors or queries", async () => {
  const of = await attributes();
  for (const key of ["spike", "new-issue", "regression", "slow-queries"]) {
    const [filter] = of(key)["actionFilters"];
    expect(filter.conditions).toContainEqual({
      type: "issue_category",
      comparison: { value: key === "slow-queries" ? 12 : 1 },
      conditionResult: true,
    });
  }
});

describe("who is told", () => {
  const told = async (overrides: Overrides) => {
    const of = await attributes("production", overrides);
    const actions = (key: string) => of(key)["actionFilters"][0].actions;
    expect(actions("spike")).toEqual(actions("latency"));
    expect(actions("new-issue")).toEqual(actions("error-rate-warning"));
    return { critical: actions("spike"), warning: actions("new-issue") };
  };

  test("the team by email, where Sentry is connected to nothing", async () => {
    expect(await told({})).toEqual({ critical: [EMAIL], warning: [EMAIL] });
    expect((await runProgram("production")).calls.filter(({ token }) => token.startsWith("sentry:"))).toEqual(
      [],
    );
  });

  test("PagerDuty for criticals, email and Slack for warnings, where it is", async () => {
    expect(await told(CONNECTED)).toEqual({ critical: [PAGE], warning: [EMAIL, SLACK] });
  });
});

test("what is in Sentry by the same name in the same project is taken over", async () => {
  const alerts = componentOf(await runProgram("production"), "SentryAlerts");
  const list = (kind: string) => `0/organizations/agentpay/${kind}/?project=4242&per_page=100`;
  const { name } = (await attributes())("latency");
  expect(alerts.inputs("sentry-alerts-latency-monitor")).toMatchObject({
    createPath: "0/organizations/agentpay/projects/agentpay-production/detectors",
    existing: { list: list("detectors"), where: { name, type: "metric_issue" } },
  });
  expect(alerts.inputs("sentry-alerts-latency")).toMatchObject({
    existing: { list: list("workflows"), where: { name, isAttached: true } },
  });
  expect(alerts.inputs("sentry-alerts-issues")).toMatchObject({ vendorOwned: true });
});

test("a paging integration without the service's number is refused", async () => {
  const { parseSettings } = await import("../../../settings/settings.ts");
  const { configurationOf } = await import("../../support/program.ts");
  const overrides = { "sentry.pagerDutyIntegration": "AgentPay" };
  expect(() => parseSettings("production", configurationOf("production", overrides))).toThrow(
    /sentry\.pagerDutyService/,
  );
});
