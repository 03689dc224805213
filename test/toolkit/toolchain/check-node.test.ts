import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { REPOSITORY } from "../../../toolkit/repository.ts";

const SCRIPT = join(REPOSITORY, "toolkit/toolchain/check-node.cjs");

function checked(version: string) {
  const program = `Object.defineProperty(process, "version", { value: "${version}" }); require("${SCRIPT}");`;
  const { status, stderr } = spawnSync(process.execPath, ["--eval", program], { encoding: "utf8" });
  return { status, stderr };
}

test.each(["v20.20.2", "v22.17.1"])("%s is refused, with what to do", (version) => {
  const { status, stderr } = checked(version);
  expect(status).toBe(1);
  expect(stderr).toContain(`This needs Node.js >=22.18.0, and npm runs it with ${version}`);
  expect(stderr).toContain("Install Node.js 24");
});

test.each(["v22.18.0", "v24.21.0", "v26.10.0"])("%s will do, and is told to have holes", (version) => {
  expect(checked(version)).toMatchObject({ status: 0, stderr: expect.stringContaining("security holes") });
});

test.each(["v22.23.4", "v24.22.3", "v26.12.1", "v28.0.0"])("%s is fine", (version) => {
  expect(checked(version)).toEqual({ status: 0, stderr: "" });
});
