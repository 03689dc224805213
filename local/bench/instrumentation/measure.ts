/** Runs `instrumentation/benchmark.py`. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { readJson } from "../../../toolkit/json.ts";
import { REPOSITORY } from "../../../toolkit/repository.ts";
import { ensureTool } from "../../../toolkit/toolchain/find.ts";
import { instrumentationPython } from "../../instrumentation/python.ts";

const MOST_MILLISECONDS = 300_000;

const figures = z.object({
  /** Of a request without a network, by variant. */
  seconds: z.record(z.string(), z.number()),
  /** Of a real server, by variant. */
  served: z.record(z.string(), z.object({ perSecond: z.number(), p50: z.number(), p99: z.number() })),
  /** CPU seconds of a scrape where many processes have counted and died, and the memory that it takes at most. */
  scrape: z.object({ first: z.number(), next: z.number(), bytes: z.number() }),
  /** CPU seconds of a log line. */
  logLine: z.object({ bare: z.number(), redacted: z.number() }),
});
export type Figures = z.infer<typeof figures>;

export interface Given {
  /** How often each variant is measured. */
  readonly rounds: string;
  /** Requests of a round. */
  readonly requests: string;
  /** Processes that have counted and died before a scrape. */
  readonly workers: string;
}

export async function measure(
  { rounds, requests, workers }: Given,
  onProgress: (line: string) => void,
): Promise<Figures> {
  const { binaries } = await ensureTool(instrumentationPython, { onProgress });
  const { stdout } = await promisify(execFile)(
    binaries["python"] ?? "python3",
    ["-m", "benchmark", "--rounds", rounds, "--requests", requests, "--workers", workers],
    {
      cwd: join(REPOSITORY, "instrumentation"),
      env: { ...process.env, PYTHONPATH: "src:tests:." },
      timeout: MOST_MILLISECONDS,
    },
  );
  return readJson(figures, stdout);
}
