/** What the last drills have rung, as `npm run drill` keeps it and `npm run drill -- --json` prints it. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { messageOf } from "../../toolkit/error-message.ts";
import { readIfExists } from "../../toolkit/files.ts";
import { readJson } from "../../toolkit/json.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import type { Missing } from "./model.ts";

/** Where the local stack keeps what its drills have proven. */
export const KEPT_DRILLS = join(
  process.env["AGENTPAY_LOCAL_HOME"] ?? join(REPOSITORY, ".local"),
  "drills.json",
);

const ring = z.object({ id: z.string(), channel: z.string(), problems: z.array(z.unknown()) });
const results = z.object({
  rounds: z.array(z.object({ drills: z.array(z.object({ rings: z.array(ring) })) })),
});

export interface Drills {
  /** When they were run, milliseconds since 1970. */
  readonly at: number;
  /** Names of alerts that rang, and ended. */
  readonly alerts: readonly string[];
}

export async function drillsIn(file: string): Promise<Drills | Missing> {
  try {
    const text = await readIfExists(file);
    if (text === undefined) {
      return {
        missing: "no results of drills are kept here: run `npm run drill`, or name them with --drills",
      };
    }
    const { mtimeMs } = await stat(file);
    const rings = readJson(results, text).rounds.flatMap(({ drills }) =>
      drills.flatMap((each) => each.rings),
    );
    const rung = rings.filter(({ channel, problems }) => channel !== "held back" && problems.length === 0);
    // What tells rules of one name apart comes after it.
    return { at: mtimeMs, alerts: [...new Set(rung.map(({ id }) => id.split(" ")[0] ?? id))] };
  } catch (error) {
    return { missing: `the results of drills can't be read: ${messageOf(error)}` };
  }
}
