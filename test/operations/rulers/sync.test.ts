import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { differenceOf } from "../../../operations/rulers/difference.ts";
import { RulerApi } from "../../../operations/rulers/ruler-api.ts";
import { rulerTargetOf } from "../../../operations/rulers/stack.ts";
import { syncRules } from "../../../operations/rulers/sync.ts";
import type { Stack } from "../../../operations/verify/stack.ts";
import type { Overrides } from "../../support/program.ts";
import { leaks, sentinel } from "../../support/secrets.ts";
import { remoteStack } from "./remote-stack.ts";
import { type RulerStandIn, startRuler } from "./ruler-stand-in.ts";

const PASSWORD = sentinel("metrics.remotePassword");
const ROUTING_KEY = sentinel("integration-key");

let engine: RulerStandIn;
beforeEach(async () => {
  engine = await startRuler("production", `agentpay:${PASSWORD}`);
});
afterEach(() => engine.stop());

function stackWith(overrides: Overrides = {}): Stack {
  return remoteStack(
    {
      "metrics.remoteWriteUrl": "http://127.0.0.1:9009/api/v1/push",
      "metrics.remoteQueryUrl": "http://127.0.0.1:9009/prometheus",
      "metrics.remoteUsername": "agentpay",
      "metrics.remoteTenant": "production",
      "metrics.remoteRulesUrl": engine.rulesUrl,
      "metrics.remoteAlertmanagerUrl": engine.alertmanagerUrl,
      ...overrides,
    },
    {
      "metrics.remotePassword": PASSWORD,
      "notifications.slackWebhookUrl": "https://hooks.slack.com/services/sentinel-secret",
      "notifications.smtpPassword": sentinel("notifications.smtpPassword"),
    },
    ROUTING_KEY,
  );
}

function run(stack: Stack, check = false) {
  const { access, secrets, ...target } = rulerTargetOf(stack, "production");
  const lines: string[] = [];
  const onProgress = (line: string) => lines.push(line);
  const result = syncRules(new RulerApi(access, secrets), { ...target, check, onProgress });
  return { result, lines };
}

const inNamespace = (name: string) => [...(engine.namespaces.get(name)?.keys() ?? [])];

describe("sync", () => {
  test("loads every group, one a request, and the Alertmanager; then there is nothing left to do", async () => {
    const first = run(stackWith());
    const { difference } = await first.result;
    expect(difference.missing.length).toBeGreaterThan(25);
    expect(inNamespace("agentpay-production").toSorted()).toEqual([...difference.missing].toSorted());
    const posts = engine.requests.filter((request) => request.startsWith("POST"));
    expect(posts).toHaveLength(difference.missing.length + 1);

    engine.requests.length = 0;
    const again = await run(stackWith()).result;
    expect(again).toMatchObject({ converged: true, difference: { missing: [], changed: [], foreign: [] } });
    expect(engine.requests.filter((request) => !request.startsWith("GET"))).toEqual([]);
  });

  test("its Alertmanager has the same routes, with the secrets in the document and no file", async () => {
    await run(stackWith()).result;
    const { template_files, alertmanager_config } = parse(engine.alertmanager.text);
    const configuration = parse(alertmanager_config);
    expect(configuration.templates).toEqual(Object.keys(template_files));
    expect(configuration.route.routes.length).toBeGreaterThan(3);
    expect(alertmanager_config).not.toContain("_file");
    expect(alertmanager_config).toContain(`routing_key: ${ROUTING_KEY}`);
    expect(alertmanager_config).toContain("api_url: https://hooks.slack.com/services/sentinel-secret");
  });

  test("brings back what was changed, and removes what is not the stack's, only in its own namespace", async () => {
    await run(stackWith()).result;
    const own = engine.namespaces.get("agentpay-production");
    own?.set("old-group", { name: "old-group", rules: [{ record: "a:b:c", expr: "vector(1)" }] });
    own?.set("agentpay-api", { name: "agentpay-api", rules: [{ alert: "APIDown", expr: "vector(0)" }] });
    engine.namespaces.set("agentpay-staging", new Map([["theirs", { name: "theirs", rules: [] }]]));
    engine.requests.length = 0;

    const { result, lines } = run(stackWith());
    expect((await result).difference).toMatchObject({ changed: ["agentpay-api"], foreign: ["old-group"] });
    expect(lines).toEqual(["loaded agentpay-api", "removed old-group"]);
    expect(inNamespace("agentpay-production")).not.toContain("old-group");
    expect(inNamespace("agentpay-staging")).toEqual(["theirs"]);
    expect(engine.requests.filter((request) => request.includes("staging"))).toEqual([]);
    expect((await run(stackWith(), true).result).converged).toBe(true);
  });

  test("what failed halfway goes on from there", async () => {
    engine.fail(10, 500, "too busy");
    await expect(run(stackWith()).result).rejects.toThrow(/POST http.* answered 500: too busy/);
    const loaded = inNamespace("agentpay-production").length;
    expect(loaded).toBeGreaterThan(3);
    const { difference } = await run(stackWith()).result;
    expect(difference.same).toHaveLength(loaded);
    expect((await run(stackWith(), true).result).converged).toBe(true);
  });

  test("without an Alertmanager of the engine's own, it touches none", async () => {
    await run(stackWith({ "metrics.remoteAlertmanagerUrl": "" })).result;
    expect(engine.requests.filter((request) => request.includes("alerts"))).toEqual([]);
  });
});

