/** From fault to page, beside what hold time and grouping make of it at the least. */
import { setTimeout as delay } from "node:timers/promises";
import { alerts } from "../../../catalog/alerts/index.ts";
import { inSeconds } from "../../../catalog/duration.ts";
import { EXPORTERS } from "../../../components/prometheus/prometheus.ts";
import { tools } from "../../../operations/tools/tools.ts";
import { readSettings } from "../../../settings/settings-file.ts";
import { REPOSITORY } from "../../../toolkit/repository.ts";
import { withTemporaryFolder } from "../../../toolkit/temporary-folder.ts";
import { ensureTool } from "../../../toolkit/toolchain/find.ts";
import { type Lab, startLab } from "../../drills/lab.ts";
import { type Outage, Scene } from "../../drills/platform/scene.ts";
import type { BenchOptions, Section } from "../section.ts";
import { middle } from "../times.ts";

/** Slower than drills: what the machine needs counts for less. */
const FACTOR = 10;
/** Of what pages; simulated seconds. */
const GROUP_WAIT = 10;
/** In which scrapes and evaluations have met in each way that they can; simulated seconds. */
const CYCLE = 30;
/** Coprime to what the cycle is divided into: faults that follow each other are far apart in it. */
const STRIDE = 7;

interface Row {
  readonly outage: Outage;
  readonly alert: string;
  /** How often its targets are scraped; simulated seconds. */
  readonly scrape: number;
  readonly takes: number;
}

export async function pagesSection({ quick, report }: BenchOptions): Promise<Section> {
  const scrape = productionScrapes();
  const rows: readonly Row[] = [
    { outage: "redis", alert: "RedisDown", scrape: EXPORTERS.scrapeSeconds, takes: quick ? 1 : CYCLE },
    { outage: "api", alert: "APIDown", scrape, takes: quick ? 1 : CYCLE / 3 },
  ];
  const measured = await withTemporaryFolder("bench", async (folder) => {
    const lab = await startProductionsLab(folder, scrape);
    try {
      const cells: string[][] = [];
      for (const row of rows) cells.push(cellsOf(row, await pageTimes(lab, row, report)));
      return cells;
    } finally {
      await lab.stop();
    }
  });
  return {
    title: "From fault to page",
    text:
      `In a drill's lab with production's intervals, at ${FACTOR} times the pace, so each second of the machine's own counts ` +
      `${FACTOR} times. Faults come at moments that are evenly spread over scrapes and evaluations. The floor is the hold time and ` +
      `the pager's group_wait of ${GROUP_WAIT} s.`,
    head: [
      "Alert",
      "Scraped, evaluated",
      "Faults",
      "Floor",
      "shortest",
      "Middle",
      "longest",
      "Over the floor",
    ],
    rows: measured,
  };
}

function productionScrapes(): number {
  const { metrics } = readSettings(REPOSITORY, "production");
  if (!metrics.enabled) throw new Error("Pulumi.production.yaml must enable metrics: pages are about them");
  return metrics.scrapeIntervalSeconds;
}

function cellsOf({ alert: name, scrape }: Row, times: readonly number[]): string[] {
  const alert = alerts.find((each) => each.name === name);
  if (!alert?.evaluatedEach) throw new Error(`${name} is not evaluated at an interval of its own`);
  const floor = inSeconds(alert.holdFor) + GROUP_WAIT;
  const text = (seconds: number) => `${seconds.toFixed(0)} s`;
  const inTheMiddle = middle(times);
  return [
    name,
    `${scrape} s, ${alert.evaluatedEach}`,
    String(times.length),
    text(floor),
    text(Math.min(...times)),
    text(inTheMiddle),
    text(Math.max(...times)),
    `${(inTheMiddle - floor).toFixed(1)} s`,
  ];
}

async function startProductionsLab(folder: string, scrapeIntervalSeconds: number): Promise<Lab> {
  const [prometheus, alertmanager, blackbox, gatus, moto] = await Promise.all(
    [tools.prometheus, tools.alertmanager, tools.blackbox, tools.gatus, tools.moto].map((tool) =>
      ensureTool(tool),
    ),
  );
  if (!prometheus || !alertmanager || !blackbox || !gatus || !moto)
    throw new Error("not every server was found");
  return startLab({
    folder,
    factor: FACTOR,
    aws: false,
    scrapeIntervalSeconds,
    tools: { prometheus, alertmanager, blackbox, gatus, moto },
  });
}

/** Simulated seconds from each fault to its page. */
async function pageTimes(
  lab: Lab,
  { outage, alert, takes }: Row,
  report: BenchOptions["report"],
): Promise<readonly number[]> {
  const scene = new Scene(lab, FACTOR, new AbortController().signal);
  await lab.ruler.ready();
  await scene.until("a scrape", 5, async () => (await scene.query("up{job='redis'}")).includes(1));
  const times: number[] = [];
  while (times.length < takes) {
    report(`${alert} ${times.length + 1}`);
    // What came before ended with an evaluation.
    await delay(((((times.length * STRIDE) % takes) / takes) * CYCLE * 1000) / FACTOR);
    const before = await scene.rings(outage);
    const begun = Date.now();
    await scene.begin(outage);
    await scene.until("the page", 10, async () => (await scene.rings(outage)) > before);
    const page = (await scene.events(outage)).findLast(({ action }) => action === "trigger");
    times.push((((page?.at ?? Number.NaN) - begun) / 1000) * FACTOR);
    await scene.mend(outage);
  }
  return times;
}
