/**
 * Whether an alert with another threshold still rings for what it is there for: its rule tests, and its drill. The faults of
 * most rule tests lie close to the default, to show where it is: they say nothing of another value. So one fault has to
 * ring at all, and one time without a fault to be silent. The drill is the fault that the alert is documented for: it
 * has to ring as ever.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { messageOf } from "../../toolkit/error-message.ts";
import { parseJson } from "../../toolkit/json.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { withTemporaryFolder } from "../../toolkit/temporary-folder.ts";
import { type TriedThreshold, tryThreshold } from "../review/rule-tests.ts";
import type { Proposal } from "./proposal.ts";

/** Undefined where it still rings; otherwise why it is refused, for people. */
export type Refusal = string | undefined;

/** The drills are no part of what is deployed: a copy of the product may be without them. */
const DRILLS = join(REPOSITORY, "local/drills/main.ts");
/** With slower attempts, where the machine does not keep up. */
const DRILL_MILLISECONDS = 30 * 60_000;

export async function refusalOf(proposal: Proposal, onProgress: (line: string) => void): Promise<Refusal> {
  const { alert, to } = proposal;
  onProgress(`runs the rule tests of ${alert} with ${to}`);
  const byTests = await refusedByTests(proposal);
  if (byTests !== undefined) return byTests;
  onProgress(`drills ${alert} with ${to}: it takes some minutes`);
  return await refusedByDrill(proposal);
}

async function refusedByTests({ alert, to }: Proposal): Promise<Refusal> {
  return refusalByTests(
    await withTemporaryFolder("proposal", (scratch) => tryThreshold(scratch, alert, to)),
    to,
  );
}

/** @param tried what the rule tests say */
export function refusalByTests({ rings, silent, problem }: TriedThreshold, value: number): Refusal {
  if (problem !== undefined) return `its rule tests could not be run: ${problem}`;
  if (rings.held === 0) return `with ${value} it rings for none of the ${rings.of} faults of its rule tests`;
  if (silent.held === 0)
    return `with ${value} it is silent in none of the ${silent.of} rule tests without a fault`;
  return undefined;
}

const results = z.object({
  rounds: z.array(
    z.object({
      drills: z.array(
        z.object({ rings: z.array(z.object({ id: z.string(), problems: z.array(z.string()) })) }),
      ),
      falseAlarms: z.array(z.string()),
      broken: z.object({ why: z.string() }).nullable(),
    }),
  ),
});

async function refusedByDrill({ alert, to }: Proposal): Promise<Refusal> {
  if (!existsSync(DRILLS)) return "it can't be drilled: there is no local/ here";
  const args = [DRILLS, "--alert", alert, "--threshold", `${alert}=${to}`, "--json"];
  const ended = await promisify(execFile)(process.execPath, args, {
    cwd: REPOSITORY,
    maxBuffer: 2 ** 26,
    timeout: DRILL_MILLISECONDS,
  }).catch((error: unknown) => error as Error & { stdout?: string; stderr?: string });
  const read = results.safeParse(parseJson(ended.stdout ?? ""));
  if (!read.success) {
    return `it can't be drilled: ${lastLine(ended.stderr) || (ended instanceof Error ? messageOf(ended) : "no result")}`;
  }
  return refusalIn(read.data, to);
}

/** @param drilled what the drill command says */
export function refusalIn({ rounds }: z.output<typeof results>, value: number): Refusal {
  const problems = rounds.flatMap(({ drills, falseAlarms, broken }) => [
    ...drills.flatMap(({ rings }) =>
      rings.flatMap(({ id, problems: own }) => own.map((text) => `${id}: ${text}`)),
    ),
    ...falseAlarms.map((id) => `false alarm: ${id}`),
    ...(broken ? [`its lab broke: ${broken.why}`] : []),
  ]);
  return problems.length === 0 ? undefined : `its drill fails with ${value}: ${problems.join("; ")}`;
}

function lastLine(text = ""): string {
  return text.trim().split("\n").at(-1) ?? "";
}
