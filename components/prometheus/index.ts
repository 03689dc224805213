/** The containers of Prometheus, Alertmanager, Grafana and the blackbox exporter, as a stack's settings want them. */
import * as pulumi from "@pulumi/pulumi";
import { publishedUrl } from "../../settings/addresses.ts";
import type { Enabled, Settings } from "../../settings/schema.ts";
import { pulumiSecret } from "../../settings/stack-settings.ts";
import { CREDENTIALS_VARIABLE, emulatorCredentialsFile } from "../aws/provider.ts";
import { dockerProvider } from "../docker/provider.ts";
import { publicGrafanaUrl } from "../shared/addresses.ts";
import { namePrefix } from "../shared/names.ts";
import { notificationSettings } from "../shared/notifications.ts";
import type { DeployedPager } from "../shared/pager.ts";
import { alertmanagerFiles, keyFileOf, secretFiles } from "./alertmanager.ts";
import { blackboxConfiguration } from "./blackbox.ts";
import { engineNotifies, probeSettings, prometheusFiles, WORKSPACE_ENDPOINT } from "./files.ts";
import type { ManagedPrometheus } from "./managed-prometheus.ts";
import { MetricsPlatform } from "./metrics-platform.ts";
import { awsCredentialsFile, remotePasswordFile } from "./prometheus.ts";

export function metricsPlatform(
  settings: Settings,
  platform: Enabled<"metrics">,
  pager: DeployedPager | undefined,
  managed: ManagedPrometheus | undefined,
) {
  const { aws } = settings;
  // In production each server has its host's role. An emulator's credentials are no secret.
  const emulated = aws.enabled && aws.endpointUrl !== undefined;
  const emulator = pulumi.secret(emulatorCredentialsFile);
  const signs = managed !== undefined && emulated;
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
      prometheusSecrets: {
        ...(platform.engine === "remote" &&
          platform.remotePassword && { [remotePasswordFile]: pulumiSecret(platform.remotePassword) }),
        ...(signs && { [awsCredentialsFile]: emulator }),
      },
      prometheusEnvironment: signs ? { [CREDENTIALS_VARIABLE]: awsCredentialsFile } : {},
      shipsOnly,
      grafanaSigns: managed !== undefined,
      grafanaAwsCredentials: signs ? emulator : undefined,
      alertmanagerFiles: alertmanagerFiles(notificationSettings(settings, pager)),
      alertmanagerSecrets: {
        ...notificationSecrets(settings, pager),
        ...(emulated && { [secretFiles.awsCredentials]: emulator }),
      },
      alertmanagerEnvironment: emulated ? { [CREDENTIALS_VARIABLE]: secretFiles.awsCredentials } : {},
      grafanaAdminPassword: pulumiSecret(platform.grafanaAdminPassword),
      grafanaSecretKey: pulumiSecret(platform.grafanaSecretKey),
      grafanaPublicUrl,
      grafanaApiUrl: platform.grafanaUrl ?? publishedUrl(platform.bindAddress, platform.grafanaPort),
      protectData: settings.isProduction,
    },
    { providers: [dockerProvider("docker", platform.dockerHost)] },
  );
  return { servers, grafanaPublicUrl };
}

/** What Alertmanager tells people with, by the file that it reads it from. */
function notificationSecrets({ notifications }: Settings, pager: DeployedPager | undefined) {
  const { slackWebhookUrl, smtpPassword } = notifications;
  return {
    ...(pager && { [keyFileOf(pager)]: pager.alertmanagerKey }),
    ...(slackWebhookUrl && { [secretFiles.slackWebhookUrl]: pulumiSecret(slackWebhookUrl) }),
    ...(smtpPassword && { [secretFiles.smtpPassword]: pulumiSecret(smtpPassword) }),
  };
}

function hostPorts(platform: Enabled<"metrics">) {
  const { blackboxPort: blackbox, grafanaPort: grafana } = platform;
  const second = (port: number) => (platform.replicas === 1 ? [] : [port]);
  const prometheus = [platform.prometheusPort, ...second(platform.prometheusReplicaPort)] as const;
  const alertmanager = [platform.alertmanagerPort, ...second(platform.alertmanagerReplicaPort)];
  return { prometheus, alertmanager: engineNotifies(platform) ? [] : alertmanager, blackbox, grafana };
}
