/**
 * The same samples in a plain Prometheus and in a real Cortex, with the same rules: every expression gives the same, what
 * Cortex's ruler has recorded is what Prometheus makes of it later, and the same alerts are active.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { TENANT_HEADER } from "../../../../catalog/metrics/engine.ts";
import { recordingRuleGroups } from "../../../../catalog/recording-rules/index.ts";
import { engineRules, prometheusFiles } from "../../../../components/prometheus/files.ts";
import { startAgentPay } from "../../../../local/agentpay/index.ts";
import { labSettings } from "../../../../local/drills/lab-settings.ts";
import { Children } from "../../../../local/host/children.ts";
import { LogFiles } from "../../../../local/host/log-files.ts";
import { localPorts } from "../../../../local/host/ports.ts";
import { startCortex } from "../../../../local/platforms/cortex/server.ts";
import { RulerApi } from "../../../../operations/rulers/ruler-api.ts";
import { ruleFile } from "../../../../operations/rulers/stack.ts";
import { cortex as cortexTool, tools } from "../../../../operations/tools/tools.ts";
import type { Enabled } from "../../../../settings/schema.ts";
import { freePort } from "../../../../toolkit/free-port.ts";
import { ensureTool, type FoundTool, ToolUnavailableError } from "../../../../toolkit/toolchain/find.ts";
import { eventually } from "../../../support/eventually.ts";

const TENANT = "same-samples";
const SCRAPE_SECONDS = 5;
/** How far back rules look where samples travel to them. */
const LOOK_BACK_SECONDS = 30;
/** Of a value: the engines add up in another order. */
const TOLERANCE = 1e-9;

const tool = await ensureTool(cortexTool).catch((error: unknown): FoundTool | undefined => {
  if (error instanceof ToolUnavailableError) return undefined;
  throw error;
});

const answer = z.object({
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
    ),
  }),
});

/** Values by the labels of their series. */
type Values = ReadonlyMap<string, number>;
type Ask = (expression: string, time?: number) => Promise<Values>;

function asking(url: string, headers: Record<string, string> = {}): Ask {
  return async (query, time) => {
    const body = new URLSearchParams({ query, ...(time !== undefined && { time: String(time) }) });
    const response = await fetch(`${url}/api/v1/query`, { method: "POST", headers, body });
    if (!response.ok) throw new Error(`${query}: ${await response.text()}`);
    const { result } = answer.parse(await response.json()).data;
    return new Map(
      result.map(({ metric: { __name__: _name, ...labels }, value }) => [
        JSON.stringify(Object.entries(labels).toSorted()),
        Number(value[1]),
      ]),
    );
  };
}

/** What is not the same, in words. */
function differences(what: string, one: Values, other: Values): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].flatMap((labels) => {
    const [left, right] = [one.get(labels), other.get(labels)];
    return left !== undefined && right !== undefined && isSame(left, right)
      ? []
      : [`${what} ${labels}: ${left} and ${right}`];
  });
}

function isSame(left: number, right: number): boolean {
  if (Object.is(left, right)) return true;
  return Math.abs(left - right) <= TOLERANCE * Math.max(Math.abs(left), Math.abs(right));
}

const now = () => Math.floor(Date.now() / 1000);
const recordings = recordingRuleGroups.flatMap(({ rules }) => rules);
const recorded = recordings.map(({ record }) => record);
/** Those that read samples alone: the engines record at other moments, so that what reads recorded series differs a little. */
const raw = recordings.filter(({ expression }) => !recorded.some((name) => expression.includes(name)));

