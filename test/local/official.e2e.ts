/**
 * `npm run official` from nothing to nothing: on the official plugins that are on this machine, else on the stand-ins, which
 * shows that the command does what it says. Without the live drill, which has a test of its own.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { foundPlugins } from "../../local/cli/official-plugins.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";

const found = await foundPlugins();
const PROCESS = { AGENTPAY_LOCAL_DRIVER: "process" };
// The containers of a Docker Engine need its images, which a machine without the internet has not.
const providers = found.filter((name) => name !== "docker").join(",") || "stand-ins";

test(`the whole program comes, stays as it is, changes, heals and goes (${providers})`, async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["local/official/main.ts", "--providers", providers, "--no-drill"],
    { cwd: REPOSITORY, env: { ...process.env, ...PROCESS } },
  );
  expect(stdout).toContain("second preview: no change: unchanged");
  expect(stdout).toContain("found, and healed: ");
  expect(stdout).toContain("destroy: nothing left: nothing left in any service");
  expect(stdout).not.toContain("FAILED");
});
