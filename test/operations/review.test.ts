import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { alerts, alertThresholdNames, thresholdOf } from "../../catalog/alerts/index.ts";
import { renderAll } from "../../operations/render/index.ts";
import { type AlertChange, alertChanges } from "../../operations/review/alerts.ts";
import { costChange } from "../../operations/review/cost.ts";
import { change, differences } from "../../operations/review/difference.ts";
import { fileChanges } from "../../operations/review/files.ts";
import type { Review } from "../../operations/review/model.ts";
import { verdicts } from "../../operations/review/policies.ts";
import { previewOf, summary } from "../../operations/review/preview.ts";
import type { Registration } from "../../operations/review/recording.ts";
import type { ReplayedChange } from "../../operations/review/replay.ts";
import { report } from "../../operations/review/report.ts";
import { resourceChanges } from "../../operations/review/resources.ts";
import { withoutSecrets } from "../../operations/review/review.ts";
import { alertmanagerFrom, channelsOf } from "../../operations/review/routes.ts";
import { ruleTestsFrom, triedFrom } from "../../operations/review/rule-tests.ts";
import type { Side } from "../../operations/review/side.ts";
import { parseSettings } from "../../settings/settings.ts";
import { secret } from "../../toolkit/property-values.ts";
import { configurationOf, type Overrides, type Stack } from "../support/program.ts";
import { leaks, sentinel } from "../support/secrets.ts";

function resource(name: string, inputs: object, more: Partial<Registration> = {}): Registration {
  const type = more.type ?? "docker:index/container:Container";
  return {
    ...{
      type,
      name,
      custom: true,
      parent: "",
      provider: "",
      version: "",
      protect: false,
      deleteBeforeReplace: false,
    },
    ...{ dependencies: [], sources: {}, additionalSecretOutputs: [] },
    urn: `urn:pulumi:production::agentpay-monitoring::agentpay:monitoring:MetricsPlatform$${type}::${name}`,
    inputs: inputs as Registration["inputs"],
    ...more,
  };
}

/** A stack as it is configured, but for this. */
function side(
  stack: Stack,
  overrides: Overrides = {},
  resources: readonly Registration[] = [resource("thing", {}, { type: "t" })],
): Side {
  const configuration = configurationOf(stack, overrides);
  const settings = parseSettings(stack, configuration);
  const thresholds = alerts.flatMap((alert) =>
    alert.threshold
      ? [[alert.name, { value: thresholdOf(alert, settings.alertThresholds), unit: alert.threshold.unit }]]
      : [],
  );
  return { configuration, resources, files: renderAll(settings), thresholds: Object.fromEntries(thresholds) };
}

const production = side("production");

/** Production with one rendered file edited. */
function withFile(path: string, edit: (content: string) => string): Side {
  return { ...production, files: { ...production.files, [path]: edit(production.files[path] ?? "") } };
}

const lines = (changes: readonly AlertChange[]) =>
  changes.map(({ alerts: names, kind, what }) => `${names.join(", ")} ${kind}: ${what}`);

const API_RULES = "prometheus/rules/agentpay-api.yml";

interface RuleFile {
  readonly groups: readonly { rules: { alert?: string; for?: string; labels: Record<string, string> }[] }[];
}

/** Production with one alert of the API edited; undefined drops it. */
function withAlert(
  name: string,
  edit: (rule: RuleFile["groups"][number]["rules"][number]) => void,
  drop = false,
): Side {
  return withFile(API_RULES, (content) => {
    const file = parse(content) as RuleFile;
    for (const group of file.groups) {
      for (const rule of group.rules.filter(({ alert }) => alert === name)) edit(rule);
      if (drop) group.rules = group.rules.filter(({ alert }) => alert !== name);
    }
    return stringify(file, { lineWidth: 0 });
  });
}

