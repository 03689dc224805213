/**
 * `npm run test:python`: style, types and tests of the package in `instrumentation/`, in an environment of their own and
 * with a PostgreSQL of their own. Everything that the command does not know is pytest's.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { messageOf } from "../../toolkit/error-message.ts";
import { freePort } from "../../toolkit/free-port.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { withTemporaryFolder } from "../../toolkit/temporary-folder.ts";
import { ensureTool } from "../../toolkit/toolchain/find.ts";
import type { Tool } from "../../toolkit/toolchain/tool.ts";
import { plainTable } from "../cli/summary.ts";
import { Children } from "../host/children.ts";
import { LogFiles } from "../host/log-files.ts";
import { postgresFolder, removePostgresFolder } from "../platforms/postgres/folder.ts";
import { ADMINISTRATOR, startPostgres } from "../platforms/postgres/server.ts";
import { instrumentationPython, instrumentationWith, type Versions } from "./python.ts";
import { pythonsHere } from "./pythons.ts";

const PACKAGE = join(REPOSITORY, "instrumentation");
const MOST_SILENT_SECONDS = 180;
/** Their output passes through here: they see no terminal of their own. */
const COLOURS =
  process.stdout.isTTY && !process.env["NO_COLOR"] ? { FORCE_COLOR: "1", MYPY_FORCE_COLOR: "1" } : {};
const STYLE_AND_TYPES = [["ruff", "format", "--check", "."], ["ruff", "check", "."], ["mypy"]] as const;

type Options = { lowest?: true; matrix?: true };

const command = new Command("npm run test:python --")
  .description("style, types and tests of the Python package, with the newest versions of its dependencies")
  .option("--lowest", "the tests alone, with the lowest versions that it allows")
  .option("--matrix", "the tests alone, with each Python of this machine, and the newest and lowest versions")
  .argument("[pytest...]", "arguments of pytest, such as -m servers")
  .allowUnknownOption()
  .action(async (pytest: string[], options: Options) => {
    process.exitCode = (await check(pytest, options)) ? 0 : 1;
  });

async function check(pytest: readonly string[], { lowest, matrix }: Options): Promise<boolean> {
  const tests = ["pytest", "--quiet", ...pytest];
  return withPostgres((environment) => {
    if (matrix) return passesEverywhere(tests, environment);
    if (lowest)
      return passesWith(instrumentationWith("lowest"), [tests], { ...environment, ...meaning("lowest") });
    return passesWith(instrumentationPython, [...STYLE_AND_TYPES, tests], {
      ...environment,
      ...meaning("newest"),
    });
  });
}

/** A test holds what is installed to the versions that are meant. */
const meaning = (versions: Versions) => ({ AGENTPAY_VERSIONS: versions });

async function withPostgres<T>(use: (environment: NodeJS.ProcessEnv) => Promise<T>): Promise<T> {
  return withTemporaryFolder("python", async (home) => {
    const children = new Children(join(home, "children.json"), new LogFiles(join(home, "logs")));
    try {
      const folder = await postgresFolder(home);
      const port = await freePort();
      await startPostgres({ folder, port, startChild: (child) => children.start({ cwd: folder, ...child }) });
      const { user, password } = ADMINISTRATOR;
      const DATABASE_URL = `postgresql+psycopg://${user}:${password}@127.0.0.1:${port}/postgres`;
      // Each word as it comes: silence is taken for being stuck.
      return await use({ ...COLOURS, ...process.env, DATABASE_URL, PYTHONUNBUFFERED: "1" });
    } finally {
      await children.stopAll();
      await removePostgresFolder(home);
    }
  });
}

/** With each Python that the package supports and this machine has. Goes on where one fails, and prints a table. */
async function passesEverywhere(tests: readonly string[], environment: NodeJS.ProcessEnv): Promise<boolean> {
  const supported = await supportedPythons();
  const here = await pythonsHere(supported, process.env);
  const rows: string[][] = [];
  for (const python of here) {
    for (const versions of ["newest", "lowest"] as const) {
      console.log(`\nPython ${python.version}, ${versions} versions`);
      const tool = instrumentationWith(versions, python);
      const passed = await passesWith(tool, [tests], { ...environment, ...meaning(versions) });
      rows.push([python.version, versions, passed ? "passed" : "failed"]);
    }
  }
  const missing = supported.filter((version) => !here.some((python) => python.version === version));
  rows.push(...missing.map((version) => [version, "", "not on this machine"]));
  console.log(`\n${plainTable(["Python", "Versions", "Tests"], rows)}`);
  return here.length > 0 && rows.every(([, , result]) => result !== "failed");
}

/** As the package's metadata names them. */
async function supportedPythons(): Promise<string[]> {
  const metadata = await readFile(join(PACKAGE, "pyproject.toml"), "utf8");
  return [...metadata.matchAll(/Programming Language :: Python :: (3\.\d+)/g)].map(
    ([, version = ""]) => version,
  );
}

async function passesWith(
  tool: Tool,
  checks: readonly (readonly string[])[],
  environment: NodeJS.ProcessEnv,
): Promise<boolean> {
  try {
    const { binaries } = await ensureTool(tool, { onProgress: (line) => console.log(line) });
    for (const check of checks)
      if (!(await passes(binaries["python"] ?? "python3", check, environment))) return false;
    return true;
  } catch (error) {
    console.error(messageOf(error));
    return false;
  }
}

/** Whether it ends well. One that says nothing for minutes is stuck: how long all of it takes, is the machine's affair. */
async function passes(python: string, check: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  const [module = "", ...args] = check;
  console.log(check.join(" "));
  const child = spawn(python, ["-m", module, ...args], {
    cwd: PACKAGE,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  // As after Ctrl-C, pytest ends the servers that it started.
  const stuck = setTimeout(() => {
    console.error(`${module} has said nothing for ${MOST_SILENT_SECONDS} s, and is ended`);
    child.kill("SIGINT");
    setTimeout(() => child.kill("SIGKILL"), 30_000).unref();
  }, MOST_SILENT_SECONDS * 1000);
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    from.on("data", (text: Buffer) => {
      to.write(text);
      stuck.refresh();
    });
  }
  const [code] = await once(child, "close");
  clearTimeout(stuck);
  return code === 0;
}

await command.parseAsync();
