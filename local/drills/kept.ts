/** What drills have proven, kept on disk round by round: a run that ends in the middle can be gone on with. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { readIfExists, writeAtomically } from "../../toolkit/files.ts";
import { parseJson } from "../../toolkit/json.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { statePaths } from "../host/state-folder.ts";
import type { Drill } from "./drills/drill.ts";
import { drills } from "./drills/index.ts";
import { isProven } from "./report.ts";
import type { RoundResult } from "./round.ts";

export const keptFile = path.join(statePaths().home, "drills.json");

const titles = z.array(z.string());
const ring = z.object({
  id: z.string(),
  channel: z.string(),
  secondsToArrive: z.number().nullable(),
  secondsToResolve: z.number().nullable(),
  outlasts: z.string().nullable(),
  problems: z.array(z.string()),
});
const keptRound = z.object({
  drills: z.array(z.object({ title: z.string(), rings: z.array(ring) })),
  falseAlarms: z.array(z.string()),
  strain: z.number(),
  replayed: z
    .union([
      z.string(),
      z.object({
        alerts: titles,
        firings: z.number(),
        pages: z.number().optional(),
        differences: titles,
      }),
    ])
    .optional(),
  broken: z.object({ why: z.string(), drills: titles }).nullable(),
});
const kept = z.object({ sources: z.string(), rounds: z.array(keptRound) });

/** A round's results as a program reads them. */
export type KeptRound = z.infer<typeof keptRound>;

export function asData({ results, falseAlarms, strain, replayed, broken }: RoundResult): KeptRound {
  return {
    drills: results.map(({ drill, rings }) => ({
      title: drill.title,
      rings: rings.map(({ secondsToArrive = null, secondsToResolve = null, outlasts = null, ...each }) => ({
        ...each,
        secondsToArrive,
        secondsToResolve,
        outlasts,
        problems: [...each.problems],
      })),
    })),
    falseAlarms: [...falseAlarms],
    strain,
    ...(typeof replayed === "object"
      ? { replayed: { ...replayed, alerts: [...replayed.alerts], differences: [...replayed.differences] } }
      : { replayed }),
    broken: broken ? { why: broken.why, drills: broken.drills.map(({ title }) => title) } : null,
  };
}

export async function keep(rounds: readonly RoundResult[], file = keptFile): Promise<void> {
  const text = JSON.stringify({ sources: await sources(), rounds: rounds.map(asData) }, null, 2);
  await writeAtomically(file, `${text}\n`);
}

/**
 * The rounds that an earlier run has proven; none where it kept nothing.
 * @throws where what it proved is no longer what would be tried
 */
export async function proven(file = keptFile): Promise<readonly RoundResult[]> {
  const text = await readIfExists(file);
  if (text === undefined) return [];
  const found = kept.safeParse(parseJson(text));
  if (!found.success) throw new Error(`${file} is no result of drills: remove it, and run without --resume`);
  if (found.data.sources !== (await sources())) {
    throw new Error(
      `the rules, the drills or the simulation have changed since ${file} was written: run without --resume`,
    );
  }
  return found.data.rounds.flatMap(ofData).filter(isProven);
}

/** One for each drill, so that each counts by itself. */
function ofData({ drills: known, falseAlarms, strain, replayed }: KeptRound): RoundResult[] {
  if (typeof replayed === "object" && replayed.differences.length > 0) return [];
  return known.flatMap(({ title, rings }) => {
    const drill = drills.find((each): each is Drill => each.title === title);
    if (drill === undefined) return [];
    const results = [
      {
        drill,
        rings: rings.map(({ secondsToArrive, secondsToResolve, outlasts, ...each }) => ({
          ...each,
          secondsToArrive: secondsToArrive ?? undefined,
          secondsToResolve: secondsToResolve ?? undefined,
          outlasts: outlasts ?? undefined,
        })),
      },
    ];
    return [{ results, falseAlarms, strain }];
  });
}

/** Where everything is that a drill's outcome depends on. */
const SOURCES = [
  "catalog",
  "components/prometheus",
  "local/drills",
  "local/agentpay",
  "Pulumi.yaml",
  "Pulumi.local.yaml",
];

async function sources(): Promise<string> {
  const hash = createHash("sha256");
  for (const source of SOURCES) {
    for (const file of await filesOf(path.join(REPOSITORY, source))) hash.update(await readFile(file));
  }
  return hash.digest("hex");
}

async function filesOf(place: string): Promise<readonly string[]> {
  if (path.extname(place) !== "") return [place];
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .toSorted();
}
