/** What an alert's condition measured over a history, beside the number that it compares it with: for a picture of it. */
import { parser } from "@prometheus-io/lezer-promql";
import { allNodes, children } from "../../catalog/promql/syntax.ts";
import type { Piece } from "./history.ts";
import type { AlertRecord } from "./play.ts";
import { NoAnswer, type PrometheusApi } from "./prometheus-api.ts";

export interface Readings {
  readonly limit: number;
  /** Seconds that each point stands for. */
  readonly every: number;
  /** What came closest to the limit, or went beyond it most: seconds since 1970, and the value. */
  readonly points: readonly (readonly [at: number, value: number])[];
}

/** What a condition compares with a number, such as `a / b > 0.05`. */
interface Comparison {
  readonly measured: string;
  readonly limit: number;
  /** Whether it is about what is too much, and not too little. */
  readonly isUpper: boolean;
}

const COMPARISONS: Readonly<Record<string, { readonly isUpper: boolean }>> = {
  Gtr: { isUpper: true },
  Gte: { isUpper: true },
  Lss: { isUpper: false },
  Lte: { isUpper: false },
};

/** The first comparison with a number in an expression; undefined where there is none. */
export function comparisonIn(expression: string): Comparison | undefined {
  const found = allNodes(parser.parse(expression).topNode).flatMap((node): Comparison[] => {
    if (node.name !== "BinaryExpr") return [];
    const parts = children(node);
    const [left, right] = [parts.at(0), parts.at(-1)];
    const kind = parts.flatMap(({ name }) => COMPARISONS[name] ?? [])[0];
    const limit = right ? Number(expression.slice(right.from, right.to)) : Number.NaN;
    if (!left || !kind || Number.isNaN(limit)) return [];
    return [{ measured: expression.slice(left.from, left.to), limit, ...kind }];
  });
  return found[0];
}

/** Points of a picture. */
const POINTS = 300;

/** @returns by alert, of those that have such a condition and could be asked @throws Failure where nobody answers */
export async function readingsOf(
  api: PrometheusApi,
  alerts: readonly AlertRecord[],
  { from, to }: Piece,
): Promise<ReadonlyMap<string, Readings>> {
  const entries = await Promise.all(
    alerts.map(async ({ alert, rules: [rule], interval }): Promise<[string, Readings][]> => {
      const comparison = rule && comparisonIn(rule.expression);
      if (!comparison) return [];
      const step = Math.max(interval, Math.ceil((to - from) / POINTS / interval) * interval);
      const points = await pointsOf(api, comparison, { from, to }, step, interval);
      if (points.length === 0) return [];
      return [[alert, { limit: comparison.limit, every: step / 1000, points }]];
    }),
  );
  return new Map(entries.flat());
}

/** As many evaluations as the rule had, but one number of each, and of these the most in each step. */
async function pointsOf(
  api: PrometheusApi,
  { measured, isUpper }: Comparison,
  { from, to }: Piece,
  step: number,
  interval: number,
): Promise<Readings["points"]> {
  const most = isUpper ? "max" : "min";
  const expression = `${most}_over_time((${most}(${measured}))[${step}ms:${interval}ms])`;
  try {
    const [series] = await api.range({ expression, start: from + step, end: to, step });
    return series ? series.times.map((at, index) => [at / 1000, series.values[index] ?? Number.NaN]) : [];
  } catch (error) {
    if (error instanceof NoAnswer) return [];
    throw error;
  }
}
