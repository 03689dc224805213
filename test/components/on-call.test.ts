import { beforeAll, describe, expect, test } from "vitest";
import { isSecretInput, plain } from "../support/mocks.ts";
import { type ComponentRun, componentOf, type ProgramRun, runProgram } from "../support/program.ts";

const OVERRIDES = {
  "pagerduty.enabled": true,
  "pagerduty.engineerA": "ana@agentpay.com",
  "pagerduty.engineerB": "ben@agentpay.com",
  "pagerduty.engineeringManager": "maya@agentpay.com",
};

test("staging does not page", async () => {
  const run = await runProgram("staging");
  expect(() => componentOf(run, "OnCall")).toThrow("the program made no OnCall");
  expect(run.calls).toEqual([]);
});

describe.each(["production", "local"] as const)("%s", (stack) => {
  let run: ProgramRun;
  let onCall: ComponentRun;
  const name = stack === "production" ? "AgentPay Production" : "AgentPay Local";
  beforeAll(async () => {
    run = await runProgram(stack, { overrides: OVERRIDES });
    onCall = componentOf(run, "OnCall");
  });

  test("makes exactly these", () => {
    expect(onCall.counts).toEqual({
      "pagerduty:index/escalationPolicy:EscalationPolicy": 1,
      "pagerduty:index/schedule:Schedule": 2,
      "pagerduty:index/service:Service": 1,
      "pagerduty:index/serviceIntegration:ServiceIntegration": 2,
      "pagerduty:index/team:Team": 1,
    });
  });

  test("finds its people, who exist already", () => {
    const emails = run.calls
      .filter(({ token }) => token.endsWith(":getUser"))
      .map(({ inputs }) => inputs["email"]);
    expect(emails.toSorted()).toEqual(["ana@agentpay.com", "ben@agentpay.com", "maya@agentpay.com"]);
  });

  test("A is primary from Monday to Wednesday, B from Thursday to Sunday; secondary the other way round", () => {
    const layer = (user: string, startDayOfWeek: number, durationSeconds: number, days: string) => ({
      name: days,
      start: "2024-01-01T00:00:00Z",
      rotationVirtualStart: "2024-01-01T00:00:00Z",
      rotationTurnLengthSeconds: 604_800,
      users: [`user:${user}@agentpay.com`],
      restrictions: [
        { type: "weekly_restriction", startDayOfWeek, startTimeOfDay: "00:00:00", durationSeconds },
      ],
    });
    const early = (user: string) => layer(user, 1, 259_200, "days 1 to 3");
    const late = (user: string) => layer(user, 4, 345_600, "days 4 to 7");
    const schedule = (level: string, layers: unknown[]) => ({
      name: `${name} ${level}`,
      description: `${name}: ${level} on call`,
      timeZone: "Etc/UTC",
      teams: ["id-of-on-call-team"],
      layers,
    });
    expect(onCall.inputs("on-call-primary")).toEqual(schedule("primary", [early("ana"), late("ben")]));
    expect(onCall.inputs("on-call-secondary")).toEqual(schedule("secondary", [early("ben"), late("ana")]));
  });

  test("calls the primary at once, the secondary at minute 15, the manager at minute 30; then again", () => {
    const rule = (escalationDelayInMinutes: number, type: string, id: string) => ({
      escalationDelayInMinutes,
      targets: [{ type, id }],
    });
    expect(onCall.inputs("on-call-escalation")).toEqual({
      name: `${name} escalation`,
      description: expect.stringContaining("after 15 minutes"),
      teams: "id-of-on-call-team",
      numLoops: 2,
      rules: [
        rule(15, "schedule_reference", "id-of-on-call-primary"),
        rule(15, "schedule_reference", "id-of-on-call-secondary"),
        rule(30, "user_reference", "user:maya@agentpay.com"),
      ],
    });
  });

  test("the service makes incidents with the urgency of their severity", () => {
    expect(onCall.inputs("on-call-service")).toEqual({
      name,
      description: expect.stringContaining(name),
      escalationPolicy: "id-of-on-call-escalation",
      alertCreation: "create_alerts_and_incidents",
      acknowledgementTimeout: "1800",
      autoResolveTimeout: "86400",
      incidentUrgencyRule: { type: "constant", urgency: "severity_based" },
      alertGroupingParameters: { type: "time", config: { timeout: 5 } },
    });
  });

  test("groups no alerts where the plan has no grouping", async () => {
    const overrides = { ...OVERRIDES, "pagerduty.groupAlerts": false };
    const ungrouped = componentOf(await runProgram(stack, { overrides }), "OnCall");
    expect(ungrouped.inputs("on-call-service")).not.toHaveProperty("alertGroupingParameters");
  });

  test("belongs to a team", () => {
    expect(onCall.inputs("on-call-team")).toEqual({ name, description: expect.stringContaining(name) });
  });

  test("takes Events API v2 from Alertmanager and CloudWatch messages from SNS", () => {
    const service = "id-of-on-call-service";
    expect(onCall.inputs("on-call-prometheus")).toEqual({
      service,
      name: "Prometheus",
      type: "events_api_v2_inbound_integration",
    });
    expect(onCall.inputs("on-call-cloudwatch")).toEqual({
      service,
      name: "CloudWatch",
      vendor: "vendor:Cloudwatch",
    });
  });

  test("its integration keys are secret: in state by option, and where the component exposes them", () => {
    for (const key of ["on-call-prometheus", "on-call-cloudwatch"]) {
      expect(onCall.child(key).additionalSecretOutputs).toEqual(["integrationKey"]);
    }
    expect(isSecretInput(onCall.outputs["prometheusRoutingKey"])).toBe(true);
    expect(isSecretInput(onCall.outputs["cloudWatchIntegrationKey"])).toBe(true);
    expect(plain(onCall.outputs)).toEqual({
      serviceUrl: "https://agentpay.pagerduty.com/service-directory/on-call-service",
      prometheusRoutingKey: "sentinel-secret:integration-key-of-on-call-prometheus",
      cloudWatchIntegrationKey: "sentinel-secret:integration-key-of-on-call-cloudwatch",
    });
  });

  test("is protected in production only", () => {
    const isProtected = stack === "production";
    expect(onCall.children.map(({ protect }) => protect)).toEqual(onCall.children.map(() => isProtected));
  });
});
