/** Datadog, as a stack's settings want it: an alternative to CloudWatch for the logs. */

import { datadogFiles, namePrefix } from "../../operations/render/index.ts";
import type { Enabled, Settings } from "../../settings/settings.ts";
import { pulumiSecret } from "../../settings/stack-settings.ts";
import { type AwsPlatform, hostTags } from "../aws/index.ts";
import { datadogProvider } from "../shared/providers.ts";
import { DatadogLogs } from "./logs.ts";

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
