/** Rules as they are rendered, or as any rule file of Prometheus has them. */
import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";
import { partsInMilliseconds } from "../../catalog/duration.ts";
import { messageOf } from "../../toolkit/error-message.ts";
import { Failure } from "../../toolkit/failure.ts";
import type { Labels } from "./series.ts";

export interface AlertingRule {
  readonly alert: string;
  readonly expression: string;
  /** Milliseconds. */
  readonly holdFor: number;
  /** Milliseconds. */
  readonly keepFiringFor: number;
  /** What alerts of it have besides the labels of what is found. */
  readonly labels: Labels;
  readonly annotations: Labels;
  /** How many alerts its rule may have at once; 0 for any number. */
  readonly limit: number;
}

export interface RecordingRule {
  readonly record: string;
  readonly expression: string;
  readonly labels: Labels;
  /** Milliseconds between evaluations. */
  readonly interval: number;
}

/** Alerts that are evaluated one after the other, at the same times. */
export interface AlertGroup {
  readonly name: string;
  /** Milliseconds. */
  readonly interval: number;
  readonly rules: readonly AlertingRule[];
}

export interface Rules {
  readonly groups: readonly AlertGroup[];
  readonly recording: readonly RecordingRule[];
}

const duration = z
  .union([z.string().regex(/^(0|(\d+(ms|[smhdwy]))+)$/, "a duration such as 5m"), z.literal(0)])
  .transform((text) => partsInMilliseconds(String(text)));
const labels = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String))
  .default({});

const rule = z.looseObject({
  alert: z.string().optional(),
  record: z.string().optional(),
  expr: z.union([z.string(), z.number()]).transform(String),
  for: duration.default(0),
  keep_firing_for: duration.default(0),
  labels,
  annotations: labels,
});
const ruleFile = z.object({
  groups: z.array(
    z.looseObject({
      name: z.string(),
      interval: duration.optional(),
      limit: z.number().default(0),
      rules: z.array(rule).default([]),
    }),
  ),
});
type Group = z.output<typeof ruleFile>["groups"][number];

/**
 * @param files texts of rule files, by name
 * @param defaultInterval milliseconds, of groups that say none
 * @throws Failure that names the file
 */
export function rulesFrom(files: Readonly<Record<string, string>>, defaultInterval: number): Rules {
  const groups = Object.entries(files).flatMap(([name, text]) => groupsOf(name, text));
  const interval = (group: Group) => group.interval ?? defaultInterval;
  return {
    groups: groups
      .map((group) => ({
        name: group.name,
        interval: interval(group),
        rules: group.rules.flatMap((each) => alertingRule(each, group.limit)),
      }))
      .filter(({ rules }) => rules.length > 0),
    recording: groups.flatMap((group) =>
      group.rules.flatMap(({ record, expr, labels: own }) =>
        record === undefined ? [] : [{ record, expression: expr, labels: own, interval: interval(group) }],
      ),
    ),
  };
}

/** @throws Failure where the file can't be read */
export async function ruleFileAt(path: string): Promise<Record<string, string>> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw new Failure(`${path} can't be read: ${messageOf(error)}`);
  });
  return { [path]: text };
}

function groupsOf(name: string, text: string): Group[] {
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    throw new Failure(`${name} is no YAML: ${messageOf(error)}`);
  }
  const read = ruleFile.safeParse(content);
  if (!read.success)
    throw new Failure(`${name} is no rule file of Prometheus:\n${z.prettifyError(read.error)}`);
  return read.data.groups;
}

function alertingRule(
  {
    alert,
    expr,
    for: holdFor,
    keep_firing_for: keepFiringFor,
    labels: own,
    annotations,
  }: Group["rules"][number],
  limit: number,
): AlertingRule[] {
  if (alert === undefined) return [];
  return [{ alert, expression: expr, holdFor, keepFiringFor, labels: own, annotations, limit }];
}

const OF_LABEL = /\{\{\s*\$labels\.(\w+)\s*\}\}/g;

/** Labels of the alert that a result of the rule's expression is. */
export function alertLabels({ alert, labels: own }: AlertingRule, { __name__: _, ...found }: Labels): Labels {
  const filled = Object.entries(own).map(([name, text]): [string, string] => [
    name,
    text.replaceAll(OF_LABEL, (_all, label: string) => found[label] ?? ""),
  ]);
  const all: Record<string, string> = { ...found, ...Object.fromEntries(filled), alertname: alert };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ""));
}

/** Labels whose template this can't fill in: it says more than `{{ $labels.name }}`. */
export function unknownTemplates({ labels: own }: AlertingRule): readonly string[] {
  return Object.entries(own).flatMap(([name, text]) =>
    text.replaceAll(OF_LABEL, "").includes("{{") ? [name] : [],
  );
}
