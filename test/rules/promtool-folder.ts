/** promtool itself, in a folder that goes when the test file's tests have run. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll } from "vitest";
import { tools } from "../../operations/tools/tools.ts";
import { ensureTool } from "../../toolkit/toolchain/find.ts";

const run = promisify(execFile);

/** promtool has no progress to judge it by: a last resort, twenty times what a quiet machine needs, and within a test's. */
const TIMEOUT_MILLISECONDS = 1_500_000;

/** It makes much garbage and keeps little: collected less often, it needs a sixth less processor time and 0.2 GB of memory. */
const environment = { ...process.env, GOGC: "400" };

interface PromtoolFolder {
  readonly write: (name: string, content: string) => string;
  /** What promtool said of files in the folder, "" when it was content. */
  readonly complaints: (args: readonly string[]) => Promise<string>;
}

export function promtoolFolder(): PromtoolFolder {
  const folder = mkdtempSync(join(tmpdir(), "agentpay-promtool-"));
  let promtool = "promtool";
  beforeAll(async () => {
    promtool = (await ensureTool(tools.prometheus)).binaries["promtool"] ?? promtool;
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  return {
    write: (name, content) => {
      writeFileSync(join(folder, name), content);
      return name;
    },
    complaints: async (args) => {
      try {
        const options = { cwd: folder, env: environment, maxBuffer: 2 ** 26 };
        await run(promtool, args, { ...options, timeout: TIMEOUT_MILLISECONDS });
        return "";
      } catch (error) {
        const { stdout, stderr, message } = error as Error & { stdout?: string; stderr?: string };
        return `${stdout ?? ""}${stderr ?? ""}` || message;
      }
    },
  };
}
