/** What holds an alert back, by Prometheus itself: each cause with each of its symptoms, and announced work. */
import { expect, test } from "vitest";
import { parse, stringify } from "yaml";
import type { Alert } from "../../catalog/alerts/alert.ts";
import { alerts } from "../../catalog/alerts/index.ts";
import { inSeconds } from "../../catalog/duration.ts";
import { inhibitions, lingerSeconds, selectedAlerts } from "../../catalog/inhibitions.ts";
import { type Maintenance, parseMaintenanceWindow } from "../../catalog/maintenance.ts";
import { affectedBy } from "../../catalog/uptime.ts";
import { announcedWorkGroup, inhibited } from "../../components/prometheus/inhibition.ts";
import { ruleFiles } from "../../components/prometheus/prometheus.ts";
import { promtoolFolder } from "./promtool-folder.ts";

const folder = promtoolFolder();

function write(name: string, document: unknown): string {
  return folder.write(name, typeof document === "string" ? document : stringify(document));
}

/** What promtool said of the tests, "" when it was content. */
const complaints = (files: readonly string[]) => folder.complaints(["test", "rules", ...files]);

type Labels = Readonly<Record<string, string>>;
const seriesOf = (name: string, labels: Labels) =>
  `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(",")}}`;

/** 1 from one minute to another, sampled once a minute, of a series that is not there before and after. */
function during(from: number, to: number): string {
  return `${from > 0 ? `_x${from} ` : ""}1x${to - from} stale`;
}

/** The symptom's own rule, but for what it looks at: a series that is there while the symptom is. */
function rulesFor(symptom: Alert) {
  const rule = {
    alert: symptom.name,
    expr: inhibited(symptom, "symptom"),
    for: symptom.holdFor,
    ...(symptom.labels && { labels: symptom.labels }),
  };
  return { groups: [{ name: "symptom", interval: "30s", rules: [rule] }] };
}

const minutes = (seconds: number) => Math.ceil(seconds / 60);

/** What is to hold of a cause and one of its symptoms. */
function testsOf(symptom: Alert, cause: string, causeLabels: Labels, equal: readonly string[]) {
  const hold = minutes(inSeconds(symptom.holdFor));
  const after = hold + minutes(lingerSeconds(symptom));
  const alike = Object.fromEntries(equal.map((label) => [label, "one"]));
  const unlike = Object.fromEntries(equal.map((label) => [label, "other"]));
  const labels = { ...symptom.labels };
  const at = (minute: number, expected: readonly Labels[]) => ({
    eval_time: `${minute}m`,
    alertname: symptom.name,
    exp_alerts: expected.map((each) => ({ exp_labels: { ...each, ...labels } })),
  });
  const course = (
    title: string,
    causes: [Labels, number, number][],
    symptoms: [Labels, number, number][],
  ) => ({
    name: `${cause} and ${symptom.name}: ${title}`,
    interval: "1m",
    input_series: [
      ...causes.map(([own, from, to]) => ({
        series: seriesOf(cause, { ...causeLabels, ...own }),
        values: during(from, to),
      })),
      ...symptoms.map(([own, from, to]) => ({ series: seriesOf("symptom", own), values: during(from, to) })),
    ],
  });
  const causeEnds = hold + 10;
  const begins = hold + 5;
  const others: [Labels, number, number][] = equal.length > 0 ? [[unlike, 2, causeEnds]] : [];
  return [
    {
      ...course(
        "held back, unlike another fault of the kind, and told once it outlasts the cause",
        [[alike, 0, causeEnds]],
        [[alike, 2, causeEnds + after + 10], ...others],
      ),
      alert_rule_test: [
        at(
          causeEnds,
          others.map(([own]) => own),
        ),
        at(causeEnds + after - 1, []),
        at(causeEnds + after + 2, [alike]),
      ],
    },
    {
      ...course(
        "what has fired goes on, and ends by itself while the cause fires",
        [[alike, begins, begins + 30]],
        [[alike, 0, begins + 10]],
      ),
      alert_rule_test: [
        at(begins - 1, [alike]),
        at(begins + 2, [alike]),
        at(begins + 9, [alike]),
        at(begins + 12, []),
      ],
    },
    ...(equal.length === 0
      ? []
      : [
          {
            ...course(
              "where both lack the label, they do not have it alike",
              [[{}, 0, hold + 20]],
              [[{}, 2, hold + 20]],
            ),
            alert_rule_test: [at(hold + 5, [{}])],
          },
        ]),
  ];
}

const pairs = inhibitions.flatMap(({ name, source, targets, equal }) =>
  selectedAlerts(source).flatMap((cause) =>
    selectedAlerts(targets).map((symptom) => ({ name, cause, symptom, equal })),
  ),
);

test("each cause holds each of its symptoms back, and nothing else of the kind", async () => {
  expect(pairs.length).toBeGreaterThan(60);
  const files = pairs.map(({ cause, symptom, equal }, index) => {
    const rules = write(`pair-${index}.rules.yml`, rulesFor(symptom));
    const firing = { alertname: cause.name, alertstate: "firing", ...cause.labels };
    const tests = testsOf(symptom, "ALERTS", firing, equal);
    return write(`pair-${index}.test.yml`, { rule_files: [rules], evaluation_interval: "1m", tests });
  });
  expect(await complaints(files)).toBe("");
});

