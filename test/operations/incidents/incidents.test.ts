/** What pagers and Alertmanager say of the past, as replays and reviews read it. */
import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { ask } from "../../../components/pagerduty/api.ts";
import {
  acknowledgedAt,
  actionsOfPeople,
  type Incident,
  peopleCalled,
} from "../../../components/shared/incident.ts";
import { startPagerDuty } from "../../../local/platforms/pagerduty/api/server.ts";
import type { RunningServer } from "../../../local/platforms/shared/http-server.ts";
import { readDeliveries, toldGroups } from "../../../operations/incidents/deliveries.ts";
import { incidentsOf } from "../../../operations/incidents/incidents.ts";
import { parseSettings } from "../../../settings/settings.ts";
import { listenOnLoopback } from "../../../toolkit/free-port.ts";
import { type Call, caller, temporaryFolder } from "../../local/platforms/support.ts";
import { configurationOf } from "../../support/program.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOON = Date.parse("2026-03-24T12:00:00Z");

describe("PagerDuty's incidents", () => {
  const dataFolder = temporaryFolder();
  let now = NOON;
  let server: RunningServer | undefined;
  let call: Call;
  let service: { readonly id: string; readonly key: string };

  beforeAll(async () => {
    server = await startPagerDuty({ port: 0, dataFolder, now: () => now });
    call = caller(server, { authorization: "Token token=test" });
    service = await newService("AgentPay Production");
  });
  afterAll(() => server?.stop());

  async function newService(name: string) {
    const targets = [{ id: "PENGNRA", type: "user_reference" }];
    const escalation_rules = [{ escalation_delay_in_minutes: 15, targets }];
    const policy = (
      await call("POST", "/escalation_policies", { escalation_policy: { name, escalation_rules } })
    ).body.escalation_policy;
    const escalation_policy = { id: policy.id, type: "escalation_policy_reference" };
    const { id } = (await call("POST", "/services", { service: { name, escalation_policy } })).body.service;
    const integration = { name: "Prometheus", type: "events_api_v2_inbound_integration" };
    const made = await call("POST", `/services/${id}/integrations`, { integration });
    return { id, key: made.body.integration.integration_key };
  }

  const send = async (
    at: number,
    event_action: string,
    dedup_key: string,
    payload?: object,
    to = service,
  ) => {
    now = at;
    const body = { routing_key: to.key, event_action, dedup_key, ...(payload && { payload }) };
    expect((await call("POST", "/v2/enqueue", body)).status).toBe(202);
  };
  const page = (alertname: string) => ({
    summary: `[CRITICAL] ${alertname}`,
    source: "AgentPay production",
    severity: "critical",
    custom_details: { alertname, service: "api", firing: "", num_firing: "1" },
  });
  const stack = (url = server?.url) => ({
    settings: parseSettings("production", configurationOf("production", { "pagerduty.apiUrl": url })),
    secrets: { "pagerduty.token": "SENTINEL" },
    outputs: { pagerUrl: `https://agentpay.pagerduty.com/service-directory/${service.id}` },
  });

  test("say what it was, who was called, who answered, and when it ended", async () => {
    await send(NOON, "trigger", "k1", page("APIDown"));
    const [{ id }] = (await call("GET", "/incidents")).body.incidents;
    const incident = { type: "incident_reference", status: "acknowledged" };
    expect((await call("PUT", `/incidents/${id}`, { incident })).body.error.errors).toEqual([
      "Requester User Not Found",
    ]);
    now = NOON + 4 * MINUTE;
    const from = { from: "ben@agentpay.example" };
    expect((await call("PUT", `/incidents/${id}`, { incident }, from)).status).toBe(200);
    await send(NOON + 30 * MINUTE, "resolve", "k1");
    const [read, ...others] = (await incidentsOf(stack(), { from: NOON - DAY, to: NOON + DAY })) ?? [];
    expect(others).toEqual([]);
    expect(read).toEqual({
      id,
      number: 1,
      title: "[CRITICAL] APIDown",
      url: expect.stringContaining(id),
      urgency: "high",
      opened: NOON,
      ended: NOON + 30 * MINUTE,
      alerts: [{ name: "APIDown", service: "api", summary: "[CRITICAL] APIDown", key: "k1", opened: NOON }],
      actions: [
        { kind: "notified", at: NOON, who: "Engineer A", by: "push_notification" },
        { kind: "acknowledged", at: NOON + 4 * MINUTE, who: "Engineer B" },
        { kind: "resolved", at: NOON + 30 * MINUTE, who: undefined },
      ],
    });
    expect(peopleCalled(read as Incident)).toEqual(["Engineer A"]);
    expect(acknowledgedAt(read as Incident)).toBe(NOON + 4 * MINUTE);
    expect(actionsOfPeople(read as Incident)).toHaveLength(1);
  });

  test("are those of the service, of a year that is asked for in pieces", async () => {
    const other = await newService("Somebody else's");
    await send(NOON - 400 * DAY, "trigger", "old", page("APIDown"));
    await send(NOON - 400 * DAY, "resolve", "old");
    await send(NOON - 300 * DAY, "trigger", "other", page("APIDown"), other);
    await send(NOON - 200 * DAY, "trigger", "spring", page("RedisDown"));
    await send(NOON - 200 * DAY + MINUTE, "resolve", "spring");
    now = NOON + DAY;
    const read = await incidentsOf(stack(), { from: NOON - 365 * DAY, to: NOON + DAY });
    expect(read?.map(({ alerts }) => alerts[0]?.key)).toEqual(["spring", "k1"]);
    // One that began before and is still open belongs to the range; one that ended before does not.
    await send(NOON + 2 * DAY, "trigger", "open", page("APIDown"));
    const late = await incidentsOf(stack(), { from: NOON + 2 * DAY + HOUR, to: NOON + 3 * DAY });
    expect(late?.map(({ ended, alerts }) => [alerts[0]?.key, ended])).toEqual([["open", undefined]]);
  });

  test("a stack that pages nobody has none, and a refusal is told without the token", async () => {
    const quiet = { ...stack(), settings: parseSettings("staging", configurationOf("staging")) };
    expect(await incidentsOf(quiet, { from: NOON, to: NOON + DAY })).toBeUndefined();
    const range = { from: NOON, to: NOON + DAY };
    const refused = incidentsOf({ ...stack(), secrets: {} }, range);
    await expect(refused).rejects.toThrow(
      /The incidents can't be read from PagerDuty: .*\/incidents answered 401: .*Authentication failed/,
    );
    await expect(incidentsOf({ ...stack("http://127.0.0.1:9") }, range)).rejects.not.toThrow(/SENTINEL/);
  });

  test("come in pages, of which none is left out", async () => {
    const created_at = new Date(NOON).toISOString();
    const all = Array.from({ length: 103 }, (_, index) => ({
      ...{ id: `P${index}`, incident_number: index, status: "triggered", urgency: "high", created_at },
    }));
    const many = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "", "http://pager");
      const offset = Number(searchParams.get("offset"));
      const incidents = pathname === "/incidents" ? all.slice(offset, offset + 100) : [];
      const more = offset + incidents.length < all.length;
      response.end(JSON.stringify({ incidents, more, alerts: [], log_entries: [] }));
    });
    const url = `http://127.0.0.1:${await listenOnLoopback(many)}`;
    const read = await incidentsOf(stack(url), { from: NOON, to: NOON + HOUR });
    expect(read?.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    many.close();
  });

  test("are asked for again where it has had enough for this minute", async () => {
    const answers = [429, 429, 200];
    const busy = createServer((_request, response) => {
      response.writeHead(answers.shift() ?? 500, { "ratelimit-reset": "0" }).end('{"fine":true}');
    });
    const url = `http://127.0.0.1:${await listenOnLoopback(busy)}`;
    const context = { ...stack(url), signal: AbortSignal.timeout(10_000) };
    expect(await ask(context, z.object({ fine: z.boolean() }), "incidents")).toEqual({ fine: true });
    busy.close();
  });
});

