/** Plays alerting rules over a history, evaluation by evaluation, as Prometheus would have evaluated them. */
import { AlertState, type Firing, type NearMisses } from "./alert-state.ts";
import { type Answer, type Grid, type History, type Piece, piecesOf, timesOf } from "./history.ts";
import { alertsReadBy, type Plan, planOf } from "./plan.ts";
import { type AlertGroup, type AlertingRule, alertLabels } from "./rules.ts";
import { combined, type Labels, selector } from "./series.ts";

export interface Replayed {
  readonly rule: AlertingRule;
  readonly group: AlertGroup;
  readonly plan: Plan;
  readonly firings: readonly Firing[];
  readonly nearMisses: NearMisses;
  /** Evaluations that failed, and why. */
  readonly failures: { readonly count: number; readonly reason: string | undefined };
}

export interface ReplayOptions {
  readonly history: History;
  readonly groups: readonly AlertGroup[];
  /** How far a group's evaluations are from whole numbers of its interval, milliseconds. */
  readonly phaseOf: (group: AlertGroup) => number;
  /** What is played, milliseconds since 1970. */
  readonly period: Piece;
  /** In which Prometheus was not there, in order. */
  readonly gaps: readonly Piece[];
  /** Told of each piece that is done. */
  readonly onProgress?: (done: number, of: number, until: number) => void;
}

/** A rule under way. */
interface Run {
  readonly state: AlertState;
  readonly group: AlertGroup;
  readonly plan: Plan;
  /** What its plan asks of other alerts, made ready. */
  readonly readers: ReadonlyMap<Plan, (at: number) => readonly Labels[]>;
  failed: number;
  reason: string | undefined;
}

/** What history answers to a plan's queries in a piece. One that is missing can't matter there. */
type Answers = ReadonlyMap<Plan, Answer>;

/** So much is played at a time, milliseconds: one that is interrupted goes on at the last of them. */
const PIECE = 3 * 86_400_000;

/** @throws Failure where the history can't be reached */
export async function replay(options: ReplayOptions): Promise<readonly Replayed[]> {
  const { groups, period, onProgress } = options;
  const runs = runsOf(groups);
  const pieces = piecesOf(period, PIECE);
  for (const [index, piece] of pieces.entries()) {
    await playPiece(runs, piece, options);
    onProgress?.(index + 1, pieces.length, piece.to);
  }
  for (const { state } of runs) state.finish();
  return runs.map(({ state, group, plan, failed, reason }) => ({
    rule: state.rule,
    group,
    plan,
    firings: state.firings,
    nearMisses: state.nearMisses,
    failures: { count: failed, reason },
  }));
}

function runsOf(groups: readonly AlertGroup[]): readonly Run[] {
  const rules = groups.flatMap((group) =>
    group.rules.map((rule) => ({ group, rule, plan: planOf(rule.expression) })),
  );
  const memory = Math.max(0, ...rules.flatMap(({ plan }) => alertsReadBy(plan).map(({ window }) => window)));
  const states = rules.map(({ rule }) => new AlertState(rule, memory));
  return rules.map(({ group, plan }, index) => ({
    state: states[index] as AlertState,
    group,
    plan,
    readers: new Map(alertsReadBy(plan).map((read) => [read, reader(read, states)])),
    failed: 0,
    reason: undefined,
  }));
}

/** Looks at those alerts alone whose names are asked for. */
function reader({ conditions, window }: Extract<Plan, { kind: "alerts" }>, states: readonly AlertState[]) {
  const named = selector(conditions.filter(({ label }) => label === "alertname"));
  const wanted = selector(conditions);
  const looked = states.filter(({ rule: { alert } }) => named({ alertname: alert }));
  return (at: number) => looked.flatMap((state) => state.series(at, window).filter(wanted));
}

/** One evaluation of a group. */
interface Turn {
  readonly at: number;
  readonly runs: readonly Run[];
}

