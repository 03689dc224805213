/** Results as people read them. */
import Table from "cli-table3";
import colors from "picocolors";
import type { AlertId } from "./alert-id.ts";
import type { HealthyResult } from "./healthy.ts";
import type { PlatformOutcome, PlatformResult } from "./platform/run.ts";
import { differencesIn } from "./replayed.ts";
import type { DrillResult, RoundResult } from "./round.ts";
import type { Ring } from "./verdict.ts";

/** Whether everything that had to ring did, and nothing else, as far as it could be tried; and a replay finds the same. */
export function isProven({ results, falseAlarms, replayed }: RoundResult): boolean {
  return (
    falseAlarms.length === 0 &&
    differencesIn(replayed).length === 0 &&
    results.every(({ rings }) => rings.every(({ problems }) => problems.length === 0))
  );
}

/** One row for each alert; false alarms stand with the first drill of their round. */
export function resultTable(rounds: readonly RoundResult[]): string {
  const table = new Table({
    head: ["Fault", "Expected alert", "Arrived", "s to arrive", "s to resolve", "False alarms"],
    style: { head: [], border: [], compact: true },
    wordWrap: true,
  });
  table.push(
    ...rounds.flatMap(({ results, falseAlarms, broken }) => [
      ...results.flatMap(rowsOf(falseAlarms)),
      ...(broken?.drills ?? []).map(({ title, rings }) => [
        title,
        rings.join(", "),
        colors.yellow("not tried: the lab broke"),
        ...["-", "-", ""],
      ]),
    ]),
  );
  return table.toString();
}

function rowsOf(falseAlarms: readonly AlertId[]) {
  const alarms = falseAlarms.length === 0 ? "none" : colors.red(falseAlarms.join(", "));
  return ({ drill, rings }: DrillResult, index: number): string[][] =>
    rings.map((ring, row) => [
      row === 0 ? drill.title : "",
      ring.id,
      arrived(ring),
      ring.channel === "held back" ? "-" : inWords(ring.secondsToArrive),
      ring.outlasts === undefined ? inWords(ring.secondsToResolve) : "-",
      index === 0 && row === 0 ? alarms : "",
    ]);
}

function arrived({ channel, problems }: Ring): string {
  return problems.length === 0 ? colors.green(channel) : colors.red(`no: ${problems[0]}`);
}

function inWords(seconds: number | undefined): string {
  return seconds === undefined ? colors.red("never") : seconds.toFixed(1);
}

/** In a sentence: whether ordinary days were quiet. */
export function healthySummary({ falseAlarms, strain }: HealthyResult, hours: number): string {
  if (falseAlarms.length === 0) return colors.green(`Quiet: no false alarm in ${hours} simulated hours.`);
  const rang = colors.red(`False alarms in ${hours} simulated hours: ${falseAlarms.join(", ")}.`);
  if (strain < 1) return rang;
  return `${rang} The machine did not keep up (${strain.toFixed(1)} times what the pace bears): try --factor with a smaller number.`;
}

/** Everything that went wrong, a line each; with the ends that were not waited for. */
export function remarks(rounds: readonly RoundResult[]): readonly string[] {
  return rounds.flatMap(({ results, falseAlarms, replayed, broken }) => [
    ...results.flatMap(({ drill, rings }) =>
      rings.flatMap(({ id, channel, problems, outlasts }) => [
        ...problems.map((problem) => colors.red(`${drill.title}: ${id}: ${problem}`)),
        ...(outlasts === undefined || channel === "held back"
          ? []
          : [`${id}: its end is not waited for, ${outlasts}`]),
      ]),
    ),
    ...falseAlarms.map((id) => colors.red(`false alarm: ${id}, during ${titlesOf(results)}`)),
    ...differencesIn(replayed).map((difference) =>
      colors.red(`replay: ${difference}, during ${titlesOf(results)}`),
    ),
    ...(typeof replayed === "string" ? [`Not replayed, ${titlesOf(results)}: ${replayed}`] : []),
    ...(broken?.drills ?? []).map(({ title }) =>
      colors.yellow(`${title}: not tried, for the lab broke each time: ${broken?.why}`),
    ),
  ]);
}

function titlesOf(results: readonly DrillResult[]): string {
  return results.map(({ drill }) => drill.title).join("; ");
}

/** Of all rounds that were replayed; nothing where none was. */
export function replaySummary(rounds: readonly RoundResult[]): readonly string[] {
  const all = rounds.flatMap(({ replayed }) => (typeof replayed === "object" ? [replayed] : []));
  if (all.length === 0) return [];
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const alerts = new Set(all.flatMap(({ alerts: names }) => names));
  const differences = sum(all.map((each) => each.differences.length));
  const line =
    `Of ${all.length} rounds a replay has ${sum(all.map(({ firings }) => firings))} firings of ${alerts.size} alerts ` +
    `and ${sum(all.map(({ pages = 0 }) => pages))} pages, with ${differences} differences from what was recorded and paged.`;
  return [differences === 0 ? colors.green(line) : colors.red(line)];
}

export function summary(rounds: readonly RoundResult[], seconds: number): string {
  const rings = rounds.flatMap((round) => round.results).flatMap((result) => result.rings);
  const good = rings.filter(({ problems }) => problems.length === 0).length;
  const alarms = rounds.flatMap(({ falseAlarms }) => falseAlarms).length;
  const untried = rounds.flatMap(({ broken }) => broken?.drills ?? []).length;
  const line =
    `${good} of ${rings.length} expected alerts rang as they should, ${alarms} false alarms, in ${Math.round(seconds)} seconds.` +
    (untried > 0 ? ` ${untried} drills were not tried: their labs broke.` : "");
  if (!rounds.every(isProven)) return colors.red(line);
  return untried > 0 ? colors.yellow(line) : colors.green(line);
}

export function notDrilledList(reasons: Readonly<Record<AlertId, string>>): string {
  const lines = [...new Set(Object.values(reasons))].map((reason) => {
    const ids = Object.keys(reasons).filter((id) => reasons[id] === reason);
    return `  ${ids.join(", ")}: ${reason}`;
  });
  return ["Not drilled (the rule tests cover them):", ...lines].join("\n");
}

const OUTCOME_COLORS: Readonly<Record<PlatformOutcome, (text: string) => string>> = {
  held: colors.green,
  "did not hold": colors.red,
  "not tried": colors.yellow,
  "lab broke": colors.yellow,
  "machine did not keep up": colors.yellow,
};

/** One row for each fault of the platform. */
export function platformTable(results: readonly PlatformResult[]): string {
  const table = new Table({
    head: ["Fault", "What must hold", "", "What happened"],
    colWidths: [30, 36, 14, 46],
    style: { head: [], border: [], compact: true },
    wordWrap: true,
  });
  table.push(
    ...results.map(({ fault, outcome, happened }) => [
      fault.title,
      fault.mustHold,
      OUTCOME_COLORS[outcome](outcome),
      happened,
    ]),
  );
  return table.toString();
}
