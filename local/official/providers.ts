/** Which of the program's providers are official plugins on the local stack; the others are stand-ins. */
import { Failure } from "../../toolkit/failure.ts";
import { readIfExists } from "../../toolkit/files.ts";
import type { StatePaths } from "../host/state-folder.ts";

export const PROVIDERS_VARIABLE = "AGENTPAY_LOCAL_PROVIDERS";

export const providerNames = ["aws", "datadog", "docker", "grafana", "pagerduty", "sentry"] as const;
export type ProviderName = (typeof providerNames)[number];

/**
 * Those whose services on this machine take all that the official plugin asks of them. The AWS emulator has not every
 * resource that the program makes (local/platforms/aws/emulator/README.md); Datadog's plugin was never run. Both can be named.
 */
export const runnable: readonly ProviderName[] = ["docker", "grafana", "pagerduty", "sentry"];

/** Words for those, and for none. */
const ALL = "official";
const NONE = "stand-ins";

/**
 * What the environment asks for, such as `pagerduty,sentry`. Without it: what the stack was made with. Default: none.
 * @throws Failure where there is no provider of a name.
 */
export async function officialProviders(
  paths: StatePaths,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<readonly ProviderName[]> {
  const asked = environment[PROVIDERS_VARIABLE]?.trim();
  return parseProviders(asked || (await readIfExists(paths.providers)) || NONE);
}

/**
 * Another provider sees other things, and its plugin may not be where the engine looks: only `up` moves a stack to it.
 * @throws Failure where the environment asks for other providers than the stack was made with.
 */
export async function refuseOthers(
  paths: StatePaths,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const asked = formatProviders(await officialProviders(paths, environment));
  const made = formatProviders(await officialProviders(paths, {}));
  if (asked !== made) {
    throw new Failure(
      `The local stack was made with ${made}, not with ${asked}. To move it: make up PROVIDERS=${asked}`,
    );
  }
}

/** As the environment and the stack's memory say it. */
export function formatProviders(names: readonly ProviderName[]): string {
  return names.length > 0 ? names.join(",") : NONE;
}

function parseProviders(text: string): readonly ProviderName[] {
  const words = text.split(",").map((word) => word.trim());
  if (words.includes(ALL)) return runnable;
  const wrong = words.filter((word) => word !== NONE && !(providerNames as readonly string[]).includes(word));
  if (wrong.length > 0) {
    throw new Failure(
      `${PROVIDERS_VARIABLE} must be ${ALL}, ${NONE}, or a list of ${providerNames.join(", ")}; not "${wrong.join(",")}"`,
    );
  }
  return providerNames.filter((name) => words.includes(name));
}
