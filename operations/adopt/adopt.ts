/** `npm run ops -- adopt`: what was made by hand becomes the program's, and nothing is made twice, replaced or deleted. */

import { writeAtomically } from "../../toolkit/files.ts";
import { withTemporaryFolder } from "../../toolkit/temporary-folder.ts";
import { type Pulumi, pulumiOf } from "../pulumi/cli.ts";
import { refuseInDoubt } from "../pulumi/doubt.ts";
import { readStack } from "../verify/stack.ts";
import { type Adoption, adoption, completed, importFile } from "./adoption.ts";
import { apply, prepared } from "./apply.ts";
import { knownInputs } from "./known-inputs.ts";
import { type Entry, importFileOf } from "./planned.ts";
import { exportOf, withScratch } from "./scratch.ts";
import { whileAdopting } from "./under-way.ts";

/** Time for all that is asked of all platforms. */
const TIMEOUT_MILLISECONDS = 15 * 60_000;

export interface AdoptOptions {
  readonly stack: string;
  /** Whether the state is to be written. */
  readonly write: boolean;
  /** Where the engine's import file goes; undefined for nowhere. */
  readonly file: string | undefined;
  readonly chosen: ReadonlyMap<string, string>;
  readonly made: ReadonlySet<string>;
  readonly report: (line: string) => void;
}

/** Returns what becomes of each resource, and where the state before is kept if it was written. */
export async function adopt(options: AdoptOptions): Promise<Adopted> {
  const pulumi = await pulumiOf(options.stack);
  await refuseInDoubt(pulumi, options.stack);
  const work = () => lookAndWrite(pulumi, options);
  return options.write ? whileAdopting(options.stack, work) : work();
}

interface Adopted {
  readonly rows: Adoption["rows"];
  readonly backup?: string;
}

async function lookAndWrite(
  pulumi: Pulumi,
  { stack, write, file, chosen, made, report }: AdoptOptions,
): Promise<Adopted> {
  const { settings, secrets } = await readStack(stack, pulumi);
  const before = write ? await prepared(pulumi) : await exportOf(pulumi);
  return withScratch(stack, pulumi, async (scratch) => {
    const search = { settings, secrets, signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) };
    const known = knownInputs(settings);
    const { rows, entries, secrets: kept } = await adoption(scratch, search, { chosen, made, known, report });
    if (file !== undefined) await writeImportFile(file, entries, known);
    // With a conflict nothing is written: an update would stop in the middle, or make it twice.
    if (!write || rows.some(({ action }) => action === "conflict")) return { rows };
    const urns = rows.filter(({ action }) => action === "adopt").map(({ urn }) => urn);
    if (urns.length === 0) return { rows };
    return { rows, backup: await apply(stack, { pulumi, scratch, before, urns, secrets: kept }) };
  });

  async function writeImportFile(
    to: string,
    entries: readonly Entry[],
    known: ReturnType<typeof knownInputs>,
  ): Promise<void> {
    // The copy's secrets are encrypted for the copy: the stack encrypts its own.
    const { providers } = await withTemporaryFolder("adopt", (folder) => importFileOf(pulumi, folder));
    const inputs = new Map(
      completed(providers, known).map((entry) => [
        `${entry.type} ${entry.logicalName ?? entry.name}`,
        entry.inputs,
      ]),
    );
    const own = entries.map((entry) => {
      const its = inputs.get(`${entry.type} ${entry.logicalName}`);
      return its === undefined ? entry : { ...entry, inputs: its };
    });
    await writeAtomically(to, `${JSON.stringify(importFile(own), null, 2)}\n`);
  }
}
