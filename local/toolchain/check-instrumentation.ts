/** `npm run test:python`: style, types and tests of the package in `instrumentation/`, in an environment of their own. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { REPOSITORY } from "../state-folder.ts";
import { ensureTool } from "./find.ts";
import { instrumentationPython } from "./tools.ts";

const checks = [
  ["ruff", "format", "--check", "."],
  ["ruff", "check", "."],
  ["mypy"],
  ["pytest", "--quiet"],
] as const;

const { binaries } = await ensureTool(instrumentationPython, { onProgress: (line) => console.log(line) });
for (const [module, ...args] of checks) {
  console.log(`${module} ${args.join(" ")}`);
  const { status } = spawnSync(binaries["python"] ?? "python3", ["-m", module, ...args], {
    cwd: join(REPOSITORY, "instrumentation"),
    stdio: "inherit",
    timeout: 300_000,
  });
  if (status !== 0) process.exit(1);
}
