/** What the drills' Prometheus recorded and what its pager got is what a replay of its history finds. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { REPOSITORY } from "../../../toolkit/repository.ts";

const folder = mkdtempSync(path.join(tmpdir(), "agentpay-replayed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A cause that holds many others back, one that pages beside it, and one whose alert is a warning. */
const DRILLS = ["APIDown", "RedisDown", "WorkerQueueStalled"];

const results = z.object({
  rounds: z.array(
    z.object({
      replayed: z.object({
        alerts: z.array(z.string()),
        firings: z.number(),
        pages: z.number(),
        differences: z.array(z.string()),
      }),
    }),
  ),
});

test("a replay of the labs' histories has the alerts that were recorded, and opens the incidents that were opened", async () => {
  const args = [...DRILLS.flatMap((name) => ["--alert", name]), "--replay", "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, ["local/drills/main.ts", ...args], {
    cwd: REPOSITORY,
    env: { ...process.env, TMPDIR: folder, AGENTPAY_LOCAL_HOME: path.join(folder, "home") },
    maxBuffer: 2 ** 26,
  });
  const replays = results.parse(JSON.parse(stdout)).rounds.map(({ replayed }) => replayed);
  expect(replays.flatMap(({ differences }) => differences)).toEqual([]);
  const rang = replays.flatMap(({ alerts }) => alerts);
  expect(rang).toEqual(expect.arrayContaining(["Watchdog", ...DRILLS]));
  for (const { firings, alerts } of replays) expect(firings).toBeGreaterThanOrEqual(alerts.length);
  expect(replays.reduce((sum, { pages }) => sum + pages, 0)).toBeGreaterThanOrEqual(2);
});
