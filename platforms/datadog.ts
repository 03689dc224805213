/** Datadog, as a stack's settings want it: an alternative to CloudWatch for the logs. */
import { DatadogLogs } from "../components/datadog-logs.ts";
import { datadogProvider } from "../providers.ts";
import { datadogFiles, namePrefix } from "../render/index.ts";
import type { Enabled, Settings } from "../settings.ts";
import { pulumiSecret } from "../stack-settings.ts";
import { type AwsPlatform, hostTags } from "./aws.ts";

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
