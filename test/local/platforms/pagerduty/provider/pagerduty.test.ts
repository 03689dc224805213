import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compare, read } from "../../../../../local/host/operations.ts";
import type { ConnectedPackage } from "../../../../../local/host/resource.ts";
import { startPagerDuty } from "../../../../../local/platforms/pagerduty/api/server.ts";
import { pagerDutyPackage } from "../../../../../local/platforms/pagerduty/provider/index.ts";
import type { RunningServer } from "../../../../../local/platforms/shared/http-server.ts";
import type { AnyHandler } from "../../../../../local/platforms/shared/rest/handler.ts";
import type { Properties } from "../../../../../toolkit/property-values.ts";
import {
  change,
  deleteTwice,
  drift,
  handlerOf,
  type Made,
  make,
  mistakes,
  replaces,
} from "../../shared/rest/lifecycle.ts";
import { type Call, caller, temporaryFolder } from "../../support.ts";

const dataFolder = temporaryFolder();
let server: RunningServer;
let behindPulumi: Call;
let connected: ConnectedPackage;
let engineerA: string;
const of = (type: string): AnyHandler =>
  handlerOf(connected, `pagerduty:index/${type[0]?.toLowerCase()}${type.slice(1)}:${type}`);
const call = async (name: string, args: Properties) =>
  (await connected.functions?.[`pagerduty:index/${name}:${name}`]?.(args)) ?? {};

afterAll(() => server?.stop());
beforeAll(async () => {
  server = await startPagerDuty({ port: 0, dataFolder });
  behindPulumi = caller(server, { authorization: "Token token=t" });
  connected = await pagerDutyPackage.connect({
    token: "t",
    apiUrlOverride: server.url,
    skipCredentialsValidation: false,
  });
  engineerA = String((await call("getUser", { email: "ana@agentpay.example" }))["id"]);
});

const weekly = {
  type: "weekly_restriction",
  startDayOfWeek: 1,
  startTimeOfDay: "00:00:00",
  durationSeconds: 259_200,
};
const layer = (more: object = {}) => ({
  name: "weekdays",
  start: "2024-01-01T00:00:00Z",
  rotationVirtualStart: "2024-01-01T01:00:00+01:00",
  rotationTurnLengthSeconds: 604_800,
  users: [engineerA],
  restrictions: [weekly],
  ...more,
});
const schedule = (name: string, layers = [layer()]) =>
  make(of("Schedule"), { name, timeZone: "Etc/UTC", layers, overflow: true });
const rule = (id: string, type = "schedule_reference") => ({
  escalationDelayInMinutes: 15,
  targets: [{ id, type }],
});
const policy = async (name: string) =>
  make(of("EscalationPolicy"), { name, numLoops: 2, rules: [rule((await schedule(`${name} schedule`)).id)] });
const service = async (name: string, more: object = {}): Promise<Made> =>
  make(of("Service"), {
    name,
    escalationPolicy: (await policy(`${name} policy`)).id,
    alertCreation: "create_alerts_and_incidents",
    ...more,
  });

test("connecting needs a token that PagerDuty takes", async () => {
  const refused = pagerDutyPackage.connect({
    token: "a b",
    apiUrlOverride: server.url,
    skipCredentialsValidation: false,
  });
  await expect(refused).rejects.toThrow("PagerDuty refused GET /abilities (401): Authentication failed");
  expect(
    mistakes({ inputs: pagerDutyPackage.configuration } as unknown as AnyHandler, { tokn: "t" }),
  ).toEqual(['"token": is required, but missing', 'there is no input "tokn" (misspelt?)']);
});

test("look-ups find whole emails and parts of vendors' names, and say what is not there", async () => {
  expect(await call("getUser", { email: "maya@agentpay.example" })).toMatchObject({
    name: "Engineering Manager",
  });
  expect(await call("getVendor", { name: "Cloudwatch" })).toMatchObject({ name: "Amazon CloudWatch" });
  await expect(call("getUser", { email: "maya" })).rejects.toThrow(
    "PagerDuty has no user with the email maya",
  );
  await expect(call("getVendor", { name: "Nobody" })).rejects.toThrow("no vendor with the name Nobody");
});

