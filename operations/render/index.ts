/** Settings and catalogue -> every file that other programs read. Pure: components and the render command share it. */
import { jobs } from "../../catalog/metrics.ts";
import { GLOBAL_REGION, topicArn } from "../../catalog/topics.ts";
import {
  type Checker,
  recordedAlerts,
  tellerOf,
  type UptimeCheck,
  uptimeChecks,
  vendorInterval,
} from "../../catalog/uptime.ts";
import { cloudWatchAgentConfiguration } from "../../components/aws/cloudwatch-agent.ts";
import { datadogAgentFiles } from "../../components/datadog/agent-files.ts";
import { type DashboardOptions, dashboardFiles } from "../../components/grafana/dashboard-files.ts";
import {
  alertmanagerFiles,
  type EngineDocument,
  engineDocument,
  managedDefinition,
  type NotificationSettings,
} from "../../components/prometheus/alertmanager.ts";
import type { SnsSettings } from "../../components/prometheus/alertmanager-receivers.ts";
import { blackboxConfiguration, type ProbeSettings } from "../../components/prometheus/blackbox.ts";
import {
  type AlertLinks,
  lookBackOf,
  prometheusConfiguration,
  type RemoteWriteSettings,
  ruleFiles,
} from "../../components/prometheus/prometheus.ts";
import { toYaml } from "../../components/shared/yaml.ts";
import { gatusConfiguration, type StatusPageSettings } from "../../components/uptime/gatus.ts";
import type { GatusAlerting } from "../../components/uptime/gatus-alerting.ts";
import type { Enabled, Settings } from "../../settings/settings.ts";

/** Addresses of the platform's own servers on their network: the containers' aliases. */
export const internalAddresses = {
  prometheus: "prometheus:9090",
  alertmanager: "alertmanager:9093",
  blackbox: "blackbox:9115",
} as const;

/** Name of a server's nth replica, from 0. The first keeps the plain name: a second one moves nothing. */
export function replicaName(server: "prometheus" | "alertmanager", index: number): string {
  return index === 0 ? server : `${server}-${"abcdefgh"[index]}`;
}

/** Addresses of all replicas of a server on their network. */
export function replicaAddresses(server: "prometheus" | "alertmanager", replicas: number): readonly string[] {
  const [, port] = internalAddresses[server].split(":");
  return Array.from({ length: replicas }, (_, index) => `${replicaName(server, index)}:${port}`);
}

/** Address at which people open Grafana. */
export function publicGrafanaUrl(settings: Settings, platform: Enabled<"metrics">): string {
  return settings.docs.grafanaUrl ?? `http://localhost:${platform.grafanaPort}`;
}

/** What a stack's dashboards need to know of it. */
export function dashboardOptions({ alertThresholds, docs, metrics }: Settings): DashboardOptions {
  return {
    thresholds: alertThresholds,
    runbookBaseUrl: docs.runbookBaseUrl,
    database: metrics.enabled && metrics.databaseAddress !== undefined,
  };
}

