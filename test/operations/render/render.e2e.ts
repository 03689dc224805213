/** What we render, judged by the programs that will read it. Their rules' behaviour is tested in test/rules. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { alerts } from "../../../catalog/alerts/index.ts";
import { renderAll } from "../../../operations/render/index.ts";
import { alertmanagerFrom, receiverNames } from "../../../operations/review/routes.ts";
import { tools } from "../../../operations/tools/tools.ts";
import { parseAnnouncements, type ReadAnnouncements } from "../../../settings/announcements.ts";
import { parseSettings } from "../../../settings/settings.ts";
import { ensureTool } from "../../../toolkit/toolchain/find.ts";
import { configurationOf, type Overrides, stacks } from "../../support/program.ts";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "agentpay-render-"));
let [promtool, amtool] = ["promtool", "amtool"];

beforeAll(async () => {
  promtool = (await ensureTool(tools.prometheus)).binaries["promtool"] ?? promtool;
  amtool = (await ensureTool(tools.alertmanager)).binaries["amtool"] ?? amtool;
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Stacks, and one without pages and mail: everything goes to Slack. */
const variants: readonly {
  title: string;
  stack: (typeof stacks)[number];
  overrides: Overrides;
  announced?: ReadAnnouncements;
}[] = [
  ...stacks.map((stack) => ({ title: stack, stack, overrides: {} })),
  {
    title: "production-by-slack-alone",
    stack: "production",
    overrides: { "pagerduty.enabled": false, "notifications.emails": [] },
  },
  {
    title: "production-without-databases-and-workers",
    stack: "production",
    overrides: { "metrics.postgresTargets": [], "metrics.redisTargets": [], "metrics.workerTargets": [] },
  },
  {
    title: "production-whose-targets-are-found",
    stack: "production",
    overrides: {
      "metrics.targetsFolder": "/srv/agentpay/targets",
      "metrics.apiTargets": [
        "dns+api.internal.agentpay.com:8000",
        "dnssrv+_metrics._tcp.api.internal.agentpay.com",
      ],
      "metrics.workerTargets": ["ec2+Service=worker:10000"],
      "metrics.postgresTargets": ["file+postgres.json"],
    },
  },
  {
    title: "production-with-maintenance",
    stack: "production",
    overrides: {},
    announced: parseAnnouncements(
      `production: { maintenance: [
        { when: "Sunday 02:00-04:00", announced: 2026-11-20, affects: [api], text: Database. },
        { when: "2026-12-24 20:00-24:00", announced: 2026-11-20, affects: [api, widget], text: CDN. } ] }`,
      "production",
    ),
  },
];

describe.each(variants)("$title", ({ title, stack, overrides, announced }) => {
  const out = join(folder, title);
  const alertmanager = join(out, "alertmanager/alertmanager.yml");
  beforeAll(() => {
    for (const [path, content] of Object.entries(
      renderAll(parseSettings(stack, configurationOf(stack, overrides), announced && { announced })),
    )) {
      mkdirSync(dirname(join(out, path)), { recursive: true });
      writeFileSync(join(out, path), content);
    }
  });

  test("Prometheus takes its configuration, all rules included", async () => {
    const configuration = join(out, "prometheus/prometheus.yml");
    const { stdout } = await run(promtool, ["check", "config", "--lint=all", "--lint-fatal", configuration]);
    const ruleFiles = readFileSync(configuration, "utf8").match(/ - rules\/.*\.yml/g) ?? [];
    expect(ruleFiles.length).toBeGreaterThan(1);
    expect(stdout.match(/SUCCESS: \d+ rules found/g)).toHaveLength(ruleFiles.length);
    expect(stdout).toContain("is valid prometheus config file syntax");
  });

  test("Alertmanager takes its configuration", async () => {
    const { stdout } = await run(amtool, ["check-config", alertmanager]);
    expect(stdout).toContain("SUCCESS");
  });

  test.each(alerts.map((alert) => [alert.severity, alert.name, alert.service] as const))(
    "%s: %s of %s goes to its receiver",
    async (severity, alertname, service) => {
      const receiver = alertname === "Watchdog" ? "dead-mans-switch" : severity;
      const labels = { alertname, severity, service, environment: stack };
      const { stdout } = await run(amtool, [
        "config",
        "routes",
        "test",
        `--config.file=${alertmanager}`,
        `--verify.receivers=${receiver}`,
        ...Object.entries(labels).map(([label, value]) => `${label}=${value}`),
      ]);
      expect(stdout.trim()).toBe(receiver);
      // A review follows the routes by itself.
      expect(receiverNames(alertmanagerFrom(readFileSync(alertmanager, "utf8")).route, labels)).toEqual([
        receiver,
      ]);
    },
  );

  test("an alert without a known severity is taken for the worst", async () => {
    const config = `--config.file=${alertmanager}`;
    const { stdout } = await run(amtool, [
      "config",
      "routes",
      "test",
      config,
      "alertname=Odd",
      "severity=urgent",
    ]);
    expect(stdout.trim()).toBe("critical");
  });
});

