/** `npm run ops -- generate`: writes the generated files again. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Argument, Command } from "commander";
import { Failure } from "../../toolkit/failure.ts";
import { readIfExists } from "../../toolkit/files.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { generated, type Subject, subjects } from "./files.ts";

export const command = new Command("generate")
  .description(
    "Writes the files that are generated from the catalogue, the settings and the list of vendors. A test fails while one is stale",
  )
  .addArgument(new Argument("[subject...]", "which ones (default: all)").choices(subjects))
  .option("--check", "write nothing; fail where a file is stale")
  .addHelpText("after", "\nExit codes: 0 all is written, or current; 1 a file is stale (--check).")
  .action(async (chosen: readonly Subject[], { check }: { check?: true }) => {
    const stale = await staleFiles(chosen.length > 0 ? chosen : subjects);
    if (check && stale.length > 0) {
      throw new Failure(
        `${stale.map(([path]) => path).join("\n")}\nThese are stale. Write them with: npm run ops -- generate`,
      );
    }
    for (const [path, content] of stale) {
      await writeFile(join(REPOSITORY, path), content);
      console.log(`wrote ${path}`);
    }
    if (stale.length === 0) console.log("All generated files are current.");
  });

/** Path and new content of each file that is not as it should be. */
async function staleFiles(chosen: readonly Subject[]): Promise<[path: string, content: string][]> {
  const files = chosen.flatMap((subject) => Object.entries(generated[subject]()));
  const compared = await Promise.all(
    files.map(async ([path, content]) => (await readIfExists(join(REPOSITORY, path))) === content),
  );
  return files.filter((_, index) => !compared[index]);
}
