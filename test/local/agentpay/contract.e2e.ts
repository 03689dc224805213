import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { metrics } from "../../../catalog/metrics/index.ts";
import { targetLabels } from "../../../catalog/metrics/labels.ts";
import { formatBound, type Metric } from "../../../catalog/metrics/metric.ts";
import { startAgentPay } from "../../../local/agentpay/index.ts";
import { Simulation } from "../../../local/agentpay/simulation.ts";
import { localPorts } from "../../../local/host/ports.ts";
import { tools } from "../../../operations/tools/tools.ts";
import { freePort } from "../../../toolkit/free-port.ts";
import { ensureTool } from "../../../toolkit/toolchain/find.ts";

const DEADLINE_SECONDS = 600;
const cleanUps: (() => Promise<unknown>)[] = [];
const [prometheus, alertmanager] = await Promise.all([
  ensureTool(tools.prometheus),
  ensureTool(tools.alertmanager),
]);

afterAll(async () => {
  for (const cleanUp of cleanUps.toReversed()) await cleanUp();
});

/** Runs a program until the tests end. */
function run(program: string | undefined, ...args: string[]): void {
  if (!program) throw new Error("the tool lacks a program");
  const child = spawn(program, args, { stdio: "ignore" });
  cleanUps.push(async () => {
    if (child.exitCode !== null) return;
    child.kill();
    await once(child, "exit");
  });
}

/** What a program prints, when it is given a text. */
async function pipe(program: string | undefined, args: readonly string[], input: string) {
  if (!program) throw new Error("the tool lacks a program");
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  child.stdin.end(input);
  const [code] = await once(child, "close");
  return { code, lines: output.split("\n").filter((line) => line !== "") };
}

describe("promtool", () => {
  const simulation = new Simulation(1, 1_780_000_000);

  test.each(["api", "worker", "redis"] as const)("has nothing to say about the %s target", async (target) => {
    const text = await simulation[target].text();
    const { code, lines } = await pipe(prometheus.binaries["promtool"], ["check", "metrics"], text);
    expect(lines).toEqual([]);
    expect(code).toBe(0);
  });

  test("objects only to the names that postgres_exporter chose", async () => {
    const { lines } = await pipe(
      prometheus.binaries["promtool"],
      ["check", "metrics"],
      await simulation.postgres.text(),
    );
    for (const line of lines) expect(line).toMatch(/^pg_stat_(database|activity)_\w+ .* should (not )?have/);
  });
});

/** A lookup of instances at a server that is no EC2: each fails, and is counted. */
const noEc2 = (port: number) => ({
  region: "eu-central-1",
  endpoint: `http://127.0.0.1:${port}`,
  access_key: "contract",
  secret_key: "contract",
  port: 8000,
});

