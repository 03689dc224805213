/** Which alerts a change of the rules may change, so that nothing else has to be played. */
import type { Version } from "./base.ts";
import { alertsReadBy, namesIn, planOf } from "./plan.ts";
import { selector } from "./series.ts";

/**
 * Names of the alerts that may do something else in another version: their own rules differ, or those that they read, or
 * those that hold them back; all of them where people are told in other ways.
 */
export function changedAlerts(before: Version, after: Version): readonly string[] {
  const names = [...new Set([...alertsIn(before), ...alertsIn(after)])];
  if (before.alertmanager !== after.alertmanager) return names;
  const records = changedNames(before, after, ({ rules }) =>
    rules.recording.map((rule) => [rule.record, rule] as const),
  );
  const changed = changedNames(before, after, ({ rules }) =>
    rules.groups.flatMap((group) =>
      group.rules.map(
        (rule) => [rule.alert, { ...rule, annotations: undefined, interval: group.interval }] as const,
      ),
    ),
  );
  while (spread([before, after], records, changed) > 0);
  return names.filter((name) => changed.has(name));
}

/** What reads something that changed has changed as well. @returns how many more these are */
function spread(versions: readonly Version[], records: Set<string>, alerts: Set<string>): number {
  const known = records.size + alerts.size;
  for (const { rules } of versions) {
    for (const { record, expression } of rules.recording)
      if (namesIn(expression).some((name) => records.has(name))) records.add(record);
    for (const { alert, expression } of rules.groups.flatMap((group) => group.rules))
      if (reads(expression, records, alerts)) alerts.add(alert);
  }
  return records.size + alerts.size - known;
}

function alertsIn({ rules }: Version): readonly string[] {
  return rules.groups.flatMap((group) => group.rules.map(({ alert }) => alert));
}

/** Of rules that differ, or are in one of the two only. */
function changedNames(
  before: Version,
  after: Version,
  rulesOf: (version: Version) => readonly (readonly [name: string, rule: object])[],
): Set<string> {
  const texts = (version: Version) => {
    const found = new Map<string, string>();
    for (const [name, rule] of rulesOf(version))
      found.set(name, `${found.get(name) ?? ""}${JSON.stringify(rule)}`);
    return found;
  };
  const [old, now] = [texts(before), texts(after)];
  return new Set([...old.keys(), ...now.keys()].filter((name) => old.get(name) !== now.get(name)));
}

function reads(expression: string, records: ReadonlySet<string>, alerts: ReadonlySet<string>): boolean {
  if (namesIn(expression).some((name) => records.has(name))) return true;
  return alertsReadBy(planOf(expression)).some(({ conditions }) => {
    const named = selector(conditions.filter(({ label }) => label === "alertname"));
    return [...alerts].some((alertname) => named({ alertname }));
  });
}