describe("Schedule", () => {
  test("is made, read without drift, changed, and deleted", async () => {
    const handler = of("Schedule");
    const made = await schedule("rota", [layer({ name: undefined }), layer({ restrictions: undefined })]);
    expect(made.inputs["description"]).toBe("Managed by Pulumi");
    expect(await drift(handler, made)).toEqual([]);
    const changed = await change(handler, made, { ...made.inputs, layers: [layer({ name: "all days" })] });
    expect(await drift(handler, changed)).toEqual([]);
    await deleteTwice(handler, changed);
  });

  test("is imported by its id, with what nobody gave", async () => {
    const made = await schedule("imported", [layer({ name: "all days" })]);
    const imported = await read(of("Schedule"), made.id, { inputs: {}, outputs: {} });
    expect(imported?.inputs).toMatchObject({ name: made.inputs["name"], layers: [{ name: "all days" }] });
  });

  test("shows as no change what PagerDuty numbers, and when a layer that has begun did so", () => {
    const rota = { name: "rota", description: "ours", timeZone: "Etc/UTC" };
    const given = (more: object) => ({ ...rota, layers: [layer(more)] });
    const changes = (before: object, after: object) =>
      compare(of("Schedule"), given(before), given(after)).differences.map(({ path }) => path.at(-1));
    expect(changes({ id: "PL1", start: "2026-01-05T08:00:00Z" }, {})).toEqual([]);
    expect(changes({}, { start: "2999-01-01T00:00:00Z" })).toEqual(["start"]);
    expect(changes({ rotationTurnLengthSeconds: 86_400 }, {})).toEqual(["rotationTurnLengthSeconds"]);
  });

  test("an edit behind Pulumi's back is drift", async () => {
    const handler = of("Schedule");
    const made = await schedule("edited", [layer(), layer({ name: "second" })]);
    const { schedule: live } = (await behindPulumi("GET", `/schedules/${made.id}`)).body;
    const [second, first] = live.schedule_layers;
    const schedule_layers = [{ ...first, rotation_turn_length_seconds: 86_400 }, second];
    await behindPulumi("PUT", `/schedules/${made.id}`, {
      schedule: { time_zone: "Asia/Tokyo", schedule_layers },
    });
    expect(await drift(handler, made)).toEqual(["timeZone", "layers[0].rotationTurnLengthSeconds"]);
  });

  test("refuses what PagerDuty refuses and types don't see", () => {
    const wrong = (more: object) => mistakes(of("Schedule"), { timeZone: "Etc/UTC", layers: [layer(more)] });
    const restriction = (more: object) => wrong({ restrictions: [{ ...weekly, ...more }] });
    expect(restriction({ type: "weeklyRestriction" })).toEqual([
      '"layers[0].restrictions[0].type": must be one of daily_restriction, weekly_restriction',
    ]);
    expect(restriction({ startDayOfWeek: undefined })).toEqual([
      '"layers[0].restrictions[0].startDayOfWeek": is required for a weekly_restriction (1 is Monday)',
    ]);
    expect(restriction({ startTimeOfDay: "9:00" })).toEqual([
      '"layers[0].restrictions[0].startTimeOfDay": must be a time of day such as 00:00:00',
    ]);
    expect(restriction({ durationSeconds: 604_800 })).toEqual([
      '"layers[0].restrictions[0].durationSeconds": must be a whole number from 1 to 604799',
    ]);
    expect(restriction({ type: "daily_restriction" })).toHaveLength(2);
    expect(wrong({ start: "2024-01-01" })).toEqual([
      '"layers[0].start": must be a time such as 2024-01-01T00:00:00Z',
    ]);
    expect(wrong({ users: [] })).toEqual(['"layers[0].users": must name at least one user']);
    expect(wrong({ rotationTurnLengthSeconds: 60 })).toHaveLength(1);
    expect(
      mistakes(of("Schedule"), { timezone: "UTC", layers: [layer()], timeZone: "Mars/Olympus" }),
    ).toEqual([
      '"timeZone": must be a time zone such as Europe/Berlin or Etc/UTC',
      'there is no input "timezone" (misspelt?)',
    ]);
  });

  test("an unknown user is refused by PagerDuty, with its place", async () => {
    await expect(schedule("nobody", [layer({ users: ["PNOBODY"] })])).rejects.toThrow(
      "schedule_layers[0].users[0].user: user PNOBODY does not exist",
    );
  });
});

