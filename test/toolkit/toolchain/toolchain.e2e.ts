import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tools } from "../../../operations/tools/tools.ts";
import { REPOSITORY } from "../../../toolkit/repository.ts";
import { run } from "../../../toolkit/toolchain/command.ts";
import { ensureTool } from "../../../toolkit/toolchain/find.ts";
import { HUNG_SECONDS } from "../../support/silence.ts";

test.each([
  [tools.pulumi, "pulumi", ["version"], /^v3\.\d+/],
  [tools.prometheus, "prometheus", ["--version"], /^prometheus, version 3\.\d+/],
  [tools.prometheus, "promtool", ["--version"], /^promtool, version 3\.\d+/],
  [tools.alertmanager, "alertmanager", ["--version"], /^alertmanager, version 0\.\d+/],
  [tools.alertmanager, "amtool", ["--version"], /^amtool, version 0\.\d+/],
  [tools.moto, "python", ["-m", "moto.server", "--help"], /--port/],
])("$name is found or made, and $1 runs", async (tool, binary, args, expected) => {
  const { binaries } = await ensureTool(tool);
  const environment = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const options = { environment, timeoutSeconds: HUNG_SECONDS };
  expect(await run(binaries[binary] ?? "", args, options)).toMatch(expected);
});

function toolchain(args: readonly string[], environment: Record<string, string>) {
  const result = spawnSync("npm", ["run", "--silent", "ops", "--", "toolchain", ...args], {
    cwd: REPOSITORY,
    env: { ...process.env, ...environment },
    encoding: "utf8",
    timeout: HUNG_SECONDS * 1000,
  });
  return { status: result.status, stdout: result.stdout, stderr: result.stderr };
}

test("npm run ops -- toolchain lists what it found and where", () => {
  const { status, stdout } = toolchain(["pulumi"], {});
  expect(stdout).toMatch(/pulumi 3\.\d+\.\d+ \((path|cache)\)/);
  expect(stdout).toMatch(/^pulumi\t\/.*\/pulumi$/m);
  expect(status).toBe(0);
});

test("npm run ops -- toolchain fails when a tool cannot be had, and says why", () => {
  const empty = mkdtempSync(join(tmpdir(), "toolchain-test-"));
  try {
    const { status, stderr } = toolchain(["prometheus", "moto"], {
      XDG_CACHE_HOME: empty,
      AGENTPAY_TOOL_SOURCES: "cache",
    });
    expect(stderr).toContain("prometheus 3.13.5 could not be found or made. Tried:");
    expect(stderr).toContain("moto 5.2.5 could not be found or made. Tried:");
    expect(status).toBe(1);
  } finally {
    rmSync(empty, { recursive: true });
  }
});
