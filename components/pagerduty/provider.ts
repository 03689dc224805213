/** PagerDuty's provider of a stack. Default providers are off: a resource that was not handed this one is an error. */
import { Provider } from "@pulumi/pagerduty/provider.js";
import { pagerDutyPlugin } from "../../catalog/provider-plugins.ts";
import type { Enabled } from "../../settings/schema.ts";
import { pulumiSecret } from "../../settings/stack-settings.ts";

export function pagerDutyProvider(name: string, platform: Enabled<"pagerduty">): Provider {
  return new Provider(
    name,
    {
      token: pulumiSecret(platform.token),
      ...(platform.apiUrl === undefined ? {} : { apiUrlOverride: platform.apiUrl }),
    },
    { version: pagerDutyPlugin },
  );
}
