/** From fault to page, beside what scrape, evaluation, hold time and grouping make of it at the least. */

import { tools } from "../../../operations/tools/tools.ts";
import { withTemporaryFolder } from "../../../toolkit/temporary-folder.ts";
import { ensureTool } from "../../../toolkit/toolchain/find.ts";
import { startLab } from "../../drills/lab.ts";
import { SCRAPE_INTERVAL_SECONDS } from "../../drills/lab-settings.ts";
import { Scene } from "../../drills/platform/scene.ts";
import type { BenchOptions, Section } from "../section.ts";
import { middle } from "../times.ts";

/** Slower than drills: what the machine needs counts for less. */
const FACTOR = 10;
/** Of RedisDown: its group's interval and hold time, and the pager's group_wait; seconds. */
const EVALUATION = 30;
const HOLD = 60;
const GROUP_WAIT = 10;
/** At the least: the next scrape at once, evaluated at once. An alert holds for whole evaluations. */
const LEAST = HOLD + GROUP_WAIT;
/** At the most: each interval just missed. */
const MOST = SCRAPE_INTERVAL_SECONDS + EVALUATION + HOLD + GROUP_WAIT;

export async function pagesSection({ quick, report }: BenchOptions): Promise<Section> {
  const times = await withTemporaryFolder("bench", (folder) => outages(folder, quick ? 1 : 5, report));
  const inSeconds = (value: number) => `${value.toFixed(0)} s`;
  return {
    title: "From fault to page",
    text:
      `RedisDown (hold time ${HOLD} s) in a drill's lab at ${FACTOR} times the pace, so each second of the machine's own counts ` +
      `${FACTOR} times. Scrapes and evaluations each ${SCRAPE_INTERVAL_SECONDS} s, a pager's group_wait of ${GROUP_WAIT} s. Production ` +
      "scrapes each 15 s.",
    head: ["Outages", "at the least", "measured: shortest", "middle", "longest", "at the most"],
    rows: [
      [
        times.length,
        inSeconds(LEAST),
        inSeconds(Math.min(...times)),
        inSeconds(middle(times)),
        inSeconds(Math.max(...times)),
        inSeconds(MOST),
      ],
    ],
  };
}

/** Simulated seconds from each fault to its page. */
async function outages(
  folder: string,
  count: number,
  report: BenchOptions["report"],
): Promise<readonly number[]> {
  const [prometheus, alertmanager, blackbox, gatus, moto] = await Promise.all(
    [tools.prometheus, tools.alertmanager, tools.blackbox, tools.gatus, tools.moto].map((tool) =>
      ensureTool(tool),
    ),
  );
  if (!prometheus || !alertmanager || !blackbox || !gatus || !moto)
    throw new Error("not every server was found");
  const lab = await startLab({
    folder,
    factor: FACTOR,
    aws: false,
    tools: { prometheus, alertmanager, blackbox, gatus, moto },
  });
  const times: number[] = [];
  try {
    const scene = new Scene(lab, FACTOR, new AbortController().signal);
    await lab.ruler.ready();
    await scene.until("a scrape", 5, async () => (await scene.query("up{job='redis'}")).includes(1));
    while (times.length < count) {
      report(`outage ${times.length + 1}`);
      const before = await scene.rings("redis");
      const begun = Date.now();
      await scene.begin("redis");
      await scene.until("the page", 10, async () => (await scene.rings("redis")) > before);
      times.push(((Date.now() - begun) / 1000) * FACTOR);
      await scene.mend("redis");
    }
    return times;
  } finally {
    await lab.stop();
  }
}
