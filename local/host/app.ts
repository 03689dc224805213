/** Which AgentPay the local stack watches. */
import { Failure } from "../../toolkit/failure.ts";

export const APP_VARIABLE = "AGENTPAY_LOCAL_APP";

/** By name, as people read it. */
export const apps = { simulation: "simulated", example: "sample server" } as const;
export type App = keyof typeof apps;

/**
 * What the environment asks for. Default: the simulation.
 * @throws Failure where there is none of that name.
 */
export function localApp(environment: NodeJS.ProcessEnv = process.env): App {
  const name = environment[APP_VARIABLE]?.trim() || "simulation";
  if (Object.hasOwn(apps, name)) return name as App;
  throw new Failure(`${APP_VARIABLE} must be one of ${Object.keys(apps).join(", ")}, not "${name}"`);
}
