/** Labels of series, and the set operations of PromQL on them. */
export type Labels = Readonly<Record<string, string>>;

/** The same for the same labels. */
export function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** What `on (...)` or `ignoring (...)` says that two sides must have alike. */
export interface Matching {
  readonly keyword: "on" | "ignoring";
  readonly labels: readonly string[];
}

/** Every label but the name: what is compared where an operator says nothing else. */
export const EVERY_LABEL: Matching = { keyword: "ignoring", labels: [] };

export type SetOperator = "and" | "or" | "unless";

/** What PromQL's operator of that name gives. */
export function combined(
  operator: SetOperator,
  left: readonly Labels[],
  right: readonly Labels[],
  matching: Matching,
): readonly Labels[] {
  const part = (labels: Labels) => keyOf(matched(labels, matching));
  if (operator === "or") {
    const there = new Set(left.map(part));
    return [...left, ...right.filter((labels) => !there.has(part(labels)))];
  }
  const there = new Set(right.map(part));
  return left.filter((labels) => there.has(part(labels)) === (operator === "and"));
}

function matched(labels: Labels, { keyword, labels: named }: Matching): Labels {
  const wanted = (name: string) =>
    keyword === "on" ? named.includes(name) : name !== "__name__" && !named.includes(name);
  return Object.fromEntries(Object.entries(labels).filter(([name, value]) => value !== "" && wanted(name)));
}

/** One condition of a selector, such as `job=~"api|worker"`. */
export interface Condition {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

/** A function that says whether labels meet every condition. @throws SyntaxError where a pattern is none */
export function selector(conditions: readonly Condition[]): (labels: Labels) => boolean {
  const checks = conditions.map(({ label, operator, value }) => {
    const pattern = operator.endsWith("~") ? new RegExp(`^(?:${value})$`, "s") : undefined;
    const wanted = !operator.startsWith("!");
    return (labels: Labels) => {
      const actual = labels[label] ?? "";
      return (pattern ? pattern.test(actual) : actual === value) === wanted;
    };
  });
  return (labels) => checks.every((check) => check(labels));
}