describe("EscalationPolicy", () => {
  test("is made, read without drift, and shows an edit", async () => {
    const handler = of("EscalationPolicy");
    const made = await policy("escalation");
    expect(await drift(handler, made)).toEqual([]);
    const rules = [{ escalation_delay_in_minutes: 5, targets: [{ id: engineerA, type: "user_reference" }] }];
    await behindPulumi("PUT", `/escalation_policies/${made.id}`, {
      escalation_policy: { num_loops: 0, escalation_rules: rules },
    });
    expect(await drift(handler, made)).toEqual([
      "numLoops",
      "rules[0].escalationDelayInMinutes",
      "rules[0].targets[0].id",
      "rules[0].targets[0].type",
    ]);
    await deleteTwice(handler, made);
  });

  test("loops that were never asked for are drift as well", async () => {
    const handler = of("EscalationPolicy");
    const made = await make(handler, { rules: [rule(engineerA, "user_reference")] }, "on-call");
    expect(made.outputs["name"]).toMatch(/^on-call-[0-9a-f]{7}$/);
    expect(await drift(handler, made)).toEqual([]);
    await behindPulumi("PUT", `/escalation_policies/${made.id}`, { escalation_policy: { num_loops: 3 } });
    expect(await drift(handler, made)).toEqual(["numLoops"]);
    const changed = await change(handler, made, made.inputs);
    expect(changed.outputs["name"]).toBe(made.outputs["name"]);
    expect(await drift(handler, changed)).toEqual([]);
  });

  test("refuses what PagerDuty refuses and types don't see", async () => {
    const handler = of("EscalationPolicy");
    expect(
      mistakes(handler, { rules: [{ ...rule("P1", "scheduleReference"), escalationDelayInMinutes: 0 }] }),
    ).toEqual([
      '"rules[0].escalationDelayInMinutes": must be a whole number of at least 1',
      '"rules[0].targets[0].type": must be one of user_reference, schedule_reference',
    ]);
    expect(mistakes(handler, { rules: [], teams: ["P1"], numLoops: 10 })).toEqual([
      '"numLoops": must be a whole number from 0 to 9',
      '"rules": must have at least one rule',
      '"teams": must be the id of one team, as a text',
    ]);
    await expect(make(handler, { name: "unknown", rules: [rule("PNOWHERE")] })).rejects.toThrow(
      "escalation_rules[0].targets[0]: schedule PNOWHERE does not exist",
    );
  });
});

describe("Service", () => {
  test("is made with the official defaults, read without drift, and shows an edit", async () => {
    const handler = of("Service");
    const made = await service("AgentPay", { autoResolveTimeout: "null" });
    expect(made.inputs).toMatchObject({ acknowledgementTimeout: "1800", description: "Managed by Pulumi" });
    expect(made.outputs).toMatchObject({
      status: "active",
      type: "service",
      htmlUrl: `${server.url}/#${made.id}`,
    });
    expect(await drift(handler, made)).toEqual([]);
    const edit = { auto_resolve_timeout: 60, description: "by hand" };
    await behindPulumi("PUT", `/services/${made.id}`, { service: edit });
    expect(await drift(handler, made)).toEqual(["description", "autoResolveTimeout"]);
    const changed = await change(handler, made, made.inputs);
    expect(await drift(handler, changed)).toEqual([]);
    await deleteTwice(handler, changed);
  });

  test("urgency by support hours, scheduled changes and alert grouping are read back as they were given", async () => {
    const hours = {
      type: "fixed_time_per_day",
      timeZone: "Etc/UTC",
      startTime: "09:00:00",
      endTime: "17:00:00",
    };
    const made = await service("office", {
      incidentUrgencyRule: {
        type: "use_support_hours",
        duringSupportHours: { type: "constant", urgency: "high" },
        outsideSupportHours: { type: "constant", urgency: "low" },
      },
      supportHours: { ...hours, daysOfWeeks: [1, 2, 3, 4, 5] },
      scheduledActions: [
        {
          type: "urgency_change",
          toUrgency: "high",
          ats: [{ type: "named_time", name: "support_hours_start" }],
        },
      ],
      alertGroupingParameters: { type: "content_based", config: { aggregate: "all", fields: ["summary"] } },
    });
    expect(await drift(of("Service"), made)).toEqual([]);
  });

  test("an incident is no drift", async () => {
    const made = await service("busy");
    const type = "events_api_v2_inbound_integration";
    const { outputs } = await make(of("ServiceIntegration"), { service: made.id, type });
    const payload = { summary: "s", source: "s", severity: "critical" };
    const event = { routing_key: outputs["integrationKey"], event_action: "trigger", payload };
    expect((await behindPulumi("POST", "/v2/enqueue", event)).status).toBe(202);
    expect(await drift(of("Service"), made)).toEqual([]);
  });

  test("refuses what PagerDuty refuses and types don't see", async () => {
    const wrong = (more: object) => mistakes(of("Service"), { escalationPolicy: "P1", ...more });
    expect(wrong({ acknowledgementTimeout: 1800, alertCreation: "createAlertsAndIncidents" })).toEqual([
      '"acknowledgementTimeout": must be a text: seconds such as "1800", or "null" for never',
      '"alertCreation": must be one of create_incidents, create_alerts_and_incidents',
    ]);
    expect(wrong({ autoResolveTimeout: "4h" })).toEqual([
      '"autoResolveTimeout": must be seconds such as "1800", or "null" for never',
    ]);
    expect(wrong({ incidentUrgencyRule: { type: "constant" } })).toEqual([
      '"incidentUrgencyRule.urgency": is required for type constant',
    ]);
    expect(wrong({ incidentUrgencyRule: { type: "use_support_hours", urgency: "high" } })).toEqual([
      '"incidentUrgencyRule.urgency": can\'t be set for type use_support_hours',
      '"incidentUrgencyRule.duringSupportHours": is required for type use_support_hours',
      '"incidentUrgencyRule.outsideSupportHours": is required for type use_support_hours',
      '"supportHours": is required where incidentUrgencyRule has type use_support_hours',
    ]);
    expect(wrong({ alertGrouping: "time", alertGroupingParameters: { type: "time" } })).toEqual([
      '"alertGrouping": conflicts with alertGroupingParameters',
    ]);
    expect(mistakes(of("Service"), {})).toEqual(['"escalationPolicy": is required, but missing']);
    await expect(make(of("Service"), { name: "x", escalationPolicy: "PNOWHERE" })).rejects.toThrow(
      "escalation_policy: escalation_policy PNOWHERE does not exist",
    );
  });
});