test("a cause that is only pending holds nothing back: it may never be told", async () => {
  const [symptom] = alerts.filter(({ name }) => name === "ElevatedErrorRate");
  if (!symptom) throw new Error("there is no ElevatedErrorRate");
  const rules = write("pending.rules.yml", rulesFor(symptom));
  const pending = { alertname: "HighErrorRate", alertstate: "pending" };
  const tests = [
    {
      interval: "30s",
      input_series: [
        { series: seriesOf("ALERTS", pending), values: "1x100" },
        { series: "symptom", values: "1x100" },
      ],
      alert_rule_test: [{ eval_time: "20m", alertname: symptom.name, exp_alerts: [{ exp_labels: {} }] }],
    },
  ];
  expect(await complaints([write("pending.test.yml", { rule_files: [rules], tests })])).toBe("");
});

const affected = affectedBy("api");
const isAffected = ({ service, labels, severity }: Alert) =>
  severity !== "none" &&
  (affected.services.some((name) => name === service) ||
    affected.endpoints.some((key) => key === labels?.["endpoint"]));

function work(when: string, over = false): Maintenance {
  const window = parseMaintenanceWindow(when);
  if (!window) throw new Error(`${when} is no window`);
  return { window, when, announced: "1970-01-01", affects: ["api"], text: "Work.", over };
}

test("announced work holds back what it affects, as a cause would, and nothing else", async () => {
  const affectedAlerts = alerts.filter(isAffected);
  expect(affectedAlerts.length).toBeGreaterThan(30);
  const files = affectedAlerts.map((symptom, index) => {
    const rules = write(`work-${index}.rules.yml`, rulesFor(symptom));
    const endpoint = symptom.labels?.["endpoint"];
    const part: Labels = endpoint === undefined ? { service: symptom.service } : { endpoint };
    const tests = testsOf(symptom, "agentpay:announced_work:active", part, []);
    return write(`work-${index}.test.yml`, { rule_files: [rules], evaluation_interval: "1m", tests });
  });
  expect(await complaints(files)).toBe("");
  const others = alerts.filter(({ name }) => ["LLMCostRunaway", "HostDown", "Watchdog"].includes(name));
  for (const alert of others) expect(inhibited(alert, "symptom")).not.toContain("announced_work");
});

/** promtool's clock begins with 1970, which was a Thursday. */
test.each([
  ["on a date", ["1970-01-01 01:00-02:00"]],
  ["on a weekday", ["Thursday 01:00-02:00"]],
  ["in either of two windows", ["Sunday 01:00-02:00", "Thursday 01:00-02:00"]],
])("work announced %s goes on from its first minute to its last", async (_when, windows) => {
  const groups = [announcedWorkGroup(windows.map((when) => work(when)))];
  const rules = write("announced.yml", { groups });
  const active = (minute: number, isActive: boolean) => ({
    expr: 'agentpay:announced_work:active{service="postgres"}',
    eval_time: `${minute}m`,
    exp_samples: isActive ? [{ labels: 'agentpay:announced_work:active{service="postgres"}', value: 1 }] : [],
  });
  const promql_expr_test = [active(59, false), active(60, true), active(119, true), active(120, false)];
  const tests = [{ interval: "30s", input_series: [], promql_expr_test }];
  expect(await complaints([write("announced.test.yml", { rule_files: [rules], tests })])).toBe("");
});

const links = { runbookBaseUrl: "https://runbooks.example", grafanaUrl: "https://grafana.example" };

/** Every request fails from 01:10 on, while work is announced from 01:00 to 02:00. */
test.each([
  [
    "mended 10 minutes before its end, no burn rings ever",
    40,
    [[115], [121], [125], [140], [200], [300], [430]],
  ],
  ["not mended, the fast burn rings 5 minutes after its end", 120, [[115], [123], [127, "1h"]]],
] as const)("announced work: %s", async (_title, failingMinutes, looks) => {
  const rendered = ruleFiles({}, links, { announced: [work("1970-01-01 01:00-02:00")] });
  const files = ["recording.yml", "announced-work.yml", "slo-api-availability-alerts.yml"].map((name) =>
    write(name, withoutAnnotations(rendered[name] ?? "")),
  );
  const requests = (status: string) =>
    `agentpay_requests_total{job="agentpay-api",instance="api-1",endpoint="/v1/chat",method="POST",status="${status}"}`;
  const [before, failing, afterwards] = [70 * 2, failingMinutes * 2, 400 * 2];
  const total = 30 * before;
  const tests = [
    {
      interval: "30s",
      input_series: [
        {
          series: requests("200"),
          values: `0+30x${before} ${total}x${failing - 1} ${total}+30x${afterwards}`,
        },
        { series: requests("500"), values: `0x${before} 0+30x${failing} ${30 * failing}x${afterwards}` },
      ],
      alert_rule_test: looks.map(([minute, long]) => ({
        eval_time: `${minute}m`,
        alertname: "APIAvailabilityBudgetBurn",
        exp_alerts: long === undefined ? [] : [{ exp_labels: burnLabels(long) }],
      })),
    },
  ];
  const file = write("burns.test.yml", { rule_files: files, evaluation_interval: "30s", tests });
  expect(await complaints([file])).toBe("");
});

/** promtool would compare them to the last digit. */
function withoutAnnotations(rules: string): object {
  const { groups } = parse(rules) as { groups: { rules: { annotations?: unknown }[] }[] };
  return {
    groups: groups.map((group) => ({
      ...group,
      rules: group.rules.map(({ annotations, ...rule }) => rule),
    })),
  };
}

function burnLabels(long: string): Labels {
  return {
    severity: "critical",
    service: "api",
    team: "platform",
    slo: "api-availability",
    long,
    short: "5m",
  };
}
