/** `npm run ops -- adopt --stack <name>`: see docs/adopting.md. */
import { Command, InvalidArgumentError, Option } from "commander";
import { jsonOption, outOption, path, type ResultOptions, stackOption, tell } from "../options.ts";
import { exitCodes, pulumiOf } from "../pulumi/cli.ts";
import { refuseInDoubt } from "../pulumi/doubt.ts";
import { adopt } from "./adopt.ts";
import { undo } from "./apply.ts";
import { report } from "./report.ts";

interface Options extends ResultOptions {
  readonly stack: string;
  readonly yes?: true;
  readonly undo?: true;
  readonly write?: string;
  readonly choose: ReadonlyMap<string, string>;
  readonly make: ReadonlySet<string>;
}

export const command = new Command("adopt")
  .description(
    "Takes over what was made by hand, so that the next update makes nothing twice. Deletes and replaces nothing; the platforms are only read",
  )
  .addOption(stackOption())
  .option("-y, --yes", "write it to the stack's state, after a backup")
  .addOption(
    new Option("--undo", "let go of what was adopted: the platforms stay as they are").conflicts([
      "yes",
      "write",
      "choose",
      "make",
    ]),
  )
  .option("--write <file>", "write the engine's import file as well; secrets in it are encrypted", path)
  .addOption(
    new Option(
      "--choose <name=id>",
      "which one to take: one of several, or one of another name, which up then renames; may be given several times",
    )
      .argParser(chosen)
      .default(new Map(), "none"),
  )
  .addOption(
    new Option(
      "--make <name>",
      "make this one, whatever is there, or all whose name begins so: dashboards-*; may be given several times",
    )
      .argParser(named)
      .default(new Set(), "none"),
  )
  .addOption(jsonOption())
  .addOption(outOption())
  .addHelpText(
    "after",
    `
Without --yes it only looks. Names are those of the table that it prints. The way, and the way back: docs/adopting.md

Exit codes: 0 no conflicts, 7 there are some and nothing was written, 1 it failed.`,
  )
  .action(async ({ stack, yes, undo: back, write, choose, make, ...how }: Options) => {
    if (back) return letGo(stack, how);
    const { rows, backup } = await adopt({
      ...{ stack, write: yes ?? false, file: write, chosen: choose, made: make },
      report: (line) => console.error(line),
    });
    const kept =
      backup === undefined ? "" : `\n\nAdopted. The state before is in ${backup}. Next: pulumi preview`;
    await tell({ stack, rows, ...(backup !== undefined && { backup }) }, `${report({ rows })}${kept}`, how);
    if (rows.some(({ action }) => action === "conflict")) process.exitCode = exitCodes.unexpectedChanges;
  });

async function letGo(stack: string, how: ResultOptions): Promise<void> {
  const pulumi = await pulumiOf(stack);
  await refuseInDoubt(pulumi, stack);
  const urns = await undo(stack, pulumi);
  const names = urns.map((urn) => `  ${urn.split("::").at(-1)}`).join("\n");
  const said =
    urns.length === 0
      ? `${stack}: nothing was adopted from this checkout, or it was let go of already`
      : `${stack} has let go of ${urns.length} resources, which are as they were:\n${names}`;
  await tell({ stack, urns }, said, how);
}

function chosen(value: string, before: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const [, name, id] = /^([^=]+)=(.+)$/.exec(value) ?? [];
  if (name === undefined || id === undefined)
    throw new InvalidArgumentError(
      "It must be the name of a resource and an id, as in on-call-primary=PABC123.",
    );
  if (before.has(name)) throw new InvalidArgumentError(`${name} is chosen already: ${before.get(name)}.`);
  return new Map([...before, [name, id]]);
}

function named(name: string, before: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...before, name]);
}
