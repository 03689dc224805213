/**
 * The rules of grafana/dashboard-linter (its docs/rules), over what Grafana gets. Where we differ, the reason stands
 * here; an exception that nothing needs any more is an error.
 */
import { describe, expect, test } from "vitest";
import { checkExpression } from "../../../catalog/promql/check.ts";
import { replaceVariables } from "../../../catalog/promql/variables.ts";
import { recordingRuleGroups } from "../../../catalog/recording-rules/index.ts";
import { dashboardFiles } from "../../../components/grafana/dashboard-files.ts";

interface Target {
  readonly expr?: string;
  readonly rawSql?: string;
  readonly datasource?: { readonly uid?: string };
}
interface Panel {
  readonly type: string;
  readonly title?: string;
  readonly description?: string;
  readonly datasource?: { readonly uid?: string };
  readonly targets?: readonly Target[];
  readonly fieldConfig?: {
    readonly defaults?: { readonly unit?: string; readonly mappings?: readonly unknown[] };
  };
}
interface Variable {
  readonly name: string;
  readonly type: string;
  readonly label?: string;
  readonly query?: string | { readonly query: string };
  readonly multi?: boolean;
  readonly includeAll?: boolean;
  readonly datasource?: { readonly uid?: string };
}
interface Dashboard {
  readonly uid: string;
  readonly editable: boolean;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
}

/** A rule broken somewhere, which may be excepted. */
interface Finding {
  readonly place: string;
  readonly problem: string;
}
type Rule = (dashboard: Dashboard) => readonly Finding[];

const recorded = new Set(recordingRuleGroups.flatMap(({ rules }) => rules.map(({ record }) => record)));

const panelsOf = ({ panels }: Dashboard) => panels.filter(({ type }) => type !== "row");
const onPanels =
  (check: (panel: Panel, dashboard: Dashboard) => readonly string[]): Rule =>
  (dashboard) =>
    panelsOf(dashboard).flatMap((panel) =>
      check(panel, dashboard).map((problem) => ({ place: `${dashboard.uid} ${panel.title}`, problem })),
    );
const onTargets = (check: (expression: string, panel: Panel) => readonly string[]): Rule =>
  onPanels((panel) =>
    (panel.targets ?? []).flatMap(({ expr }) => (expr === undefined ? [] : check(expr, panel))),
  );
const onDashboards =
  (check: (dashboard: Dashboard) => readonly string[]): Rule =>
  (dashboard) =>
    check(dashboard).map((problem) => ({ place: dashboard.uid, problem }));
const unless = (holds: unknown, problem: string) => (holds ? [] : [problem]);
const queryText = ({ query = "" }: Variable) => (typeof query === "string" ? query : query.query);

/** Windows in words, as a title or description has to name one that does not follow the zoom. */
const WINDOWS: Readonly<Record<string, RegExp>> = {
  "5m": /5 minutes/,
  "10m": /10 minutes/,
  "15m": /15 minutes/,
  "30m": /half an hour|30 minutes/i,
  "1h": /hour/i,
  "3h": /3 hours/,
  "1d": /24 hours|a day/i,
  "7d": /week/,
  "30d": /30 days/i,
};

const selectors = (expression: string) =>
  [...expression.matchAll(/\b([a-z_][\w:]*)(?:\{([^}]*)\})?\[?/gi)].filter(([, name = ""]) =>
    /^(agentpay_|up$|probe_|pg_|redis_|process_|prometheus_|alertmanager_|scrape_|ALERTS$)/.test(name),
  );

