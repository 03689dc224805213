import { describe, expect, test } from "vitest";
import { alertGroups } from "../../../catalog/alerts/index.ts";
import { dashboards } from "../../../catalog/dashboards/index.ts";
import { renderAll } from "../../../operations/render/index.ts";
import { parseSettings } from "../../../settings/settings.ts";
import { configurationOf, type Overrides, type Stack, stacks } from "../../support/program.ts";
import { leaks } from "../../support/secrets.ts";

function render(stack: Stack, overrides: Overrides = {}): Record<string, string> {
  return renderAll(parseSettings(stack, configurationOf(stack, overrides)));
}

/** The same value with the keys of every map in reverse. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value) || typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

const EVERYTHING = [
  "alertmanager/alertmanager.yml",
  "blackbox/blackbox.yml",
  "gatus/config.yaml",
  "alertmanager/templates/agentpay.tmpl",
  "cloudwatch-agent/agentpay.json",
  ...dashboards.map(({ uid }) => `grafana/dashboards/${uid}.json`),
  "prometheus/prometheus.yml",
  "prometheus/rules/recording.yml",
  ...alertGroups.map(({ name }) => `prometheus/rules/${name}.yml`),
].toSorted();

describe.each(stacks)("%s", (stack) => {
  test("renders every file", () => {
    expect(Object.keys(render(stack)).toSorted()).toEqual(EVERYTHING);
  });

  test("renders the same bytes again, whatever the order of the configuration's keys", () => {
    const thresholds = { "alertThresholds.HighErrorRate": 0.1, "alertThresholds.HighDailyCost": 5 };
    const configuration = configurationOf(stack, thresholds);
    const files = render(stack, thresholds);
    expect(render(stack, thresholds)).toEqual(files);
    const backwards = reversed(configuration) as typeof configuration;
    expect(Object.keys(backwards)[0]).not.toBe(Object.keys(configuration)[0]);
    expect(renderAll(parseSettings(stack, backwards))).toEqual(files);
  });

  test("renders no secret, and no Output in its place", () => {
    for (const [path, content] of Object.entries(render(stack))) {
      expect({ path, leaks: leaks(content) }).toEqual({ path, leaks: false });
      expect(content).not.toMatch(/\[secret\]|Output<|\[object |undefined|NaN/);
      expect(content.endsWith("\n")).toBe(true);
    }
  });
});

test("Datadog's files are there where it has the logs", () => {
  const added = Object.keys(render("production", { "logs.platform": "datadog" })).filter(
    (path) => !EVERYTHING.includes(path),
  );
  expect(added).toEqual(["datadog-agent/datadog.yaml", "datadog-agent/conf.d/agentpay.d/conf.yaml"]);
});

test("stacks differ where they should", () => {
  const [production, staging] = [render("production"), render("staging")];
  const different = EVERYTHING.filter((path) => production[path] !== staging[path]);
  expect(different).toContain("prometheus/prometheus.yml");
  expect(different).toContain("alertmanager/alertmanager.yml");
  expect(different).not.toContain("prometheus/rules/recording.yml");
  // Staging has no access to a database: its dashboards go without the panels that ask it.
  expect(different.filter((path) => path.startsWith("grafana/"))).toEqual([
    "grafana/dashboards/agentpay-cost.json",
    "grafana/dashboards/agentpay-data.json",
    "grafana/dashboards/agentpay-executive.json",
  ]);
});

test("a stack without metrics renders only the agent's file, one without AWS all the rest", () => {
  const agent = "cloudwatch-agent/agentpay.json";
  expect(Object.keys(render("production", { "metrics.enabled": false }))).toEqual([agent]);
  const withoutAws = { "aws.enabled": false, "database.enabled": false };
  expect(Object.keys(render("production", withoutAws)).toSorted()).toEqual(
    EVERYTHING.filter((path) => path !== agent),
  );
});