describe("in a real Prometheus", () => {
  let url = "";

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), "agentpay-contract-"));
    cleanUps.push(() => rm(folder, { recursive: true, force: true }));
    const [api, worker, edge, postgres, redis, server, notifier, gossip] = await Promise.all([
      freePort(),
      freePort(),
      freePort(),
      freePort(),
      freePort(),
      freePort(),
      freePort(),
      freePort(),
    ]);
    const ports = {
      ...localPorts(0),
      agentpayApi: api,
      agentpayWorker: worker,
      agentpayEdge: edge,
      postgresExporter: postgres,
      redisExporter: redis,
    };
    const silent = () => ({ info() {}, warn() {}, error() {} });
    const service = await startAgentPay({ ports, logger: silent }, { seed: 1 });
    cleanUps.push(() => service.stop());

    const targets = {
      "agentpay-api": api,
      "agentpay-worker": worker,
      postgres,
      redis,
      prometheus: server,
      alertmanager: notifier,
    };
    const at = (port: number) => [{ targets: [`127.0.0.1:${port}`] }];
    const configuration = {
      global: { scrape_interval: "1s", evaluation_interval: "1s" },
      alerting: { alertmanagers: [{ static_configs: at(notifier) }] },
      // To itself: it only has to tell of what it ships.
      remote_write: [{ name: "engine", url: `http://127.0.0.1:${server}/api/v1/write` }],
      rule_files: ["rules.yml"],
      scrape_configs: [
        ...Object.entries(targets).map(([job_name, port]) => ({ job_name, static_configs: at(port) })),
        { job_name: "found", ec2_sd_configs: [noEc2(server)] },
      ],
    };
    const rules = { groups: [{ name: "test", rules: [{ alert: "Watchdog", expr: "vector(1)" }] }] };
    await writeFile(join(folder, "prometheus.yml"), stringify(configuration));
    await writeFile(join(folder, "rules.yml"), stringify(rules));
    await writeFile(
      join(folder, "alertmanager.yml"),
      stringify({ route: { receiver: "none" }, receivers: [{ name: "none" }] }),
    );
    run(
      alertmanager.binaries["alertmanager"],
      `--config.file=${join(folder, "alertmanager.yml")}`,
      `--storage.path=${join(folder, "alertmanager")}`,
      `--web.listen-address=127.0.0.1:${notifier}`,
      `--cluster.listen-address=127.0.0.1:${gossip}`,
    );
    run(
      prometheus.binaries["prometheus"],
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${server}`,
      "--web.enable-remote-write-receiver",
      // By default, a server that ends tries for a minute to send what is left.
      "--storage.remote.flush-deadline=1s",
    );
    url = `http://127.0.0.1:${server}`;
  });

  /** Not here: the prober has its endpoints in ../stack.e2e.ts, and only an engine elsewhere has rulers. */
  const isElsewhere = (job: string) => job === "blackbox" || job === "ruler";
  const scraped = Object.values<Metric>(metrics).filter(
    ({ jobs }) => jobs.length === 0 || !jobs.every(isElsewhere),
  );

  test.each(scraped)("$name is stored as the contract says", async (metric) => {
    const jobs = metric.jobs.filter((job) => !isElsewhere(job));
    const expected = jobs.length > 0 ? jobs : [undefined];
    for (const name of metric.series) {
      for (const series of await seriesOf(url, name, expected)) {
        expectDeclaredLabels(metric, series);
        expectDeclaredValues(metric, series);
      }
    }
  });
});

type Series = Readonly<Record<string, string>>;

/** The series of a name, once every job that is expected has some. */
async function seriesOf(
  url: string,
  name: string,
  expected: readonly (string | undefined)[],
): Promise<Series[]> {
  const query = new URLSearchParams({ "match[]": name });
  for (let second = 0; second < DEADLINE_SECONDS; second++) {
    const answer = await fetch(`${url}/api/v1/series?${query}`).catch(() => undefined);
    const { data } = answer?.ok ? ((await answer.json()) as { data: Series[] }) : { data: [] };
    const jobs = new Set(data.map((labels) => labels["job"]));
    if (expected.every((job) => jobs.has(job))) return data;
    await sleep(1000);
  }
  throw new Error(`Prometheus has no ${name} of every job of ${expected.join(", ")}`);
}

function expectDeclaredLabels(metric: Metric, series: Series): void {
  if (metric.type !== "histogram" && metric.anyLabel) return;
  const bound = metric.type === "histogram" && series["__name__"] === metric.bucket ? ["le"] : [];
  const declared = ["__name__", ...targetLabels, ...bound, ...Object.keys(metric.labels)];
  expect(declared).toEqual(expect.arrayContaining(Object.keys(series)));
}

function expectDeclaredValues(metric: Metric, series: Series): void {
  if (metric.type === "histogram" && series["le"] !== undefined) {
    expect([...metric.buckets.map(formatBound), "+Inf"]).toContain(series["le"]);
  }
  for (const [label, values] of Object.entries(metric.labels)) {
    // An empty label is no label to Prometheus.
    const value = series[label];
    if (value !== undefined && !("open" in values)) expect(values).toContain(value);
  }
}