test("an email reads well: what, since when, and two links, with nothing in it taken for markup", async () => {
  const data = join(folder, "data.json");
  const alert = {
    status: "firing",
    labels: { alertname: "SlowAPIResponses", severity: "warning" },
    annotations: {
      summary: "The API answers slowly.",
      description: "p95 of <unmatched> & others: 3s",
      runbook_url: "https://example.com/SlowAPIResponses.md",
      dashboard_url: "https://example.com/d/x?viewPanel=1&var-a=b",
    },
    startsAt: "2026-03-01T10:20:30+02:00",
  };
  const { labels: commonLabels, annotations: commonAnnotations } = alert;
  writeFileSync(data, JSON.stringify({ status: "firing", alerts: [alert], commonLabels, commonAnnotations }));
  const { stdout } = await run(amtool, [
    "template",
    "render",
    `--template.glob=${join(folder, "production/alertmanager/templates/*.tmpl")}`,
    '--template.text={{ template "agentpay.email" . }}',
    "--template.type=html",
    `--template.data=${data}`,
  ]);
  expect(stdout).toContain(">SlowAPIResponses: The API answers slowly.</h1>");
  expect(stdout).toContain("<p>p95 of &lt;unmatched&gt; &amp; others: 3s</p>");
  expect(stdout).toContain('<a href="https://example.com/SlowAPIResponses.md">Runbook</a>');
  expect(stdout).toContain('<a href="https://example.com/d/x?viewPanel=1&amp;var-a=b">Dashboard</a>');
  expect(stdout).toContain("since 2026-03-01 08:20 UTC");
  expect(stdout).not.toContain("severity");
});

const NOWHERE_NEAR_A_PAGER = ["development", "local", "staging", "test"];

test.each(NOWHERE_NEAR_A_PAGER)(
  "an alert of the environment %s can't page through production's Alertmanager",
  async (environment) => {
    const config = `--config.file=${join(folder, "production/alertmanager/alertmanager.yml")}`;
    const labels = ["alertname=APIDown", "severity=critical", `environment=${environment}`];
    const { stdout } = await run(amtool, ["config", "routes", "test", config, ...labels]);
    expect(stdout.trim()).toBe("warning");
  },
);

test("a critical alert that has lost its environment pages all the same", async () => {
  const config = `--config.file=${join(folder, "production/alertmanager/alertmanager.yml")}`;
  const labels = ["alertname=APIDown", "severity=critical"];
  const { stdout } = await run(amtool, ["config", "routes", "test", config, ...labels]);
  expect(stdout.trim()).toBe("critical");
});

test("promtool refuses what it should: the check is no rubber stamp", async () => {
  const file = join(folder, "broken.yml");
  writeFileSync(
    file,
    JSON.stringify({ groups: [{ name: "a", rules: [{ record: "a", expr: "rate(x[5m]) +" }] }] }),
  );
  await expect(run(promtool, ["check", "rules", file])).rejects.toThrow(/parse error/);
});
