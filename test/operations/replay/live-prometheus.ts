/** A real Prometheus that scrapes a target whose values a test sets, and evaluates rules on them each second. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { tools } from "../../../operations/tools/tools.ts";
import { freePort, listenOnLoopback } from "../../../toolkit/free-port.ts";
import { ensureTool } from "../../../toolkit/toolchain/find.ts";
import { eventually } from "../../support/eventually.ts";

export class LivePrometheus {
  readonly url: string;
  readonly folder: string;
  /** What the target exposes, by series. */
  readonly exposed = new Map<string, number>();
  readonly #target: Server;
  readonly #binary: string;
  readonly #address: string;
  #process: ChildProcess | undefined;

  private constructor(folder: string, target: Server, binary: string, address: string) {
    this.folder = folder;
    this.#target = target;
    this.#binary = binary;
    this.#address = address;
    this.url = `http://${address}`;
  }

  /** @param rules text of its rule file */
  static async prepare(rules: string): Promise<LivePrometheus> {
    const folder = await mkdtemp(join(tmpdir(), "agentpay-replay-"));
    const { binaries } = await ensureTool(tools.prometheus);
    const target = createServer((_request, response) => {
      response.setHeader("content-type", "text/plain; version=0.0.4");
      const lines = [...prometheus.exposed].map(([series, value]) => `${series} ${value}\n`);
      response.end(lines.join(""));
    });
    const port = await listenOnLoopback(target);
    const address = `127.0.0.1:${await freePort()}`;
    const prometheus = new LivePrometheus(folder, target, binaries["prometheus"] ?? "", address);
    await writeFile(join(folder, "rules.yml"), rules);
    await writeFile(
      join(folder, "prometheus.yml"),
      stringify({
        global: { scrape_interval: "1s", evaluation_interval: "1s" },
        rule_files: ["rules.yml"],
        scrape_configs: [{ job_name: "target", static_configs: [{ targets: [`127.0.0.1:${port}`] }] }],
      }),
    );
    return prometheus;
  }

  /** Fills its storage before it starts. @param openMetrics samples with their times */
  async fill(openMetrics: string): Promise<void> {
    const file = join(this.folder, "history.txt");
    await writeFile(file, openMetrics);
    const promtool = join(dirname(this.#binary), "promtool");
    const data = join(this.folder, "data");
    const args = ["tsdb", "create-blocks-from", "openmetrics", file, data, "--max-block-duration=48h"];
    await promisify(execFile)(promtool, args, { maxBuffer: 2 ** 26 });
  }

  async start(): Promise<void> {
    this.#process = spawn(
      this.#binary,
      [
        `--config.file=${join(this.folder, "prometheus.yml")}`,
        `--storage.tsdb.path=${join(this.folder, "data")}`,
        `--web.listen-address=${this.#address}`,
        "--storage.tsdb.retention.time=10y",
        // Five seconds otherwise, in which rules are evaluated on nothing.
        "--scrape.discovery-reload-interval=100ms",
      ],
      { stdio: "ignore" },
    );
    await eventually("Prometheus", async () => {
      const answer = await fetch(`${this.url}/-/ready`).catch(() => undefined);
      return answer?.ok ? true : undefined;
    });
  }

  /** Ends the program; its samples stay. */
  async stop(): Promise<void> {
    if (this.#process === undefined || this.#process.exitCode !== null) return;
    this.#process.kill("SIGTERM");
    await once(this.#process, "exit");
  }

  async remove(): Promise<void> {
    await this.stop();
    this.#target.close();
    this.#target.closeAllConnections();
    await rm(this.folder, { recursive: true });
  }
}