describe("ServiceIntegration", () => {
  const type = "events_api_v2_inbound_integration";

  test("gives a routing key that works, stays as it is, and shows an edit", async () => {
    const handler = of("ServiceIntegration");
    const { id } = await service("integrated");
    const made = await make(handler, { service: id, name: "Prometheus", type });
    expect(made.outputs["integrationKey"]).toMatch(/^[0-9a-f]{32}$/);
    expect(await drift(handler, made)).toEqual([]);
    const renamed = await change(handler, made, { ...made.inputs, name: "Alertmanager" });
    expect(renamed.outputs["integrationKey"]).toBe(made.outputs["integrationKey"]);
    expect(await drift(handler, made)).toEqual(["name"]);
    await deleteTwice(handler, renamed);
  });

  test("by vendor: the type is PagerDuty's", async () => {
    const handler = of("ServiceIntegration");
    const { id: vendor } = await call("getVendor", { name: "Cloudwatch" });
    const made = await make(handler, { service: (await service("cloud")).id, vendor }, "cloudwatch");
    expect(made.outputs).toMatchObject({ type: "event_transformer_api_inbound_integration", vendor });
    expect(await drift(handler, made)).toEqual([]);
    const unknown = make(handler, { service: made.inputs["service"], vendor: "PNOWHERE" });
    await expect(unknown).rejects.toThrow("vendor: vendor PNOWHERE does not exist");
  });

  test("is replaced by another service, type or vendor only", () => {
    const before = { service: "P1", name: "a", type };
    expect(replaces(of("ServiceIntegration"), before, { ...before, name: "b" })).toEqual([]);
    expect(replaces(of("ServiceIntegration"), before, { ...before, service: "P2" })).toEqual(["service"]);
    expect(replaces(of("ServiceIntegration"), before, { service: "P1", name: "a", vendor: "P3" })).toEqual([
      "vendor",
    ]);
  });

  test("refuses what PagerDuty refuses and types don't see", async () => {
    const handler = of("ServiceIntegration");
    expect(mistakes(handler, { service: "P1" })).toEqual(['"type": is required where vendor is not given']);
    expect(mistakes(handler, { service: "P1", type, vendor: "P2" })).toEqual([
      '"type": conflicts with vendor: give one of them',
    ]);
    expect(mistakes(handler, { service: "P1", type: "eventsApiV2InboundIntegration" })).toEqual([
      expect.stringContaining('"type": must be one of'),
    ]);
    const { id } = await service("old style", { alertCreation: "create_incidents" });
    await expect(make(handler, { service: id, type })).rejects.toThrow(
      "alert_creation is create_alerts_and_incidents",
    );
    await expect(make(handler, { service: "PNOWHERE", type })).rejects.toThrow("(404): Not Found");
  });
});

test("Team, BusinessService and ServiceDependency: made, read without drift, deleted", async () => {
  const team = await make(of("Team"), { name: "Platform" });
  const child = await make(of("Team"), { name: "Child", parent: team.id });
  const business = await make(of("BusinessService"), {
    name: "Payments",
    pointOfContact: "maya",
    team: team.id,
  });
  const technical = await service("depended upon");
  const dependency = await make(of("ServiceDependency"), {
    dependency: {
      dependentServices: [{ id: business.id, type: "business_service" }],
      supportingServices: [{ id: technical.id, type: "service" }],
    },
  });
  expect(await drift(of("Team"), child)).toEqual([]);
  expect(await drift(of("BusinessService"), business)).toEqual([]);
  expect(await drift(of("ServiceDependency"), dependency)).toEqual([]);
  await deleteTwice(of("ServiceDependency"), dependency);
  await deleteTwice(of("BusinessService"), business);
  await deleteTwice(of("Team"), child);
});
