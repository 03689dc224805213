import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { dashboards } from "../../../../catalog/dashboards/index.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

const bench = (...args: string[]) =>
  promisify(execFile)(process.execPath, ["local/bench/main.ts", "dashboards", ...args], {
    cwd: root,
  });

test("a small Prometheus is filled, and every dashboard is measured with and without recording rules", async () => {
  const scale = ["--instances=2", "--endpoints=3", "--models=2", "--minutes=10", "--limit=5"];
  const { stdout } = await bench(...scale);
  for (const { title } of dashboards) {
    const row = stdout.split("\n").find((line) => line.includes(`│ ${title} `)) ?? "";
    const cells = row.split("│").map((cell) => cell.trim());
    expect(cells.slice(-4, -1)).toEqual([
      expect.stringMatching(/^\d+ ms$/),
      expect.stringMatching(/^(> )?\d+ ms$/),
      expect.stringMatching(/^(> )?\d+\.\d$/),
    ]);
  }
});

test("a number that is none is refused with its reason", async () => {
  await expect(bench("--instances=many")).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("It must be a whole number from 1 to 9999."),
  });
});