describe("--check", () => {
  test("changes nothing, and says what is missing", async () => {
    const { converged, difference } = await run(stackWith(), true).result;
    expect(converged).toBe(false);
    expect(difference).toMatchObject({ same: [], foreign: [], alertmanager: "missing" });
    expect(engine.requests.filter((request) => !request.startsWith("GET"))).toEqual([]);
  });

  test.each([
    ["a threshold", { "alertThresholds.HighErrorRate": 0.07 }, "agentpay-api"],
    ["an address of Grafana", { "docs.grafanaUrl": "https://other.example.com" }, "agentpay-redis"],
  ])("sees %s that changed since", async (_what, overrides, group) => {
    await run(stackWith()).result;
    const { difference } = await run(stackWith(overrides), true).result;
    expect(difference.changed).toContain(group);
  });
});

test("the same in the engine's own words is the same", () => {
  const rule = { alert: "A", expr: "up == 0" };
  const wanted = [{ name: "g", interval: "60s", rules: [{ ...rule, for: "0m", labels: {} }] }];
  const live = [{ name: "g", interval: "1m", query_offset: "0s", rules: [rule] }];
  expect(
    differenceOf({ groups: wanted, alertmanager: undefined }, { groups: live, alertmanager: undefined }),
  ).toMatchObject({ same: ["g"] });
});

describe("what goes wrong is said without a secret", () => {
  test.each([
    [
      "a wrong user",
      { "metrics.remoteUsername": "other" },
      /401: invalid credentials\n.*metrics\.remotePassword/,
    ],
    ["a wrong tenant", { "metrics.remoteTenant": "staging" }, /401: no org id\n.*metrics\.remoteTenant/],
    [
      "nobody there",
      { "metrics.remoteRulesUrl": "http://127.0.0.1:1/api/v1/rules" },
      /GET http.* got no answer: /,
    ],
  ])("%s", async (_what, overrides, message) => {
    await expect(run(stackWith(overrides)).result).rejects.toThrow(message);
  });

  test("another address than a ruler's", async () => {
    const overrides = { "metrics.remoteRulesUrl": engine.rulesUrl.replace("rules", "nothing") };
    await expect(run(stackWith(overrides)).result).rejects.toThrow(
      /answered 404.*\n.*metrics\.remoteRulesUrl/,
    );
  });

  test("an engine that quotes what it was sent", async () => {
    engine.fail(2, 400, `unmarshal error in: routing_key: ${ROUTING_KEY}, ${PASSWORD}`);
    const error = await run(stackWith()).result.catch((caught: unknown) => String(caught));
    expect(error).toContain("[secret]");
    expect(leaks(error)).toBe(false);
  });
});

test.each([
  ["another engine", { "metrics.engine": "container" }, "metrics.engine is not remote"],
  ["no address", { "metrics.remoteRulesUrl": "" }, "set metrics.remoteRulesUrl"],
  ["vmalert", { "metrics.remoteRuler": "vmalert" }, "load the files of `npm run render`"],
])("%s: refused before anything is asked", (_what, overrides, message) => {
  expect(() => rulerTargetOf(stackWith(overrides), "production")).toThrow(message);
});
