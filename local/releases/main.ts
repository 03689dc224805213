/** `npm run release`: keeps what this version makes, so that later versions can be held against it. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { Command } from "commander";
import { z } from "zod";
import { runCommand } from "../../operations/run-command.ts";
import { Failure } from "../../toolkit/failure.ts";
import { readJson } from "../../toolkit/json.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { LOCAL, ownStack } from "../official/stack.ts";
import { isKept, keep, PORT_OFFSET } from "./kept.ts";
import { problemsOfRelease } from "./problems.ts";

const program = new Command("release")
  .description(
    "Keeps the state and the resources of this version in test/releases/, once its version and CHANGELOG.md are set.\n" +
      "It brings a local stack of its own up and down, which takes two minutes. docs/releasing.md has the whole way.",
  )
  .addHelpText("after", "\nExit codes: 0 kept, 1 failed.")
  .action(release);

const read = (file: string) => readFile(path.join(REPOSITORY, file), "utf8");

async function release(): Promise<void> {
  const { version } = readJson(z.object({ version: z.string() }), await read("package.json"));
  const problems = problemsOfRelease({
    version,
    isKept: isKept(version),
    changelog: await read("CHANGELOG.md"),
    pyproject: await read("instrumentation/pyproject.toml"),
  });
  if (problems.length > 0) throw new Failure(`${version} can't be released:\n  ${problems.join("\n  ")}`);

  const stack = await ownStack("stand-ins", PORT_OFFSET, { AGENTPAY_LOCAL_DRIVER: "process" });
  console.log(`Bringing a local stack up in ${stack.home} ...`);
  try {
    const { code, output } = await stack.run(LOCAL, "up");
    if (code !== 0) throw new Failure(`the local stack does not come up:\n${output.trim()}`);
    await keep(version, await stack.pulumi("stack", "export"), stack.home);
  } finally {
    await stack.run(LOCAL, "down", "--force");
    await stack.remove();
  }
  console.log(`test/releases/${version} is kept. Commit it, and tag the commit v${version}.`);
}

await runCommand(program);
