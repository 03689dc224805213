/** Bad days, whole: all rules together, as they are rendered for production, and everything that people are told. */
import { expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { ruleFiles } from "../../components/prometheus/prometheus.ts";
import { valuesOf } from "./promtool.ts";
import { promtoolFolder } from "./promtool-folder.ts";
import { worstDays } from "./worst-day/index.ts";
import { type Kind, kinds, type Told, type WorstDay } from "./worst-day/worst-day.ts";

interface Group {
  readonly name: string;
}

/** promtool evaluates groups in turn: what is recorded first, then what reads it. */
const groups = Object.entries(
  ruleFiles({}, { runbookBaseUrl: "https://runbooks.example", grafanaUrl: "https://grafana.example" }),
).flatMap(([name, content]) =>
  (parse(content) as { groups: Group[] }).groups.map((group) => ({
    group,
    records: name === "recording.yml",
  })),
);
const inOrder = [...groups.filter(({ records }) => records), ...groups.filter(({ records }) => !records)].map(
  ({ group }) => group,
);

const { write, complaints } = promtoolFolder();

const SCRAPE_SECONDS = 30;
/** Twice that of most rules, for the sake of time: nothing here is decided by half a minute. */
const EVALUATION = "1m";

/** All that is told at a minute, as series of 1. */
function toldAt(minute: string, { pages = [], warnings = [] }: Told) {
  const sample = (severity: string) => (alertname: string) => ({
    labels: `{alertname="${alertname}",severity="${severity}"}`,
    value: 1,
  });
  return {
    expr: 'group by (alertname, severity) (ALERTS{alertstate="firing",severity=~"critical|warning"})',
    eval_time: `${minute}m`,
    exp_samples: [...pages.map(sample("critical")), ...warnings.map(sample("warning"))],
  };
}

function testOf({ title, series, told }: WorstDay) {
  return {
    name: title,
    interval: `${SCRAPE_SECONDS}s`,
    input_series: Object.entries(series).map(([name, shape]) => ({
      series: name,
      values: valuesOf(shape, SCRAPE_SECONDS),
    })),
    promql_expr_test: Object.entries(told).map(([minute, each]) => toldAt(minute, each)),
  };
}

test.for(Object.keys(kinds) as Kind[])("%s", async (kind) => {
  const days = worstDays.filter((day) => day.kind === kind);
  expect(days.length).toBeGreaterThan(0);
  const document = {
    rule_files: [write("all.rules.yml", stringify({ groups: inOrder }))],
    evaluation_interval: EVALUATION,
    group_eval_order: inOrder.map(({ name }) => name),
    tests: days.map(testOf),
  };
  expect(await complaints(["test", "rules", write(`${kind}.test.yml`, stringify(document))])).toBe("");
});
