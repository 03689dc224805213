/** The rule files by the checkers of the engines that take files, where these are on PATH. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { engineRules } from "../../../components/prometheus/files.ts";
import type { Enabled } from "../../../settings/schema.ts";
import { parseSettings } from "../../../settings/settings.ts";
import { whichBinary } from "../../../toolkit/toolchain/path.ts";
import { configurationOf } from "../../support/program.ts";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "agentpay-checkers-"));
afterAll(() => rmSync(folder, { recursive: true }));

const checkers = [
  {
    program: "thanos",
    ruler: "prometheus",
    args: (files: string[]) => ["tools", "rules-check", ...files.flatMap((file) => ["--rules", file])],
  },
  {
    program: "vmalert",
    ruler: "vmalert",
    args: (files: string[]) => ["-dryRun", ...files.map((file) => `-rule=${file}`)],
  },
] as const;

const found = new Map<string, string>();
for (const { program } of checkers) {
  const binary = await whichBinary(program, process.env).catch(() => undefined);
  if (binary !== undefined) found.set(program, binary);
}

for (const { program, ruler, args } of checkers)
  test.skipIf(!found.has(program))(`${program} finds nothing wrong with any rule file`, async () => {
    const settings = parseSettings(
      "production",
      configurationOf("production", {
        "metrics.engine": "remote",
        "metrics.remoteWriteUrl": "https://engine.example.com/api/v1/push",
        "metrics.remoteQueryUrl": "https://engine.example.com/prometheus",
        "metrics.remoteRuler": ruler,
      }),
    );
    const rules = Object.entries(engineRules(settings, settings.metrics as Enabled<"metrics">));
    const files = rules.map(([name, text]) => {
      const file = join(folder, `${program}-${name}`);
      writeFileSync(file, text);
      return file;
    });
    await expect(
      run(found.get(program) ?? program, args(files), { maxBuffer: 2 ** 24 }),
    ).resolves.toBeDefined();
  });
