/** Prometheus, Alertmanager and Grafana with its dashboards, as a stack's settings want them. */
import * as pulumi from "@pulumi/pulumi";
import {
  dashboardOptions,
  engineNotifies,
  internalAddresses,
  namePrefix,
  notificationSettings,
  probeSettings,
  prometheusFiles,
  publicGrafanaUrl,
  replicaAddresses,
  WORKSPACE_ENDPOINT,
} from "../../operations/render/index.ts";
import { publishedUrl } from "../../settings/addresses.ts";
import type { Enabled, Settings } from "../../settings/settings.ts";
import { pulumiSecret } from "../../settings/stack-settings.ts";
import { GrafanaAdminPassword } from "../grafana/admin-password.ts";
import { dashboardModels } from "../grafana/dashboard-files.ts";
import { Dashboards, type DatabaseAccess, type PrometheusAccess } from "../grafana/dashboards.ts";
import type { OnCall } from "../pagerduty/on-call.ts";
import {
  dockerProvider,
  emulatorCredentialsFile,
  grafanaProvider,
  LocalMethods,
} from "../shared/providers.ts";
import { alertmanagerFiles, secretFiles } from "./alertmanager.ts";
import { blackboxConfiguration } from "./blackbox.ts";
import type { ManagedPrometheus } from "./managed-prometheus.ts";
import { MetricsPlatform } from "./metrics-platform.ts";
import { remotePasswordFile } from "./prometheus.ts";

export function metricsPlatform(
  settings: Settings,
  platform: Enabled<"metrics">,
  onCall: OnCall | undefined,
  managed: ManagedPrometheus | undefined,
) {
  const { aws, notifications } = settings;
  // In production Alertmanager has its host's role. An emulator's credentials are no secret.
  const emulated = aws.enabled && aws.endpointUrl !== undefined;
  const alertmanagerSecrets = {
    ...(onCall && { [secretFiles.pagerDutyRoutingKey]: onCall.prometheusRoutingKey }),
    ...(notifications.slackWebhookUrl && {
      [secretFiles.slackWebhookUrl]: pulumiSecret(notifications.slackWebhookUrl),
    }),
    ...(notifications.smtpPassword && {
      [secretFiles.smtpPassword]: pulumiSecret(notifications.smtpPassword),
    }),
    ...(emulated && { [secretFiles.awsCredentials]: pulumi.secret(emulatorCredentialsFile) }),
  };
  const grafanaPublicUrl = publicGrafanaUrl(settings, platform);
  const probes = probeSettings(settings);
  const files = prometheusFiles(settings, platform);
  const shipsOnly = platform.engine !== "container";
  const servers = new MetricsPlatform(
    "metrics",
    {
      namePrefix: namePrefix(settings),
      bindAddress: platform.bindAddress,
      ports: hostPorts(platform),
      blackboxConfiguration: probes && blackboxConfiguration(probes),
      applicationNetwork: platform.applicationNetwork,
      targetsFolder: platform.targetsFolder,
      retention: { days: platform.retentionDays, size: platform.retentionSize },
      prometheusFiles: shipsOnly ? { "prometheus.yml": files["prometheus.yml"] ?? "" } : files,
      prometheusAddresses: managed ? { [WORKSPACE_ENDPOINT]: managed.endpoint } : {},
      prometheusSecrets:
        platform.engine === "remote" && platform.remotePassword
          ? { [remotePasswordFile]: pulumiSecret(platform.remotePassword) }
          : {},
      shipsOnly,
      grafanaSigns: managed !== undefined,
      alertmanagerFiles: alertmanagerFiles(notificationSettings(settings)),
      alertmanagerSecrets,
      alertmanagerEnvironment: emulated ? { AWS_SHARED_CREDENTIALS_FILE: secretFiles.awsCredentials } : {},
      grafanaAdminPassword: pulumiSecret(platform.grafanaAdminPassword),
      grafanaSecretKey: pulumiSecret(platform.grafanaSecretKey),
      grafanaPublicUrl,
      grafanaApiUrl: platform.grafanaUrl ?? publishedUrl(platform.bindAddress, platform.grafanaPort),
      protectData: settings.isProduction,
    },
    { providers: [dockerProvider("docker", platform.dockerHost)] },
  );
  const admin = new GrafanaAdminPassword(
    "grafana-admin-password",
    { url: servers.grafanaApiUrl, password: pulumiSecret(platform.grafanaAdminPassword) },
    { parent: servers, provider: new LocalMethods("grafana-admin") },
  );
  const grafana = grafanaProvider("grafana", servers.grafanaApiUrl, platform.grafanaAdminPassword, [admin]);
  const dashboards = new Dashboards(
    "dashboards",
    {
      models: dashboardModels(dashboardOptions(settings)),
      environment: settings.environment,
      prometheus: prometheusAccess(settings, platform, managed),
      alertmanagerUrl: engineNotifies(platform) ? undefined : `http://${internalAddresses.alertmanager}`,
      scrapeIntervalSeconds: platform.scrapeIntervalSeconds,
      database: databaseAccess(platform),
      cloudWatch: aws.enabled ? { region: aws.region, endpoint: aws.endpointUrl } : undefined,
      publicUrl: grafanaPublicUrl,
    },
    { providers: [grafana] },
  );
  return { servers, dashboards, grafanaPublicUrl };
}

function hostPorts(platform: Enabled<"metrics">) {
  const { blackboxPort: blackbox, grafanaPort: grafana } = platform;
  const second = (port: number) => (platform.replicas === 1 ? [] : [port]);
  const prometheus = [platform.prometheusPort, ...second(platform.prometheusReplicaPort)] as const;
  const alertmanager = [platform.alertmanagerPort, ...second(platform.alertmanagerReplicaPort)];
  return { prometheus, alertmanager: engineNotifies(platform) ? [] : alertmanager, blackbox, grafana };
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
