import { beforeAll, describe, expect, test } from "vitest";
import { isSecretInput, plain } from "../../support/mocks.ts";
import { type ComponentRun, componentOf, type ProgramRun, runProgram } from "../../support/program.ts";

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

interface Layer {
  readonly users: readonly string[];
  readonly restrictions: readonly {
    readonly startDayOfWeek: number;
    readonly startTimeOfDay: string;
    readonly durationSeconds: number;
  }[];
}

const MINUTES_PER_WEEK = 7 * 24 * 60;
/** Clocks change on a multiple of half an hour, everywhere: within one, they only run on. */
const STEP_MINUTES = 30;
const YEAR = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2027, 0, 1) };

/** The people of a level in each minute of the week, as its layers say. */
function byMinuteOfWeek(layers: readonly Layer[]): string[][] {
  return Array.from({ length: MINUTES_PER_WEEK }, (_, minute) =>
    layers
      .filter(({ restrictions }) =>
        restrictions.some(({ startDayOfWeek, startTimeOfDay, durationSeconds }) => {
          const [hours = 0, minutes = 0] = startTimeOfDay.split(":").map(Number);
          const start = ((startDayOfWeek - 1) * 24 + hours) * 60 + minutes;
          return (minute - start + MINUTES_PER_WEEK) % MINUTES_PER_WEEK < durationSeconds / 60;
        }),
      )
      .flatMap(({ users }) => users),
  );
}

/** Minutes since Monday 00:00 on the zone's clocks, at each half hour of the year. */
function minutesOfWeek(timeZone: string): number[] {
  const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const steps = (YEAR.to - YEAR.from) / (STEP_MINUTES * 60_000);
  return Array.from({ length: steps }, (_, step) => {
    const [day = "", hours, minutes] = format
      .format(YEAR.from + step * STEP_MINUTES * 60_000)
      .split(/[ ,:]+/);
    return (days.indexOf(day) * 24 + Number(hours)) * 60 + Number(minutes);
  });
}

describe("in every minute of a year, each level has exactly one person, and never the same on both", () => {
  let levels: readonly (readonly string[][])[];
  beforeAll(async () => {
    const onCall = componentOf(await runProgram("production"), "OnCall");
    levels = ["primary", "secondary"].map((level) =>
      byMinuteOfWeek(onCall.inputs(`on-call-${level}`)["layers"] as readonly Layer[]),
    );
  });

  test.each([
    ["Etc/UTC", 0],
    ["Europe/Berlin", 2],
    ["America/New_York", 2],
    ["Asia/Kathmandu", 0],
    // Half an hour of summer time.
    ["Australia/Lord_Howe", 2],
  ])("%s, whose clocks change %i times", (timeZone, changes) => {
    const clock = minutesOfWeek(timeZone);
    const jumps = clock.filter(
      (minute, step) => step > 0 && minute !== ((clock[step - 1] ?? 0) + STEP_MINUTES) % MINUTES_PER_WEEK,
    );
    expect(jumps).toHaveLength(changes);
    const faults = clock.flatMap((start) =>
      Array.from({ length: STEP_MINUTES }, (_, minute) => (start + minute) % MINUTES_PER_WEEK).filter(
        (minute) => {
          const [primary = [], secondary = []] = levels.map((level) => level[minute]);
          return primary.length !== 1 || secondary.length !== 1 || primary[0] === secondary[0];
        },
      ),
    );
    expect(faults).toEqual([]);
  });
});
