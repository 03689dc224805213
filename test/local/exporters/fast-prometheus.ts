/** A real Prometheus with the catalogue's rules, ten times as fast, that looks at real exporters. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import { ruleFiles } from "../../../components/prometheus/prometheus.ts";
import { type Pace, scaleDuration, scaleFile } from "../../../local/drills/scale.ts";
import { Children } from "../../../local/host/children.ts";
import { LogFiles } from "../../../local/host/log-files.ts";
import { tools } from "../../../operations/tools/tools.ts";
import { freePort } from "../../../toolkit/free-port.ts";
import { ensureTool } from "../../../toolkit/toolchain/find.ts";
import { eventually } from "../../support/eventually.ts";

export const FACTOR = 10;
/** As long as may be: postgres_exporter waits a second of our clock before it says that PostgreSQL is gone. */
const SCRAPE = { interval: "20s", timeout: "20s" };

export interface FastPrometheus {
  query(expression: string): Promise<readonly Sample[]>;
  /** Names of alerts of the services that are scraped, which fire now; in order. */
  firing(): Promise<readonly string[]>;
  /** Waits until it rings, and returns all that does. */
  rings(name: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/**
 * @param targets URLs of what is scraped, by job
 * @param thresholds of alerts that go by the clock that we all have
 */
export async function fastPrometheus(
  targets: Readonly<Record<string, readonly string[]>>,
  thresholds: Readonly<Record<string, number>>,
): Promise<FastPrometheus> {
  const folder = mkdtempSync(path.join(tmpdir(), "agentpay-real-faults-"));
  const children = new Children(path.join(folder, "children.json"), new LogFiles(path.join(folder, "logs")));
  const { binaries } = await ensureTool(tools.prometheus);
  writeFiles(folder, targets, thresholds);
  const port = await freePort();
  await children.start({
    name: "prometheus",
    command: binaries["prometheus"] ?? "prometheus",
    args: [
      `--config.file=${path.join(folder, "prometheus.yaml")}`,
      `--storage.tsdb.path=${path.join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      `--query.lookback-delta=${scaleDuration("5m", FACTOR)}`,
    ],
    cwd: folder,
  });
  const query = (expression: string) => ask(`http://127.0.0.1:${port}`, expression);
  const firing = async () => {
    const found = await query(`ALERTS{alertstate="firing",service=~"${Object.keys(targets).join("|")}"}`);
    return [...new Set(found.map(({ metric }) => metric["alertname"] ?? ""))].toSorted();
  };
  return {
    query,
    firing,
    rings: (name) =>
      eventually(`${name} to ring`, async () => {
        const names = await firing();
        return names.includes(name) ? names : undefined;
      }),
    stop: async () => {
      await children.stopAll();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function writeFiles(
  folder: string,
  targets: Readonly<Record<string, readonly string[]>>,
  thresholds: Readonly<Record<string, number>>,
): void {
  const now = Date.now() / 1000;
  const pace: Pace = { factor: FACTOR, startedAt: now, clock: now };
  const links = { runbookBaseUrl: "https://runbooks.example", grafanaUrl: "https://grafana.example" };
  for (const [name, rules] of Object.entries(ruleFiles(thresholds, links)))
    writeFileSync(path.join(folder, name), scaleFile(rules, pace));
  const configuration = {
    global: {
      scrape_interval: scaleDuration(SCRAPE.interval, FACTOR),
      scrape_timeout: scaleDuration(SCRAPE.timeout, FACTOR),
    },
    rule_files: ["*.yml"],
    scrape_configs: Object.entries(targets).map(([job_name, urls]) => ({
      job_name,
      static_configs: [{ targets: urls.map((url) => new URL(url).host) }],
    })),
  };
  writeFileSync(path.join(folder, "prometheus.yaml"), stringify(configuration));
}

async function ask(url: string, expression: string): Promise<readonly Sample[]> {
  const answer = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expression })}`).catch(
    () => undefined,
  );
  if (!answer?.ok) return [];
  const { data } = (await answer.json()) as { data: { result: readonly Sample[] } };
  return data.result;
}
