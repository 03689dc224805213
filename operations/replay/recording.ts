/**
 * Recorded series in a history. Where its Prometheus records a series by the rule that is played, the samples are taken: they
 * are what an alert would have seen, and cost nothing. Where a rule is new or another one now, its expression stands in
 * its place, in ranges as a subquery, which costs as much as the rule did.
 */
import { parser } from "@prometheus-io/lezer-promql";
import { allNodes, type Matcher, type Node, named, partsOf } from "../../catalog/promql/syntax.ts";
import { messageOf } from "../../toolkit/error-message.ts";
import { NoAnswer, type PrometheusApi } from "./prometheus-api.ts";
import type { RecordingRule, Rules } from "./rules.ts";

/** Rules of one record each, by its name. */
type ByRecord = ReadonlyMap<string, readonly RecordingRule[]>;

export interface Unrecorded {
  /** Whose expressions have to stand in for their samples. */
  readonly rules: ByRecord;
  /** Why that is not known, where it is so. */
  readonly problem?: string;
}

/** Records that the Prometheus of a history makes by other rules than these, or not at all. */
export async function unrecordedIn(
  api: PrometheusApi,
  { recording }: Rules,
  wanted: readonly string[],
): Promise<Unrecorded> {
  const all: ByRecord = new Map(
    [...new Set(recording.map(({ record }) => record))].map((name) => [
      name,
      recording.filter(({ record }) => record === name),
    ]),
  );
  const needed = closure(wanted, all);
  if (needed.length === 0) return { rules: new Map() };
  try {
    const live = await api.recordingRules();
    const own = new Set<string>();
    for (const name of needed) {
      const before = live.filter((rule) => rule.name === name).map(({ query }) => query);
      if (!(await isSame(api, before, all.get(name) ?? []))) own.add(name);
    }
    const changed = needed.filter((name) => closure([name], all).some((each) => own.has(each)));
    return { rules: new Map(changed.map((name) => [name, all.get(name) ?? []])) };
  } catch (error) {
    return {
      rules: new Map(),
      problem: `It is not known which series the engine records by the same rules; all are taken as recorded: ${messageOf(error)}`,
    };
  }
}

/** These, and those that they are computed from. */
function closure(names: readonly string[], all: ByRecord): readonly string[] {
  const found = new Set(names.filter((name) => all.has(name)));
  for (const name of found) {
    for (const { expression } of all.get(name) ?? []) {
      for (const each of selectorsOf(expression)) if (all.has(each.name)) found.add(each.name);
    }
  }
  return [...found];
}

async function isSame(
  api: PrometheusApi,
  live: readonly string[],
  rules: readonly RecordingRule[],
): Promise<boolean> {
  if (live.length !== rules.length) return false;
  const canonical = (queries: readonly string[]) =>
    Promise.all(queries.map((query) => formatted(api, query)));
  const [before, now] = [await canonical(live), await canonical(rules.map(({ expression }) => expression))];
  return before.toSorted().join("\n") === now.toSorted().join("\n");
}

/** As it is, where the engine does not know it. */
function formatted(api: PrometheusApi, expression: string): Promise<string> {
  return api.formatted(expression).catch((error: unknown) => {
    if (error instanceof NoAnswer) return expression;
    throw error;
  });
}

interface Selector {
  readonly node: Node;
  readonly name: string;
  readonly matchers: readonly Matcher[];
}

function selectorsOf(expression: string): readonly Selector[] {
  const text = (node: Node) => expression.slice(node.from, node.to);
  return allNodes(parser.parse(expression).topNode)
    .filter(named("VectorSelector"))
    .map((node) => ({ node, ...partsOf(node, text) }));
}

/** No expression can stand in for a series. For people. */
export class NotReplayable extends Error {
  override readonly name = "NotReplayable";
}

/** The expression with what has no samples computed in its place. @throws NotReplayable */
export function withoutRecords(
  expression: string,
  unrecorded: ByRecord,
  within: readonly string[] = [],
): string {
  return selectorsOf(expression)
    .filter(({ name }) => unrecorded.has(name))
    .toSorted((left, right) => right.node.from - left.node.from)
    .reduce((text, selected) => {
      const { from, to, replacement } = substitute(selected, unrecorded, within, expression);
      return text.slice(0, from) + replacement + text.slice(to);
    }, expression);
}

/** No series at all. */
const NOTHING = "vector(1) == 0";
const OFFSET = /^\s+offset\s+-?\w+/i;

function substitute(
  { node, name, matchers }: Selector,
  unrecorded: ByRecord,
  within: readonly string[],
  text: string,
) {
  if (within.includes(name)) {
    throw new NotReplayable(
      `${name} is computed from itself, and the history has no samples of it by this rule`,
    );
  }
  const rules = unrecorded.get(name) ?? [];
  const parts = rules
    .filter(({ labels }) => matchers.every((matcher) => mayMatch(matcher, labels[matcher.label])))
    .map(({ expression, labels }) =>
      Object.entries(labels).reduce(
        (inner, [label, value]) =>
          `label_replace(${inner}, ${JSON.stringify(label)}, ${JSON.stringify(value)}, "", "")`,
        `(${withoutRecords(expression, unrecorded, [...within, name])})`,
      ),
    );
  const computed = matchers.reduce(
    (inner, matcher) => `(${inner} ${restriction(matcher, rules)})`,
    parts.length > 0 ? parts.join(" or ") : NOTHING,
  );
  const interval = `${rules[0]?.interval ?? 0}ms`;
  const parent = node.parent;
  if (parent?.name === "MatrixSelector") {
    const range = text.slice(node.to, parent.to).trim().slice(1, -1);
    return { from: parent.from, to: parent.to, replacement: `(${computed})[${range}:${interval}]` };
  }
  // Read from the text: for the parser, an offset is that of everything to its left.
  const [offset = ""] = OFFSET.exec(text.slice(node.to)) ?? [];
  if (offset !== "") {
    return {
      from: node.from,
      to: node.to + offset.length,
      replacement: `last_over_time((${computed})[${interval}:${interval}]${offset})`,
    };
  }
  return { from: node.from, to: node.to, replacement: `(${computed})` };
}

/** Whether a rule that gives a label a value of its own can make what is asked for. */
function mayMatch({ operator, value }: Matcher, own: string | undefined): boolean {
  if (own === undefined || operator.endsWith("~")) return true;
  return (own === value) === (operator === "=");
}

function restriction({ label, operator, value }: Matcher, rules: readonly RecordingRule[]): string {
  if (operator.endsWith("~")) {
    throw new NotReplayable(
      `${rules[0]?.record} is not recorded by this rule, and ${label}${operator}"${value}" can't be asked of its expression`,
    );
  }
  const one = `label_replace(vector(1), ${JSON.stringify(label)}, ${JSON.stringify(value)}, "", "")`;
  return `${operator === "=" ? "and" : "unless"} on (${label}) ${one}`;
}
