import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderAll } from "../../../operations/render/index.ts";
import { readSettings } from "../../../settings/settings-file.ts";
import { REPOSITORY } from "../../support/program.ts";
import { endWhenSilent } from "../../support/silence.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "render-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function render(...args: string[]): Promise<{ code: number | null; output: string; errors: string }> {
  const child = spawn("npm", ["run", "--silent", "render", "--", ...args], { cwd: REPOSITORY });
  endWhenSilent(child);
  let [output, errors] = ["", ""];
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output, errors }));
  });
}

test("writes the files of a stack, and says which", async () => {
  const out = join(folder, "new", "folder");
  const { code, output, errors } = await render("--stack", "production", "--out", out);
  expect({ code, errors }).toEqual({ code: 0, errors: "" });
  const files = renderAll(readSettings(REPOSITORY, "production"));
  const written = readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  expect(written.toSorted()).toEqual(
    Object.keys(files)
      .map((path) => join(out, path))
      .toSorted(),
  );
  expect(output.trim().split("\n").toSorted()).toEqual(written.toSorted());
  for (const [path, content] of Object.entries(files))
    expect(readFileSync(join(out, path), "utf8")).toBe(content);
});

test("a stack that does not exist is an error for people", async () => {
  const { code, output, errors } = await render("--stack", "nowhere", "--out", join(folder, "none"));
  expect({ code, output }).toEqual({ code: 1, output: "" });
  expect(errors).toContain('"nowhere": expected a stack of this project (');
  expect(readdirSync(folder)).not.toContain("none");
});

test.each([
  ["/proc/agentpay", "/proc/agentpay/gatus/config.yaml can't be written: no folder can be made there"],
  ["/dev/null/agentpay", "can't be written: there is a file of that name"],
  ["", "It must name a file or folder."],
])("what can't be written to ends, with a sentence: %j", async (out, says) => {
  const { code, output, errors } = await render("--stack", "production", "--out", out);
  expect({ code, output }).toEqual({ code: 1, output: "" });
  expect(errors).toContain(says);
  expect(errors).not.toContain("    at ");
});
