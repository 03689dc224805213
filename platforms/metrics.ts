/** Prometheus, Alertmanager and Grafana with its dashboards, as a stack's settings want them. */
import * as pulumi from "@pulumi/pulumi";
import { Dashboards, type DatabaseAccess } from "../components/dashboards.ts";
import { MetricsPlatform } from "../components/metrics-platform.ts";
import type { OnCall } from "../components/on-call.ts";
import { dockerProvider, emulatorCredentialsFile, grafanaProvider } from "../providers.ts";
import { alertmanagerFiles, secretFiles } from "../render/alertmanager.ts";
import { blackboxConfiguration } from "../render/blackbox.ts";
import { dashboardModels } from "../render/grafana.ts";
import {
  dashboardOptions,
  internalAddresses,
  namePrefix,
  notificationSettings,
  probeSettings,
  prometheusFiles,
  publicGrafanaUrl,
  replicaAddresses,
} from "../render/index.ts";
import type { Enabled, Settings } from "../settings.ts";

export function metricsPlatform(
  settings: Settings,
  platform: Enabled<"metrics">,
  onCall: OnCall | undefined,
) {
  const { aws, notifications } = settings;
  // In production Alertmanager has its host's role. An emulator's credentials are no secret.
  const emulated = aws.enabled && aws.endpointUrl !== undefined;
  const alertmanagerSecrets = {
    ...(onCall && { [secretFiles.pagerDutyRoutingKey]: onCall.prometheusRoutingKey }),
    ...(notifications.slackWebhookUrl && { [secretFiles.slackWebhookUrl]: notifications.slackWebhookUrl }),
    ...(notifications.smtpPassword && { [secretFiles.smtpPassword]: notifications.smtpPassword }),
    ...(emulated && { [secretFiles.awsCredentials]: pulumi.secret(emulatorCredentialsFile) }),
  };
  const grafanaPublicUrl = publicGrafanaUrl(settings, platform);
  const probes = probeSettings(settings);
  const servers = new MetricsPlatform(
    "metrics",
    {
      namePrefix: namePrefix(settings),
      bindAddress: platform.bindAddress,
      ports: {
        prometheus:
          platform.replicas === 1
            ? [platform.prometheusPort]
            : [platform.prometheusPort, platform.prometheusReplicaPort],
        alertmanager:
          platform.replicas === 1
            ? [platform.alertmanagerPort]
            : [platform.alertmanagerPort, platform.alertmanagerReplicaPort],
        blackbox: platform.blackboxPort,
        grafana: platform.grafanaPort,
      },
      blackboxConfiguration: probes && blackboxConfiguration(probes),
      applicationNetwork: platform.applicationNetwork,
      retention: { days: platform.retentionDays, size: platform.retentionSize },
      prometheusFiles: prometheusFiles(settings, platform),
      alertmanagerFiles: alertmanagerFiles(notificationSettings(settings)),
      alertmanagerSecrets,
      alertmanagerEnvironment: emulated ? { AWS_SHARED_CREDENTIALS_FILE: secretFiles.awsCredentials } : {},
      grafanaAdminPassword: platform.grafanaAdminPassword,
      grafanaPublicUrl,
      grafanaApiUrl: platform.grafanaUrl ?? `http://${platform.bindAddress}:${platform.grafanaPort}`,
      protectData: settings.isProduction,
    },
    { providers: [dockerProvider("docker", platform.dockerHost)] },
  );
  const grafana = grafanaProvider("grafana", servers.grafanaApiUrl, platform.grafanaAdminPassword);
  const dashboards = new Dashboards(
    "dashboards",
    {
      models: dashboardModels(dashboardOptions(settings)),
      environment: settings.environment,
      prometheusUrls: replicaAddresses("prometheus", platform.replicas).map((address) => `http://${address}`),
      alertmanagerUrl: `http://${internalAddresses.alertmanager}`,
      scrapeIntervalSeconds: platform.scrapeIntervalSeconds,
      database: databaseAccess(platform),
      cloudWatch: aws.enabled ? { region: aws.region, endpoint: aws.endpointUrl } : undefined,
      publicUrl: grafanaPublicUrl,
    },
    { providers: [grafana] },
  );
  return { servers, dashboards, grafanaPublicUrl };
}

function databaseAccess(platform: Enabled<"metrics">): DatabaseAccess | undefined {
  const { databaseAddress: address, databasePassword: password } = platform;
  if (address === undefined || password === undefined) return undefined;
  const { databaseName: name, databaseUser: user, databaseTls: tls } = platform;
  return { address, name, user, password, tls };
}
