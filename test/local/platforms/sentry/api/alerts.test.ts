/** Monitors and alerts: what is taken and refused, what is kept, and what Sentry does by itself. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startSentry } from "../../../../../local/platforms/sentry/api/server.ts";
import type { RunningServer } from "../../../../../local/platforms/shared/http-server.ts";
import { type Call, caller, temporaryFolder } from "../../support.ts";

const ORGANIZATION = "/api/0/organizations/agentpay";
let server: RunningServer;
let call: Call;
let project: { id: string; slug: string };
let team: { id: string };

beforeAll(async () => {
  server = await startSentry({ port: 0, dataFolder: temporaryFolder() });
  call = caller(server, { authorization: "Bearer test" });
  team = (await call("POST", `${ORGANIZATION}/teams/`, { name: "Platform" })).body;
  project = (await call("POST", "/api/0/teams/agentpay/platform/projects/", { name: "api" })).body;
});
afterAll(() => server?.stop());

const list = async (kind: string) =>
  (await call("GET", `${ORGANIZATION}/${kind}/?project=${project.id}`)).body;

const source = {
  ...{ dataset: "events_analytics_platform", queryType: 1, aggregate: "failure_rate()" },
  ...{ query: "is_transaction:true", timeWindow: 300, environment: null, eventTypes: ["trace_item_span"] },
};
const conditions = [
  { type: "gt", comparison: 0.05, conditionResult: 75 },
  { type: "lte", comparison: 0.05, conditionResult: 0 },
];
const monitor = (changes: object = {}) => ({
  ...{ name: "rate", type: "metric_issue", config: { detectionType: "static" }, dataSources: [source] },
  conditionGroup: { logicType: "any", conditions },
  ...changes,
});
const make = (body: object) => call("POST", `${ORGANIZATION}/projects/api/detectors/`, body);

const email = () => ({
  ...{ type: "email", integrationId: null, data: {} },
  config: { targetType: "team", targetIdentifier: team.id, targetDisplay: null },
});
const slack = { targetType: "specific", targetIdentifier: "", targetDisplay: "#alerts" };
const when = (type: string, comparison: unknown = true) => ({ type, comparison, conditionResult: true });
const alert = (changes: object = {}) => ({
  ...{ name: "told", config: { frequency: 30 }, detectorIds: [] },
  triggers: { logicType: "any-short", conditions: [when("first_seen_event")] },
  actionFilters: [{ logicType: "all", conditions: [], actions: [email()] }],
  ...changes,
});
const makeAlert = (body: object) => call("POST", `${ORGANIZATION}/workflows/`, body);

test("a new project has two monitors that nobody can remove, and Sentry's own alert", async () => {
  const own = (await list("detectors")) as { id: string; type: string }[];
  expect(own.map(({ type }) => type)).toEqual(["error", "issue_stream"]);
  expect((await call("DELETE", `${ORGANIZATION}/detectors/${own[0]?.id}/`)).status).toBe(403);
  expect((await make(monitor({ type: "issue_stream" }))).body).toHaveProperty("type");
  expect(await list("workflows")).toMatchObject([
    { name: "Send a notification for high priority issues", detectorIds: [own[1]?.id] },
  ]);
  const body = { name: "bare", default_rules: false };
  const { body: bare } = await call("POST", "/api/0/teams/agentpay/platform/projects/", body);
  expect((await call("GET", `${ORGANIZATION}/workflows/?project=${bare.id}`)).body).toEqual([]);
});

test("a monitor is made, given back with ids and in another order, changed and removed", async () => {
  const { status, body } = await make(monitor({ owner: `team:${team.id}` }));
  expect(status).toBe(201);
  expect(body).toMatchObject({
    ...{ name: "rate", projectId: project.id, enabled: true, workflowIds: [] },
    owner: { type: "team", id: team.id, name: "platform" },
    dataSources: [{ queryObj: { snubaQuery: { timeWindow: 300, extrapolationMode: "unknown" } } }],
  });
  expect(body.dataSources[0].queryObj.snubaQuery).not.toHaveProperty("queryType");
  expect(body.conditionGroup.conditions).toMatchObject(
    conditions.toReversed().map((one) => ({ ...one, id: expect.stringMatching(/^\d+$/) })),
  );
  const path = `${ORGANIZATION}/detectors/${body.id}/`;
  expect((await call("PUT", path, { name: "rate of failures", type: "metric_issue" })).body).toMatchObject({
    name: "rate of failures",
    config: { detectionType: "static" },
  });
  expect((await call("DELETE", path)).status).toBe(204);
  expect((await call("GET", path)).status).toBe(404);
});

describe("a monitor is refused", () => {
  const withSource = (changes: object) => ({ dataSources: [{ ...source, ...changes }] });
  const withConditions = (...all: object[]) => ({ conditionGroup: { logicType: "any", conditions: all } });
  const [high, end] = conditions as [object, object];
  test.each<[string, object, RegExp]>([
    ["that nothing ends", withConditions(high), /Resolution condition required for metric issue detector/],
    ["with four conditions", withConditions(high, high, high, end), /Too many conditions/],
    [
      "of low priority",
      withConditions({ ...high, conditionResult: 25 }, end),
      /Unsupported condition result/,
    ],
    ["with another comparison", withConditions({ ...high, type: "eq" }, end), /Unsupported type eq/],
    [
      "on transactions",
      withSource({ dataset: "transactions" }),
      /Creation of transaction-based alerts is disabled/,
    ],
    [
      "without knowing of what kind its query is",
      withSource({ queryType: 0 }),
      /Invalid dataset for this query type/,
    ],
    ["on events of another dataset", withSource({ eventTypes: ["error"] }), /Invalid event types/],
    [
      "on two kinds of events",
      withSource({ eventTypes: ["trace_item_span", "trace_item_log"] }),
      /Multiple event/,
    ],
    ["extrapolated as before", withSource({ extrapolationMode: "server_weighted" }), /server_weighted/],
    [
      "in an environment that has sent nothing",
      withSource({ environment: "production" }),
      /has not been created/,
    ],
    ["without a source", { dataSources: [] }, /Only one data source/],
    ["owned by nobody known", { owner: "team:1" }, /Team does not exist/],
    ["without a name", { name: " " }, /may not be blank/],
  ])("%s", async (_, changes, message) => {
    const { status, body } = await make(monitor(changes));
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toMatch(message);
  });
});

test("an alert is made, given back with ids and in another order, changed and removed", async () => {
  const [, stream] = await list("detectors");
  const triggers = [when("first_seen_event"), when("regression_event")];
  const told = { type: "slack", integrationId: "101", data: {}, config: slack };
  const { status, body } = await makeAlert(
    alert({
      detectorIds: [Number(stream.id)],
      triggers: { logicType: "any-short", conditions: triggers },
      actionFilters: [{ logicType: "all", conditions: [], actions: [email(), told] }],
    }),
  );
  expect(status).toBe(201);
  expect(body.triggers.conditions.map(({ type }: { type: string }) => type)).toEqual([
    ...["regression_event", "first_seen_event"],
  ]);
  expect(body.actionFilters[0].actions).toMatchObject([
    { type: "slack", config: { targetIdentifier: "C0ALERTS", targetDisplay: "alerts" }, status: "active" },
    { type: "email", id: expect.stringMatching(/^\d+$/) },
  ]);
  const path = `${ORGANIZATION}/workflows/${body.id}/`;
  const changed = await call("PUT", path, { id: body.id, name: "told twice", enabled: false });
  expect(changed.body).toMatchObject({ name: "told twice", enabled: false, detectorIds: [stream.id] });
  expect((await call("GET", `${ORGANIZATION}/workflows/?detector=${stream.id}`)).body).toHaveLength(2);
  expect((await call("DELETE", path)).status).toBe(204);
});

describe("an alert is refused", () => {
  const on = (type: string, comparison: unknown) => ({
    triggers: { logicType: "any-short", conditions: [when(type, comparison)] },
  });
  const telling = (action: object) => ({
    actionFilters: [{ logicType: "all", conditions: [], actions: [action] }],
  });
  test.each<[string, object, RegExp]>([
    ["that counts nothing", on("event_frequency_count", true), /does not match JSON Schema/],
    [
      "whose interval is written out",
      on("event_frequency_count", { value: 1, interval: "5min" }),
      /JSON Schema/,
    ],
    [
      "that compares with no time",
      on("event_frequency_percent", { value: 1, interval: "5m" }),
      /does not match JSON Schema/,
    ],
    ["on what does not happen", on("moon_phase", true), /Invalid condition type: moon_phase/],
    [
      "that tells Slack without an integration",
      telling({ type: "slack", data: {}, config: slack }),
      /is required/,
    ],
    [
      "that tells Slack through another integration",
      telling({ type: "slack", integrationId: "102", data: {}, config: slack }),
      /no slack integration/,
    ],
    ["that tells by pigeon", telling({ type: "pigeon", data: {}, config: {} }), /not a valid choice/],
    ["that tells nobody", { actionFilters: [{ logicType: "all", conditions: [] }] }, /Missing actions key/],
    ["that watches nothing known", { detectorIds: [1] }, /Some detectors do not exist: \{1\}/],
    ["that rings at a pace of its own", { config: { frequency: 7 } }, /frequency/],
    ["in an environment that has sent nothing", { environment: "production" }, /has not been created/],
  ])("%s", async (_, changes, message) => {
    const { status, body } = await makeAlert(alert(changes));
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toMatch(message);
  });
});

test("the API of before is gone, and says where to go", async () => {
  for (const path of [
    "projects/agentpay/api/rules/",
    "projects/agentpay/api/alert-rules/7/",
    "organizations/agentpay/alert-rules/7/",
  ]) {
    for (const method of ["GET", "POST", "DELETE"]) {
      expect(await call(method, `/api/0/${path}`, method === "POST" ? {} : undefined)).toEqual({
        status: 410,
        body: { message: "This API no longer exists." },
      });
    }
  }
  const { headers } = await fetch(`${server.url}/api/0/projects/agentpay/api/rules/`, {
    headers: { authorization: "Bearer test" },
  });
  expect(headers.get("x-sentry-replacement-endpoint")).toBe("/api/0/organizations/agentpay/workflows/");
  expect(headers.get("x-sentry-deprecation-date")).toBe("2026-05-14T00:00:00+00:00");
});

test("lists come in pages", async () => {
  const first = await fetch(`${server.url}${ORGANIZATION}/detectors/?per_page=1&project=${project.id}`, {
    headers: { authorization: "Bearer test" },
  });
  expect(await first.json()).toHaveLength(1);
  const next = /<[^?]*(\?[^>]*)>; rel="next"; results="true"/.exec(first.headers.get("link") ?? "")?.[1];
  const { body } = await call("GET", `${ORGANIZATION}/detectors/${next}`);
  expect(body).toMatchObject([{ type: "issue_stream" }]);
});

test("rules that an earlier version has kept become monitors and alerts, once, and under their names", async () => {
  const dataFolder = temporaryFolder(onTestFinished);
  const dateCreated = "2026-01-01T00:00:00.000Z";
  const rule = (name: string) => `sentry.rules.${name}`;
  writeFileSync(
    join(dataFolder, "sentry.json"),
    JSON.stringify({
      lastId: 2000,
      teams: { platform: { id: "1001", slug: "platform", name: "platform", dateCreated } },
      projects: {
        api: {
          ...{ id: "1002", slug: "api", name: "api", platform: null, dateCreated, teams: ["platform"] },
        },
      },
      issueAlerts: {
        "1003": {
          ...{ id: "1003", project: "api", name: "Critical: an error spikes", actionMatch: "all" },
          ...{ filterMatch: "all", frequency: 60, environment: null, dateCreated },
          conditions: [
            {
              id: rule("conditions.event_frequency.EventFrequencyCondition"),
              ...{ comparisonType: "count", value: "100", interval: "5m" },
            },
          ],
          filters: [{ id: rule("filters.level.LevelFilter"), match: "gte", level: "40" }],
          actions: [
            { id: "sentry.mail.actions.NotifyEmailAction", targetType: "Team", targetIdentifier: "1001" },
          ],
        },
      },
      metricAlerts: {
        "1004": {
          ...{ id: "1004", project: "api", name: "Critical: slow", dataset: "transactions", query: "" },
          ...{
            aggregate: "p95(transaction.duration)",
            timeWindow: 10,
            environment: null,
            owner: "team:1001",
          },
          ...{ eventTypes: ["transaction"], dateCreated },
          triggers: [
            {
              ...{ label: "critical", alertThreshold: 2000 },
              actions: [{ type: "email", targetType: "team", targetIdentifier: "1001", integrationId: null }],
            },
          ],
        },
      },
    }),
  );
  const read = async () => {
    const old = await startSentry({ port: 0, dataFolder });
    const ask = caller(old, { authorization: "Bearer test" });
    await ask("PUT", "/api/0/teams/agentpay/platform/", { name: "platform" });
    const [monitors, alerts] = await Promise.all(
      ["detectors", "workflows"].map(async (kind) => (await ask("GET", `${ORGANIZATION}/${kind}/`)).body),
    );
    await old.stop();
    return { monitors, alerts };
  };
  const { monitors, alerts } = await read();
  expect(monitors.map(({ type, name }: { type: string; name: string }) => [type, name])).toEqual([
    ["error", "Error Monitor"],
    ["issue_stream", "Issue Stream"],
    ["metric_issue", "Critical: slow"],
  ]);
  expect(alerts).toMatchObject([
    {
      name: "Critical: an error spikes",
      detectorIds: [monitors[0].id, monitors[1].id],
      triggers: {
        conditions: [{ type: "event_frequency_count", comparison: { value: 100, interval: "5m" } }],
      },
    },
    { name: "Critical: slow", detectorIds: [monitors[2].id], triggers: { conditions: [] } },
  ]);
  expect(await read()).toEqual({ monitors, alerts });
});
