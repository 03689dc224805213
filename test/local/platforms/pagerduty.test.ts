import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startPagerDuty } from "../../../local/platforms/pagerduty/api/server.ts";
import type { RunningServer } from "../../../local/platforms/shared/http-server.ts";
import { type Call, caller, temporaryFolder } from "./support.ts";

/** A Tuesday. */
const NOW = Date.parse("2026-03-24T12:00:00Z");
const ALWAYS = {
  start: "2024-01-01T00:00:00Z",
  rotation_virtual_start: "2024-01-01T00:00:00Z",
  rotation_turn_length_seconds: 604_800,
};

const dataFolder = temporaryFolder();
let call: Call;
let anonymous: Call;
let server: RunningServer | undefined;

beforeAll(async () => {
  server = await startPagerDuty({ port: 0, dataFolder, now: () => NOW });
  call = caller(server, { authorization: "Token token=test" });
  anonymous = caller(server);
});

afterAll(() => server?.stop());

/** A service with everything that it needs, and its routing key. */
async function newService(name: string, more: object = {}) {
  const { body: users } = await call("GET", "/users?query=ana@agentpay.example");
  const layers = [{ ...ALWAYS, users: [{ user: { id: users.users[0].id, type: "user_reference" } }] }];
  const schedule = { name: `${name} schedule`, time_zone: "Etc/UTC", schedule_layers: layers };
  const scheduleId = (await call("POST", "/schedules", { schedule })).body.schedule.id;
  const targets = [{ id: scheduleId, type: "schedule_reference" }];
  const escalation_rules = [{ escalation_delay_in_minutes: 15, targets }];
  const policy = { name: `${name} policy`, escalation_rules };
  const policyId = (await call("POST", "/escalation_policies", { escalation_policy: policy })).body
    .escalation_policy.id;
  const escalation_policy = { id: policyId, type: "escalation_policy_reference" };
  const service = { name, escalation_policy, ...more };
  const serviceId = (await call("POST", "/services", { service })).body.service.id;
  const integration = { name: "Prometheus", type: "events_api_v2_inbound_integration" };
  const made = await call("POST", `/services/${serviceId}/integrations`, { integration });
  return {
    scheduleId,
    policyId,
    serviceId,
    integration: made.body.integration,
    key: made.body.integration?.integration_key,
  };
}

const trigger = (routing_key: string, dedup_key?: string, more: object = {}) => ({
  routing_key,
  event_action: "trigger",
  dedup_key,
  payload: { summary: "API is down", source: "alertmanager", severity: "critical", ...more },
});

