/** Cases -> the files of `promtool test rules`, against the very rules that the program renders. */
import { parse, stringify } from "yaml";
import { z } from "zod";
import type { Alert, AlertGroup } from "../../catalog/alerts/alert.ts";
import { type Duration, inSeconds } from "../../catalog/duration.ts";
import { services } from "../../catalog/services.ts";
import { ruleFiles } from "../../components/prometheus/prometheus.ts";
import { THRESHOLDS_VARIABLE } from "../../operations/review/rule-tests.ts";
import type { GroupCases, Labels, Phase, RuleCase, Shape } from "./rule-case.ts";

const SCRAPE_INTERVAL: Duration = "30s";

interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  labels?: Record<string, string>;
  annotations?: unknown;
}
interface Group {
  readonly name: string;
  readonly rules: Rule[];
}

/** Others than the default ones, as `npm run ops -- replay --propose` tries them. */
const thresholds = z
  .record(z.string(), z.number())
  .parse(JSON.parse(process.env[THRESHOLDS_VARIABLE] ?? "{}"));

const rendered = ruleFiles(thresholds, {
  runbookBaseUrl: "https://runbooks.example",
  grafanaUrl: "https://grafana.example",
});

function groupsOf(file: string): Group[] {
  return (parse(rendered[file] ?? "groups: []") as { groups: Group[] }).groups;
}

/**
 * The rules of one alert: its own, and all that they read, however indirectly. Others can't change what it does, and
 * promtool would evaluate each of them at every step; worst-day.e2e.ts evaluates all of them together.
 */
function rulesFor(name: string, group: AlertGroup): Group[] {
  const groups = [...groupsOf("recording.yml"), ...groupsOf(`${group.name}.yml`)];
  const all = groups.flatMap(({ rules }) => rules);
  const needed = new Set(all.filter(({ alert }) => alert === name));
  for (let before = 0; before < needed.size; ) {
    before = needed.size;
    const expressions = [...needed].map(({ expr }) => expr).join("\n");
    for (const rule of all) if (reads(expressions, rule)) needed.add(rule);
  }
  return groups
    .map((each) => ({ ...each, rules: each.rules.filter((rule) => needed.has(rule)) }))
    .filter(({ rules }) => rules.length > 0);
}

function reads(expressions: string, { record, alert, labels }: Rule): boolean {
  if (record === undefined) return expressions.includes(`alertname="${alert}"`);
  const slo = labels?.["slo"];
  return expressions.includes(record) && (!slo || expressions.includes(`slo="${slo}"`));
}

/** Rule files, and the tests to run against them, by file name. */
export function promtoolFiles(group: AlertGroup, cases: GroupCases): Record<string, string> {
  const files = Object.entries(cases).map(([alert, list]) => filesOf(group, alert, list));
  return Object.assign({}, ...files);
}

function filesOf(group: AlertGroup, alert: string, cases: readonly RuleCase[]): Record<string, string> {
  const name = `${group.name}.${alert}`;
  const groups = rulesFor(alert, group);
  const own = group.alerts.find(({ name: each }) => each === alert)?.evaluatedEach ?? group.interval;
  const intervalOf = (each: RuleCase) => each.evaluationInterval ?? own;
  const tests = [...new Set(cases.map(intervalOf))].map((interval) => [
    `${name}.${interval}.test.yml`,
    stringify({
      rule_files: [`${name}.rules.yml`],
      evaluation_interval: interval,
      group_eval_order: groups.map((each) => each.name),
      tests: cases.filter((each) => intervalOf(each) === interval).map((each) => test(group, alert, each)),
    }),
  ]);
  return {
    [`${name}.rules.yml`]: stringify({ groups: groups.map(withoutAnnotations) }),
    ...Object.fromEntries(tests),
  };
}

/** A case of an alert whose threshold is another one. */
export interface TriedCase {
  readonly title: string;
  readonly kind: "rings" | "silent";
  /** Rule files and the test, by file name. */
  readonly files: Record<string, string>;
}

/**
 * The cases of the alerts that have another threshold. When one rings and ends belongs to the default: with another, it has to
 * ring at the last minute at which it rings with that.
 */
