/** Datadog's provider of a stack. Default providers are off: a resource that was not handed this one is an error. */
import { Provider } from "@pulumi/datadog/provider.js";
import type { Settings } from "../../settings/schema.ts";
import type { Secret } from "../../settings/secret.ts";
import { pulumiSecret } from "../../settings/stack-settings.ts";
import { datadogApiUrl } from "./agent-files.ts";

/** @param keys what `settings.datadog` may lack where the logs go elsewhere */
export function datadogProvider(
  name: string,
  datadog: Settings["datadog"],
  { apiKey, applicationKey }: { apiKey: Secret; applicationKey: Secret },
): Provider {
  return new Provider(name, {
    apiKey: pulumiSecret(apiKey),
    appKey: pulumiSecret(applicationKey),
    apiUrl: datadogApiUrl(datadog),
  });
}
