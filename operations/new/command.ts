/** `npm run ops -- new alert <name> --group <group>`: writes the beginning of an alert, in every place where it belongs. */
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { severities } from "../../catalog/severity.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { run } from "../../toolkit/toolchain/command.ts";
import { filesOf, groupFiles, metricKeys, type NewAlert } from "./alert.ts";

const FORMATTER = "node_modules/.bin/biome";
const SECONDS = 900;
const LONGEST_NAME = 40;

export const command = new Command("new").description("Writes the beginning of something new");

command
  .command("alert")
  .description(
    "an alert, its runbook, its rule tests and its drill; what is left for you says TODO, and a test lists it",
  )
  .argument("<name>", "PascalCase, at most 40 characters, such as CheckoutSlow", alertName)
  .addOption(
    new Option("--group <group>", "where in catalog/alerts/")
      .choices([...groupFiles().keys()])
      .makeOptionMandatory(),
  )
  .addOption(
    new Option("--severity <severity>", "who is told")
      .choices(severities.filter((each) => each !== "none"))
      .default("warning"),
  )
  .addOption(
    new Option(
      "--metric <metric>",
      "a counter or gauge of catalog/metrics/ to begin with (default: one that the group reads)",
    ).choices(metricKeys),
  )
  .option("--fault <fault>", "a fault of local/agentpay/faults.ts that rings it: writes a drill")
  .addHelpText("after", "\nExit codes: 0 written, 1 nothing was. CONTRIBUTING.md says what comes next.")
  .action(async (name: string, options: Omit<NewAlert, "name">) => {
    const files = filesOf({ name, ...options }, read);
    for (const [path, text] of Object.entries(files)) {
      await writeFile(join(REPOSITORY, path), text);
      console.log(`wrote ${path}`);
    }
    const sources = Object.keys(files).filter((path) => path.endsWith(".ts"));
    if (existsSync(join(REPOSITORY, FORMATTER))) await here(FORMATTER, "check", "--write", ...sources);
    // A process of its own: this one knows the catalogue as it was before.
    await here(process.execPath, "operations/cli.ts", "generate");
    console.log("\nWhat is left for you to write: npx vitest run test/catalog/to-do.test.ts");
  });

function alertName(text: string): string {
  if (/^([A-Z]+[a-z0-9]+)+$/.test(text) && text.length <= LONGEST_NAME) return text;
  throw new InvalidArgumentError(`It must be PascalCase, of at most ${LONGEST_NAME} characters.`);
}

function read(path: string): string | undefined {
  const file = join(REPOSITORY, path);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

async function here(program: string, ...args: readonly string[]): Promise<void> {
  await run(program, args, { environment: process.env, folder: REPOSITORY, timeoutSeconds: SECONDS });
}
