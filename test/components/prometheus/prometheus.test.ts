import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Alert } from "../../../catalog/alerts/alert.ts";
import { alertGroups, alerts, expressionOf } from "../../../catalog/alerts/index.ts";
import type { Dashboard } from "../../../catalog/dashboards/dashboard.ts";
import { dashboards } from "../../../catalog/dashboards/index.ts";
import { recordingRuleGroups } from "../../../catalog/recording-rules/index.ts";
import { services } from "../../../catalog/services.ts";
import { dashboardModels } from "../../../components/grafana/dashboard-files.ts";
import { prometheusFiles } from "../../../components/prometheus/files.ts";
import { inhibited } from "../../../components/prometheus/inhibition.ts";
import { parseSettings } from "../../../settings/settings.ts";
import { configurationOf, type Overrides, type Stack } from "../../support/program.ts";

interface RenderedRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
}

function render(stack: Stack, overrides: Overrides = {}): Record<string, string> {
  const settings = parseSettings(stack, configurationOf(stack, overrides));
  if (!settings.metrics.enabled) throw new Error("metrics are off");
  return prometheusFiles(settings, settings.metrics);
}

function configurationIn(files: Record<string, string>) {
  return parse(files["prometheus.yml"] ?? "");
}

interface RenderedGroup {
  readonly name: string;
  readonly interval: string;
  readonly rules: RenderedRule[];
}

function groupsIn(files: Record<string, string>, name: string): RenderedGroup[] {
  return parse(files[`rules/${name}.yml`] ?? "").groups;
}

/** Rules of a group's file, alerts or recorded series. */
function rulesIn(files: Record<string, string>, name: string): RenderedRule[] {
  return groupsIn(files, name).flatMap((group) => group.rules);
}

describe("prometheus.yml", () => {
  test("production scrapes each job and hands alerts to Alertmanager", () => {
    expect(configurationIn(render("production"))).toMatchObject({
      global: {
        scrape_interval: "15s",
        evaluation_interval: "15s",
        external_labels: { environment: "production" },
      },
      alerting: { alertmanagers: [{ static_configs: [{ targets: ["alertmanager:9093"] }] }] },
    });
    const { scrape_configs: jobs } = configurationIn(render("production"));
    const targets = jobs.map((job: { job_name: string; static_configs: [{ targets: string[] }] }) => [
      job.job_name,
      ...job.static_configs[0].targets,
    ]);
    expect(targets).toEqual([
      ["agentpay-api", "api-1.internal.agentpay.com:8000", "api-2.internal.agentpay.com:8000"],
      ["agentpay-worker", "worker-1.internal.agentpay.com:10000"],
      ["postgres", "postgres-exporter:9187"],
      ["redis", "redis-exporter:9121"],
      ["prometheus", "localhost:9090"],
      ["alertmanager", "alertmanager:9093"],
      ["blackbox", "blackbox:9115"],
    ]);
    for (const job of jobs) expect(job.sample_limit).toBeGreaterThan(20_000);
  });

  test("the databases' exporters are scraped more often than servers, where Prometheus has the rules", () => {
    const intervals = (overrides: Overrides) =>
      configurationIn(render("production", overrides)).scrape_configs.map(
        (job: { job_name: string; scrape_interval?: string }) => [job.job_name, job.scrape_interval],
      );
    const exporters = (overrides: Overrides) =>
      intervals(overrides).filter(([job]: [string]) => ["postgres", "redis"].includes(job));
    expect(Object.fromEntries(exporters({}))).toEqual({ postgres: "10s", redis: "10s" });
    expect(Object.fromEntries(intervals({}))).toMatchObject({ "agentpay-api": undefined });
    const asOften = { postgres: undefined, redis: undefined };
    expect(Object.fromEntries(exporters({ "metrics.scrapeIntervalSeconds": 5 }))).toEqual(asOften);
    expect(Object.fromEntries(exporters({ "metrics.engine": "amp" }))).toEqual(asOften);
  });

  test("loads exactly the rule files that there are", () => {
    const files = render("production");
    const present = Object.keys(files).filter((path) => path.startsWith("rules/"));
    expect(configurationIn(files).rule_files.toSorted()).toEqual(present.toSorted());
  });

  test("a job without targets is neither scraped nor missed", () => {
    const files = render("production", { "metrics.redisTargets": [] });
    const jobs = configurationIn(files).scrape_configs.map(
      ({ job_name: name }: { job_name: string }) => name,
    );
    expect(jobs).not.toContain("redis");
    const text = Object.values(files).join("\n");
    expect(text).not.toMatch(/up\{job="redis"\}/);
    expect(Object.keys(files)).not.toContain("rules/agentpay-redis.yml");
    expect(Object.keys(files)).toContain("rules/agentpay-postgres.yml");
  });
});