describe("alerts", () => {
  test("nothing changed, nothing said", () => {
    expect(alertChanges(production, production, "production")).toEqual([]);
  });

  test("a threshold is told by itself, in its unit", () => {
    const edited = side("production", {
      "alertThresholds.HighErrorRate": 0.04,
      "alertThresholds.SlowAPIResponses": 3,
    });
    expect(lines(alertChanges(production, edited, "production"))).toEqual([
      "HighErrorRate changed: threshold 5% to 4%",
      expect.stringMatching(/^SlowAPIResponses changed: threshold 2 to 3 seconds/),
    ]);
    expect(alertThresholdNames).toContain("SlowAPIResponses");
  });

  test("a severity says who is woken by it now", () => {
    const edited = withAlert("ElevatedErrorRate", ({ labels }) => {
      labels["severity"] = "critical";
    });
    expect(lines(alertChanges(production, edited, "production"))).toEqual([
      "ElevatedErrorRate changed: severity `warning` to `critical`, now pages PagerDuty, SMS",
    ]);
  });

  test("dropped comes first, then what changed, then what is new", () => {
    const dropped = withAlert("HighErrorRate", () => {}, true);
    expect(lines(alertChanges(production, dropped, "production"))).toEqual([
      "HighErrorRate dropped: it was: critical, threshold 5%, pages PagerDuty, SMS, Slack #alerts, email oncall@agentpay.com",
    ]);
    expect(lines(alertChanges(dropped, production, "production"))).toEqual([
      "HighErrorRate new: critical, threshold 5%, pages PagerDuty, SMS, Slack #alerts, email oncall@agentpay.com",
    ]);
  });

  test("a condition and a hold time are told where they differ", () => {
    const edited = withAlert("HighErrorRate", (rule) => {
      rule.for = "10m";
    });
    expect(lines(alertChanges(production, edited, "production"))).toEqual([
      "HighErrorRate changed: holds for `5m` to `10m`",
    ]);
    const other = withFile(API_RULES, (content) => content.replaceAll("[5m]) >= 0) > 5", "[9m]) >= 0) > 5"));
    const [condition = ""] = lines(alertChanges(production, other, "production"));
    expect(condition).toMatch(
      /^HighErrorRate changed: condition `….{0,30}5m\]\) >= 0\) > 5.{0,8}…` to `….{0,30}9m\]\) >= 0\) > 5.{0,8}…`$/,
    );
  });

  test("what happens to many alerts alike is one line", () => {
    const quiet = side("production", { "notifications.smsNumbers": [] });
    const [only, ...others] = alertChanges(production, quiet, "production");
    expect(others).toEqual([]);
    expect(only?.what).toBe("no longer pages SMS");
    expect(only?.alerts.length).toBeGreaterThan(10);
  });

  test("rules that share a name are told apart", () => {
    const path = "prometheus/rules/slo-api-latency-alerts.yml";
    const edited = withFile(path, (content) => content.replace("for: 2m", "for: 3m"));
    expect(lines(alertChanges(production, edited, "production"))).toEqual([
      "APILatencyBudgetBurn (api-latency, 1h, 5m) changed: holds for `2m` to `3m`",
    ]);
  });
});

describe("routes", () => {
  const alertmanager = (route: object) =>
    alertmanagerFrom(
      stringify({
        route,
        receivers: [
          { name: "a", slack_configs: [{ channel: "#a" }] },
          { name: "b", email_configs: [{ to: "b@example.com" }] },
          { name: "none" },
        ],
      }),
    );

  test.each([
    [{ receiver: "a" }, ["Slack #a"]],
    [{ receiver: "a", routes: [{ receiver: "b", matchers: ['severity="low"'] }] }, ["Slack #a"]],
    [{ receiver: "a", routes: [{ receiver: "b", matchers: ['severity!="low"'] }] }, ["email b@example.com"]],
    [
      { receiver: "a", routes: [{ receiver: "none", matchers: ["severity=~high|x"] }, { receiver: "b" }] },
      [],
    ],
    [{ receiver: "a", routes: [{ receiver: "b", matchers: ['severity=~"hig"'] }] }, ["Slack #a"]],
    [{ receiver: "a", routes: [{ receiver: "b", matchers: ['team!~"x.*"'] }] }, ["email b@example.com"]],
    [
      { receiver: "none", routes: [{ receiver: "a", continue: true }, { receiver: "b" }] },
      ["Slack #a", "email b@example.com"],
    ],
    [
      { receiver: "a", routes: [{ matchers: ["severity=high"], routes: [{ matchers: ["x=1"] }] }] },
      ["Slack #a"],
    ],
  ])("%j", (route, expected) => {
    expect(channelsOf(alertmanager(route), { severity: "high" })).toEqual(expected);
  });

  test("what is no matcher is an error, not a silent mismatch", () => {
    const wrong = alertmanager({ receiver: "a", routes: [{ receiver: "b", matchers: ["nonsense"] }] });
    expect(() => channelsOf(wrong, {})).toThrow("nonsense");
  });
});

