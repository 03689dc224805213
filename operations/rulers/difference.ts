/** What an engine has, beside what a stack wants it to have. */
import { isDeepStrictEqual } from "node:util";
import { parse } from "yaml";
import { partsInMilliseconds } from "../../catalog/duration.ts";
import type { AlertmanagerDocument, RuleGroup } from "./ruler-api.ts";

export interface Difference {
  /** Names of groups. */
  readonly missing: readonly string[];
  readonly changed: readonly string[];
  /** In the stack's namespace, and not of the stack (any more). */
  readonly foreign: readonly string[];
  readonly same: readonly string[];
  /** Of the engine's own Alertmanager; undefined where that is none of the stack's business. */
  readonly alertmanager: "missing" | "changed" | "same" | undefined;
}

export interface Holdings {
  readonly groups: readonly RuleGroup[];
  readonly alertmanager: AlertmanagerDocument | undefined;
}

export function differenceOf(wanted: Holdings, live: Holdings): Difference {
  const of = (name: string) => live.groups.find((group) => group.name === name);
  const names = (groups: readonly RuleGroup[]) => groups.map(({ name }) => name);
  const there = wanted.groups.filter(({ name }) => of(name));
  const same = there.filter((group) => isDeepStrictEqual(canonical(group), canonical(of(group.name))));
  return {
    missing: names(wanted.groups.filter(({ name }) => !of(name))),
    changed: names(there.filter((group) => !same.includes(group))),
    foreign: names(live.groups.filter(({ name }) => !names(wanted.groups).includes(name))),
    same: names(same),
    alertmanager: wanted.alertmanager && alertmanagerDifference(wanted.alertmanager, live.alertmanager),
  };
}

export function isSame({ missing, changed, foreign, alertmanager }: Difference): boolean {
  return (
    [missing, changed, foreign].every((names) => names.length === 0) && (alertmanager ?? "same") === "same"
  );
}

function alertmanagerDifference(wanted: AlertmanagerDocument, live: AlertmanagerDocument | undefined) {
  if (live === undefined) return "missing";
  const content = ({ template_files, alertmanager_config }: AlertmanagerDocument) => [
    template_files,
    parse(alertmanager_config),
  ];
  return isDeepStrictEqual(content(wanted), content(live)) ? "same" : "changed";
}

const DURATIONS = ["interval", "for", "keep_firing_for", "query_offset"];

/** The same for whatever means the same: engines write durations their own way, and leave out what is nothing. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [
    key,
    DURATIONS.includes(key) && typeof each === "string" ? partsInMilliseconds(each) : canonical(each),
  ]);
  return Object.fromEntries(entries.filter(([, each]) => !isNothing(each)));
}

function isNothing(value: unknown): boolean {
  const isEmptyMap = typeof value === "object" && value !== null && Object.keys(value).length === 0;
  return value === undefined || value === null || value === 0 || value === "" || isEmptyMap;
}