describe("REST API", () => {
  test("refuses requests without a token, and knows what does not exist", async () => {
    expect(await anonymous("GET", "/users")).toEqual({
      status: 401,
      body: { error: { message: "Authentication failed", code: 2006 } },
    });
    expect(await call("GET", "/services/PNOTHERE")).toEqual({
      status: 404,
      body: { error: { message: "Not Found", code: 2100 } },
    });
  });

  test("takes a DELETE that announces a body and has none, as its plugin sends it", async () => {
    const { id } = (await call("POST", "/teams", { team: { name: "Gone" } })).body.team;
    const announced = { "content-type": "application/json" };
    expect((await call("DELETE", `/teams/${id}`, undefined, announced)).status).toBe(204);
    expect((await call("GET", `/teams/${id}`)).status).toBe(404);
  });

  test("takes null for no teams, as its plugin sends it", async () => {
    const { policyId } = await newService("without teams");
    const policy = (await call("GET", `/escalation_policies/${policyId}`)).body.escalation_policy;
    const changed = await call("PUT", `/escalation_policies/${policyId}`, {
      escalation_policy: { ...policy, teams: null },
    });
    expect(changed.status).toBe(200);
    expect(changed.body.escalation_policy.teams).toEqual([]);
  });

  test("answers a schedule's final schedule, which its plugin crashes without", async () => {
    const { scheduleId } = await newService("rendered");
    expect((await call("GET", `/schedules/${scheduleId}`)).body.schedule.final_schedule).toEqual({
      name: "Final Schedule",
      rendered_schedule_entries: [],
      rendered_coverage_percentage: 0,
    });
  });

  test.each([
    ["time", { timeout: 5, aggregate: "" }, "aggregate"],
    ["time", { timeout: 5, fields: [] }, "fields"],
    ["intelligent", { timeout: 5 }, "timeout"],
    ["content_based", { aggregate: "all", fields: ["summary"], timeout: 0 }, "timeout"],
  ])("refuses a field that alert grouping by %s has no use for: %j", async (type, config, field) => {
    const { serviceId } = await newService(`grouped by ${type} without ${field}`);
    const group = (parameters: object) =>
      call("PUT", `/services/${serviceId}`, { service: { alert_grouping_parameters: parameters } });
    const refused = await group({ type, config });
    expect(refused.status).toBe(400);
    expect(JSON.stringify(refused.body)).toContain(field);
    const { [field]: _, ...rest } = config as Record<string, unknown>;
    expect((await group({ type, config: rest })).status).toBe(200);
    expect((await group({ type: null })).status).toBe(200);
  });

  test("has the people of the rota, and vendors found by a part of their name", async () => {
    const users = (await call("GET", "/users")).body.users;
    expect(users.map(({ name, email }: { name: string; email: string }) => [name, email])).toEqual([
      ["Engineer A", "ana@agentpay.example"],
      ["Engineer B", "ben@agentpay.example"],
      ["Engineering Manager", "maya@agentpay.example"],
    ]);
    expect((await call("GET", "/vendors?query=Cloudwatch")).body.vendors).toMatchObject([
      { name: "Amazon CloudWatch" },
    ]);
  });

  test("refuses references to what does not exist, by their place", async () => {
    const targets = [{ id: "PNOBODY", type: "user_reference" }];
    const policy = { name: "broken", escalation_rules: [{ escalation_delay_in_minutes: 15, targets }] };
    expect(await call("POST", "/escalation_policies", { escalation_policy: policy })).toEqual({
      status: 400,
      body: {
        error: {
          code: 2001,
          message: "Invalid Input Provided",
          errors: ["escalation_rules[0].targets[0]: user PNOBODY does not exist"],
        },
      },
    });
  });

  test("tells every wrong field at once, and refuses a name that is taken", async () => {
    const wrong = { name: " ", escalation_policy: 1, auto_resolve_timeout: "1800" };
    const { status, body } = await call("POST", "/services", { service: wrong });
    expect(status).toBe(400);
    expect(body.error.errors.map((error: string) => error.split(" ")[0])).toEqual([
      "name",
      "auto_resolve_timeout",
      "escalation_policy",
    ]);
    expect((await call("POST", "/teams", {})).body.error.errors).toEqual(["team is missing"]);
    expect((await call("POST", "/teams", { team: { name: "Platform" } })).status).toBe(201);
    const again = await call("POST", "/teams", { team: { name: "platform" } });
    expect(again.body.error.errors).toEqual(['name "platform" has already been taken']);
  });

  test("keeps several schedules of one name", async () => {
    const [one, other] = [await newService("primary"), await newService("old primary")];
    const path = `/schedules/${other.scheduleId}`;
    const { schedule } = (await call("GET", path)).body;
    const renamed = { ...schedule, name: "Primary schedule" };
    expect((await call("PUT", path, { schedule: renamed })).status).toBe(200);
    expect((await call("GET", `/schedules/${one.scheduleId}`)).body.schedule.name).toBe("primary schedule");
  });

  test("does not delete what is in use", async () => {
    const { scheduleId, policyId, serviceId } = await newService("in use");
    const refused = await call("DELETE", `/schedules/${scheduleId}`);
    expect([refused.status, refused.body.error.errors]).toEqual([
      400,
      ["in use schedule is used by escalation_policy in use policy"],
    ]);
    expect((await call("DELETE", `/escalation_policies/${policyId}`)).status).toBe(400);
    expect((await call("DELETE", `/services/${serviceId}`)).status).toBe(204);
    expect((await call("DELETE", `/escalation_policies/${policyId}`)).status).toBe(204);
    expect((await call("DELETE", `/schedules/${scheduleId}`)).status).toBe(204);
    expect((await call("GET", `/services/${serviceId}/integrations`)).status).toBe(404);
  });

  test("an update changes what it names and keeps the rest", async () => {
    const { serviceId } = await newService("updated", {
      description: "first",
      acknowledgement_timeout: null,
    });
    await call("PUT", `/services/${serviceId}`, { service: { description: "second" } });
    const { service } = (await call("GET", `/services/${serviceId}`)).body;
    expect(service).toMatchObject({ name: "updated", description: "second", acknowledgement_timeout: null });
  });

  test("a service that makes no alerts takes no Events API v2 integration", async () => {
    const { serviceId } = await newService("no alerts", { alert_creation: "create_incidents" });
    const integration = { name: "Prometheus", type: "events_api_v2_inbound_integration" };
    const refused = await call("POST", `/services/${serviceId}/integrations`, { integration });
    expect(refused.body.error.errors).toEqual([expect.stringMatching(/^type .* alert_creation/)]);
  });

  test("says who is on call", async () => {
    await newService("called");
    const { oncalls } = (await call("GET", "/oncalls?limit=100")).body;
    expect(oncalls).toContainEqual(
      expect.objectContaining({
        escalation_level: 1,
        escalation_policy: expect.objectContaining({ summary: "called policy" }),
        user: expect.objectContaining({ summary: "Engineer A" }),
      }),
    );
  });
});

