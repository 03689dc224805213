/** A real Prometheus with a past that it never lived: blocks that promtool made from generated series. */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { recordingRuleGroups } from "../../../catalog/recording-rules/index.ts";
import type { RecordingRule } from "../../../catalog/recording-rules/recording-rule.ts";
import { freePort } from "../../../toolkit/free-port.ts";
import type { FoundTool } from "../../../toolkit/toolchain/find.ts";
import { queryInstant } from "../../dashboards/prometheus.ts";
import { Children } from "../../host/children.ts";
import { LogFiles } from "../../host/log-files.ts";
import { addBlocks, written } from "../blocks.ts";
import { recordsIn } from "./expand.ts";
import { contractSeries, type Scale, type Series } from "./series.ts";

export interface FillOptions {
  /** Of its own; what is in it is the caller's to remove. */
  readonly folder: string;
  readonly tool: FoundTool;
  readonly scale: Scale;
  readonly minutes: number;
  readonly scrapeSeconds: number;
  /** Seconds after which Prometheus gives a query up. */
  readonly limit: number;
  /** Rules that it knows, by file name, and hardly ever evaluates. Default: none. */
  readonly ruleFiles?: Readonly<Record<string, string>>;
  readonly report: (message: string) => void;
}

export interface FilledPrometheus {
  readonly url: string;
  /** The past, in seconds since 1970. */
  readonly span: { readonly from: number; readonly to: number };
  stop(): Promise<void>;
}

/** Samples of a series with a constant slope. */
type Sampled = Series & { readonly start: number };

const HALF_A_MINUTE = 30_000;

export async function startFilledPrometheus(options: FillOptions): Promise<FilledPrometheus> {
  const { folder, tool, scale, minutes, scrapeSeconds, report } = options;
  const to = Math.floor(Date.now() / 1000);
  const span = { from: to - minutes * 60, to };
  const add = (series: Iterable<Sampled>) => addBlocks(tool, folder, samplesOf(series, span, scrapeSeconds));
  report("writing the contract's series");
  await add(fromZero(contractSeries(scale)));
  for (const rules of rulesByDepth()) {
    report(`recording ${rules.length} series of rules`);
    const prometheus = await start(options);
    try {
      const recorded: Sampled[] = [];
      for (const rule of rules) recorded.push(...(await recordedSeries(prometheus.url, rule, to)));
      await prometheus.stop();
      await add(recorded);
    } finally {
      await prometheus.stop();
    }
  }
  return { ...(await start(options)), span };
}

function* fromZero(all: Iterable<Series>): Generator<Sampled> {
  for (const series of all) yield { ...series, start: series.slope === 0 ? 1 : 0 };
}

/** Those that only read metrics first, then those that read only what was recorded before them. */
function rulesByDepth(): RecordingRule[][] {
  const levels: RecordingRule[][] = [];
  let waiting = recordingRuleGroups.flatMap(({ rules }) => rules);
  while (waiting.length > 0) {
    const missing = new Set(waiting.map(({ record }) => record));
    const ready = waiting.filter(
      ({ expression }) => !recordsIn(expression).some((name) => missing.has(name)),
    );
    if (ready.length === 0) throw new Error(`recording rules read one another: ${[...missing].join(", ")}`);
    levels.push(ready);
    waiting = waiting.filter((rule) => !ready.includes(rule));
  }
  return levels;
}

/** The series that a rule makes now, as if it had always made them: how many there are is what a query's time is of. */
async function recordedSeries(url: string, { record, expression, labels }: RecordingRule, now: number) {
  const series = await queryInstant(url, expression, now);
  return series.map(({ labels: own, points }): Sampled => {
    const { __name__: _, ...rest } = own;
    return { name: record, labels: { ...rest, ...labels }, slope: 0, start: points[0]?.[1] ?? 0 };
  });
}

function* samplesOf(
  all: Iterable<Sampled>,
  span: FilledPrometheus["span"],
  scrapeSeconds: number,
): Generator<string> {
  for (const series of all) yield samples(series, span, scrapeSeconds);
}

function samples(
  { name, labels, slope, start }: Sampled,
  { from, to }: FilledPrometheus["span"],
  scrapeSeconds: number,
): string {
  const head = written({ name, labels });
  let text = "";
  for (let time = from; time <= to; time += scrapeSeconds) {
    text += `${head} ${(start + slope * (time - from)).toPrecision(6)} ${time}\n`;
  }
  return text;
}

/** Each group's, in the place of its own: it only answers. */
const NEVER = "interval: 365d";

/** Without targets. */
async function start({
  folder,
  tool,
  limit,
  ruleFiles = {},
}: FillOptions): Promise<Omit<FilledPrometheus, "span">> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const children = new Children(path.join(folder, "children.json"), new LogFiles(path.join(folder, "logs")));
  const configuration = path.join(folder, "prometheus.yml");
  for (const [name, text] of Object.entries(ruleFiles))
    await writeFile(path.join(folder, name), text.replaceAll(/interval: \S+/g, NEVER));
  await writeFile(configuration, stringify({ rule_files: Object.keys(ruleFiles) }));
  const child = await children.start({
    name: "prometheus",
    command: tool.binaries["prometheus"] ?? "prometheus",
    args: [
      `--config.file=${configuration}`,
      `--storage.tsdb.path=${path.join(folder, "data")}`,
      "--storage.tsdb.retention.time=10d",
      `--web.listen-address=127.0.0.1:${port}`,
      `--query.timeout=${limit}s`,
      "--log.level=warn",
    ],
    cwd: folder,
  });
  const deadline = Date.now() + HALF_A_MINUTE;
  while (!(await isReady(url))) {
    if (!child.isRunning() || Date.now() > deadline) {
      await children.stopAll();
      throw new Error("Prometheus did not start");
    }
    await sleep(100);
  }
  return { url, stop: () => children.stopAll() };
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/-/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
}
