/**
 * `npm run test:python`: style, types and tests of the package in `instrumentation/`, in an environment of their own and
 * with a PostgreSQL of their own.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Children } from "../engine/children.ts";
import { LogFiles } from "../engine/log-files.ts";
import { freePort } from "../free-port.ts";
import { postgresFolder, removePostgresFolder } from "../postgres/folder.ts";
import { ADMINISTRATOR, startPostgres } from "../postgres/server.ts";
import { REPOSITORY } from "../state-folder.ts";
import { withTemporaryFolder } from "../temporary-folder.ts";
import { ensureTool } from "./find.ts";
import { instrumentationPython } from "./tools.ts";

const MOST_SILENT_SECONDS = 180;
/** Their output passes through here: they see no terminal of their own. */
const COLOURS =
  process.stdout.isTTY && !process.env["NO_COLOR"] ? { FORCE_COLOR: "1", MYPY_FORCE_COLOR: "1" } : {};

const checks = [
  ["ruff", "format", "--check", "."],
  ["ruff", "check", "."],
  ["mypy"],
  ["pytest", "--quiet", ...process.argv.slice(2)],
] as const;

const { binaries } = await ensureTool(instrumentationPython, { onProgress: (line) => console.log(line) });
await withTemporaryFolder("python", async (home) => {
  const children = new Children(join(home, "children.json"), new LogFiles(join(home, "logs")));
  try {
    const folder = await postgresFolder(home);
    const port = await freePort();
    await startPostgres({ folder, port, startChild: (child) => children.start({ cwd: folder, ...child }) });
    const { user, password } = ADMINISTRATOR;
    const DATABASE_URL = `postgresql+psycopg://${user}:${password}@127.0.0.1:${port}/postgres`;
    const env = { ...COLOURS, ...process.env, DATABASE_URL };
    process.exitCode = 0;
    for (const check of checks) {
      if (await passes(check, env)) continue;
      process.exitCode = 1;
      break;
    }
  } finally {
    await children.stopAll();
    await removePostgresFolder(home);
  }
});

/** Whether it ends well. One that says nothing for minutes is stuck: how long all of it takes, is the machine's affair. */
async function passes([module, ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  console.log(`${module} ${args.join(" ")}`);
  const child = spawn(binaries["python"] ?? "python3", ["-m", module ?? "", ...args], {
    cwd: join(REPOSITORY, "instrumentation"),
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
