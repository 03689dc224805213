/** `npm run dashboards:preview`: one HTML page for each dashboard, data included. */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { Command } from "commander";
import colors from "picocolors";
import { makeFolder } from "../../operations/render/write-files.ts";
import { runCommand } from "../../operations/run-command.ts";
import { previewPages } from "./preview.ts";

const command = new Command("dashboards:preview")
  .description(
    "Write each dashboard as an HTML page that needs nothing else, drawn from this working tree's catalogue and the\n" +
      "running local stack's data",
  )
  .option("-o, --out <folder>", "where to write; made if it is missing", "dist/dashboards")
  .addHelpText(
    "after",
    "\nExit codes: 0 written, 1 where the local stack does not run or a query was refused. Panels without data are named.",
  );

async function run({ out }: { readonly out: string }): Promise<void> {
  makeFolder(path.resolve(out));
  for (const { uid, html, empty, problems } of await previewPages()) {
    const file = path.join(out, `${uid}.html`);
    await writeFile(file, html);
    console.log(file);
    for (const title of empty) console.log(colors.yellow(`  no data yet: ${title}`));
    for (const problem of problems) console.error(colors.red(`  refused: ${problem}`));
    if (problems.length > 0) process.exitCode = 1;
  }
}

await runCommand(command.action(run));