const rules = {
  "template-datasource-rule": onDashboards(({ templating }) => {
    const sources = templating.list.filter(({ type }) => type === "datasource");
    return unless(
      sources.length === 1 && sources[0]?.name === "datasource" && queryText(sources[0]) === "prometheus",
      "has no variable `datasource` for Prometheus",
    );
  }),
  "template-label-promql-rule": onDashboards(({ templating }) =>
    templating.list
      .filter(({ type }) => type === "query")
      .flatMap((variable) => {
        const [, expression = ""] = /^label_values\((.+), \w+\)$/.exec(queryText(variable)) ?? [];
        return [
          ...unless(variable.datasource?.uid === "${datasource}", `${variable.name} asks another datasource`),
          ...unless(variable.multi && variable.includeAll, `${variable.name} takes one value only`),
          // A counter as it is only lists its labels here.
          ...checkExpression(`count(${expression})`, { recorded }).map(({ message }) => message),
        ];
      }),
  ),
  "template-job-rule": onDashboards(({ templating }) =>
    unless(
      templating.list.some(({ name }) => name === "job"),
      "has no variable `job`",
    ),
  ),
  "template-instance-rule": onDashboards(({ templating }) =>
    unless(
      templating.list.some(({ name }) => name === "instance"),
      "has no variable `instance`",
    ),
  ),
  "panel-datasource-rule": onPanels(({ datasource, targets = [] }) =>
    [datasource, ...targets.map((target) => target.datasource)].flatMap((source) =>
      unless(source?.uid === "${datasource}", `asks ${source?.uid}`),
    ),
  ),
  "panel-title-description-rule": onPanels(({ title, description }) =>
    unless(title && description, "has no title or no description"),
  ),
  "panel-units-rule": onPanels(({ fieldConfig }) => unless(fieldConfig?.defaults?.unit, "has no unit")),
  "panel-no-targets-rule": onPanels(({ targets = [] }) => unless(targets.length > 0, "asks nothing")),
  "target-promql-rule": onTargets((expression) =>
    checkExpression(replaceVariables(expression), { recorded }).map(({ message }) => message),
  ),
  "target-rate-interval-rule": onTargets((expression, { title = "", description = "" }) =>
    [...expression.replaceAll(/"[^"]*"/g, '""').matchAll(/\[([^\]:]+)/g)]
      .map(([, window = ""]) => window)
      .filter((window) => window !== "$__rate_interval")
      .flatMap((window) =>
        unless(
          WINDOWS[window]?.test(`${title} ${description}`),
          `has a window of ${window} that it does not name`,
        ),
      ),
  ),
  "target-job-rule": onTargets((expression) =>
    selectors(expression).flatMap(([, name, matchers = ""]) =>
      unless(/\bjob=/.test(matchers), `${name} is not limited to a job`),
    ),
  ),
  "target-instance-rule": onTargets((expression) =>
    selectors(expression).flatMap(([, name, matchers = ""]) =>
      unless(/\binstance=/.test(matchers), `${name} is not limited to an instance`),
    ),
  ),
  "target-counter-agg-rule": onTargets((expression) =>
    checkExpression(replaceVariables(expression), { recorded })
      .filter(({ message }) => message.includes("is a counter"))
      .map(({ message }) => message),
  ),
  "uneditable-dashboard": onDashboards(({ editable }) => unless(editable === false, "can be edited by hand")),
} satisfies Record<string, Rule>;

type RuleName = keyof typeof rules;

interface Exception {
  readonly reason: string;
  /** Beginnings of places. Default: everywhere. */
  readonly places?: readonly string[];
}

const ONE_JOB =
  "A metric of the contract belongs to jobs that are known (catalog/metrics/), and no two jobs share one but `up`, " +
  "`process_*` and those of both servers, which are added up.";
const WHOLE =
  "About the whole of AgentPay, of a database or of the monitoring: one server's part of it says nothing, and recorded " +
  "series have no instance any more.";

const exceptions: Readonly<Partial<Record<RuleName, Exception>>> = {
  "template-job-rule": { reason: ONE_JOB },
  "target-job-rule": { reason: ONE_JOB },
  "template-instance-rule": {
    reason: WHOLE,
    places: [
      ...["agentpay-on-call", "agentpay-executive", "agentpay-llm", "agentpay-cost", "agentpay-slo"],
      ...["agentpay-data", "agentpay-uptime", "agentpay-meta"],
    ],
  },
  "target-instance-rule": { reason: WHOLE },
  "panel-datasource-rule": {
    reason:
      "AgentPay's database and its hosts are one for each stack, and the Prometheus chosen says nothing of them.",
    places: [
      "agentpay-executive Conversations Today",
      "agentpay-executive Conversations This Week",
      "agentpay-executive Conversations This Month",
      "agentpay-executive Conversations and Sales by Day",
      "agentpay-executive Daily Conversations",
      "agentpay-cost Ledger by Day and Model",
      "agentpay-data Slowest Queries",
      "agentpay-technical Host CPU",
      "agentpay-technical Host Memory",
      "agentpay-technical Host Disks",
    ],
  },
};

const dashboards: readonly Dashboard[] = Object.values(
  dashboardFiles({
    thresholds: {},
    runbookBaseUrl: "https://example.com/runbooks",
    database: true,
    cloudWatch: true,
  }),
).map((text) => JSON.parse(text));

const ruleNames = Object.keys(rules) as RuleName[];
const isExcepted = (name: RuleName, place: string) => {
  const exception = exceptions[name];
  return exception !== undefined && (exception.places?.some((each) => place.startsWith(each)) ?? true);
};

describe("dashboard-linter", () => {
  test.each(ruleNames)("%s", (name) => {
    const findings = dashboards.flatMap(rules[name]);
    expect(findings.filter(({ place }) => !isExcepted(name, place))).toEqual([]);
  });

  test("every exception is still needed", () => {
    const idle = ruleNames.flatMap((name) => {
      const found = dashboards.flatMap(rules[name]).map(({ place }) => place);
      const { places = [""] } = exceptions[name] ?? { places: [] };
      return places
        .filter((each) => !found.some((place) => place.startsWith(each)))
        .map((each) => `${name} ${each}`);
    });
    expect(idle).toEqual([]);
  });

  test("each rule finds what it is about", () => {
    const broken: Dashboard = {
      uid: "broken",
      editable: true,
      panels: [
        { type: "timeseries", targets: [{ expr: "sum(rate(agentpay_requests_total[7m]))" }] },
        { type: "stat", targets: [{ expr: "agentpay_requests_total" }] },
        { type: "stat" },
      ],
      templating: { list: [{ name: "model", type: "query", query: "label_values(no_such_metric, model)" }] },
    };
    expect(ruleNames.filter((name) => rules[name](broken).length === 0)).toEqual([]);
  });
});
