/** Blocks of a Prometheus's storage, made by promtool from samples that never were. */
import { execFile } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import type { FoundTool } from "../../toolkit/toolchain/find.ts";
import type { Series } from "./dashboards/series.ts";

/** Adds blocks to the storage `data` in a folder. @param samples OpenMetrics, series by series; without its end */
export async function addBlocks(
  prometheus: FoundTool,
  folder: string,
  samples: Iterable<string>,
): Promise<string> {
  const file = path.join(folder, "series.txt");
  const data = path.join(folder, "data");
  await mkdir(data, { recursive: true });
  await pipeline(Readable.from(ended(samples)), createWriteStream(file));
  const promtool = prometheus.binaries["promtool"] ?? "promtool";
  await promisify(execFile)(promtool, ["tsdb", "create-blocks-from", "openmetrics", "--quiet", file, data]);
  await rm(file);
  return data;
}

/** A series as OpenMetrics and PromQL write it. */
export function written({ name, labels }: Pick<Series, "name" | "labels">): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return `${name}{${pairs.join(",")}}`;
}

function* ended(samples: Iterable<string>): Generator<string> {
  yield* samples;
  yield "# EOF\n";
}