/** `prometheus.yml` and `rules/*.yml`, by path below Prometheus's configuration folder. */
export function prometheusFiles(settings: Settings, platform: Enabled<"metrics">): Record<string, string> {
  const links: AlertLinks = {
    runbookBaseUrl: settings.docs.runbookBaseUrl,
    grafanaUrl: publicGrafanaUrl(settings, platform),
  };
  const probes = probeSettings(settings);
  const { replicas } = platform;
  const alertmanagers = engineNotifies(platform) ? [] : replicaAddresses("alertmanager", replicas);
  const targets = {
    "agentpay-api": platform.apiTargets,
    "agentpay-worker": platform.workerTargets,
    postgres: platform.postgresTargets,
    redis: platform.redisTargets,
    // Replicas watch one another: each is known to both by the same name.
    prometheus: replicas === 1 ? ["localhost:9090"] : replicaAddresses("prometheus", replicas),
    alertmanager: alertmanagers,
    ruler: platform.engine === "remote" ? platform.remoteRulerTargets : [],
  };
  const scraped = jobs.filter((job) => (job === "blackbox" ? probes !== undefined : targets[job].length > 0));
  const rules = ruleFiles(settings.alertThresholds, links, {
    scraped,
    recordedOnly: recordedOnly(settings),
    environment: settings.environment,
    announced: settings.announcements.maintenance.filter(({ over }) => !over),
    lookBack: platform.engine === "container" ? undefined : lookBackOf[rulerOf(platform)],
  });
  return {
    "prometheus.yml": prometheusConfiguration(
      {
        environment: settings.environment,
        scrapeIntervalSeconds: platform.scrapeIntervalSeconds,
        targets,
        region: settings.aws.enabled ? settings.aws.region : undefined,
        probes,
        alertmanagers,
        replicated: replicas > 1,
        remoteWrite: remoteWriteSettings(settings, platform),
      },
      Object.keys(rules),
    ),
    ...under("rules", rules),
  };
}

/** What evaluates the rules of an engine elsewhere. Amazon's takes the files of Prometheus. */
function rulerOf({ engine, remoteRuler }: Enabled<"metrics">) {
  return engine === "remote" ? remoteRuler : "prometheus";
}

/** Stands in the rendered files for the address of Amazon's engine, which is known once it has been made. */
export const WORKSPACE_ENDPOINT = "https://workspace.amp.invalid/";

function remoteWriteSettings(
  settings: Settings,
  platform: Enabled<"metrics">,
): RemoteWriteSettings | undefined {
  const { remoteUsername: username, remoteTenant: tenant, remoteWriteUrl } = platform;
  const cluster = namePrefix(settings);
  if (platform.engine === "amp" && settings.aws.enabled) {
    const url = `${WORKSPACE_ENDPOINT}api/v1/remote_write`;
    return { url, username: undefined, tenant: undefined, signedFor: settings.aws.region, cluster };
  }
  if (platform.engine !== "remote" || remoteWriteUrl === undefined) return undefined;
  return { url: fromContainer(remoteWriteUrl), username, tenant, signedFor: undefined, cluster };
}

/** The rules alone, by file name: what an engine elsewhere is given. They are the same for every engine. */
export function engineRules(settings: Settings, platform: Enabled<"metrics">): Record<string, string> {
  const files = Object.entries(prometheusFiles(settings, platform));
  return Object.fromEntries(
    files.flatMap(([path, content]) =>
      path.startsWith("rules/") ? [[path.slice("rules/".length), content]] : [],
    ),
  );
}

/** The stack's checkers in their order, without those whose platform is switched off. */
export function checkersOf({ uptime, aws, metrics }: Settings): readonly Checker[] {
  if (!uptime.enabled) return [];
  const gatusHost = uptime.statusPageDockerHost !== undefined || metrics.enabled;
  const without = [
    ...(aws.enabled ? [] : ["route53"]),
    ...(metrics.enabled ? [] : ["blackbox"]),
    ...(gatusHost ? [] : ["gatus"]),
  ];
  return uptime.checkers.filter((checker) => !without.includes(checker));
}

/** The checker that tells people of an endpoint. */
export function toldBy(settings: Settings): (check: UptimeCheck) => Checker | undefined {
  return (check) => tellerOf(check, checkersOf(settings));
}

/** Whether a checker pages by itself, rather than through Alertmanager or CloudWatch. */
export function pagedByUptimeCheckers(settings: Settings): boolean {
  const byItself: readonly (Checker | undefined)[] = ["gatus", "uptimerobot", "betterstack"];
  return checksOf(settings).some(
    (check) => check.severity === "critical" && byItself.includes(toldBy(settings)(check)),
  );
}

