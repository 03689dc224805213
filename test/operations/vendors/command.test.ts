/** The command itself, with answers that were recorded. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { resultSchema } from "../../../operations/vendors/check.ts";
import { REPOSITORY } from "../../../toolkit/repository.ts";

function ops(...options: string[]) {
  const preload = ["--import", "./test/operations/vendors/recorded-fetch.ts"];
  const { status, stdout } = spawnSync(
    process.execPath,
    [...preload, "operations/cli.ts", "vendors", ...options],
    {
      cwd: REPOSITORY,
      encoding: "utf8",
    },
  );
  return { status, stdout };
}

test("npm run ops -- vendors check tells what has moved, by its exit code too", () => {
  const folder = mkdtempSync(join(tmpdir(), "vendors-"));
  try {
    const out = join(folder, "vendors.json");
    const { status, stdout } = ops("check", "--out", out);
    expect(stdout).toMatch(/### Vendors: \d+ things moved or about to end/);
    expect(stdout).toContain("**prom/prometheus: 3.13.5** has no digest here");
    expect(stdout).not.toContain("Could not be asked");
    expect(status).toBe(7);
    expect(resultSchema.parse(JSON.parse(readFileSync(out, "utf8"))).status).toBe("moved");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
