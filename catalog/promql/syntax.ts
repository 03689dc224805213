/** The parts of a PromQL expression, read from the tree of the parser of Prometheus's own editor. */
import type { parser } from "@prometheus-io/lezer-promql";

export type Node = ReturnType<typeof parser.parse>["topNode"];

/** The text of a node. */
export type TextOf = (node: Node) => string;

export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
  readonly position: number;
}

/** The function or aggregation that a selector is handed to, "" when it is used as it is. */
export function consumer(node: Node, text: TextOf): string {
  const parent = node.parent;
  if (!parent) return "";
  return transparent.includes(parent.name) ? consumer(parent, text) : functionName(parent, text);
}

const transparent = [
  "MatrixSelector",
  "SubqueryExpr",
  "OffsetExpr",
  "StepInvariantExpr",
  "ParenExpr",
  "FunctionCallBody",
];

/** Without parentheses, `offset` and `@`. */
export function unwrap(node: Node): Node {
  const inner = node.firstChild;
  return inner && ["OffsetExpr", "StepInvariantExpr", "ParenExpr"].includes(node.name) ? unwrap(inner) : node;
}

/** The name of a function call or aggregation, "" for any other node. */
export function functionName(node: Node, text: TextOf): string {
  const identifier = node.getChild("FunctionIdentifier") ?? node.getChild("AggregateOp");
  return identifier ? text(identifier).toLowerCase() : "";
}

/** What a function or aggregation is of. */
export function operands(call: Node): Node[] {
  return call.getChildren("FunctionCallBody").flatMap(children);
}

/** Whether an aggregation leaves a label on what comes out of it. */
export function keepsLabel(aggregation: Node, label: string, text: TextOf): boolean {
  const { keyword, labels } = modifierOf(aggregation, text);
  const listed = labels.some((grouping) => grouping.label === label);
  if (keyword) return keyword === "by" ? listed : !listed;
  return ["topk", "bottomk", "limitk", "limit_ratio"].includes(functionName(aggregation, text));
}

/** What an aggregation groups by; without a keyword, everything is one group. */
export function modifierOf(aggregation: Node, text: TextOf) {
  const modifier = aggregation.getChild("AggregateModifier");
  const labels = modifier?.getChild("GroupingLabels")?.getChildren("LabelName") ?? [];
  return {
    keyword: modifier?.firstChild ? text(modifier.firstChild).toLowerCase() : undefined,
    labels: labels.map((node) => ({ label: text(node), position: node.from })),
  };
}

/** The name before a selector's braces, "" where it has none, and what is in them. */
export function partsOf(selector: Node, text: TextOf): { name: string; matchers: Matcher[] } {
  const identifier = selector.getChild("Identifier");
  const list = selector.getChild("LabelMatchers");
  const matchers = list ? children(list).filter((child) => child.getChild("MatchOp")) : [];
  return {
    name: identifier ? text(identifier) : "",
    matchers: matchers.map((child) => readMatcher(child, text)),
  };
}

function readMatcher(matcher: Node, text: TextOf): Matcher {
  const [label = "", operator = "", value = ""] = children(matcher).map(text);
  return { label: unquote(label), operator, value: unquote(value), position: matcher.from };
}

function unquote(literal: string): string {
  if (literal.startsWith("`")) return literal.slice(1, -1);
  return /^["']/.test(literal) ? literal.slice(1, -1).replaceAll(/\\(.)/g, "$1") : literal;
}

/** Whether a node is of a kind, by its name in the grammar. */
export function named(name: string): (node: Node) => boolean {
  return (node) => node.name === name;
}

/** A node and all below it, in the order of the text. */
export function allNodes(node: Node): Node[] {
  return [node, ...children(node).flatMap(allNodes)];
}

export function children(node: Node): Node[] {
  const found: Node[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
}
