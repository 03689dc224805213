/** A replay of all of production's alerts beside alertreplay, on one Prometheus with a past. */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { stringify } from "yaml";
import { engineRules } from "../../../components/prometheus/files.ts";
import { openAccess } from "../../../operations/replay/access.ts";
import { play } from "../../../operations/replay/play.ts";
import { PrometheusApi } from "../../../operations/replay/prometheus-api.ts";
import { type Rules, rulesFrom } from "../../../operations/replay/rules.ts";
import { tools } from "../../../operations/tools/tools.ts";
import { readSettings } from "../../../settings/settings-file.ts";
import { REPOSITORY } from "../../../toolkit/repository.ts";
import { withTemporaryFolder } from "../../../toolkit/temporary-folder.ts";
import { ensureTool } from "../../../toolkit/toolchain/find.ts";
import { whichBinary } from "../../../toolkit/toolchain/path.ts";
import { type FilledPrometheus, startFilledPrometheus } from "../dashboards/filled-prometheus.ts";
import { seriesCount } from "../dashboards/series.ts";
import { type BenchOptions, type Section, seconds } from "../section.ts";
import { timed } from "../times.ts";

const PEER = "alertreplay";
const SCALE = { instances: 4, endpoints: 20, models: 5 };
/** What both ask at, and the samples' distance. */
const STEP_SECONDS = 30;
/** A query may take so long. */
const LIMIT_SECONDS = 120;

interface Measured {
  readonly wall: number;
  /** Of Prometheus. */
  readonly cpu: number;
}

export function replaySection({ quick, report }: BenchOptions): Promise<Section> {
  const minutes = quick ? 60 : 360;
  return withTemporaryFolder("bench-replay", async (folder) => {
    const tool = await ensureTool(tools.prometheus, { onProgress: report });
    const ruleFiles = productionRules();
    const rules = rulesFrom(ruleFiles, STEP_SECONDS * 1000);
    const names = new Set(rules.groups.flatMap((group) => group.rules.map(({ alert }) => alert)));
    const prometheus = await startFilledPrometheus({
      ...{ folder, tool, ruleFiles, minutes, report },
      ...{ scale: SCALE, scrapeSeconds: STEP_SECONDS, limit: LIMIT_SECONDS },
    });
    try {
      report(`replays ${names.size} alerts`);
      const own = await measured(prometheus, () => replayAll(prometheus, rules, folder));
      const peer = await peerRow(prometheus, { folder, rules, names: [...names], own, report });
      return {
        title: "A replay of all alerts",
        text:
          `All of production's ${names.size} alerts over ${minutes} minutes of ${seriesCount(SCALE).toLocaleString("en")} series, every ${STEP_SECONDS} s, ` +
          `on one real Prometheus: \`npm run ops -- replay\` without what it kept before, and ${PEER} (0.0.2, built from its source) alert by alert, ` +
          "ten queries at a time as it does by itself. It plays one rule of those that share a name, and knows nothing of gaps and of what really fired.",
        head: ["Program", "Wall time", "Prometheus' CPU", "of the peer's"],
        rows: [["replay", seconds(own.wall), seconds(own.cpu), peer.share], ...peer.rows],
      };
    } finally {
      await prometheus.stop();
    }
  });
}

function productionRules(): Readonly<Record<string, string>> {
  const settings = readSettings(REPOSITORY, "production");
  if (!settings.metrics.enabled) throw new Error("production has no metrics");
  return engineRules(settings, settings.metrics);
}

async function replayAll({ url, span }: FilledPrometheus, rules: Rules, folder: string): Promise<void> {
  await play({
    api: new PrometheusApi(openAccess(url)),
    rules,
    period: { from: span.from * 1000, to: span.to * 1000 },
    cache: path.join(folder, "cache"),
  });
}

async function measured(prometheus: FilledPrometheus, act: () => Promise<void>): Promise<Measured> {
  const [before, start] = [await cpuOf(prometheus), performance.now()];
  await act();
  return { wall: (performance.now() - start) / 1000, cpu: (await cpuOf(prometheus)) - before };
}

async function cpuOf({ url }: FilledPrometheus): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (\S+)$/m.exec(text)?.[1]);
}

interface PeerOptions {
  readonly folder: string;
  readonly rules: Rules;
  readonly names: readonly string[];
  readonly own: Measured;
  readonly report: (line: string) => void;
}

async function peerRow(
  prometheus: FilledPrometheus,
  { folder, rules, names, own, report }: PeerOptions,
): Promise<{ readonly share: string; readonly rows: Section["rows"] }> {
  const binary = await whichBinary(PEER, process.env).catch(() => undefined);
  if (binary === undefined) {
    report(`no ${PEER} is on the PATH: only our own is measured`);
    return { share: "", rows: [] };
  }
  const file = path.join(folder, "vmrule.yml");
  await writeFile(file, vmRule(rules));
  const refused: string[] = [];
  const peer = await measured(prometheus, async () => {
    for (const [index, name] of names.entries()) {
      if (index % 10 === 0) report(`${PEER}: ${index} of ${names.length} alerts`);
      await timed({ command: binary, args: peerArguments(prometheus, file, name), cwd: folder }).catch(() =>
        refused.push(name),
      );
    }
  });
  const title = refused.length > 0 ? `${PEER}, which refuses ${refused.length} alerts` : PEER;
  return {
    share: `${(own.wall / peer.wall).toFixed(3)} wall, ${(own.cpu / peer.cpu).toFixed(3)} CPU`,
    rows: [[title, seconds(peer.wall), seconds(peer.cpu), "1"]],
  };
}

function peerArguments({ url, span }: FilledPrometheus, file: string, name: string): readonly string[] {
  const time = (at: number) => new Date(at * 1000).toISOString().slice(0, 19).replace("T", " ");
  return [
    ...["--prometheus-url", url, "--interval", `${STEP_SECONDS}s`],
    ...["--from", time(span.from), "--to", time(span.to), file, name],
  ];
}

/** The form in which it reads rules. */
function vmRule({ groups }: Rules): string {
  return stringify({
    ...{
      apiVersion: "operator.victoriametrics.com/v1beta1",
      kind: "VMRule",
      metadata: { name: "production" },
    },
    spec: {
      groups: groups.map(({ name, rules }) => ({
        name,
        rules: rules.map(({ alert, expression, holdFor }) => ({
          ...{ alert, expr: expression, for: `${holdFor / 1000}s` },
        })),
      })),
    },
  });
}
