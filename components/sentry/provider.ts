/** Sentry's provider of a stack. Default providers are off: a resource that was not handed this one is an error. */
import { Provider } from "@pulumiverse/sentry/provider.js";
import type { Enabled } from "../../settings/schema.ts";
import { pulumiSecret } from "../../settings/stack-settings.ts";

export function sentryProvider(name: string, platform: Enabled<"sentry">): Provider {
  return new Provider(name, { token: pulumiSecret(platform.token), baseUrl: platform.apiUrl });
}
