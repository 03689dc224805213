/** What Grafana shows and whom it lets in, as a stack's settings want it. Its container is one of Prometheus's platform. */
import type { Enabled, Settings } from "../../settings/schema.ts";
import { pulumiSecret } from "../../settings/stack-settings.ts";
import { engineNotifies } from "../prometheus/files.ts";
import type { ManagedPrometheus } from "../prometheus/managed-prometheus.ts";
import type { MetricsPlatform } from "../prometheus/metrics-platform.ts";
import { internalAddresses, publicGrafanaUrl, replicaAddresses } from "../shared/addresses.ts";
import { LocalMethods } from "../shared/dynamic-providers.ts";
import { GrafanaAdminPassword } from "./admin-password.ts";
import { dashboardModels } from "./dashboard-files.ts";
import { dashboardOptions } from "./dashboard-options.ts";
import { Dashboards, type DatabaseAccess, type PrometheusAccess } from "./dashboards.ts";
import { grafanaProvider } from "./provider.ts";

/** @param servers those of the stack, of which Grafana is one */
export function grafanaDashboards(
  settings: Settings,
  platform: Enabled<"metrics">,
  servers: MetricsPlatform,
  managed: ManagedPrometheus | undefined,
): Dashboards {
  const { aws } = settings;
  const admin = new GrafanaAdminPassword(
    "grafana-admin-password",
    { url: servers.grafanaApiUrl, password: pulumiSecret(platform.grafanaAdminPassword) },
    { parent: servers, provider: new LocalMethods("grafana-admin") },
  );
  const grafana = grafanaProvider("grafana", servers.grafanaApiUrl, platform.grafanaAdminPassword, [admin]);
  return new Dashboards(
    "dashboards",
    {
      models: dashboardModels(dashboardOptions(settings)),
      environment: settings.environment,
      prometheus: prometheusAccess(settings, platform, managed),
      alertmanagerUrl: engineNotifies(platform) ? undefined : `http://${internalAddresses.alertmanager}`,
      scrapeIntervalSeconds: platform.scrapeIntervalSeconds,
      database: databaseAccess(platform),
      cloudWatch: aws.enabled ? { region: aws.region, endpoint: aws.endpointUrl } : undefined,
      publicUrl: publicGrafanaUrl(settings, platform),
    },
    { providers: [grafana] },
  );
}

/** Where Grafana finds the samples: with the engine that keeps them. */
function prometheusAccess(
  { aws }: Settings,
  platform: Enabled<"metrics">,
  managed: ManagedPrometheus | undefined,
): readonly PrometheusAccess[] {
  const { remoteQueryUrl, remoteUsername: name, remotePassword: password, remoteTenant: tenant } = platform;
  if (managed && aws.enabled) return [{ url: managed.endpoint, signedFor: aws.region }];
  if (platform.engine === "remote" && remoteQueryUrl !== undefined) {
    return [
      {
        url: remoteQueryUrl,
        user: name && password ? { name, password: pulumiSecret(password) } : undefined,
        tenant,
      },
    ];
  }
  return replicaAddresses("prometheus", platform.replicas).map((address) => ({ url: `http://${address}` }));
}

function databaseAccess(platform: Enabled<"metrics">): DatabaseAccess | undefined {
  const { databaseAddress: address, databasePassword: password } = platform;
  if (address === undefined || password === undefined) return undefined;
  const { databaseName: name, databaseUser: user, databaseTls: tls } = platform;
  return { address, name, user, password: pulumiSecret(password), tls };
}
