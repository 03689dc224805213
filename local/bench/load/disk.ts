/** What a sample takes on disk: measured on a block of two hours, which is what Prometheus writes. */
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { readJson } from "../../../toolkit/json.ts";
import type { FoundTool } from "../../../toolkit/toolchain/find.ts";
import { addBlocks, written } from "../blocks.ts";
import { contractSeries, type Scale, type Series } from "../dashboards/series.ts";
import { SCRAPE_SECONDS } from "./server.ts";

const BLOCK_SECONDS = 2 * 3600;
/** Blocks begin at whole multiples of their length; which one does not matter. */
const BEGIN = BLOCK_SECONDS * 200_000;

/** One server of each kind: more of them have the same samples. */
const SCALE: Scale = { instances: 1, endpoints: 40, models: 6 };

const meta = z.object({ stats: z.object({ numSamples: z.number() }) });

/** Of blocks with their index, in bytes. */
export async function bytesASample(prometheus: FoundTool, folder: string): Promise<number> {
  const random = randomFrom(1);
  const data = await addBlocks(prometheus, folder, wanderings(random));
  let bytes = 0;
  let samples = 0;
  for (const block of await readdir(data)) {
    bytes += await sizeOf(path.join(data, block));
    const text = await readFile(path.join(data, block, "meta.json"), "utf8");
    samples += readJson(meta, text).stats.numSamples;
  }
  return bytes / samples;
}

function* wanderings(random: () => number): Generator<string> {
  for (const series of contractSeries(SCALE)) yield wandering(series, random);
}

/** A counter gains about what its slope says, a gauge goes up and down: constant values would compress to nothing. */
function wandering(series: Series, random: () => number): string {
  const head = written(series);
  const isTotal = !series.name.endsWith("_sum");
  const mean = series.slope * SCRAPE_SECONDS;
  let value = series.slope === 0 ? 100 : 0;
  let text = "";
  for (let time = BEGIN; time < BEGIN + BLOCK_SECONDS; time += SCRAPE_SECONDS) {
    const change = series.slope === 0 ? (random() - 0.5) * 10 : mean * 2 * random();
    value += isTotal ? Math.round(change) : change;
    text += `${head} ${value} ${time}\n`;
  }
  return text;
}

/** The same numbers each time (a linear congruential generator, with the constants of Numerical Recipes). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

async function sizeOf(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = files
    .filter((file) => file.isFile())
    .map((file) => stat(path.join(file.parentPath, file.name)));
  return (await Promise.all(sizes)).reduce((sum, { size }) => sum + size, 0);
}
