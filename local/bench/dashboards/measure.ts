/** How long a Prometheus takes for what dashboards ask. */
import { type Dashboard, queriesOf } from "../../../catalog/dashboards/dashboard.ts";
import { dashboards } from "../../../catalog/dashboards/index.ts";
import { replaceVariables } from "../../../catalog/promql/variables.ts";
import { recordsIn, withoutRecords } from "./expand.ts";
import type { FilledPrometheus } from "./filled-prometheus.ts";

/** Of all of a dashboard's queries together. */
export interface Measured {
  readonly seconds: number;
  /** Queries that took longer than the limit, or would have needed too much memory. They count with the limit. */
  readonly unanswered: number;
}

/** A dashboard's queries as they are, and without recording rules. */
export interface Duel {
  readonly title: string;
  readonly queries: number;
  /** How many read a recorded series. */
  readonly recorded: number;
  readonly withRules: Measured;
  readonly without: Measured;
}

const ROUNDS = 3;
/** Points that a panel draws. */
const POINTS = 240;

/** @throws where Prometheus takes a query for wrong, or does not answer at all */
export async function measureDashboards(
  prometheus: FilledPrometheus,
  limit: number,
  report: (message: string) => void,
): Promise<Duel[]> {
  const duels: Duel[] = [];
  for (const dashboard of dashboards) {
    report(dashboard.title);
    duels.push(await measureDashboard(prometheus, limit, dashboard));
  }
  return duels;
}

async function measureDashboard(
  prometheus: FilledPrometheus,
  limit: number,
  { title, panels }: Dashboard,
): Promise<Duel> {
  const all = Object.values(panels).flatMap((panel) =>
    queriesOf(panel).map(({ expression }) => replaceVariables(expression)),
  );
  const recorded = all.filter((expression) => recordsIn(expression).length > 0);
  const raw = all.filter((expression) => !recorded.includes(expression));
  // What reads metrics alone is the same query both times.
  const common = await measure(prometheus, limit, raw);
  const withRules = await measure(prometheus, limit, recorded);
  const without = await measure(prometheus, limit, recorded.map(withoutRecords));
  return {
    title,
    queries: all.length,
    recorded: recorded.length,
    withRules: sum([common, withRules]),
    without: sum([common, without]),
  };
}

async function measure(
  prometheus: FilledPrometheus,
  limit: number,
  expressions: readonly string[],
): Promise<Measured> {
  const times: (number | undefined)[] = [];
  for (const expression of expressions) times.push(await middle(prometheus, expression));
  return sum(
    times.map((seconds) => ({ seconds: seconds ?? limit, unanswered: seconds === undefined ? 1 : 0 })),
  );
}

function sum(parts: readonly Measured[]): Measured {
  return {
    seconds: parts.reduce((total, { seconds }) => total + seconds, 0),
    unanswered: parts.reduce((total, { unanswered }) => total + unanswered, 0),
  };
}

/** Seconds; undefined where it was not answered. What takes long is asked once. */
async function middle(prometheus: FilledPrometheus, expression: string): Promise<number | undefined> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const seconds = await ask(prometheus, expression);
    if (seconds === undefined) return undefined;
    times.push(seconds);
    if (seconds > 1) break;
  }
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)];
}

async function ask(
  { url, span: { from, to } }: FilledPrometheus,
  expression: string,
): Promise<number | undefined> {
  const query = new URLSearchParams({
    query: expression,
    start: String(from),
    end: String(to),
    step: String(Math.ceil((to - from) / POINTS)),
  });
  const start = performance.now();
  const response = await fetch(`${url}/api/v1/query_range`, { method: "POST", body: query });
  const answer = await response.text();
  const seconds = (performance.now() - start) / 1000;
  if (response.ok) return seconds;
  if (/timed out|too many samples|context/.test(answer)) return undefined;
  throw new Error(`Prometheus refuses ${expression}: ${answer}`);
}
