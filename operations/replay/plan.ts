/**
 * A rule's expression, taken apart into what history answers and what only the replay knows. Rules look at `ALERTS`: which
 * others fire, and whether they themselves do. In history that is what the rules of then did. With other thresholds, the
 * answer is another one, so the replay gives it itself, and computes what `and`, `or` and `unless` make of it.
 */
import { parser } from "@prometheus-io/lezer-promql";
import { partsInMilliseconds } from "../../catalog/duration.ts";
import { allNodes, children, functionName, type Node, named, partsOf } from "../../catalog/promql/syntax.ts";
import { type Condition, EVERY_LABEL, type Matching, type SetOperator } from "./series.ts";

export type Plan =
  /** Asked of history. */
  | { readonly kind: "query"; readonly expression: string; readonly readsAlerts: boolean }
  /** Alerts as the replay has them: at the moment, or at any time in the last milliseconds. */
  | { readonly kind: "alerts"; readonly conditions: readonly Condition[]; readonly window: number }
  | {
      readonly kind: "set";
      readonly operator: SetOperator;
      readonly matching: Matching;
      readonly left: Plan;
      readonly right: Plan;
    };

/** The series that Prometheus writes for alerts. */
export const ALERTS = "ALERTS";
const OF_ALERTS = [ALERTS, "ALERTS_FOR_STATE"];

const SET_OPERATORS: Readonly<Record<string, SetOperator>> = { And: "and", Or: "or", Unless: "unless" };
/** Of which only counts whether there was a sample: set operations look at nothing else. */
const OVER_TIME = ["max_over_time", "min_over_time", "last_over_time", "present_over_time"];

/** @throws Error where the expression does not parse */
export function planOf(expression: string): Plan {
  const { topNode } = parser.parse(expression);
  const broken = allNodes(topNode).find((node) => node.type.isError);
  const [root] = children(topNode).filter(({ name }) => name !== "LineComment");
  if (broken || !root) throw new Error(`the expression does not parse: ${expression}`);
  return planned(root, (node) => expression.slice(node.from, node.to));
}

type TextOf = (node: Node) => string;

function planned(node: Node, text: TextOf): Plan {
  const query = (): Plan => ({ kind: "query", expression: text(node), readsAlerts: readsAlerts(node, text) });
  if (!readsAlerts(node, text)) return query();
  switch (node.name) {
    case "ParenExpr": {
      const [inner] = children(node);
      return inner ? planned(inner, text) : query();
    }
    case "BinaryExpr":
      return setOperation(node, text) ?? query();
    case "VectorSelector":
      return isAlerts(node, text)
        ? { kind: "alerts", conditions: partsOf(node, text).matchers, window: 0 }
        : query();
    case "FunctionCall":
      return alertsOverTime(node, text) ?? query();
    default:
      return query();
  }
}

function setOperation(node: Node, text: TextOf): Plan | undefined {
  const parts = children(node);
  const [left, right] = [parts.at(0), parts.at(-1)];
  const operator = parts.map(({ name }) => SET_OPERATORS[name]).find((found) => found !== undefined);
  if (!left || !right || operator === undefined) return undefined;
  const clause = node.getChild("MatchingModifierClause");
  const keyword = clause?.firstChild?.name === "On" ? "on" : "ignoring";
  const labels = clause?.getChild("GroupingLabels")?.getChildren("LabelName").map(text) ?? [];
  return {
    kind: "set",
    operator,
    matching: clause ? { keyword, labels } : EVERY_LABEL,
    left: planned(left, text),
    right: planned(right, text),
  };
}

/** Such as `max_over_time(ALERTS{...}[5m])`. */
function alertsOverTime(node: Node, text: TextOf): Plan | undefined {
  const [matrix] = node.getChildren("FunctionCallBody").flatMap(children);
  const selected = matrix?.name === "MatrixSelector" ? matrix.getChild("VectorSelector") : undefined;
  const duration = matrix?.getChild("DurationExpr");
  if (!selected || !duration || !isAlerts(selected, text)) return undefined;
  if (!OVER_TIME.includes(functionName(node, text)) || !/^(\d+(ms|[smhdwy]))+$/.test(text(duration))) {
    return undefined;
  }
  return {
    kind: "alerts",
    conditions: partsOf(selected, text).matchers,
    window: partsInMilliseconds(text(duration)),
  };
}

function isAlerts(node: Node, text: TextOf): boolean {
  return partsOf(node, text).name === ALERTS;
}

function readsAlerts(node: Node, text: TextOf): boolean {
  return allNodes(node)
    .filter(named("VectorSelector"))
    .some((selected) => {
      const { name, matchers } = partsOf(selected, text);
      const byLabel = matchers.find(({ label }) => label === "__name__")?.value ?? "";
      return OF_ALERTS.includes(name) || OF_ALERTS.some((each) => byLabel.includes(each));
    });
}

/** What a plan asks of history. */
export function queriesOf(plan: Plan): readonly Extract<Plan, { kind: "query" }>[] {
  if (plan.kind === "query") return [plan];
  return plan.kind === "set" ? [...queriesOf(plan.left), ...queriesOf(plan.right)] : [];
}

/** What a plan asks of the replay. */
export function alertsReadBy(plan: Plan): readonly Extract<Plan, { kind: "alerts" }>[] {
  if (plan.kind === "alerts") return [plan];
  return plan.kind === "set" ? [...alertsReadBy(plan.left), ...alertsReadBy(plan.right)] : [];
}

/** Names of the series without which the condition can't hold or fail: not those of what only keeps an alert back. */
export function seriesLookedAt(plan: Plan): readonly string[] {
  if (plan.kind === "alerts") return [];
  if (plan.kind === "set") {
    const right = plan.operator === "unless" ? [] : seriesLookedAt(plan.right);
    return [...new Set([...seriesLookedAt(plan.left), ...right])];
  }
  return namesIn(plan.expression).filter((name) => !OF_ALERTS.includes(name));
}

/** Names of the series that an expression selects. */
export function namesIn(expression: string): readonly string[] {
  const text: TextOf = (node) => expression.slice(node.from, node.to);
  const names = allNodes(parser.parse(expression).topNode)
    .filter(named("VectorSelector"))
    .map((node) => partsOf(node, text).name);
  return [...new Set(names.filter((name) => name !== ""))];
}
