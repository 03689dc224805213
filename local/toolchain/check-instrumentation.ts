/**
 * `npm run test:python`: style, types and tests of the package in `instrumentation/`, in an environment of their own and
 * with a PostgreSQL of their own.
 */
import { spawnSync } from "node:child_process";
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
    process.exitCode = checks.every((check) => passes(check, { ...process.env, DATABASE_URL })) ? 0 : 1;
  } finally {
    await children.stopAll();
    await removePostgresFolder(home);
  }
});

function passes([module, ...args]: readonly string[], env: NodeJS.ProcessEnv): boolean {
  console.log(`${module} ${args.join(" ")}`);
  const cwd = join(REPOSITORY, "instrumentation");
  const command = ["-m", module ?? "", ...args];
  return (
    spawnSync(binaries["python"] ?? "python3", command, { cwd, env, stdio: "inherit", timeout: 300_000 })
      .status === 0
  );
}
