/** Datadog, as a stack's settings want it: an alternative to CloudWatch for the logs. */

import type { Enabled, Settings } from "../../settings/schema.ts";
import { pulumiSecret } from "../../settings/stack-settings.ts";
import { type AwsPlatform, hostTags } from "../aws/index.ts";
import { namePrefix } from "../shared/names.ts";
import { datadogFiles } from "./agent-files.ts";
import { DatadogLogs } from "./logs.ts";
import { datadogProvider } from "./provider.ts";

/** Undefined where the logs go to CloudWatch. */
export function datadogPlatform(
  settings: Settings,
  account: Enabled<"aws">,
  { provider, hostAgent }: AwsPlatform,
): DatadogLogs | undefined {
  const { apiKey, applicationKey } = settings.datadog;
  if (settings.logs.platform !== "datadog" || !apiKey || !applicationKey) return undefined;
  return new DatadogLogs(
    "datadog-logs",
    {
      namePrefix: namePrefix(settings),
      environment: settings.environment,
      apiKey: pulumiSecret(apiKey),
      agentFiles: datadogFiles(settings, account),
      hostTags: hostTags(settings),
      hostRoleName: hostAgent.roleName,
    },
    {
      providers: [provider, datadogProvider("datadog", settings.datadog, { apiKey, applicationKey })],
      protect: settings.isProduction,
    },
  );
}
