/** The environment in which the Pulumi CLI runs against the local stack: no account, no network, no plugin. */
import type { StatePaths } from "../state-folder.ts";

export const PROJECT = "agentpay-monitoring";
export const STACK = "local";

/** Not a protection: what the local stack holds are made-up values. */
const PASSPHRASE = "local";

const PACKAGES = ["aws", "datadog", "docker", "grafana", "pagerduty", "sentry"];

/** @param port - Where the language host and the stand-in providers listen; undefined while they do not. */
export function engineEnvironment(paths: StatePaths, port: number | undefined): NodeJS.ProcessEnv {
  return {
    ...(port === undefined ? {} : attachment(port)),
    PULUMI_BACKEND_URL: `file://${paths.backend}`,
    PULUMI_HOME: paths.pulumiHome,
    PULUMI_STACK: STACK,
    PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}

function attachment(port: number): NodeJS.ProcessEnv {
  return {
    PULUMI_DEBUG_LANGUAGES: `nodejs:${port}`,
    PULUMI_DEBUG_PROVIDERS: PACKAGES.map((name) => `${name}:${port}`).join(","),
  };
}
