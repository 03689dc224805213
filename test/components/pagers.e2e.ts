/** Another pager than PagerDuty, which plugs in by its folder, its settings and one line in each of the two lists. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { parse } from "yaml";
import { renderAll } from "../../operations/render/index.ts";
import { alertmanagerFrom, channelsOf, tells } from "../../operations/review/routes.ts";
import { tools } from "../../operations/tools/tools.ts";
import { runChecks } from "../../operations/verify/check.ts";
import { checklist } from "../../operations/verify/checklist.ts";
import { parseSettings } from "../../settings/settings.ts";
import { setPath } from "../../settings/settings-file.ts";
import { ensureTool } from "../../toolkit/toolchain/find.ts";
import { startAlertmanager } from "../support/alertmanager.ts";
import { eventually } from "../support/eventually.ts";
import { onExamplePager } from "../support/example-pager/settings.ts";
import { isSecretInput } from "../support/mocks.ts";
import { componentOf, configurationOf, type Overrides, runProgram } from "../support/program.ts";
import { leaks } from "../support/secrets.ts";

vi.mock("../../settings/pagers/list.ts", async (original) => {
  const { pagers } = await original<typeof import("../../settings/pagers/list.ts")>();
  const { examplePagerSettings } = await import("../support/example-pager/settings.ts");
  return { pagers: { ...pagers, examplepager: examplePagerSettings } };
});
vi.mock("../../components/pagers/list.ts", async (original) => {
  const { pagerProducts } = await original<typeof import("../../components/pagers/list.ts")>();
  const { examplePager } = await import("../support/example-pager/pager.ts");
  return { pagerProducts: [...pagerProducts, examplePager] };
});

const CHECKERS = { "uptime.checkers": ["uptimerobot", "betterstack", "gatus"] };
const TOKEN = onExamplePager["examplepager.token"];

const settingsOf = (overrides: Overrides = {}) =>
  parseSettings("production", configurationOf("production", { ...onExamplePager, ...overrides }));
const program = (overrides: Overrides = {}) =>
  runProgram("production", { overrides: { ...onExamplePager, ...overrides } });

test("Alertmanager tells it, with its key in a file, and nothing that is rendered knows another pager", () => {
  const files = renderAll(settingsOf());
  const { receivers } = parse(files["alertmanager/alertmanager.yml"] ?? "");
  const critical = receivers.find(({ name }: { name: string }) => name === "critical");
  expect(critical.incidentio_configs).toEqual([
    {
      url: "https://pager.example/alerts",
      alert_source_token_file: "/etc/alertmanager/secrets/examplepager-token",
      send_resolved: true,
    },
  ]);
  expect(Object.keys(critical)).toEqual(expect.arrayContaining(["sns_configs", "slack_configs"]));
  const rendered = Object.entries(files).filter(([path]) => /^(alertmanager|gatus)\//.test(path));
  expect(rendered.filter(([, text]) => /pagerduty_configs|events\.pagerduty/.test(text))).toEqual([]);
});

test("the program makes nothing of PagerDuty, and hands the key to Alertmanager and SNS as a secret", async () => {
  const run = await program();
  expect(run.resources.filter(({ type }) => /pagerduty|OnCall/.test(type))).toEqual([]);
  expect(run.outputs["platforms"]).toMatchObject({ pagerduty: false, examplepager: true });
  const uploads = componentOf(run, "MetricsPlatform").inputs("metrics-alertmanager-files")["uploads"];
  expect(uploads).toContainEqual(
    expect.objectContaining({ file: "/etc/alertmanager/secrets/examplepager-token", content: TOKEN }),
  );
  const topics = componentOf(run, "AlertTopics");
  const names = topics.children.map(({ name }) => name).filter((name) => name.endsWith("pager"));
  expect(names).toEqual(["alert-topics-critical-examplepager", "alert-topics-home-critical-examplepager"]);
  expect(topics.inputs(names[0] ?? "")).toMatchObject({
    protocol: "https",
    endpoint: `https://pager.example/sns/${TOKEN}`,
  });
  expect(isSecretInput(topics.child(names[0] ?? "").inputs["endpoint"])).toBe(true);
});

test("Sentry pages through its integration with it", async () => {
  const run = await program();
  expect(run.calls.map(({ inputs }) => inputs)).toContainEqual(
    expect.objectContaining({ providerKey: "example", name: "Example of AgentPay" }),
  );
});

test("every uptime checker that tells by itself pages it", async () => {
  const first = async (checker: string) =>
    program({
      "uptime.checkers": [checker, ...CHECKERS["uptime.checkers"].filter((each) => each !== checker)],
    });
  const robot = componentOf(await first("uptimerobot"), "UptimeRobot");
  expect(robot.inputs("uptimerobot-webhook")["secretAttributes"]).toEqual({ data: { customValue: TOKEN } });
  const stack = componentOf(await first("betterstack"), "BetterStack");
  const object = stack.child("betterstack-examplepager");
  expect(object.type).toBe("pulumi-nodejs:dynamic/betterstack:OutgoingWebhook");
  expect(stack.inputs("betterstack-examplepager")).toMatchObject({
    path: "v2/outgoing-webhooks",
    attributes: { name: "agentpay-production", trigger_type: "incident_change" },
    secretAttributes: { url: TOKEN },
  });
  expect(JSON.stringify(stack.inputs("betterstack-policy-critical"))).toContain('"type":"webhook"');
  const page = componentOf(await first("gatus"), "StatusPage");
  expect(JSON.stringify(page.children.map(({ name }) => page.inputs(name)))).toContain(
    "https://pager.example/gatus",
  );
});

test("verify proves it, and PagerDuty's items are not configured", async () => {
  const settings = settingsOf();
  const checks = checklist.filter(({ id }) => /pager/.test(id));
  const results = await runChecks(checks, {
    settings,
    secrets: {},
    outputs: { pagerUrl: "https://pager.example/here" },
  });
  expect(results.map(({ id, status }) => [id, status])).toEqual([
    ["pagerduty-service", "not configured"],
    ["pagerduty-escalation", "not configured"],
    ["pagerduty-on-call", "not configured"],
    ["examplepager-answers", "proven"],
  ]);
});

test("a review says that it pages", () => {
  const yaml = renderAll(settingsOf())["alertmanager/alertmanager.yml"] ?? "";
  const labels = { alertname: "APIDown", severity: "critical", environment: "production" };
  expect(tells(channelsOf(alertmanagerFrom(yaml), labels))).toMatch(/^pages Example Pager, SMS, /);
});

test.each([
  ["two pagers", { "pagerduty.enabled": true }, /examplepager\.enabled\n.*\n.*one pager alone wakes people/],
  ["what its own rules say", { "examplepager.url": "https://other.org" }, /does not end in \.org/],
  ["its token over plain http", { "examplepager.url": "http://pager.example" }, /a secret travels to it/],
  ["a key that it does not know", { "examplepager.team": "a" }, /examplepager\.team/],
])("settings refuse %s, and show no secret", (_what, overrides, message) => {
  const refused = () => settingsOf(overrides);
  expect(refused).toThrow(message);
  try {
    refused();
  } catch (error) {
    expect(leaks(String(error))).toBe(false);
  }
});

test("staging never pages through it either", () => {
  const overrides = { ...configurationOf("staging", onExamplePager) };
  expect(() => parseSettings("staging", overrides)).toThrow(
    /examplepager\.enabled[\s\S]*staging never pages/,
  );
});

test("an engine whose Alertmanager can't tell it is refused, with what to set", () => {
  expect(() => renderAll(settingsOf({ "metrics.engine": "amp" }))).toThrow(
    /Amazon's Alertmanager can't tell Example Pager: set metrics\.engine/,
  );
});

test("amtool takes the rendered configuration", async () => {
  const amtool = (await ensureTool(tools.alertmanager)).binaries["amtool"] ?? "amtool";
  const folder = await mkdtemp(join(tmpdir(), "agentpay-pager-"));
  try {
    const files = renderAll(parseSettings("production", configurationOf("production", onExamplePager)));
    for (const [path, content] of Object.entries(files).filter(([path]) =>
      path.startsWith("alertmanager/"),
    )) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    const { stdout } = await promisify(execFile)(amtool, [
      "check-config",
      join(folder, "alertmanager/alertmanager.yml"),
    ]);
    expect(stdout).toContain("SUCCESS");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a critical pages through it, with the key of its file, and so does its end", async () => {
  const alertmanager = await startAlertmanager("production", {
    overrides: onExamplePager,
    settings: (configuration) => {
      const { endpointUrl } = configuration["aws"] as { endpointUrl: string };
      return parseSettings("production", setPath(configuration, "examplepager.url", endpointUrl));
    },
  });
  try {
    const alert = {
      labels: { alertname: "First", severity: "critical", environment: "production", service: "paging" },
    };
    await alertmanager.post([alert]);
    const page = (status: string) =>
      eventually(`a page that is ${status}`, async () =>
        alertmanager.sent.find(
          ({ path, body }) => path === "/alerts" && body.includes(`"status":"${status}"`),
        ),
      );
    expect((await page("firing")).body).toContain('"alertname":"First"');
    await alertmanager.post([{ ...alert, endsAt: new Date(Date.now() - 1000).toISOString() }]);
    await page("resolved");
    expect(alertmanager.sent.map(({ path }) => path)).not.toContain("/v2/enqueue");
  } finally {
    await alertmanager.stop();
  }
});
