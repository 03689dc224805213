/** Grafana's provider of a stack. Default providers are off: a resource that was not handed this one is an error. */
import type * as pulumi from "@pulumi/pulumi";
import { Provider } from "@pulumiverse/grafana/provider.js";
import type { Secret } from "../../settings/secret.ts";
import { pulumiSecret } from "../../settings/stack-settings.ts";

/**
 * @param url known only once Grafana runs: its resources wait for it
 * @param after what must be done before the password opens it
 */
export function grafanaProvider(
  name: string,
  url: pulumi.Input<string>,
  adminPassword: Secret,
  after: readonly pulumi.Resource[],
): Provider {
  return new Provider(
    name,
    {
      url,
      auth: pulumiSecret(adminPassword).apply((password) => `admin:${password}`),
      storeDashboardSha256: false,
    },
    { dependsOn: [...after] },
  );
}