describe("Alertmanager's record of deliveries", () => {
  const notification = (minutes: number, firing: readonly string[], resolved: readonly string[] = []) => {
    const reference = (fingerprint: string) => ({ fingerprint });
    const labels = (name: string) => ({ alertname: "APIDown", instance: name });
    return JSON.stringify({
      "@timestamp": new Date(NOON + minutes * MINUTE).toISOString().replace("Z", "123456Z"),
      instance: "vm",
      data: {
        notification: {
          alerts: [...firing, ...resolved].map((name) => ({
            fingerprint: name,
            details: { fingerprint: name, name: "APIDown", labels: labels(name) },
          })),
          ...(firing.length > 0 && { firingAlerts: firing.map(reference) }),
          ...(resolved.length > 0 && { resolvedAlerts: resolved.map(reference) }),
          groupInfo: { groupKey: "{}:{}", groupId: "ad4b", receiverName: "critical" },
          integration: { name: "pagerduty" },
        },
      },
    });
  };
  const startup =
    '{"@timestamp":"2026-03-24T11:00:00Z","data":{"alertmanagerStartupEvent":{"version":"0.35.0"}}}';

  test("is put together of all instances, and tells what fired from when to when", () => {
    const one = [
      startup,
      notification(0, ["a"]),
      notification(9, [], ["a", "b"]),
      notification(60, ["a"]),
      '{"@tim',
    ];
    const two = [notification(5, ["a", "b"])];
    const { deliveries, unreadable } = readDeliveries([one.join("\n"), `${two.join("\n")}\n`]);
    expect(unreadable).toBe(1);
    expect(deliveries.map(({ at, firing }) => [(at - NOON) / MINUTE, firing.length])).toEqual([
      [expect.closeTo(0), 1],
      [expect.closeTo(5), 2],
      [expect.closeTo(9), 0],
      [expect.closeTo(60), 1],
    ]);
    expect(
      toldGroups(deliveries).map(({ from, to, alerts }) => [
        Math.round((from - NOON) / MINUTE),
        to && Math.round((to - NOON) / MINUTE),
        alerts.map(({ instance }) => instance),
      ]),
    ).toEqual([
      [0, 9, ["a", "b"]],
      [60, undefined, ["a"]],
    ]);
  });

  test("of version 0.33 names alerts by hash, and their labels in pairs", () => {
    const labels = { labels: [{ key: "alertname", value: "APIDown" }, { key: "empty" }] };
    const old = {
      "@timestamp": "2026-03-24T12:00:00Z",
      data: {
        notification: {
          alerts: [{ hash: "17", details: { labels } }],
          firingAlerts: [{ hash: "17" }],
          groupInfo: { groupId: "ad4b", receiverName: "critical" },
          integration: { name: "sns", index: "1" },
        },
      },
    };
    const { deliveries } = readDeliveries([JSON.stringify(old)]);
    expect(deliveries).toMatchObject([
      { integration: { name: "sns", index: 1 }, firing: [{ alertname: "APIDown", empty: "" }] },
    ]);
  });
});
