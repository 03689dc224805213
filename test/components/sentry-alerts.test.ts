import { describe, expect, test } from "vitest";
import { componentOf, runProgram } from "../support/program.ts";

const EMAIL = { id: "sentry.mail.actions.NotifyEmailAction", targetType: "Team", targetIdentifier: "4711" };
const SLACK = {
  id: "sentry.integrations.slack.notify_action.SlackNotifyServiceAction",
  workspace: "101",
  channel: "#alerts",
};
const PAGE = {
  id: "sentry.integrations.pagerduty.notify_action.PagerDutyNotifyServiceAction",
  account: "102",
  service: "42",
};
const CONNECTED = {
  "sentry.slackIntegration": "AgentPay",
  "sentry.pagerDutyIntegration": "AgentPay",
  "sentry.pagerDutyService": "42",
};

test("makes the guide's alerts that Sentry can measure, and those on issues", async () => {
  const alerts = componentOf(await runProgram("production"), "SentryAlerts");
  expect(alerts.children.map(({ name }) => name).toSorted()).toEqual([
    "sentry-alerts-error-rate-critical",
    "sentry-alerts-error-rate-warning",
    "sentry-alerts-latency",
    "sentry-alerts-llm-failures",
    "sentry-alerts-new-issue",
    "sentry-alerts-regression",
    "sentry-alerts-slow-queries",
    "sentry-alerts-spike",
  ]);
});

test.each([
  ["error-rate-critical", "failure_rate()", 5, 0.05],
  ["error-rate-warning", "failure_rate()", 15, 0.01],
  ["latency", "p95(transaction.duration)", 10, 2000],
])(
  "%s: %s over %i minutes above %d, of the environment's API requests",
  async (key, aggregate, minutes, above) => {
    const alerts = componentOf(await runProgram("production"), "SentryAlerts");
    expect(alerts.inputs(`sentry-alerts-${key}`)).toEqual({
      organization: "agentpay",
      project: "agentpay-production",
      name: expect.any(String),
      dataset: "transactions",
      aggregate,
      query: "event.type:transaction transaction.op:http.server environment:production",
      timeWindow: minutes,
      thresholdType: 0,
      owner: "team:4711",
      triggers: [
        {
          label: "critical",
          thresholdType: 0,
          alertThreshold: above,
          actions: [{ type: "email", targetType: "team", targetIdentifier: "4711" }],
        },
      ],
    });
  },
);

test("rings when one LLM failure repeats more than 10 times in 5 minutes", async () => {
  const alerts = componentOf(await runProgram("staging"), "SentryAlerts");
  expect(alerts.inputs("sentry-alerts-llm-failures")).toMatchObject({
    conditions: [
      {
        id: "sentry.rules.conditions.event_frequency.EventFrequencyCondition",
        comparisonType: "count",
        value: "10",
        interval: "5m",
      },
    ],
    filters: [
      {
        id: "sentry.rules.filters.tagged_event.TaggedEventFilter",
        key: "component",
        match: "eq",
        value: "llm",
      },
      {
        id: "sentry.rules.filters.tagged_event.TaggedEventFilter",
        key: "environment",
        match: "eq",
        value: "staging",
      },
    ],
  });
});

describe("who is told", () => {
  const actions = async (overrides: Record<string, string>) => {
    const alerts = componentOf(await runProgram("production", { overrides }), "SentryAlerts");
    const issueActions = (key: string) => alerts.inputs(`sentry-alerts-${key}`)["actions"];
    return { critical: issueActions("spike"), warning: issueActions("new-issue") };
  };

  test("the team by email, where Sentry is connected to nothing", async () => {
    expect(await actions({})).toEqual({ critical: [EMAIL], warning: [EMAIL] });
    expect((await runProgram("production")).calls.filter(({ token }) => token.startsWith("sentry:"))).toEqual(
      [],
    );
  });

  test("PagerDuty for criticals, email and Slack for warnings, where it is", async () => {
    expect(await actions(CONNECTED)).toEqual({ critical: [PAGE], warning: [EMAIL, SLACK] });
  });

  test("metric alerts email and write to Slack, but can't page", async () => {
    const run = await runProgram("production", { overrides: CONNECTED });
    const { triggers } = componentOf(run, "SentryAlerts").inputs("sentry-alerts-latency");
    expect(triggers).toMatchObject([
      {
        actions: [
          { type: "email" },
          { type: "slack", targetType: "specific", targetIdentifier: "#alerts", integrationId: 101 },
        ],
      },
    ]);
  });
});

test("a paging integration without the service's number is refused", async () => {
  const { parseSettings } = await import("../../settings.ts");
  const { configurationOf } = await import("../support/program.ts");
  const overrides = { "sentry.pagerDutyIntegration": "AgentPay" };
  expect(() => parseSettings("production", configurationOf("production", overrides))).toThrow(
    /sentry\.pagerDutyService/,
  );
});
