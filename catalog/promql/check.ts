/**
 * Checks of PromQL expressions against the metric contract. `promtool` proves that an expression is well formed;
 * these prove that it can return something: each mistake below parses, loads, and then stays silent for ever.
 */
import { parser } from "@prometheus-io/lezer-promql";
import { metrics } from "../metrics/index.ts";
import { targetLabels } from "../metrics/labels.ts";
import { formatBound, type Metric } from "../metrics/metric.ts";
import {
  allNodes,
  children,
  consumer,
  functionName,
  keepsLabel,
  type Matcher,
  modifierOf,
  type Node,
  named,
  operands,
  partsOf,
  type TextOf,
  unwrap,
} from "./syntax.ts";
import { ANYTHING } from "./variables.ts";

export interface Problem {
  /** Offset in the expression, from 0. */
  readonly position: number;
  readonly message: string;
}

export interface Vocabulary {
  /** The declared metrics. Default: the whole contract. */
  readonly known?: Readonly<Record<string, Metric>>;
  /** Names of the series that recording rules make. Default: none. */
  readonly recorded?: ReadonlySet<string>;
}

/** A selector such as `foo_total{job="a"}`, with what is known of its series. */
interface Selector {
  readonly node: Node;
  readonly name: string;
  readonly matchers: readonly Matcher[];
  /** Undefined for recorded and for unknown series. */
  readonly metric: Metric | undefined;
}

interface Scope {
  readonly text: TextOf;
  readonly series: ReadonlyMap<string, Metric>;
  readonly bases: ReadonlyMap<string, Metric>;
  readonly recorded: ReadonlySet<string>;
}

/**
 * Everything wrong with an expression, in the order of the text; empty when nothing is. An expression that doesn't
 * parse is checked no further. Dashboard variables are to be replaced first: `replaceVariables`.
 */
export function checkExpression(
  expression: string,
  { known = metrics, recorded = new Set() }: Vocabulary = {},
): Problem[] {
  const nodes = allNodes(parser.parse(expression).topNode);
  const broken = nodes.find((node) => node.type.isError);
  if (broken) {
    return [{ position: broken.from, message: `does not parse here: ${excerpt(expression, broken.from)}` }];
  }
  const declared = Object.values(known);
  const scope: Scope = {
    text: (node) => expression.slice(node.from, node.to),
    series: new Map(declared.flatMap((metric) => metric.series.map((name) => [name, metric] as const))),
    bases: new Map(declared.map((metric) => [metric.name, metric])),
    recorded,
  };
  const selectors = nodes.filter(named("VectorSelector")).map((node) => readSelector(node, scope));
  return [
    ...selectors.flatMap((selector) => selectorChecks.flatMap((check) => check(selector, scope))),
    ...nodes.filter(named("FunctionCall")).flatMap((node) => checkCall(node, scope)),
    ...nodes.filter(named("AggregateExpr")).flatMap((node) => checkGrouping(node, scope)),
  ].toSorted((a, b) => a.position - b.position);
}

