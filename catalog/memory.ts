/** How far back a PromQL expression looks: for so long it may still be true of what is over. */
import { parser } from "@prometheus-io/lezer-promql";
import { type Duration, inSeconds } from "./duration.ts";
import { recordingRuleGroups } from "./recording-rules/index.ts";

type Node = ReturnType<typeof parser.parse>["topNode"];

const answered = new Map<string, number>();

/** Seconds. What `and` joins is only true as long as each side is. */
export function longestMemory(expression: string): number {
  // Each rendering asks it of the same alerts again, and parsing is most of what it takes.
  const known = answered.get(expression);
  if (known !== undefined) return known;
  const memory = memoryIn(expression) ?? 0;
  answered.set(expression, memory);
  return memory;
}

function memoryIn(expression: string): number | undefined {
  const text = (node: Node) => expression.slice(node.from, node.to);
  return memoryOf(parser.parse(expression).topNode, text);
}

/** Undefined for what does not change with the present: numbers, and a past that it is compared with (`offset`). */
function memoryOf(node: Node, text: (node: Node) => string): number | undefined {
  const parts = childrenOf(node).flatMap((child) => memoryOf(child, text) ?? []);
  const longest = parts.length > 0 ? Math.max(...parts) : undefined;
  switch (node.name) {
    case "OffsetExpr":
      return undefined;
    case "VectorSelector":
      return recordedMemory(text(node).replace(/\{.*/s, ""));
    case "MatrixSelector":
    case "SubqueryExpr":
      return longest === undefined ? undefined : longest + rangeOf(text(node));
    case "BinaryExpr":
      return node.getChild("And") && longest !== undefined ? Math.min(...parts) : longest;
    default:
      return longest;
  }
}

const remembered = new Map<string, number | undefined>();

/** Of the series that a rule records; 0 for those that are scraped. */
function recordedMemory(name: string): number | undefined {
  if (remembered.has(name)) return remembered.get(name);
  // Until it is known: a record that reads itself remembers what it is told to, not more.
  remembered.set(name, undefined);
  const rules = recordingRuleGroups.flatMap((group) => group.rules).filter(({ record }) => record === name);
  const parts = rules.flatMap(({ expression }) => memoryIn(expression) ?? []);
  const memory = rules.length === 0 ? 0 : parts.length > 0 ? Math.max(...parts) : undefined;
  remembered.set(name, memory);
  return memory;
}

/** Of `foo[5m]`, and of `foo[1h:1m]`: the last brackets are its own. */
function rangeOf(selector: string): number {
  const [, range = "0s"] = /\[([0-9]+[smhd])[^[]*\]$/.exec(selector) ?? [];
  return inSeconds(range as Duration);
}

function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}