export function triedCases(
  groups: readonly AlertGroup[],
  cases: Readonly<Record<string, GroupCases>>,
): TriedCase[] {
  return groups.flatMap((group) =>
    Object.entries(cases[group.name] ?? {})
      .filter(([alert]) => alert in thresholds)
      .flatMap(([alert, list]) => list.map((each) => triedCase(group, alert, each))),
  );
}

function triedCase(group: AlertGroup, alert: string, each: RuleCase): TriedCase {
  const last = Object.entries(each.firing)
    .toSorted(([one], [other]) => Number(other) - Number(one))
    .find(([, alerts]) => alerts.length > 0);
  const firing = last ? Object.fromEntries([last]) : each.firing;
  return {
    title: `${alert}: ${each.title}`,
    kind: last ? "rings" : "silent",
    files: filesOf(group, alert, [{ ...each, firing }]),
  };
}

/** promtool compares annotations to the last digit, and digits differ between its versions. */
function withoutAnnotations({ name, rules }: Group): Group {
  return { name, rules: rules.map(({ annotations, ...rule }) => rule) };
}

function test(group: AlertGroup, alert: string, { title, series, firing, scrapeInterval }: RuleCase) {
  const interval = scrapeInterval ?? SCRAPE_INTERVAL;
  return {
    name: `${alert}: ${title}`,
    interval,
    input_series: Object.entries(series).map(([name, shape]) => ({
      series: name,
      values: valuesOf(shape, inSeconds(interval)),
    })),
    alert_rule_test: Object.entries(firing).map(([minute, expected]) => ({
      eval_time: `${minute}m`,
      alertname: alert,
      exp_alerts: expected.map((labels) => ({ exp_labels: allLabels(group, alert, labels) })),
    })),
  };
}

/** The labels of the alert that has those given. */
function allLabels(group: AlertGroup, name: string, labels: Labels): Labels {
  const candidates = group.alerts.filter((alert) => alert.name === name && agrees(alert, labels));
  const [rule] = candidates;
  if (!rule || candidates.length > 1) {
    throw new Error(`${candidates.length} rules of ${name} have the labels ${JSON.stringify(labels)}, not 1`);
  }
  const { severity, service } = rule;
  return { severity, service, team: services[service].team, ...rule.labels, ...labels };
}

function agrees(alert: Alert, labels: Labels): boolean {
  return Object.entries(alert.labels ?? {}).every(([label, value]) => (labels[label] ?? value) === value);
}

/** promtool's notation: the value at the start, then one for each scrape. */
export function valuesOf({ type, phases }: Shape, stepSeconds: number): string {
  const [first] = phases;
  let value = type === "gauge" && Array.isArray(first) && typeof first[0] === "number" ? first[0] : 0;
  const parts = [String(value)];
  for (const phase of phases) {
    const step = stepOf(phase, type, value, stepSeconds);
    parts.push(...step.notation);
    value = step.value;
  }
  return parts.join(" ");
}

function stepOf(phase: Phase, type: Shape["type"], before: number, stepSeconds: number) {
  if (phase === "restart") return { notation: [], value: 0 };
  const [value, minutes] = phase;
  const count = Math.round((minutes * 60) / stepSeconds);
  if (count < 1) throw new Error(`${minutes} minutes hold no sample every ${stepSeconds} seconds`);
  if (value === "NaN") return { notation: Array<string>(count).fill("NaN"), value: 0 };
  if (value === "gone") return { notation: count > 1 ? ["stale", `_x${count - 1}`] : ["stale"], value: 0 };
  if (type === "gauge") return { notation: [`${value}x${count - 1}`], value };
  const growth = round((value * stepSeconds) / 60);
  return {
    notation: [`${round(before + growth)}+${growth}x${count - 1}`],
    value: round(before + growth * count + NUDGE),
  };
}

/**
 * What a counter gains between phases: promtool adds up in binary fractions, and one that falls by a trillionth would
 * count as restarted.
 */
const NUDGE = 1e-6;

/** Without the noise of binary fractions, and without an exponent, which promtool does not read. */
function round(value: number): number {
  return Number(value.toFixed(9));
}
