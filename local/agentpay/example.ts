/**
 * The sample server of `instrumentation/example/` in place of the simulated api and worker: real processes that use the
 * Python package as AgentPay would.
 */
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { ensureTool } from "../../toolkit/toolchain/find.ts";
import type { RunningService, ServiceContext } from "../host/service.ts";
import { instrumentationPython } from "../instrumentation/python.ts";

const START_MILLISECONDS = 120_000;
const POLL_MILLISECONDS = 100;
/** Longer than its processes take one after the other. */
const STOP_MILLISECONDS = 40_000;

export interface ExampleOptions {
  /** For its faults, its counts and its log files. */
  readonly folder: string;
  readonly ports: { readonly api: number; readonly worker: number };
  /** Visitors at a time. */
  readonly visitors: number;
  /** Between two steps of a visitor, on average. */
  readonly pauseSeconds: number;
  /** As SQLAlchemy writes it. Default: SQLite in the folder. */
  readonly databaseUrl?: string;
  readonly startChild: ServiceContext["startChild"];
}

export interface RunningExample extends RunningService {
  readonly urls: { readonly api: string; readonly worker: string };
  isHealthy(): Promise<boolean>;
}

/** Returns once both answer. @throws where it ends before that, or takes too long. */
export async function startExample(options: ExampleOptions): Promise<RunningExample> {
  const { folder, ports, visitors, pauseSeconds, databaseUrl = "", startChild } = options;
  const { binaries } = await ensureTool(instrumentationPython);
  const child = await startChild({
    name: "example",
    command: binaries["python"] ?? "python3",
    args: [
      ...["-m", "example", "--folder", folder, "--visitors", String(visitors)],
      ...["--pause", String(pauseSeconds)],
      ...["--api-port", String(ports.api), "--worker-port", String(ports.worker)],
    ],
    cwd: path.join(REPOSITORY, "instrumentation"),
    environment: {
      PYTHONPATH: "src",
      PYTHONDONTWRITEBYTECODE: "1",
      LOG_DIRECTORY: folder,
      DATABASE_URL: databaseUrl,
    },
  });
  const urls = { api: `http://127.0.0.1:${ports.api}`, worker: `http://127.0.0.1:${ports.worker}` };
  const stop = () => child.stop(STOP_MILLISECONDS);
  const deadline = Date.now() + START_MILLISECONDS;
  while (!(await answers(`${urls.api}/healthz`)) || !(await answers(`${urls.worker}/metrics`))) {
    if (child.isRunning() && Date.now() < deadline) await sleep(POLL_MILLISECONDS);
    else {
      await stop();
      throw new Error("the sample server did not start: see example.log");
    }
  }
  return { urls, stop, isHealthy: async () => child.isRunning() };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}
