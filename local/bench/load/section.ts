/** What a real Prometheus with all of production's rules needs for so many series. */
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { tools } from "../../../operations/tools/tools.ts";
import { withTemporaryFolder } from "../../../toolkit/temporary-folder.ts";
import { ensureTool } from "../../../toolkit/toolchain/find.ts";
import { queryInstant } from "../../dashboards/prometheus.ts";
import { Children } from "../../host/children.ts";
import { LogFiles } from "../../host/log-files.ts";
import type { Scale } from "../dashboards/series.ts";
import type { BenchOptions, Section } from "../section.ts";
import { dashboardFigures } from "./dashboard-times.ts";
import { bytesASample } from "./disk.ts";
import { type LoadedServer, SCRAPE_SECONDS, startLoadedServer } from "./server.ts";
import { startTarget } from "./target.ts";

const A_DAY = 86_400;

/** About 10 thousand, 100 thousand and 500 thousand series: so many API servers, and a quarter as many workers. */
const scales: readonly Scale[] = [8, 80, 400].map((instances) => ({ instances, endpoints: 40, models: 6 }));

export async function loadSection({ quick, report }: BenchOptions): Promise<Section> {
  const bytes = await withTemporaryFolder("bench", async (folder) => {
    report("two hours of a server's samples on disk");
    return bytesASample(await ensureTool(tools.prometheus), folder);
  });
  const length = quick ? 75 : 90;
  const rows: (string | number)[][] = [];
  for (const scale of quick ? scales.slice(0, 2) : scales)
    rows.push(await measured(scale, length, bytes, report));
  return {
    title: "Prometheus under load",
    text:
      `The contract's metrics of many servers, scraped each ${SCRAPE_SECONDS} s by a real Prometheus with all of production's rules, for ` +
      `${length} seconds. Rules: one evaluation of every group, one after another, out of the 30 s that it may take. Cores: what it kept ` +
      "busy in the last minute. Dashboards: each query once, over the last minutes. Disk: a sample took " +
      `${bytes.toFixed(2)} bytes in a block of two hours that promtool wrote of one server's wandering samples, index and all.`,
    head: [
      "Series",
      "Memory",
      "Cores",
      "One evaluation of all rules",
      "Slowest group",
      "One scrape",
      "All dashboards",
      "Slowest dashboard",
      "Disk a day",
    ],
    rows,
  };
}

function measured(scale: Scale, length: number, bytes: number, report: BenchOptions["report"]) {
  return withTemporaryFolder("bench", async (folder) => {
    const target = await startTarget(scale);
    const children = new Children(
      path.join(folder, "children.json"),
      new LogFiles(path.join(folder, "logs")),
    );
    report(`${target.series.toLocaleString("en")} series for ${length} seconds`);
    try {
      const server = await startLoadedServer(folder, children, target.address);
      await delay(length * 1000);
      const disk = (target.series / SCRAPE_SECONDS) * A_DAY * bytes;
      return [
        target.series.toLocaleString("en"),
        ...(await figuresOf(server)),
        ...(await dashboardFigures(server.url)),
        `${(disk / 1e9).toFixed(2)} GB`,
      ];
    } finally {
      await children.stopAll();
      target.stop();
    }
  });
}

async function figuresOf({ url, instance }: LoadedServer): Promise<readonly string[]> {
  const ask = async (expression: string) => {
    const [series] = await queryInstant(url, expression, Date.now() / 1000);
    const value = series?.points.at(-1)?.[1];
    if (value === undefined) throw new Error(`the loaded Prometheus has no ${expression}`);
    return value;
  };
  const own = `instance="${instance}"`;
  const milliseconds = (seconds: number) => `${(seconds * 1000).toFixed(0)} ms`;
  return [
    `${((await ask(`max_over_time(process_resident_memory_bytes{${own}}[2m])`)) / 1e6).toFixed(0)} MB`,
    (await ask(`rate(process_cpu_seconds_total{${own}}[1m])`)).toFixed(2),
    milliseconds(await ask(`sum(prometheus_rule_group_last_duration_seconds{${own}})`)),
    milliseconds(await ask(`max(prometheus_rule_group_last_duration_seconds{${own}})`)),
    `${(await ask('scrape_duration_seconds{job="target"}')).toFixed(2)} s`,
  ];
}