async function playPiece(
  runs: readonly Run[],
  piece: Piece,
  { history, phaseOf, gaps }: ReplayOptions,
): Promise<void> {
  const gridOf = (group: AlertGroup): Grid => ({ step: group.interval, phase: phaseOf(group) });
  const answers = await answersTo(runs, (expression, group) =>
    history.answer(expression, gridOf(group), piece),
  );
  const groups = [...new Set(runs.map(({ group }) => group))];
  const turns: Turn[] = groups.flatMap((group) => {
    const own = runs.filter((run) => run.group === group);
    return timesOf(gridOf(group), piece).map((at) => ({ at, runs: own }));
  });
  const near = gaps.filter(({ from, to }) => to > piece.from && from < piece.to);
  const ends = near.filter(({ to }) => to <= piece.to);
  let gap = 0;
  for (const { at, runs: own } of turns.toSorted((left, right) => left.at - right.at)) {
    while (gap < ends.length && (ends[gap]?.to ?? 0) <= at) {
      for (const { state } of runs) state.restart();
      gap += 1;
    }
    if (near.some(({ from, to }) => from < at && at < to)) continue;
    for (const run of own) evaluate(run, at, answers);
  }
  for (; gap < ends.length; gap += 1) for (const { state } of runs) state.restart();
}

/** Asks each question once, however many rules have it. */
async function answersTo(
  runs: readonly Run[],
  answer: (expression: string, group: AlertGroup) => Promise<Answer>,
): Promise<Answers> {
  const asked = new Map<string, Promise<Answer>>();
  const answers = new Map<Plan, Answer>();
  const once = (group: AlertGroup) => (expression: string) => {
    const key = `${group.name} ${expression}`;
    const found = asked.get(key) ?? answer(expression, group);
    asked.set(key, found);
    return found;
  };
  await Promise.all(runs.map(({ plan, group }) => ask(plan, once(group), answers)));
  return answers;
}

/** Asks history, from the left: what is kept back, or has something added, need not be asked of where nothing is. */
async function ask(
  plan: Plan,
  answer: (expression: string) => Promise<Answer>,
  answers: Map<Plan, Answer>,
): Promise<"something" | "nothing"> {
  switch (plan.kind) {
    case "alerts":
      return "something";
    case "query": {
      const found = await answer(plan.expression);
      answers.set(plan, found);
      return found.at.size + found.failed.size > 0 ? "something" : "nothing";
    }
    case "set": {
      const left = await ask(plan.left, answer, answers);
      if (left === "nothing" && plan.operator !== "or") return "nothing";
      const right = await ask(plan.right, answer, answers);
      return left === "something" || (plan.operator === "or" && right === "something")
        ? "something"
        : "nothing";
    }
  }
}

function evaluate(run: Run, at: number, answers: Answers): void {
  const found = vector(run.plan, at, answers, run);
  if (typeof found === "string") {
    run.failed += 1;
    run.reason ??= found;
    run.state.evaluate(at, undefined);
    return;
  }
  run.state.evaluate(
    at,
    found.length === 0 ? found : found.map((labels) => alertLabels(run.state.rule, labels)),
  );
}

/** @returns why the evaluation fails, where it does */
function vector(plan: Plan, at: number, answers: Answers, run: Run): readonly Labels[] | string {
  switch (plan.kind) {
    case "alerts":
      return run.readers.get(plan)?.(at) ?? [];
    case "query": {
      const answer = answers.get(plan);
      if (answer?.failed.has(at)) return answer.reason ?? "it can't be computed";
      return answer?.at.get(at) ?? [];
    }
    case "set": {
      const left = vector(plan.left, at, answers, run);
      if (typeof left === "string" || (left.length === 0 && plan.operator !== "or")) return left;
      const right = vector(plan.right, at, answers, run);
      return typeof right === "string" ? right : combined(plan.operator, left, right, plan.matching);
    }
  }
}
