/** Which engine has the samples and the rules on the local stack. */
import { Failure } from "../../toolkit/failure.ts";
import { readIfExists } from "../../toolkit/files.ts";
import type { StatePaths } from "./state-folder.ts";

export const ENGINE_VARIABLE = "AGENTPAY_LOCAL_ENGINE";

/** The stack's own Prometheus, or a real Cortex in the place of Amazon's. */
const engines = ["prometheus", "cortex"] as const;
export type MetricsEngine = (typeof engines)[number];

/**
 * What the environment asks for. Without it: what the stack was made with. Default: its own Prometheus.
 * @throws Failure where there is none of that name
 */
export async function metricsEngine(
  paths: Pick<StatePaths, "engine">,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<MetricsEngine> {
  const name = environment[ENGINE_VARIABLE]?.trim() || (await readIfExists(paths.engine)) || "prometheus";
  const engine = engines.find((each) => each === name);
  if (engine) return engine;
  throw new Failure(`${ENGINE_VARIABLE} must be one of ${engines.join(", ")}, not "${name}"`);
}

/**
 * Another engine has other samples, and nothing runs that would take this one's: only `up` moves a stack to it.
 * @throws Failure where the environment asks for another engine than the stack was made with
 */
export async function refuseOtherEngine(
  paths: Pick<StatePaths, "engine">,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const asked = await metricsEngine(paths, environment);
  const made = await metricsEngine(paths, {});
  if (asked === made) return;
  throw new Failure(
    `The local stack was made with the engine ${made}, not with ${asked}. To move it: make up ENGINE=${asked}`,
  );
}