/** Seconds between a vendor's checks of an endpoint. */
export function vendorIntervalOf({ vendorIntervalSeconds }: Enabled<"uptime">) {
  return (check: UptimeCheck): number => vendorIntervalSeconds || vendorInterval(check);
}

/** Every endpoint of the stack that is checked from outside. */
export function checksOf(settings: Settings): readonly UptimeCheck[] {
  const { uptime } = settings;
  if (!uptime.enabled) return [];
  const statusPageUrl = checkersOf(settings).includes("gatus") ? publicStatusPageUrl(uptime) : undefined;
  return uptimeChecks({ ...uptime, statusPageUrl });
}

/** Address at which people open the status page. */
export function publicStatusPageUrl({ statusPageUrl, statusPagePort }: Enabled<"uptime">): string {
  return statusPageUrl ?? `http://localhost:${statusPagePort}`;
}

/** What the blackbox exporter probes; undefined where the stack has none. */
export function probeSettings(settings: Settings): ProbeSettings | undefined {
  const { uptime } = settings;
  if (!uptime.enabled || !checkersOf(settings).includes("blackbox")) return undefined;
  return {
    checks: checksOf(settings).map((check) => ({ ...check, url: fromContainer(check.url) })),
    intervalSeconds: uptime.probeIntervalSeconds,
    verifyCertificates: uptime.verifyCertificates,
    exporter: internalAddresses.blackbox,
  };
}

/** What Gatus checks and shows; undefined where the stack has no status page. */
export function statusPageSettings(settings: Settings): StatusPageSettings | undefined {
  const { uptime, announcements } = settings;
  if (!uptime.enabled || !checkersOf(settings).includes("gatus")) return undefined;
  return {
    checks: checksOf(settings).map((check) => ({ ...check, url: fromContainer(check.url) })),
    intervalSeconds: uptime.probeIntervalSeconds,
    verifyCertificates: uptime.verifyCertificates,
    tls: uptime.statusPageCertificate !== undefined,
    announcements,
    alerting: gatusAlertingOf(settings),
  };
}

function gatusAlertingOf(settings: Settings): GatusAlerting {
  const { slack, email } = notificationSettings(settings);
  return {
    toldBy: toldBy(settings),
    warning: [...(slack ? ["slack" as const] : []), ...(email ? ["email" as const] : [])],
    pages: settings.pagerduty.enabled,
    runbookBaseUrl: settings.docs.runbookBaseUrl,
  };
}

/** Alerts on endpoints of which another checker tells people. */
function recordedOnly(settings: Settings): readonly string[] {
  return checksOf(settings).flatMap((check) => recordedAlerts(check, toldBy(settings)(check)));
}

/** What Alertmanager may notify in this stack. */
export function notificationSettings(settings: Settings): NotificationSettings {
  const { environment, pagerduty, notifications } = settings;
  const { slackWebhookUrl, slackChannel, smtpHost, smtpFrom, smtpUsername, smtpRequireTls, emails } =
    notifications;
  return {
    environment,
    sns: snsSettings(settings),
    pagerDuty: pagerduty.enabled ? { eventsUrl: pagerduty.eventsUrl } : undefined,
    slack: slackWebhookUrl === undefined ? undefined : { channel: slackChannel },
    email:
      smtpHost === undefined || smtpFrom === undefined || emails.length === 0
        ? undefined
        : { smtpHost, from: smtpFrom, to: emails, username: smtpUsername, requireTls: smtpRequireTls },
  };
}

/** What Amazon's Alertmanager is told, where `metrics.engine` is `amp`. */
export function managedAlertmanagerDefinition(
  settings: Settings,
  { accountId, region }: Enabled<"aws">,
): string {
  const warningTopicArn = topicArn(accountId, namePrefix(settings), "warning", region);
  return managedDefinition({ ...notificationSettings(settings), managed: { warningTopicArn, region } });
}