describe("files", () => {
  test("routes and receivers are told by name and path", () => {
    const edited = side("production", { "notifications.slackChannel": "#ops" });
    expect(fileChanges(production, edited).routes).toEqual(
      ["critical", "warning", "info"].map(
        (name) => `\`receivers.${name}.slack_configs[0].channel\`: \`#alerts\` to \`#ops\``,
      ),
    );
    const gone = withFile("alertmanager/alertmanager.yml", (content) =>
      content.replace(/ {2}- name: none\n/, ""),
    );
    expect(fileChanges(production, gone).routes).toEqual(["`receivers.none` is gone"]);
  });

  test("dashboards are told by panel", () => {
    const path = "grafana/dashboards/agentpay-slo.json";
    const edited = withFile(path, (content) => {
      const { panels, ...rest } = JSON.parse(content);
      const [first, second, ...others] = panels.filter(({ type }: { type: string }) => type !== "row");
      return JSON.stringify({
        ...rest,
        panels: [{ ...first, description: "Other." }, ...others, { ...second, title: "New one" }],
      });
    });
    const { dashboards } = fileChanges(production, edited);
    expect(dashboards).toContainEqual(
      expect.stringMatching(/^\*\*AgentPay \/ SLO\*\*: panel ".+": `description`: /),
    );
    expect(dashboards).toContainEqual(expect.stringMatching(/panel ".+" is gone$/));
    expect(dashboards).toContain('**AgentPay / SLO**: panel "New one" is new');
    const { [path]: _, ...files } = production.files;
    expect(fileChanges(production, { ...production, files }).dashboards).toEqual([
      "**AgentPay / SLO** is gone",
    ]);
  });

  test("recording rules and all the others are told by path", () => {
    const edited = withFile("prometheus/rules/recording.yml", (content) => content.replace("[5m]", "[6m]"));
    expect(fileChanges(production, edited).others).toEqual([
      expect.stringMatching(/^prometheus\/rules\/recording.yml: `.+`: `.*5m.*` to `.*6m.*`$/),
    ]);
    const scraped = side("production", { "metrics.scrapeIntervalSeconds": 30 });
    expect(fileChanges(production, scraped).others).toContain(
      "prometheus/prometheus.yml: `global.scrape_interval`: `15s` to `30s`",
    );
  });
});

describe("resources", () => {
  const byDigest = `grafana@sha256:${"1".repeat(64)}`;
  const pinned = resource("metrics-grafana", { image: byDigest, restart: "always" });
  const floating = resource("metrics-grafana", { image: "grafana:latest", restart: "always" });
  const withResources = (...resources: Registration[]) => ({ ...production, resources });

  test("an image that is no longer pinned is shown, and refused as new", () => {
    const [before, after] = [withResources(pinned), withResources(floating)];
    expect(resourceChanges(before, after)).toEqual([
      {
        component: "MetricsPlatform",
        name: "metrics-grafana (docker:Container)",
        kind: "changed",
        what: [`\`image\` \`${byDigest}\` to \`grafana:latest\``],
      },
    ]);
    const found = verdicts(before, after, "production").filter(({ isNew }) => isNew);
    expect(found.map(({ rule, level }) => [rule, level])).toEqual([
      ["docker-container-disallow-floating-image", "mandatory"],
    ]);
    // What was wrong before is told, but not as new.
    expect(verdicts(after, after, "production").filter(({ isNew }) => isNew)).toEqual([]);
  });

  test("deleted first; secrets are compared and never shown", () => {
    const old = resource("one", { password: secret(sentinel("old")), size: 1 });
    const now = resource("one", { password: secret(sentinel("new")), size: 1 });
    const gone = resource("gone", {});
    const changes = resourceChanges(withResources(old, gone), withResources(now, pinned));
    expect(changes.map(({ name, kind, what }) => [name.split(" ")[0], kind, what])).toEqual([
      ["gone", "deleted", []],
      ["one", "changed", ["a secret"]],
      ["metrics-grafana", "new", []],
    ]);
    expect(leaks(changes)).toBe(false);
  });
});

