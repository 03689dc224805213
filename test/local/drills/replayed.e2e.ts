/** What the drills' Prometheus recorded of the catalogue's rules is what a replay of its history finds. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { chosenDrills } from "../../../local/drills/choice.ts";
import { startLab } from "../../../local/drills/lab.ts";
import { openAccess } from "../../../operations/replay/access.ts";
import { play } from "../../../operations/replay/play.ts";
import { PrometheusApi } from "../../../operations/replay/prometheus-api.ts";
import { rulesFrom } from "../../../operations/replay/rules.ts";
import { summaryOf } from "../../../operations/replay/summary.ts";
import { tools } from "../../../operations/tools/tools.ts";
import { ensureTool } from "../../../toolkit/toolchain/find.ts";

const FACTOR = 30;
/** Of our time: a quarter of an hour of the simulation, in which windows fill. */
const SETTLING_MILLISECONDS = 30_000;
const BROKEN_MILLISECONDS = 80_000;
const MENDED_MILLISECONDS = 60_000;

/** Causes that hold many others back. */
const DRILLS = ["APIDown", "RedisDown", "WorkerQueueStalled"];

test("a replay of a lab's history has the alerts that its Prometheus recorded", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "agentpay-replayed-"));
  const [prometheus, alertmanager, blackbox, gatus, moto] = await Promise.all(
    (["prometheus", "alertmanager", "blackbox", "gatus", "moto"] as const).map((name) =>
      ensureTool(tools[name]),
    ),
  );
  if (!prometheus || !alertmanager || !blackbox || !gatus || !moto) throw new Error("no tools");
  const from = Date.now();
  const lab = await startLab({
    folder,
    factor: FACTOR,
    tools: { prometheus, alertmanager, blackbox, gatus, moto },
    aws: false,
  });
  try {
    await delay(SETTLING_MILLISECONDS);
    const faults = chosenDrills(DRILLS).flatMap((drill) => Object.entries(drill.faults ?? {}));
    for (const [name, parameters] of faults) {
      const answer = await fetch(`${lab.agentpay.urls.api}/faults`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ name, ...parameters }),
      });
      expect(answer.ok).toBe(true);
    }
    await delay(BROKEN_MILLISECONDS);
    for (const [name] of faults) await fetch(`${lab.agentpay.urls.api}/faults/${name}`, { method: "DELETE" });
    await delay(MENDED_MILLISECONDS);
    const played = await play({
      api: new PrometheusApi(openAccess(lab.ruler.url)),
      rules: rulesFrom(await ruleFilesIn(path.join(folder, "prometheus/rules")), 1000),
      period: { from, to: Date.now() },
      cache: path.join(folder, "cache"),
    });
    expect(played.computed).toEqual([]);
    const summary = summaryOf(played, { timeZone: "Etc/UTC", prometheusUrl: lab.ruler.url });
    const different = summary.alerts.filter(
      ({ fired, recorded }) => recorded.alike < recorded.fired || recorded.fired < fired,
    );
    expect(different.map(({ alert, recorded }) => [alert, recorded])).toEqual([]);
    const ringing = summary.alerts.filter(({ recorded }) => recorded.fired > 0).map(({ alert }) => alert);
    expect(ringing).toEqual(expect.arrayContaining(["Watchdog", "ErrorBudgetExhausted", ...DRILLS]));
  } finally {
    await lab.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

async function ruleFilesIn(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder);
  const files = await Promise.all(
    names.map(async (name) => [name, await readFile(path.join(folder, name), "utf8")] as const),
  );
  return Object.fromEntries(files);
}
