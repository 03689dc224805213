/** `--propose`: better thresholds go into the stack's file, where the alert still rings with them. Nothing is deployed. */
import { readFile } from "node:fs/promises";
import { stackFile } from "../../settings/stack-files.ts";
import { writeAtomically } from "../../toolkit/files.ts";
import { type Proposal, proposalsFor, withThresholds } from "./proposal.ts";
import { type Refusal, refusalOf } from "./proposal-checks.ts";
import type { Summary } from "./summary.ts";

/** A proposal, and what became of it. */
export interface Proposed extends Proposal {
  /** Why it was not written; undefined where it was. */
  readonly refused?: string;
}

export type Check = (proposal: Proposal, onProgress: (line: string) => void) => Promise<Refusal>;

/**
 * @param folder with the stacks' files
 * @param check default: the alert's rule tests and its drill
 * @throws Failure where the stack's file can't be read
 */
export async function proposeIn(
  folder: string,
  stack: string,
  { from, to, thresholds = [], judgement }: Summary,
  onProgress: (line: string) => void,
  check: Check = refusalOf,
): Promise<readonly Proposed[]> {
  const period = `${from.slice(0, 10)} to ${to.slice(0, 10)}`;
  const incidents = judgement?.incidents.length ?? 0;
  const checked: Proposed[] = [];
  for (const table of thresholds) {
    for (const proposal of proposalsFor(table, period, incidents)) {
      const refused = await check(proposal, onProgress);
      checked.push({ ...proposal, ...(refused !== undefined && { refused }) });
      if (refused === undefined) break;
    }
  }
  const accepted = checked.filter(({ refused }) => refused === undefined);
  if (accepted.length > 0) {
    const file = stackFile(folder, stack);
    await writeAtomically(file, withThresholds(await readFile(file, "utf8"), accepted));
  }
  return checked;
}

/** For people. */
export function proposalsSection(proposed: readonly Proposed[], stack: string): string {
  const line = ({ alert, from, to, unit, evidence, refused }: Proposed) =>
    `- **${alert}** ${from} to ${to} ${unit}. ${evidence}. ${refused === undefined ? "Its rule tests and its drill hold." : `**Refused**: ${refused}`}`;
  const written = proposed.some(({ refused }) => refused === undefined);
  return [
    "## Proposed thresholds",
    "",
    ...(proposed.length > 0
      ? proposed.map(line)
      : ["None: no other value does better by what really happened."]),
    ...(written
      ? ["", `Written into \`Pulumi.${stack}.yaml\`: see \`git diff\`, and open a pull request.`]
      : []),
  ].join("\n");
}