describe("Events API", () => {
  const open = async (serviceId: string) =>
    (await call("GET", `/incidents?service_ids[]=${serviceId}&statuses[]=triggered&statuses[]=acknowledged`))
      .body.incidents;

  test("triggers, acknowledges and resolves one incident by its key, on the right service only", async () => {
    const one = await newService("one");
    const other = await newService("other");
    const accepted = await anonymous("POST", "/v2/enqueue", trigger(one.key, "down"));
    expect(accepted).toEqual({
      status: 202,
      body: { status: "success", message: "Event processed", dedup_key: "down" },
    });
    await anonymous("POST", "/v2/enqueue", trigger(one.key, "down", { summary: "API is still down" }));
    expect(await open(one.serviceId)).toMatchObject([
      {
        title: "API is down",
        status: "triggered",
        urgency: "high",
        alerts: 2,
        assignments: [{ assignee: { summary: "Engineer A" } }],
        body: { details: { summary: "API is still down" } },
      },
    ]);
    expect(await open(other.serviceId)).toEqual([]);

    await anonymous("POST", "/v2/enqueue", {
      routing_key: other.key,
      event_action: "resolve",
      dedup_key: "down",
    });
    await anonymous("POST", "/v2/enqueue", {
      routing_key: one.key,
      event_action: "acknowledge",
      dedup_key: "down",
    });
    expect(await open(one.serviceId)).toMatchObject([{ status: "acknowledged" }]);
    await anonymous("POST", "/v2/enqueue", {
      routing_key: one.key,
      event_action: "resolve",
      dedup_key: "down",
    });
    expect(await open(one.serviceId)).toEqual([]);

    await anonymous("POST", "/v2/enqueue", trigger(one.key, "down"));
    expect(await open(one.serviceId)).toHaveLength(1);
  });

  test("severity decides the urgency of a service that says so", async () => {
    const rule = { incident_urgency_rule: { type: "constant", urgency: "severity_based" } };
    const { serviceId, key } = await newService("by severity", rule);
    await anonymous("POST", "/v2/enqueue", trigger(key, "a", { severity: "warning" }));
    await anonymous("POST", "/v2/enqueue", trigger(key, "b", { severity: "error" }));
    expect((await open(serviceId)).map(({ urgency }: { urgency: string }) => urgency)).toEqual([
      "low",
      "high",
    ]);
  });

  test("refuses unknown keys and incomplete events, naming what is wrong", async () => {
    const errors = async (event: object) => {
      const { status, body } = await anonymous("POST", "/v2/enqueue", event);
      expect([status, body.status, body.message]).toEqual([400, "invalid event", "Event object is invalid"]);
      return body.errors;
    };
    expect(await errors(trigger("0".repeat(32)))).toEqual(["Invalid routing key"]);
    expect(await errors(trigger("short"))).toEqual([
      "routing_key is of the wrong length (should be 32 characters)",
    ]);
    const { key } = await newService("strict");
    expect(await errors({ routing_key: key })).toEqual([
      "event_action must be trigger, acknowledge or resolve",
    ]);
    expect(await errors({ routing_key: key, event_action: "resolve" })).toEqual([
      "dedup_key is missing or blank",
    ]);
    expect(
      await errors({ routing_key: key, event_action: "trigger", payload: { severity: "page" } }),
    ).toEqual([
      "payload.summary is missing or blank",
      "payload.source is missing or blank",
      "payload.severity must be critical, error, warning or info",
    ]);
  });

  test("an SNS message of an alarm opens an incident, and ends it when the alarm is OK", async () => {
    const { serviceId, key } = await newService("cloud");
    const message = (state: string) => ({
      Type: "Notification",
      Message: JSON.stringify({ AlarmName: "billing", NewStateValue: state, NewStateReason: "over budget" }),
    });
    const send = (body: object) =>
      anonymous("POST", `/integration/${key}/enqueue`, JSON.stringify(body), {
        "content-type": "text/plain",
      });
    expect(
      (await send({ Type: "SubscriptionConfirmation", SubscribeURL: "http://127.0.0.1/never" })).status,
    ).toBe(200);
    expect((await send(message("ALARM"))).status).toBe(202);
    expect(await open(serviceId)).toMatchObject([{ title: "billing: over budget" }]);
    await send(message("OK"));
    expect(await open(serviceId)).toEqual([]);
  });

  test("drills see the events that came, without routing keys", async () => {
    const { key } = await newService("drilled");
    await anonymous("POST", "/v2/enqueue", trigger(key, "drill"));
    const { body } = await anonymous("GET", "/local/events");
    expect(body.events.at(-1)).toMatchObject({
      event_action: "trigger",
      dedup_key: "drill",
      service: { name: "drilled" },
      incident: { status: "triggered" },
      payload: { severity: "critical" },
    });
    expect(JSON.stringify(body)).not.toContain(key);
  });
});

test("everything is still there after a restart, and the page shows it without keys", async () => {
  const { serviceId, key } = await newService("kept");
  await anonymous("POST", "/v2/enqueue", trigger(key, "kept", { summary: "<b>kept</b> incident" }));

  const second = await startPagerDuty({ port: 0, dataFolder, now: () => NOW });
  const again = caller(second, { authorization: "Token token=test" });
  expect((await again("GET", `/services/${serviceId}`)).body.service.name).toBe("kept");
  expect((await again("GET", `/incidents?service_ids[]=${serviceId}`)).body.incidents).toHaveLength(1);
  const { body: page } = await again("GET", "/");
  await second.stop();
  expect(page).toContain("&lt;b&gt;kept&lt;/b&gt; incident");
  expect(page).toContain("Engineer A");
  expect(page).not.toContain(key);
});

test("says what to do when the port is in use", async () => {
  const first = await startPagerDuty({ port: 0, dataFolder: temporaryFolder(onTestFinished) });
  const port = Number(new URL(first.url).port);
  const second = startPagerDuty({ port, dataFolder: temporaryFolder(onTestFinished) });
  await expect(second).rejects.toThrow(`PagerDuty can't listen on 127.0.0.1:${port}: the port is in use.`);
  await first.stop();
});