describe.skipIf(!tool)("one set of samples", () => {
  let folder: string;
  let children: Children;
  let stopAgentPay: () => Promise<void>;
  let prometheus: Ask;
  let cortex: Ask;

  beforeAll(async () => {
    if (!tool) return;
    folder = await mkdtemp(path.join(tmpdir(), "agentpay-results-"));
    const logs = new LogFiles(path.join(folder, "logs"));
    children = new Children(path.join(folder, "children.json"), logs);
    const anyPort = Object.fromEntries(Object.keys(localPorts(0)).map((name) => [name, 0]));
    const agentpay = await startAgentPay(
      { ports: anyPort as ReturnType<typeof localPorts>, logger: (name) => logs.logger(name) },
      { seed: 1 },
    );
    stopAgentPay = () => agentpay.stop();
    const running = await startCortex({
      folder: path.join(folder, "cortex"),
      tool,
      startChild: (child) => children.start({ cwd: folder, ...child }),
    });
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const settings = labSettings(agentpay, {
      statusPagePort: await freePort(),
      eventsUrl: nobody,
      smtpHost: "127.0.0.1:25",
      replicas: 1,
      scrapeIntervalSeconds: SCRAPE_SECONDS,
      remoteWriteUrl: running.addresses.remoteWriteUrl,
    });
    const platform = {
      ...(settings.metrics as Enabled<"metrics">),
      remoteTenant: TENANT,
    };
    const rules = engineRules(settings, platform);
    const api = new RulerApi({
      rulesUrl: running.addresses.remoteRulesUrl,
      alertmanagerUrl: undefined,
      user: undefined,
      tenant: TENANT,
    });
    for (const [file, text] of Object.entries(rules))
      for (const group of ruleFile.parse(parse(text)).groups)
        await api.setGroup(file.replace(".yml", ""), group);
    const files = prometheusFiles(settings, platform);
    prometheus = asking(await startPrometheus(files["prometheus.yml"] ?? "", rules));
    cortex = asking(running.addresses.remoteQueryUrl, { [TENANT_HEADER]: TENANT });
  });

  afterAll(async () => {
    await children?.stopAll();
    await stopAgentPay?.();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  /** As it is deployed to ship samples, and with the rules beside: what it records itself, it keeps. */
  async function startPrometheus(configuration: string, rules: Record<string, string>): Promise<string> {
    const { binaries } = await ensureTool(tools.prometheus);
    const address = `127.0.0.1:${await freePort()}`;
    const here = configuration.replaceAll("host.docker.internal", "127.0.0.1");
    const own = parse(here.replaceAll("localhost:9090", address));
    const samplesAlone = {
      source_labels: ["__name__"],
      regex: "ALERTS|ALERTS_FOR_STATE|.*:.*",
      action: "drop",
    };
    own.remote_write = own.remote_write.map((each: object) => ({
      ...each,
      write_relabel_configs: [samplesAlone],
    }));
    own.rule_files = ["rules/*.yml"];
    await mkdir(path.join(folder, "rules"), { recursive: true });
    for (const [file, text] of Object.entries(rules)) await writeFile(path.join(folder, "rules", file), text);
    await writeFile(path.join(folder, "prometheus.yml"), stringify(own));
    await children.start({
      name: "prometheus",
      command: binaries["prometheus"] ?? "prometheus",
      args: [
        `--config.file=${folder}/prometheus.yml`,
        `--storage.tsdb.path=${folder}/prometheus`,
        `--web.listen-address=${address}`,
      ],
      cwd: folder,
    });
    return `http://${address}`;
  }

  test("every recording rule's expression gives the same on both", async () => {
    await eventually("samples of a few minutes in both", async () => {
      const counts = await Promise.all(
        [prometheus, cortex].map((ask) =>
          ask('min(count_over_time(up{job="agentpay-api"}[10m]))').catch(() => new Map()),
        ),
      );
      return counts.every((count) => [...count.values()].some((value) => value >= 30)) ? true : undefined;
    });
    const time = now() - LOOK_BACK_SECONDS;
    const found = await Promise.all(
      raw.map(async ({ record, expression }) => {
        const [one, other] = await Promise.all([prometheus(expression, time), cortex(expression, time)]);
        return { values: one.size, differences: differences(record, one, other) };
      }),
    );
    expect(found.flatMap((each) => each.differences)).toEqual([]);
    // Most have something to say by now: two empty answers are the same, too.
    expect(found.filter(({ values }) => values > 0).length).toBeGreaterThan(raw.length / 2);
  });

  /**
   * What the ruler wrote of one rule, against the answer to its expression at the same moment. A rule that looks back writes
   * at the moment that it looked at, not at the one at which it ran.
   */
  async function compareRecorded({ record, expression, labels }: (typeof recordings)[number]) {
    // Several rules record series of one name, each with labels of its own.
    const own = Object.entries(labels ?? {}).map(([name, value]) => `${name}="${value}"`);
    const series = `${record}{${own.join(",")}}`;
    const [written, kept] = await Promise.all([cortex(`timestamp(${series})`), cortex(series)]);
    const moments = [...new Set(written.values())];
    const compared = await Promise.all(
      moments.map(async (moment) => {
        const asked = withLabels(expression, labels);
        const expected = await prometheus(asked, moment);
        const of = (values: Values) => new Map([...values].filter(([key]) => written.get(key) === moment));
        return { values: of(expected).size, wrong: differences(record, of(kept), of(expected)) };
      }),
    );
    return compared;
  }

  test("what Cortex's ruler has recorded is what Prometheus makes of the same moment later", async () => {
    const compared = (await Promise.all(raw.map(compareRecorded))).flat();
    expect(compared.flatMap(({ wrong }) => wrong)).toEqual([]);
    expect(compared.reduce((sum, { values }) => sum + values, 0)).toBeGreaterThan(100);
  });

  test("the same alerts are active, and no rule has failed", async () => {
    const active = (ask: Ask) => ask("group by (alertname, severity) (ALERTS)");
    await eventually("the same alerts in both", async () => {
      const [one, other] = await Promise.all([active(prometheus), active(cortex)]);
      return one.size > 0 && differences("", one, other).length === 0 ? true : undefined;
    });
  });
});

/** A rule's own labels are on what it records. */
function withLabels(expression: string, labels: Readonly<Record<string, string>> = {}): string {
  return Object.entries(labels).reduce(
    (inner, [name, value]) => `label_replace(${inner}, "${name}", "${value}", "", "")`,
    `(${expression})`,
  );
}
