/** What a real Prometheus with all of production's rules needs for so many series. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { stringify } from "yaml";
import { queriesOf } from "../../catalog/dashboards/dashboard.ts";
import { dashboards } from "../../catalog/dashboards/index.ts";
import { replaceVariables } from "../../catalog/promql.ts";
import { queryInstant } from "../../local/dashboards/prometheus.ts";
import { LabServer } from "../../local/drill/lab-server.ts";
import { Children } from "../../local/engine/children.ts";
import { LogFiles } from "../../local/engine/log-files.ts";
import { freePort } from "../../local/free-port.ts";
import { REPOSITORY } from "../../local/state-folder.ts";
import { ensureTool } from "../../local/toolchain/find.ts";
import { tools } from "../../local/toolchain/tools.ts";
import { engineRules } from "../../render/index.ts";
import { readSettings } from "../../settings-file.ts";
import type { Scale } from "../dashboards/series.ts";
import type { BenchOptions, Section } from "../section.ts";
import { startTarget } from "./target.ts";

const SCRAPE_SECONDS = 15;
/** Of constantly growing counters, compressed: what Prometheus's documentation plans with (1 to 2). */
const BYTES_A_SAMPLE = 1.5;
const A_DAY = 86_400;
/** Of the groups that it loaded: the target exposes the contract's series of made-up ones. */
const RULES_TOOK = 'prometheus_rule_group_last_duration_seconds{rule_group=~".*/rules/.*"}';

/** About 10 thousand, 100 thousand and 500 thousand series: so many API servers, and a quarter as many workers. */
const scales: readonly Scale[] = [8, 80, 400].map((instances) => ({ instances, endpoints: 40, models: 6 }));

export async function loadSection({ quick, report }: BenchOptions): Promise<Section> {
  const rows: (string | number)[][] = [];
  for (const scale of quick ? scales.slice(0, 2) : scales)
    rows.push(await measured(scale, quick ? 45 : 75, report));
  return {
    title: "Prometheus under load",
    text:
      `The contract's metrics of many servers, scraped each ${SCRAPE_SECONDS} s by a real Prometheus with all of production's rules. ` +
      `Disk: a day's samples at ${BYTES_A_SAMPLE} bytes each, which is what Prometheus's documentation plans with. Rules: one ` +
      "evaluation of every group, one after another, out of the 30 s that it may take. Dashboards: each query once, over the last minutes.",
    head: [
      "Series",
      "Memory",
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

async function measured(scale: Scale, length: number, report: BenchOptions["report"]) {
  const folder = await mkdtemp(path.join(tmpdir(), "agentpay-bench-"));
  const target = await startTarget(scale);
  const children = new Children(path.join(folder, "children.json"), new LogFiles(path.join(folder, "logs")));
  report(`${target.series.toLocaleString("en")} series for ${length} seconds`);
  try {
    const { url } = await startPrometheus(folder, children, target.address);
    await delay(length * 1000);
    const now = async (expression: string) => {
      const [series] = await queryInstant(url, expression, Date.now() / 1000);
      return series?.points.at(-1)?.[1] ?? 0;
    };
    const memory = await now('max_over_time(process_resident_memory_bytes{job="prometheus"}[2m])');
    const rules = await now(`sum(${RULES_TOOK})`);
    const slowest = await now(`max(${RULES_TOOK})`);
    const scrape = await now('scrape_duration_seconds{job="target"}');
    const times = await dashboardTimes(url);
    const total = times.reduce((sum, time) => sum + time, 0);
    const disk = (target.series / SCRAPE_SECONDS) * A_DAY * BYTES_A_SAMPLE;
    return [
      target.series.toLocaleString("en"),
      `${(memory / 1e6).toFixed(0)} MB`,
      `${(rules * 1000).toFixed(0)} ms`,
      `${(slowest * 1000).toFixed(0)} ms`,
      `${scrape.toFixed(2)} s`,
      `${(total * 1000).toFixed(0)} ms`,
      `${(Math.max(...times) * 1000).toFixed(0)} ms`,
      `${(disk / 1e9).toFixed(2)} GB`,
    ];
  } finally {
    await children.stopAll();
    target.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function startPrometheus(folder: string, children: Children, target: string): Promise<LabServer> {
  const settings = readSettings(REPOSITORY, "production");
  if (!settings.metrics.enabled) throw new Error("production has no metrics");
  const rules = engineRules(settings, settings.metrics);
  const address = `127.0.0.1:${await freePort()}`;
  await mkdir(path.join(folder, "rules"));
  for (const [file, text] of Object.entries(rules)) await writeFile(path.join(folder, "rules", file), text);
  const job = (name: string, to: string) => ({
    job_name: name,
    honor_labels: name === "target",
    static_configs: [{ targets: [to] }],
  });
  await writeFile(
    path.join(folder, "prometheus.yml"),
    stringify({
      global: { scrape_interval: `${SCRAPE_SECONDS}s`, scrape_timeout: `${SCRAPE_SECONDS}s` },
      rule_files: Object.keys(rules).map((file) => `rules/${file}`),
      scrape_configs: [job("target", target), job("prometheus", address)],
    }),
  );
  const { binaries } = await ensureTool(tools.prometheus);
  const server = new LabServer(
    children,
    {
      name: "prometheus",
      command: binaries["prometheus"] ?? "prometheus",
      args: [
        `--config.file=${path.join(folder, "prometheus.yml")}`,
        `--storage.tsdb.path=${path.join(folder, "data")}`,
        `--web.listen-address=${address}`,
        "--log.level=warn",
      ],
      cwd: folder,
    },
    `http://${address}`,
  );
  await server.start();
  await server.ready();
  return server;
}

/** Seconds for all of each dashboard's queries. */
async function dashboardTimes(url: string): Promise<readonly number[]> {
  const times: number[] = [];
  for (const { panels } of dashboards) {
    const expressions = Object.values(panels).flatMap((panel) =>
      queriesOf(panel).map(({ expression }) => replaceVariables(expression)),
    );
    const start = performance.now();
    for (const expression of expressions) await askRange(url, expression);
    times.push((performance.now() - start) / 1000);
  }
  return times;
}

async function askRange(url: string, expression: string): Promise<void> {
  const end = Math.floor(Date.now() / 1000);
  const body = new URLSearchParams({
    query: expression,
    start: String(end - 300),
    end: String(end),
    step: "15",
  });
  const response = await fetch(`${url}/api/v1/query_range`, { method: "POST", body });
  const text = await response.text();
  if (!response.ok) throw new Error(`Prometheus refuses ${expression}: ${text}`);
}
