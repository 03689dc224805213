/** The environment in which the Pulumi CLI runs against the local stack: no account, no network, no plugin but those chosen. */
import { LOCAL_STACK } from "../../settings/stack-name.ts";
import { type ProviderName, providerNames } from "../official/providers.ts";
import type { StatePaths } from "./state-folder.ts";

/** Not a protection: what the local stack holds are made-up values. */
const PASSPHRASE = "local";

/**
 * @param port - Where the language host and the stand-in providers listen; undefined while they do not.
 * @param official - Providers that the engine runs from their official plugins, in its home or on PATH.
 */
export function engineEnvironment(
  paths: StatePaths,
  port: number | undefined,
  official: readonly ProviderName[] = [],
): Record<string, string> {
  return {
    ...(port === undefined ? {} : attachment(port, official)),
    PULUMI_BACKEND_URL: `file://${paths.backend}`,
    PULUMI_HOME: paths.pulumiHome,
    PULUMI_STACK: LOCAL_STACK,
    PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}

function attachment(port: number, official: readonly ProviderName[]): Record<string, string> {
  const attached = providerNames.filter((name) => !official.includes(name));
  return {
    PULUMI_DEBUG_LANGUAGES: `nodejs:${port}`,
    PULUMI_DEBUG_PROVIDERS: attached.map((name) => `${name}:${port}`).join(","),
  };
}