test("cost: pieces at their list price, and settings that decide on a bill", () => {
  const alarm = resource("alarm", { period: 60 }, { type: "aws:cloudwatch/metricAlarm:MetricAlarm" });
  const check = (inputs: object) =>
    resource("check", inputs, { type: "aws:route53/healthCheck:HealthCheck" });
  const before = { ...production, resources: [alarm, check({ type: "HTTP", requestInterval: 30 })] };
  const after = {
    ...side("production", { "logs.retentionDays": 90, owner: "others" }),
    resources: [alarm, { ...alarm, name: "second" }, check({ type: "HTTPS", requestInterval: 10 })],
  };
  expect(costChange(before, after)).toEqual({
    monthlyUsd: expect.closeTo(4.1),
    lines: [
      "MetricAlarm: 1 to 2, +0.10 USD a month",
      "HealthCheck: 1 to 1, +4.00 USD a month",
      "`logs.retentionDays` `30` to `90`: CloudWatch keeps logs for USD 0.03 a GB and month",
    ],
  });
  expect(costChange(after, before).monthlyUsd).toBeCloseTo(-4.1);
});

test("differences: by path, in JSON as well, and long texts where they differ", () => {
  expect(differences({ a: 1, b: { c: [1] } }, { a: 1, b: { c: [1, 2] } })).toEqual([
    { path: "b.c", before: [1], after: [1, 2] },
  ]);
  expect(differences('{"a":1}', '{"a":2}', "policy")).toEqual([{ path: "policy.a", before: 1, after: 2 }]);
  expect(differences([{ a: 1 }], [{ a: 2 }, { a: 3 }])).toEqual([
    { path: "[0].a", before: 1, after: 2 },
    { path: "[1]", before: undefined, after: { a: 3 } },
  ]);
  const long = (middle: string) => `${"x".repeat(90)}${middle}${"y".repeat(90)}`;
  expect(change({ before: long("1"), after: long("22") })).toBe(
    `\`…${"x".repeat(20)}1${"y".repeat(20)}…\` to \`…${"x".repeat(20)}22${"y".repeat(20)}…\``,
  );
});

const URN = "urn:pulumi:production::agentpay-monitoring";
const step = (op: string, urn: string, keys: string[] = []) => ({
  resourcePreEvent: { metadata: { op, urn: `${URN}::${urn}`, type: "", keys } },
});
const NETWORK = "agentpay:monitoring:MetricsPlatform$docker:index/network:Network::metrics-network";

describe("preview", () => {
  test("counts by component; replacements and deletions by name and cause", () => {
    const preview = summary(
      [
        step("same", "agentpay:monitoring:OnCall$pagerduty:index/service:Service::on-call"),
        step("update", "agentpay:monitoring:OnCall$pagerduty:index/team:Team::on-call-team"),
        step("create-replacement", NETWORK, ["name"]),
        step("replace", NETWORK, ["name"]),
        step("delete-replaced", NETWORK, ["name"]),
        step("delete", "pulumi:providers:aws::aws"),
        step("create", "pulumi:pulumi:Stack::agentpay-monitoring-production"),
      ],
      true,
    );
    expect(preview.components).toEqual({
      MetricsPlatform: { replace: 1 },
      OnCall: { update: 1 },
      Stack: { delete: 1 },
    });
    expect(preview.losses).toEqual([
      {
        operation: "replace",
        component: "MetricsPlatform",
        name: "metrics-network (docker:Network)",
        because: ["name"],
      },
      { operation: "delete", component: "Stack", name: "aws (pulumi:aws)", because: [] },
    ]);
  });

  test("says what the engine or the CLI complained of", async () => {
    const message = "<{%fg 1%}>error: 403<{%reset%}>\n";
    const { complaints } = summary([{ diagnosticEvent: { urn: "", message, severity: "error" } }], false);
    expect(complaints).toEqual(["error: 403"]);
    const ended = { code: 6, stdout: "", stderr: "error: no stack named 'production' found\n" };
    const preview = await previewOf("production", async () => ended, "/nowhere");
    expect(preview.succeeded).toBe(false);
    expect(preview.complaints[0]).toBe("error: no stack named 'production' found");
  });
});