/** What the Alertmanager of an engine elsewhere is told, with the receivers' secrets in it. */
export function engineAlertmanagerDocument(
  settings: Settings,
  secrets: Parameters<typeof engineDocument>[1],
): EngineDocument {
  return engineDocument(notificationSettings(settings), secrets);
}

/** Whether the engine of the rules tells people itself: the stack then has no Alertmanager of its own. */
export function engineNotifies({ engine, remoteAlertmanagerUrl }: Enabled<"metrics">): boolean {
  return engine === "amp" || (engine === "remote" && remoteAlertmanagerUrl !== undefined);
}

/** What names of AWS resources begin with, such as `agentpay-production`. */
export function namePrefix({ environment }: Settings): string {
  return `agentpay-${environment}`;
}

function snsSettings(settings: Settings): SnsSettings | undefined {
  const { aws, notifications } = settings;
  if (!aws.enabled) return undefined;
  const arn = (purpose: "heartbeat" | "sms") => topicArn(aws.accountId, namePrefix(settings), purpose);
  return {
    region: GLOBAL_REGION,
    apiUrl: aws.endpointUrl && fromContainer(aws.endpointUrl),
    heartbeatTopicArn: arn("heartbeat"),
    smsTopicArn: notifications.smsNumbers.length > 0 ? arn("sms") : undefined,
  };
}

/** An address of this machine, given as containers reach it, as its own processes do: an emulator is one of them. */
export function fromHost(url: string): string {
  return url.replace(/^(\w+:\/\/)?host\.docker\.internal(?=[:/]|$)/, "$1127.0.0.1");
}

/** An address of this machine as a container on it reaches it. */
function fromContainer(url: string): string {
  return url.replace(/^(\w+:\/\/)(localhost|127\.0\.0\.1|\[::1\])(?=[:/]|$)/, "$1host.docker.internal");
}

/** What the CloudWatch agent collects on the hosts: always their metrics, and the logs that no other agent ships. */
export function agentConfiguration({ logs }: Settings): string {
  return cloudWatchAgentConfiguration({
    logDirectory: logs.platform === "cloudwatch" ? logs.directory : undefined,
  });
}

/** Files of Datadog's agent on the hosts, by path below its folder. */
export function datadogFiles(
  { environment, datadog, logs }: Settings,
  { region }: Enabled<"aws">,
): Record<string, string> {
  return datadogAgentFiles({ environment, site: datadog.site, region, logDirectory: logs.directory });
}

/** Every generated file of a stack, by path. */
export function renderAll(settings: Settings): Record<string, string> {
  const probes = probeSettings(settings);
  const page = statusPageSettings(settings);
  return {
    ...(page && { "gatus/config.yaml": gatusConfiguration(page) }),
    ...(probes && { "blackbox/blackbox.yml": blackboxConfiguration(probes) }),
    ...(settings.metrics.enabled && {
      ...under("prometheus", prometheusFiles(settings, settings.metrics)),
      ...under("alertmanager", alertmanagerOf(settings, settings.metrics)),
      ...under("grafana/dashboards", dashboardFiles(dashboardOptions(settings))),
    }),
    ...(settings.aws.enabled && {
      "cloudwatch-agent/agentpay.json": agentConfiguration(settings),
      ...(settings.logs.platform === "datadog" &&
        under("datadog-agent", datadogFiles(settings, settings.aws))),
    }),
  };
}

/** The files of whichever Alertmanager tells people. */
function alertmanagerOf(settings: Settings, platform: Enabled<"metrics">): Record<string, string> {
  if (platform.engine === "amp" && settings.aws.enabled) {
    return { "amp.yml": managedAlertmanagerDefinition(settings, settings.aws) };
  }
  if (!engineNotifies(platform)) return alertmanagerFiles(notificationSettings(settings));
  // Without the secrets: `npm run ops -- rules sync` puts them in.
  return { "engine.yml": toYaml(engineAlertmanagerDocument(settings, {})) };
}

function under(folder: string, files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]));
}
