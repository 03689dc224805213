/** One load in a plain Prometheus and in a Cortex, side by side. */
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { metrics } from "../../../catalog/metrics/index.ts";
import { withTemporaryFolder } from "../../../toolkit/temporary-folder.ts";
import { queryInstant } from "../../dashboards/prometheus.ts";
import { Children } from "../../host/children.ts";
import { LogFiles } from "../../host/log-files.ts";
import type { Scale } from "../dashboards/series.ts";
import { dashboardFigures } from "../load/dashboard-times.ts";
import { SCRAPE_SECONDS } from "../load/server.ts";
import { startTarget, type Target } from "../load/target.ts";
import type { BenchOptions, Section } from "../section.ts";
import { type Pager, startPager } from "./pager.ts";
import { type Engines, type Program, startEngines, TENANT_HEADERS } from "./servers.ts";

/** About 10, 100 and 500 thousand series. */
const SCALES = {
  quick: [{ instances: 8, endpoints: 40, models: 6 }],
  whole: [80, 400].map((instances) => ({ instances, endpoints: 40, models: 6 })),
} as const satisfies Record<string, readonly Scale[]>;

/** Until what is measured is that of a loaded engine, and not of its start. */
const LOADED_SECONDS = 150;
/** A page that is not there by then does not come. */
const PAGE_SECONDS = 300;

export async function enginesSection({ quick, report }: BenchOptions): Promise<Section> {
  const rows: (string | number)[][] = [];
  for (const scale of quick ? SCALES.quick : SCALES.whole) rows.push(...(await measured(scale, report)));
  return {
    title: "Prometheus and Cortex, side by side",
    text:
      `The contract's metrics of many servers, scraped each ${SCRAPE_SECONDS} s by a Prometheus with all of production's rules, and at the ` +
      "same time by another that ships them to Cortex, in one process on the same machine, whose ruler has the same rules 30 s " +
      `behind. After ${LOADED_SECONDS} seconds: what each holds in memory and keeps busy, one evaluation of every group one after another, each ` +
      "dashboard's queries once. Then Redis goes: the time until the pager hears of RedisDown (hold time 60 s, group_wait 10 s) " +
      "from the Alertmanager of each.",
    head: [
      "Series",
      "Engine",
      "Memory",
      "Cores",
      "One evaluation of all rules",
      "All dashboards",
      "Slowest",
      "Fault to page",
    ],
    rows,
  };
}

function measured(scale: Scale, report: BenchOptions["report"]): Promise<(string | number)[][]> {
  return withTemporaryFolder("bench", async (folder) => {
    const target = await startTarget(scale);
    const pager = await startPager();
    const children = new Children(
      path.join(folder, "children.json"),
      new LogFiles(path.join(folder, "logs")),
    );
    const series = target.series.toLocaleString("en");
    report(`${series} series in both for ${LOADED_SECONDS} seconds`);
    try {
      const engines = await startEngines({ folder, children }, target.address, pager);
      await delay(LOADED_SECONDS * 1000);
      const rows = [
        [
          "Prometheus",
          ...(await figuresOf(engines, ["prometheus"])),
          ...(await dashboardFigures(engines.prometheusUrl)),
        ],
        [
          "Cortex and the Prometheus that ships to it",
          ...(await figuresOf(engines, ["cortex", "shipper"])),
          ...(await dashboardFigures(engines.cortexUrl, TENANT_HEADERS)),
        ],
      ];
      report("a fault, until both have paged");
      const pages = await secondsToPages(target, pager);
      return rows.map((row, index) => [series, ...row, pages[index] ?? ""]);
    } finally {
      await children.stopAll();
      pager.stop();
      target.stop();
    }
  });
}

/** Memory, cores, and one round of all rules, as the plain Prometheus has seen them. */
async function figuresOf(
  { prometheusUrl }: Engines,
  programs: readonly Program[],
): Promise<readonly string[]> {
  const ask = async (expression: string) => {
    const [series] = await queryInstant(prometheusUrl, expression, Date.now() / 1000);
    const value = series?.points.at(-1)?.[1];
    if (value === undefined) throw new Error(`the plain Prometheus has no ${expression}`);
    return value;
  };
  const jobs = `job=~"${programs.map((program) => `bench-${program}`).join("|")}"`;
  const memory = await ask(`sum(max_over_time(process_resident_memory_bytes{${jobs}}[2m]))`);
  const cores = await ask(`sum(rate(process_cpu_seconds_total{${jobs}}[1m]))`);
  const rules = await ask(
    `sum({__name__=~"(cortex_)?prometheus_rule_group_last_duration_seconds", ${jobs}})`,
  );
  return [`${(memory / 1e6).toFixed(0)} MB`, cores.toFixed(2), `${(rules * 1000).toFixed(0)} ms`];
}

async function secondsToPages(target: Target, pager: Pager): Promise<readonly string[]> {
  const brokenAt = Date.now();
  target.breakMetric(metrics.redisUp.name);
  const toldAt = () => ["prometheus", "cortex"].map((engine) => pager.toldAt(engine, "RedisDown"));
  while (toldAt().includes(undefined) && Date.now() < brokenAt + PAGE_SECONDS * 1000) await delay(200);
  return toldAt().map((at) =>
    at === undefined ? `none within ${PAGE_SECONDS} s` : `${((at - brokenAt) / 1000).toFixed(0)} s`,
  );
}