describe("rule files", () => {
  const told = new Set(["api", "websocket-port", "widget", "status-page"]);
  const files = render("production");

  test.each(alertGroups)("$name holds its alerts", ({ name, interval, alerts: members }) => {
    const group = groupsIn(files, name).at(-1);
    expect([group?.name, group?.interval]).toEqual([name, interval]);
    expect(rulesIn(files, name).map(({ alert }) => alert)).toEqual(members.map((alert) => alert.name));
  });

  /** Where Prometheus has the rules, or an engine elsewhere. */
  const evaluated = (from: Record<string, string>) =>
    alertGroups.flatMap(({ name }) =>
      groupsIn(from, name).flatMap(({ interval, rules }) =>
        rules.map(({ alert }): [string, string] => [alert, interval]),
      ),
    );

  test("what says that something is down is evaluated more often, where Prometheus has the rules", () => {
    const sooner = evaluated(files).filter(([, interval]) => interval === "3s");
    expect(new Set(sooner.map(([alert]) => alert))).toEqual(
      new Set(["APIDown", "WorkerDown", "PostgresDown", "RedisDown", "EndpointUnreachable"]),
    );
    const intervals = evaluated(render("production", { "metrics.engine": "amp" })).map(
      ([, interval]) => interval,
    );
    expect([...new Set(intervals)].toSorted()).toEqual(["1m", "30s"]);
  });

  test("recording.yml holds every recorded series, with its labels", () => {
    const { groups } = parse(files["rules/recording.yml"] ?? "");
    expect(groups).toEqual(
      recordingRuleGroups.map(({ name, interval, rules }) => ({
        name,
        interval,
        rules: rules.map(({ record, expression, labels }) => ({
          record,
          expr: expression,
          ...(labels ? { labels } : {}),
        })),
      })),
    );
  });

  test("a stack's threshold replaces the default, in its own alert only", () => {
    const changed = render("production", { "alertThresholds.HighErrorRate": 0.07 });
    const expressions = (from: Record<string, string>) =>
      alertGroups.flatMap(({ name }) => rulesIn(from, name).map(({ alert, expr }) => [alert, expr]));
    const before = expressions(files);
    const after = expressions(changed).filter(([, expr], index) => expr !== before[index]?.[1]);
    expect(after).toEqual([["HighErrorRate", expect.stringContaining("> 0.07 and")]]);
  });

  test("of an endpoint that another checker tells of, the alert is only recorded", () => {
    const severities = (from: Record<string, string>) =>
      Object.fromEntries(
        rulesIn(from, "agentpay-uptime").map(({ alert, labels }) => [
          [alert, labels["endpoint"]].join(" ").trim(),
          labels["severity"],
        ]),
      );
    expect(severities(files)).toMatchObject({
      "EndpointUnreachable api": "info",
      "EndpointUnreachable websocket": "critical",
      // Route 53 takes an empty script, and a redirect, for well.
      "EndpointWrongAnswer api": "critical",
      "EndpointWrongAnswer widget": "warning",
      CertificateAboutToExpire: "critical",
    });
    expect(severities(render("production", { "uptime.checkers": ["blackbox", "route53"] }))).toMatchObject({
      "EndpointUnreachable api": "critical",
      "EndpointUnreachable widget": "warning",
    });
  });

  const rendered = alertGroups.flatMap(({ name, alerts: members }) =>
    members.map((alert, index) => ({
      title: [alert.name, ...Object.values(alert.labels ?? {})].join(" "),
      alert: alert as Alert,
      rule: rulesIn(files, name)[index],
    })),
  );

  test.each(rendered)("$title carries what routing, runbook and people need", ({ alert, rule }) => {
    expect(rule).toEqual({
      alert: alert.name,
      expr: inhibited(alert, expressionOf(alert, {})),
      for: alert.holdFor,
      ...(alert.keepFiringFor ? { keep_firing_for: alert.keepFiringFor } : {}),
      labels: {
        // Route 53 tells of what it can check.
        severity:
          alert.name === "EndpointUnreachable" && told.has(alert.labels?.["endpoint"] ?? "")
            ? "info"
            : alert.severity,
        service: alert.service,
        team: services[alert.service].team,
        environment: "production",
        ...alert.labels,
      },
      annotations: {
        summary: alert.summary,
        description: alert.description,
        runbook_url: `https://github.com/agentpay/agentpay-monitoring/blob/main/runbooks/${alert.name}.md`,
        dashboard_url: expect.stringMatching(/^https:\/\/grafana\.agentpay\.com\/d\/[a-z-]+\?viewPanel=\d+/),
      },
    });
  });

  test.each(rendered)("$title links to the panel that shows what it watches", ({ alert, rule }) => {
    const link = new URL(rule?.annotations["dashboard_url"] ?? "");
    const uid = link.pathname.replace("/d/", "");
    const all: readonly Dashboard[] = dashboards;
    const expected = all.find((dashboard) => dashboard.uid === uid)?.panels[alert.panel.panel]?.title;
    const panels =
      dashboardModels({
        thresholds: {},
        runbookBaseUrl: "https://example.com",
        database: true,
        cloudWatch: true,
      })[uid]?.panels ?? [];
    const shown = panels.find(
      (panel) => "id" in panel && panel.id === Number(link.searchParams.get("viewPanel")),
    );
    expect(expected).toBeDefined();
    expect(shown?.title).toBe(expected);
  });

  test("no two alerts are told apart by nothing", () => {
    expect(rendered).toHaveLength(alerts.length);
  });
});
