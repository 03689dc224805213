/** What a change makes of the alerts, for people. */
import { parse } from "yaml";
import { z } from "zod";
import { change, differences, keysOf } from "./difference.ts";
import { type Alertmanager, alertmanagerFrom, channelsOf, type Labels, tells } from "./routes.ts";
import type { Side, Threshold } from "./side.ts";

const ruleFile = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.looseObject({
          alert: z.string().optional(),
          expr: z.string(),
          for: z.string().optional(),
          labels: z.record(z.string(), z.string()).default({}),
        }),
      ),
    }),
  ),
});
type Rule = z.output<typeof ruleFile>["groups"][number]["rules"][number];

interface Alert {
  /** Its name, and where several have one name, what tells them apart. */
  readonly title: string;
  readonly name: string;
  readonly rule: Rule;
  readonly tells: readonly string[];
  readonly threshold: Threshold | undefined;
}

/** What happened to some alerts: the same to each. */
export interface AlertChange {
  readonly alerts: readonly string[];
  readonly kind: "dropped" | "new" | "changed";
  /** Such as `threshold 5% to 4%`. */
  readonly what: string;
}

export const isRuleFile = (path: string): boolean => path.startsWith("prometheus/rules/");
export const ALERTMANAGER_FILE = "alertmanager/alertmanager.yml";

/** Every alert that was dropped, is new or is another one now; alerts that changed alike are one change. */
export function alertChanges(base: Side, head: Side, stack: string): AlertChange[] {
  const [before, after] = [alertsOf(base, stack), alertsOf(head, stack)];
  const changes = keysOf(before, after).flatMap((title): AlertChange[] => {
    const [old, now] = [before[title], after[title]];
    if (!old && !now) return [];
    if (!now) return [{ alerts: [title], kind: "dropped", what: old ? `it was: ${described(old)}` : "" }];
    if (!old) return [{ alerts: [title], kind: "new", what: described(now) }];
    const what = changed(old, now);
    return what.length === 0 ? [] : [{ alerts: [title], kind: "changed", what: what.join(", ") }];
  });
  return [...changes.filter(({ kind }) => kind !== "changed"), ...alike(changes)].toSorted(
    (left, right) => ORDER.indexOf(left.kind) - ORDER.indexOf(right.kind),
  );
}

const ORDER = ["dropped", "changed", "new"];

function alike(changes: readonly AlertChange[]): AlertChange[] {
  const groups = new Map<string, string[]>();
  for (const { kind, what, alerts } of changes) {
    if (kind === "changed") groups.set(what, [...(groups.get(what) ?? []), ...alerts]);
  }
  return [...groups].map(([what, alerts]) => ({ alerts, kind: "changed", what }));
}

/** By title. */
function alertsOf({ files, thresholds }: Side, stack: string): Record<string, Alert> {
  const rules = Object.entries(files)
    .filter(([path]) => isRuleFile(path))
    .flatMap(([, content]) => ruleFile.parse(parse(content)).groups.flatMap((group) => group.rules));
  const yaml = files[ALERTMANAGER_FILE];
  const alertmanager = yaml === undefined ? undefined : alertmanagerFrom(yaml);
  const entries = rules.flatMap((rule) => {
    if (rule.alert === undefined) return [];
    const alert = alertOf(rule.alert, rule, thresholds, alertmanager, stack);
    return [[alert.title, alert] as const];
  });
  return Object.fromEntries(entries);
}

function alertOf(
  name: string,
  rule: Rule,
  thresholds: Side["thresholds"],
  alertmanager: Alertmanager | undefined,
  environment: string,
): Alert {
  const { severity: _, service: _service, team: _team, environment: _own, ...telling } = rule.labels;
  const labels: Labels = { ...rule.labels, alertname: name, environment };
  const apart = Object.values(telling).join(", ");
  return {
    title: apart === "" ? name : `${name} (${apart})`,
    name,
    rule,
    tells: alertmanager ? channelsOf(alertmanager, labels) : [],
    threshold: thresholds[name],
  };
}

function described({ rule, tells: to, threshold }: Alert): string {
  const { severity = "no severity" } = rule.labels;
  const parts = [severity, ...(threshold ? [`threshold ${amount(threshold)}`] : []), tells(to)];
  return parts.join(", ");
}

/** `4%`, `30 seconds`. */
function amount({ value, unit }: Threshold): string {
  return unit.startsWith("share") ? `${Number((value * 100).toPrecision(12))}%` : `${value} ${unit}`;
}

/** `threshold 5% to 4%`, `threshold 30 to 20 seconds`. */
export function thresholdChange(before: Threshold, after: Threshold): string {
  const shared = before.unit === after.unit && !before.unit.startsWith("share");
  return `threshold ${shared ? before.value : amount(before)} to ${amount(after)}`;
}

function changed(before: Alert, after: Alert): string[] {
  const [old, now] = [before.threshold, after.threshold];
  const other = old && now && old.value !== now.value ? thresholdChange(old, now) : undefined;
  const onlyThreshold = other !== undefined && old && now && exchanged(before, old, after, now);
  const fields = Object.entries({
    ...before.rule,
    ...after.rule,
  }).flatMap(([field]) =>
    differences(before.rule[field], after.rule[field], field).filter(
      ({ path }) => !(path === "expr" && onlyThreshold),
    ),
  );
  return [
    ...(other === undefined ? [] : [other]),
    ...fields.map((difference) => `${FIELDS[difference.path] ?? difference.path} ${change(difference)}`),
    ...audience(before.tells, after.tells),
  ];
}

/** What people call the fields of a rule. */
const FIELDS: Readonly<Record<string, string>> = {
  expr: "condition",
  for: "holds for",
  keep_firing_for: "stays for",
  "labels.severity": "severity",
};

/** Whether the condition differs by nothing but the threshold. */
function exchanged(before: Alert, old: Threshold, after: Alert, now: Threshold): boolean {
  const parts = (expression: string, value: number) => expression.split(String(value));
  return parts(before.rule.expr, old.value).join(String(now.value)) === after.rule.expr;
}

function audience(before: readonly string[], after: readonly string[]): string[] {
  const gained = after.filter((channel) => !before.includes(channel));
  const lost = before.filter((channel) => !after.includes(channel));
  return [
    ...(gained.length > 0 ? [`now ${tells(gained)}`] : []),
    ...(lost.length > 0 ? [`no longer ${tells(lost)}`] : []),
  ];
}