test("an advice is no reason for a preview to fail: another is asked of the CLI", async () => {
  const scratch = mkdtempSync(join(tmpdir(), "review-preview-"));
  const advice = {
    policyName: "a",
    enforcementLevel: "advisory",
    message: "m",
    resourceUrn: `${URN}::a:b:C::d`,
  };
  const pulumi = async (args: readonly string[]) => {
    writeFileSync(args[args.indexOf("--event-log") + 1] ?? "", JSON.stringify({ policyEvent: advice }));
    return { code: 255, stdout: "", stderr: "error: the plugin crashed" };
  };
  const preview = await previewOf("production", pulumi, scratch);
  rmSync(scratch, { recursive: true });
  expect(preview.verdicts).toEqual([{ rule: "a", level: "advisory", resource: "d (a:C)" }]);
  expect(preview.complaints).toEqual(["error: the plugin crashed"]);
});

test("a preview that succeeds is refused where an import was cut off: the deployment would make it again", async () => {
  const state = {
    deployment: { pending_operations: [{ type: "importing", resource: { urn: `${URN}::a:b:C::group` } }] },
  };
  const pulumi = async (args: readonly string[]) => {
    const stdout = args[0] === "stack" ? JSON.stringify(state) : "";
    return { code: 0, stdout, stderr: "" };
  };
  const { succeeded, complaints } = await previewOf("production", pulumi, "/nowhere");
  expect(succeeded).toBe(false);
  expect(complaints[0]).toContain("importing group");
  expect(complaints[0]).toContain("docs/recovery.md");
});