/** A problem on one line, with its place. */
export function describeProblem(expression: string, { position, message }: Problem): string {
  const before = expression.slice(0, position).split("\n");
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}: ${message}`;
}

/** A selector as the contract knows it. */
function readSelector(node: Node, { text, series }: Scope): Selector {
  const { name, matchers } = partsOf(node, text);
  return { node, name, matchers, metric: series.get(name) };
}

type SelectorCheck = (selector: Selector, scope: Scope) => Problem[];

const selectorChecks: readonly SelectorCheck[] = [
  checkName,
  checkCounter,
  checkGauge,
  checkLabels,
  checkValues,
];

function checkName({ node, name, matchers, metric }: Selector, { bases, recorded }: Scope): Problem[] {
  const at = (message: string) => [{ position: node.from, message }];
  const byLabel = matchers.some(({ label }) => label === "__name__");
  if (!name || byLabel)
    return at("name the metric before the braces: one chosen by __name__ can't be checked");
  if (metric || recorded.has(name)) return [];
  if (name.includes(":")) return at(`no rule records ${name}`);
  if (bases.has(name)) return at(`${name} is a histogram: use ${name}_bucket, ${name}_sum or ${name}_count`);
  const total = bases.has(`${name}_total`) ? `, did you mean ${name}_total?` : "";
  return at(`nobody exposes ${name}${total || ": declare it in catalog/metrics/"}`);
}

const slopeFunctions = ["rate", "irate", "increase", "resets"];
/** What gives sense to a raw counter: its slope, its jumps, or whether it is there at all. */
const counterFunctions = [
  ...["changes", "absent", "absent_over_time", "present_over_time", "count_over_time", "timestamp"],
  ...["count", "group"],
  ...slopeFunctions,
];

function checkCounter({ node, name, metric }: Selector, { text }: Scope): Problem[] {
  if (!metric || metric.type === "gauge" || counterFunctions.includes(consumer(node, text))) return [];
  const message = `${name} is a counter: only rate, irate, increase, resets, changes or absent make sense of it`;
  return [{ position: node.from, message }];
}

function checkGauge({ node, name, metric }: Selector, { text }: Scope): Problem[] {
  const user = consumer(node, text);
  if (metric?.type !== "gauge" || !slopeFunctions.includes(user)) return [];
  return [{ position: node.from, message: `${name} is a gauge: ${user} takes each decrease for a restart` }];
}

function checkLabels({ name, matchers, metric }: Selector): Problem[] {
  const labels = metric && labelsOf(metric, name);
  if (!labels) return [];
  return matchers
    .filter(({ label }) => label !== "__name__" && !labels.has(label))
    .map(({ label, position }) => ({
      position,
      message: `${name} has no label ${label}, only ${[...labels].toSorted().join(", ")}`,
    }));
}

function checkValues({ name, matchers, metric }: Selector): Problem[] {
  if (!metric) return [];
  return matchers.flatMap(({ label, operator, value, position }) => {
    const values = valuesOf(metric, label);
    if (!values || selectsAny(operator, value, values)) return [];
    const message = `no ${name} has ${label}${operator}"${value}": its values are ${values.join(", ")}`;
    return [{ position, message }];
  });
}

const rangeFunctions =
  /^(?:rate|irate|increase|resets|changes|delta|idelta|deriv|predict_linear|\w+_over_time)$/;

function checkCall(call: Node, scope: Scope): Problem[] {
  const name = functionName(call, scope.text);
  const args = operands(call);
  if (name === "histogram_quantile") return args.slice(1).flatMap((arg) => checkBuckets(arg, scope));
  if (!rangeFunctions.test(name)) return [];
  const ranged = args.some((arg) => ["MatrixSelector", "SubqueryExpr"].includes(unwrap(arg).name));
  return ranged ? [] : [{ position: call.from, message: `${name} needs a range, such as [5m]` }];
}

/** Follows the argument of `histogram_quantile` down to its series: each step must keep `le`. */
function checkBuckets(node: Node, scope: Scope): Problem[] {
  const at = (message: string) => [{ position: node.from, message: `histogram_quantile ${message}` }];
  if (node.name === "AggregateExpr" && !keepsLabel(node, "le", scope.text)) {
    return at("needs the label le: keep it in the aggregation, as in sum by (le) (...)");
  }
  if (node.name !== "VectorSelector") {
    return children(node).flatMap((child) => checkBuckets(child, scope));
  }
  const { name, metric } = readSelector(node, scope);
  if (metric ? name.endsWith("_bucket") : !scope.recorded.has(name) || recordsBuckets(name)) return [];
  return at(`needs buckets, and ${name} has none: use a series that ends in _bucket`);
}

/** Recorded series are named `level:metric:operations`, the level being the labels that are left. */
function recordsBuckets(name: string): boolean {
  const [level = "", metric = ""] = name.split(":");
  return level.split("_").includes("le") && metric.endsWith("_bucket");
}

const relabelling = ["label_replace", "label_join", "count_values", "vector", "info"];

/** A label that no series below the aggregation has groups nothing: the alert would lose it without a word. */
function checkGrouping(aggregation: Node, scope: Scope): Problem[] {
  const { keyword, labels: grouping } = modifierOf(aggregation, scope.text);
  if (keyword !== "by") return [];
  const below = operands(aggregation).flatMap(allNodes);
  if (below.some((node) => relabelling.includes(functionName(node, scope.text)))) return [];
  const available = below.filter(named("VectorSelector")).map((node) => {
    const { name, metric } = readSelector(node, scope);
    return metric && labelsOf(metric, name);
  });
  return grouping
    .filter(({ label }) => available.every((labels) => labels && !labels.has(label)))
    .map(({ label, position }) => ({ position, message: `nothing aggregated here has the label ${label}` }));
}

/** The labels of a series; undefined when they can't be known. */
function labelsOf(metric: Metric, series: string): ReadonlySet<string> | undefined {
  if (metric.type !== "histogram" && metric.anyLabel) return undefined;
  const bound = metric.type === "histogram" && series === metric.bucket ? ["le"] : [];
  return new Set([...targetLabels, ...Object.keys(metric.labels), ...bound]);
}

/** The only values of a label; undefined when they can't be known. */
function valuesOf(metric: Metric, label: string): readonly string[] | undefined {
  if (label === "le" && metric.type === "histogram") return [...metric.buckets.map(formatBound), "+Inf"];
  if (label === "job") return metric.jobs.length > 0 ? metric.jobs : undefined;
  const values = metric.labels[label];
  return values && "open" in values ? undefined : values;
}

/** Whether a matcher that asks for values gets any. One that only excludes values always may. */
function selectsAny(operator: string, value: string, values: readonly string[]): boolean {
  if (operator === "=") return value === ANYTHING || values.includes(value);
  if (operator !== "=~") return true;
  const pattern = compile(value);
  return !pattern || values.some((candidate) => pattern.test(candidate));
}

/** A matcher's pattern, which is anchored; undefined for the little of RE2 that JavaScript does not know. */
function compile(value: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${value})$`);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function excerpt(expression: string, position: number): string {
  const rest = expression.slice(position, position + 30).trim();
  return rest ? `"${rest}"` : "the expression ends too early";
}
