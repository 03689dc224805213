/** What the running daemon says about itself in `daemon.json`, and what its control endpoint answers. */
import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { readIfExists } from "../../toolkit/files.ts";
import { parseJson } from "../../toolkit/json.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { isAlive } from "./process-identity.ts";
import type { StatePaths } from "./state-folder.ts";

const daemonSchema = z.object({
  pid: z.number(),
  /** Tells it from a later process of the same number. */
  startTime: z.string(),
  /** ISO 8601. */
  startedAt: z.string(),
  /** Where the language host and the providers listen. */
  enginePort: z.number(),
  controlPort: z.number(),
  /** Of the code that it runs, as `codeVersion` gives. */
  code: z.string(),
  /** Which AgentPay it runs; an older release knew one only. */
  app: z.string().default("simulation"),
  /** Which engine it has the samples and the rules in; an older release knew one only. */
  engine: z.string().default("prometheus"),
  /** Versions of Node.js and the tools. */
  versions: z.record(z.string(), z.string()),
});

export type DaemonState = z.infer<typeof daemonSchema>;

export const statusSchema = z.object({
  startedAt: z.string(),
  /** How Prometheus, Alertmanager and Grafana run here, in words. */
  servers: z.string(),
  services: z.array(z.object({ name: z.string(), healthy: z.boolean() })),
});

export type DaemonStatus = z.infer<typeof statusSchema>;

/** The daemon of this state folder that lives. Undefined where there is none, whatever the file says. */
export async function runningDaemon(paths: StatePaths): Promise<DaemonState | undefined> {
  const text = await readIfExists(paths.daemon);
  const state = text === undefined ? undefined : daemonSchema.safeParse(parseJson(text)).data;
  return state && (await isAlive(state)) ? state : undefined;
}

/** The code that the daemon runs: what it imports from elsewhere than these folders is declared in single files. */
const CODE_FOLDERS = [
  "local",
  "catalog/metrics",
  "operations/database",
  "toolkit",
  "instrumentation/src",
  "instrumentation/example",
];
const CODE_FILES = [
  "catalog/images.ts",
  "catalog/llm-prices.ts",
  "catalog/llm-pricing.ts",
  "catalog/provider-plugins.ts",
];

/** Changes with the code that the daemon runs, so that an outdated one is noticed. */
export async function codeVersion(): Promise<string> {
  const entries = await Promise.all(
    CODE_FOLDERS.map((name) =>
      readdir(path.join(REPOSITORY, name), { recursive: true, withFileTypes: true }),
    ),
  );
  const files = entries
    .flat()
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith("__pycache__"))
    .map((entry) => path.join(entry.parentPath, entry.name));
  const hash = createHash("sha256");
  for (const file of [...files.toSorted(), ...CODE_FILES.map((name) => path.join(REPOSITORY, name))]) {
    const { mtimeMs, size } = await stat(file);
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return hash.digest("hex");
}