test("rule tests: what failed and why, or why none ran", () => {
  const result = (status: string) => ({
    title: `is ${status}`,
    status,
    failureMessages: status === "failed" ? ["got: []\n    at file:1:2"] : [],
  });
  const json = (assertionResults: object[], message = "") =>
    JSON.stringify({ numPassedTests: 1, testResults: [{ message, assertionResults }] });
  expect(ruleTestsFrom(json([result("passed"), result("failed")]))).toEqual({
    passed: 1,
    failed: [{ title: "is failed", message: "got: []" }],
  });
  const none = JSON.stringify({
    numPassedTests: 0,
    testResults: [{ message: "no promtool", assertionResults: [] }],
  });
  expect(ruleTestsFrom(none)).toEqual({ passed: 0, failed: [], problem: "no promtool" });
  const nothing = JSON.stringify({ numPassedTests: 0, testResults: [] });
  expect(ruleTestsFrom(nothing).problem).toMatch(/no test was found in test\/rules\//);
});

test("another threshold is tried case by case, by what a case has to do", () => {
  const result = (title: string, status: string) => ({ title, status });
  const json = (...assertionResults: object[]) =>
    JSON.stringify({ numPassedTests: 1, testResults: [{ assertionResults }] });
  const tried = json(
    result("tried, rings: X: everything fails", "passed"),
    result("tried, rings: X: just enough", "failed"),
    result("tried, silent: X: nothing fails", "passed"),
    result("promtool finds nothing wrong", "skipped"),
  );
  expect(triedFrom(tried)).toEqual({ rings: { held: 1, of: 2 }, silent: { held: 1, of: 1 } });
  expect(triedFrom(json(result("promtool finds", "skipped"))).problem).toMatch(/no test was found/);
});

describe("report", () => {
  const nothing: Review = {
    ...{ stack: "production", base: "main", preview: undefined, platforms: undefined },
    ...{ before: { value: production }, after: { value: production } },
    ruleTests: { passed: 21, failed: [] },
  };
  const preview = (events: Parameters<typeof summary>[0], succeeded = true) => ({
    value: summary(events, succeeded),
  });

  test("what the platforms say of what is there now is told, and refuses nothing", () => {
    const said = "Sentry's GET /x/ is deprecated (components/sentry/objects.ts)";
    const clean = { stack: "production", status: "clean", resources: 57, deprecated: [said] } as const;
    const { markdown, passed } = report({ ...nothing, preview: preview([]), platforms: { value: clean } });
    expect(passed).toBe(true);
    expect(markdown).toContain("#### Platforms\n\n- production is clean");
    expect(markdown).toContain(`- About to end: ${said}`);
    const late = report({ ...nothing, preview: preview([]), platforms: { problem: "no answer" } });
    expect(late.markdown).toContain("- could not be asked");
    expect(late.passed).toBe(true);
    const missing = { value: { stack: "production", status: "no such stack" } } as const;
    expect(report({ ...nothing, platforms: missing }).markdown).not.toContain("#### Platforms");
  });

  test("what the alerts would have done is told, or in a line why nobody knows, and refuses nothing", () => {
    const figures = (fired: number) => ({ fired, pages: fired, seconds: fired * 600 });
    const threshold = { before: 0.05, after: 0.04, unit: "share of requests" };
    const change = { alert: "HighErrorRate", before: figures(1), after: figures(3), threshold };
    const summary = { comparison: { base: "main", changes: [change] }, gaps: [], problems: [] };
    const replayed = (value: object) =>
      report({ ...nothing, replay: { value: value as ReplayedChange } }).markdown;
    expect(replayed({ days: 30, summary })).toContain(
      "#### Replay of 30 days\n\n- **HighErrorRate** (threshold 5% to 4%): 1 page, fires once, 10m → 3 pages, fires 3 times, 30m",
    );
    const same = { ...summary, comparison: { base: "main", changes: [] }, gaps: [{ from: "", to: "" }] };
    expect(replayed({ days: 30, summary: same })).toContain(
      "- every alert does the same\n- without what happened in 1 gaps of the history",
    );
    expect(replayed({ days: 30 })).not.toContain("Replay");
    const problem = "http://127.0.0.1:9 gave no answer: connect ECONNREFUSED\nmore";
    const late = report({ ...nothing, replay: { problem } });
    expect(late.passed).toBe(true);
    expect(late.markdown).toContain(
      "#### Replay\n\n- none: http://127.0.0.1:9 gave no answer: connect ECONNREFUSED\n",
    );
  });

  test("a program that asks for nothing is refused: nothing was reviewed", () => {
    const empty = { value: { ...production, resources: [] } };
    const { markdown, passed } = report({ ...nothing, before: empty, after: empty });
    expect(passed).toBe(false);
    expect(markdown).toContain("there was nothing to review");
  });

  test("a change of nothing says so in a few lines", () => {
    const { markdown, passed } = report({ ...nothing, preview: preview([]) });
    expect(passed).toBe(true);
    expect(markdown).toBe(
      [
        "### Review of `production`, compared with `main`",
        "Nothing is replaced, deleted, dropped or refused.",
        "#### Preview\n\nNothing to do.",
        "#### Policies\n\n- every rule is kept",
        "#### Rule tests\n\n- 21 passed, 0 failed",
        "",
      ]
        .join("\n\n")
        .replace(/\n\n$/, "\n"),
    );
  });

  test("replacements and deletions come first, and make a person look", () => {
    const { markdown, passed } = report({
      ...nothing,
      preview: preview([step("replace", NETWORK, ["name"])]),
    });
    expect(passed).toBe(true);
    expect(markdown.split("\n").slice(2, 4)).toEqual([
      "> [!WARNING]",
      "> - **replace** MetricsPlatform: `metrics-network (docker:Network)` (`name`)",
    ]);
    expect(markdown).toContain("| Component | delete | replace | update | create |");
    expect(markdown).toContain("| MetricsPlatform |  | 1 |  |  |");
  });

  test("without a preview, what the program asks for no more is what is lost; an old revision is none", () => {
    const [gone, revision] = [
      resource("metrics-grafana-data", {}),
      resource("metrics-prometheus-configuration-0123456789ab", {}),
    ];
    const before = { value: { ...production, resources: [resource("stays", {}), gone, revision] } };
    const after = { value: { ...production, resources: [resource("stays", {})] } };
    const { markdown } = report({ ...nothing, before, after });
    const [first = "", ...others] =
      markdown
        .split("\n#### ")[0]
        ?.split("\n")
        .filter((line) => line.includes("**delete**")) ?? [];
    expect(first).toBe("> - **delete** MetricsPlatform: `metrics-grafana-data (docker:Container)`");
    expect(others).toEqual([]);
  });

  test("a preview that failed leaves all the rest, and refuses the change", () => {
    const event = { diagnosticEvent: { urn: "", message: "error: no credentials", severity: "error" } };
    const after = { value: side("production", { "alertThresholds.HighErrorRate": 0.04 }) };
    const { markdown, passed } = report({ ...nothing, after, preview: preview([event], false) });
    expect(passed).toBe(false);
    expect(markdown).toContain("> [!CAUTION]\n> - **The preview failed**");
    expect(markdown).toContain(">   error: no credentials");
    expect(markdown).toContain("- **HighErrorRate**: threshold 5% to 4%");
  });

  test.each([
    ["the program", { after: { problem: "Error: boom" } }, "The program does not run", false],
    ["the base", { before: { problem: "git: no such branch" } }, "nothing to compare with", true],
    ["the CLI", { preview: { problem: "there is no pulumi on PATH" } }, "There is no preview", false],
    [
      "the rule tests",
      { ruleTests: { passed: 0, failed: [], problem: "no promtool" } },
      "could not run",
      false,
    ],
    [
      "a rule",
      { ruleTests: { passed: 20, failed: [{ title: "agentpay-api", message: "FAILED" }] } },
      "1 rule tests fail",
      false,
    ],
  ])("where %s is broken, it says so", (_what, broken, said, passes) => {
    const { markdown, passed } = report({ ...nothing, preview: preview([]), ...broken });
    expect(markdown).toContain(said);
    expect(passed).toBe(passes);
  });

  test("what a platform echoes of a secret is taken out, in whichever form; so is what looks like a key", () => {
    const secret = sentinel("pagerduty token");
    const forms = [
      secret,
      encodeURIComponent(secret),
      Buffer.from(`admin:${secret}`).toString("base64").replace(/=+$/, ""),
    ];
    const key = `ghp_${"a1".repeat(18)}`;
    const message = `error: 401 for ${[...forms, key].join(" and ")}`;
    const events = preview([{ diagnosticEvent: { urn: "", message, severity: "error" } }], false);
    const { markdown } = report({ ...nothing, preview: events });
    expect(forms.every((form) => markdown.includes(form))).toBe(true);
    const posted = withoutSecrets(markdown, [secret]);
    for (const text of [...forms, key]) expect(posted).not.toContain(text);
    expect(posted).toContain("error: 401 for [secret] and [secret] and [secret] and [GitHub token]");
  });

  test("a change of everything is cut to what GitHub takes", () => {
    const many = Array.from({ length: 300 }, (_, index) =>
      resource(`container-${index}`, { image: "x".repeat(index) }),
    );
    const after = { value: { ...side("staging"), resources: many } };
    const events = many.map((_, index) => step("delete", `${NETWORK}-${index}-${"y".repeat(300)}`));
    const failed = many.map(({ name }) => ({ title: name, message: "z".repeat(9000) }));
    const { markdown } = report({
      ...nothing,
      after,
      preview: preview(events),
      ruleTests: { passed: 0, failed },
    });
    expect(markdown.length).toBeLessThan(65_000);
    expect(markdown).toContain("and 260 more");
  });
});
