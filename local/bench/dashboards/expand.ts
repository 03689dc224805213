/** What a panel would have to ask without recording rules. */
import { parser } from "@prometheus-io/lezer-promql";
import { recordingRuleGroups } from "../../../catalog/recording-rules/index.ts";
import type { RecordingRule } from "../../../catalog/recording-rules/recording-rule.ts";

type Rule = RecordingRule & { readonly interval: string };

const rules: readonly Rule[] = recordingRuleGroups.flatMap(({ interval, rules: own }) =>
  own.map((rule) => ({ ...rule, interval })),
);
/** Where each rule's own values come from: a month's sum and what is held go on from themselves, and stay as they are. */
const recorded = expandable(new Set(rules.map(({ record }) => record)));

/** The records that no expression can replace: they are computed from themselves. */
export const selfReading: ReadonlySet<string> = new Set(
  rules.map(({ record }) => record).filter((record) => !recorded.has(record)),
);

/** The records that are not, through whatever other records, computed from themselves. */
function expandable(records: ReadonlySet<string>): ReadonlySet<string> {
  const read = new Map<string, Set<string>>();
  for (const { record, expression } of rules) {
    const inputs = selectorsIn(expression, records).map(({ name }) => name);
    read.set(record, new Set([...(read.get(record) ?? []), ...inputs]));
  }
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
    [...(read.get(from) ?? [])].some(
      (name) => name === to || (!seen.has(name) && reaches(name, to, seen.add(name))),
    );
  return new Set([...records].filter((record) => !reaches(record, record)));
}

/** The recorded series that an expression reads itself, and that an expression can replace. */
export function recordsIn(expression: string): string[] {
  return selectorsIn(expression).map(({ name }) => name);
}

/**
 * The expression with each recorded series replaced by what it is computed from, down to the metrics themselves; a
 * range over one becomes a subquery at the rule's pace.
 * @throws where a recorded series is chosen by labels in a way that no panel needs
 */
export function withoutRecords(expression: string): string {
  return selectorsIn(expression).reduceRight((text, { from, to, name, matchers, rangeEnd }) => {
    const chosen = chosenRules(name, matchers);
    const interval = rangeEnd === undefined ? "" : `:${chosen[0]?.interval}`;
    const rest =
      rangeEnd === undefined ? text.slice(to) : text.slice(to, rangeEnd) + interval + text.slice(rangeEnd);
    return `${text.slice(0, from)}(${chosen.map(computed).join(" or ")})${rest}`;
  }, expression);
}

function computed({ expression, labels = {} }: Rule): string {
  return Object.entries(labels).reduce(
    (inner, [label, value]) => `label_replace(${inner}, "${label}", "${value}", "", "")`,
    withoutRecords(expression),
  );
}

interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

/** Rules of one record differ in the labels that they add. */
function chosenRules(record: string, matchers: readonly Matcher[]): readonly Rule[] {
  const narrowing = matchers.filter(({ operator, value }) => !(operator === "=~" && value === ".*"));
  const chosen = rules.filter(
    (rule) =>
      rule.record === record &&
      narrowing.every(({ label, operator, value }) => operator === "=" && rule.labels?.[label] === value),
  );
  if (chosen.length === 0) throw new Error(`no rule records ${record} with ${JSON.stringify(narrowing)}`);
  return chosen;
}

interface RecordedSelector {
  readonly from: number;
  readonly to: number;
  readonly name: string;
  readonly matchers: readonly Matcher[];
  /** Where the range's closing bracket is; undefined where it has none. */
  readonly rangeEnd: number | undefined;
}

function selectorsIn(expression: string, records = recorded): RecordedSelector[] {
  const found: RecordedSelector[] = [];
  parser.parse(expression).iterate({
    enter: ({ name: kind, from, to, node }) => {
      if (kind !== "VectorSelector") return;
      const text = expression.slice(from, to);
      const name = /^[\w:]+/.exec(text)?.[0] ?? "";
      if (!records.has(name)) return;
      const matchers = [...text.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)].map(
        ([, label = "", operator = "", value = ""]) => ({ label, operator, value }),
      );
      const ranged = node.parent?.name === "MatrixSelector" ? node.parent.to - 1 : undefined;
      found.push({ from, to, name, matchers, rangeEnd: ranged });
    },
  });
  return found;
}
