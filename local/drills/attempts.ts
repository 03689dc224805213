/** A round's drills, and once more where the lab or the machine failed, and not an alert. */
import path from "node:path";
import type { Drill } from "./drills/drill.ts";
import type { LifeOptions } from "./lab-life.ts";
import { differencesIn } from "./replayed.ts";
import { type RoundResult, runRound } from "./round.ts";
import type { Tempo } from "./strain.ts";

/** With the first: what breaks so often is no accident. */
export const MOST_ATTEMPTS = 3;

/**
 * @param options but for the pace, which is the tempo's
 * @returns what is known at last of each drill
 * @throws where the signal says so
 */
export async function attempts(
  drills: readonly Drill[],
  options: Omit<LifeOptions, "factor">,
  tempo: Tempo,
  run: typeof runRound = runRound,
): Promise<RoundResult> {
  const results: RoundResult["results"][number][] = [];
  let left = drills;
  let factor = tempo.factor;
  for (let attempt = 1; ; attempt++) {
    const folder = path.join(options.folder, `attempt ${attempt}`);
    const round = await run(left, { ...options, factor, folder });
    tempo.measured(factor, round.strain);
    const again = attempt === MOST_ATTEMPTS ? [] : worthRepeating(round);
    results.push(...round.results.filter(({ drill }) => !again.includes(drill)));
    if (again.length === 0) return { ...round, results };
    left = again;
    factor = tempo.slowerThan(factor);
    options.report(`${whyAgain(round)}: ${titles(again)} once more, 1 second stands for ${factor}`);
  }
}

/** What a broken lab, or a machine that did not keep up, left unproven. */
export function worthRepeating(round: RoundResult): readonly Drill[] {
  const { results, falseAlarms, strain, replayed, broken } = round;
  if (broken === undefined && strain < 1) return [];
  // What a false alarm or a difference is of may be any of them.
  const ofAny = falseAlarms.length + differencesIn(replayed).length > 0;
  const failed = results
    .filter(({ rings }) => ofAny || rings.some(({ problems }) => problems.length > 0))
    .map(({ drill }) => drill);
  return [...failed, ...(broken?.drills ?? [])];
}

function whyAgain({ broken, strain }: RoundResult): string {
  if (broken) return `the lab broke (${broken.why})`;
  return `failed, and the machine did not keep up (${strain.toFixed(1)} times what the pace bears)`;
}

function titles(drills: readonly Drill[]): string {
  return drills.map(({ title }) => title).join("; ");
}
