/** A whole run: all rounds of drills, what each has proven, kept at once, and what people are told of it at the end. */
import { attempts } from "./attempts.ts";
import { chosenDrills } from "./choice.ts";
import type { Drill } from "./drills/drill.ts";
import { notDrilled } from "./drills/not-drilled.ts";
import { runHealthy } from "./healthy.ts";
import { asData, keep, keptFile, proven } from "./kept.ts";
import type { LifeOptions } from "./lab-life.ts";
import { limited } from "./limited.ts";
import type { PlatformFault } from "./platform/faults/fault.ts";
import { runPlatformFaults, unproven } from "./platform/run.ts";
import {
  healthySummary,
  isProven,
  notDrilledList,
  platformTable,
  remarks,
  replaySummary,
  resultTable,
  summary,
} from "./report.ts";
import type { RoundResult } from "./round.ts";
import { inRounds } from "./rounds.ts";
import { Tempo } from "./strain.ts";

export const exitCodes = { held: 0, failed: 1, notAllTried: 2, interrupted: 130 } as const;

export interface RunOptions {
  /** Simulated seconds in a second, where the machine bears it. */
  readonly factor: number;
  /** Labs side by side. */
  readonly parallel: number;
  /** What a lab is started with, by the name of its round or fault. */
  readonly optionsOf: (name: string) => LifeOptions;
  /** Whether results are printed for programs. */
  readonly json: boolean;
  /** Whether what is proven is kept for a later run: not where thresholds are tried that no stack has. */
  readonly keeps: boolean;
  /** A line for people. */
  readonly say: (line: string) => void;
}

export interface SelectedDrills {
  readonly drills: readonly Drill[];
  /** What an earlier run has proven of them. */
  readonly proven: readonly RoundResult[];
  /** Whether it is all that there are. */
  readonly all: boolean;
}

/** @throws where a name is none, or where what was kept can't be gone on with */
export async function selectedDrills(names: readonly string[], resume: boolean): Promise<SelectedDrills> {
  const drills = chosenDrills(names);
  const earlier = resume ? await proven() : [];
  const ours = earlier.filter(({ results }) => results.every(({ drill }) => drills.includes(drill)));
  return { drills, proven: ours, all: names.length === 0 };
}

/** Returns the exit code. What is known is told also where the run is interrupted. */
export async function drillAgentPay(
  { drills, proven: before, all }: SelectedDrills,
  { factor, parallel, optionsOf, json, say, keeps }: RunOptions,
): Promise<number> {
  const startedAt = Date.now();
  const results = [...before];
  const known = before.flatMap((round) => round.results.map(({ drill }) => drill));
  const rounds = inRounds(drills.filter((drill) => !known.includes(drill)));
  const pace = `${rounds.flat().length} drills in ${rounds.length} rounds, ${parallel} at a time; 1 second stands for ${factor}`;
  say(known.length === 0 ? pace : `${pace}; ${known.length} were proven before`);
  const tempo = new Tempo(factor);
  try {
    await limited(rounds, parallel, async (round, index) => {
      results.push(await attempts(round, optionsOf(`round ${index + 1}`), tempo));
      if (keeps) await keep(results);
    });
  } finally {
    if (json) print({ factor, rounds: results.map(asData) });
    else tell(results, all, (Date.now() - startedAt) / 1000);
  }
  if (!results.every(isProven)) return exitCodes.failed;
  return results.some(({ broken }) => broken) ? exitCodes.notAllTried : exitCodes.held;
}

function print(data: unknown): void {
  console.log(JSON.stringify(data, null, 2));
}

function tell(results: readonly RoundResult[], all: boolean, seconds: number): void {
  console.log(resultTable(results));
  for (const remark of remarks(results)) console.log(remark);
  if (all) console.log(notDrilledList(notDrilled));
  for (const line of replaySummary(results)) console.log(line);
  console.log(summary(results, seconds));
  if (results.every((round) => isProven(round) && !round.broken)) return;
  console.log(
    `What is proven is in ${keptFile}. npm run drill -- --resume tries the rest again; with --keep, the labs' logs stay.`,
  );
}

/** Returns the exit code. */
export async function drillPlatform(
  faults: readonly PlatformFault[],
  { factor, parallel, optionsOf, json, say }: RunOptions,
): Promise<number> {
  say(`${faults.length} faults, ${parallel} at a time; 1 second stands for ${factor}`);
  const results = await runPlatformFaults(faults, parallel, optionsOf);
  if (json) print(results.map(({ fault, ...result }) => ({ fault: fault.name, ...result })));
  else say(platformTable(results));
  const outcomes = results.map(({ outcome }) => outcome);
  if (outcomes.includes("did not hold")) return exitCodes.failed;
  return outcomes.some((outcome) => unproven.includes(outcome)) ? exitCodes.notAllTried : exitCodes.held;
}

/** Lives ordinary days for so many seconds of real time. Returns the exit code. */
export async function watchHealthy(
  seconds: number,
  options: LifeOptions,
  { json }: Pick<RunOptions, "json">,
): Promise<number> {
  const { factor } = options;
  const hours = Number(((seconds * factor) / 3600).toFixed(1));
  options.report(`nothing is broken for ${seconds} seconds, ${hours} simulated hours`);
  const result = await runHealthy(seconds * factor, options);
  if (json) print({ factor, hours, ...result });
  else console.log(healthySummary(result, hours));
  if (result.falseAlarms.length === 0) return exitCodes.held;
  return result.strain < 1 ? exitCodes.failed : exitCodes.notAllTried;
}
