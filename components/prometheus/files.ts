/** The files of Prometheus and of whichever Alertmanager tells people, as a stack's settings want them. */
import { jobs } from "../../catalog/metrics/metric.ts";
import { topicArn } from "../../catalog/topics.ts";
import { recordedAlerts } from "../../catalog/uptime.ts";
import type { Enabled, Settings } from "../../settings/schema.ts";
import { fromContainer, internalAddresses, publicGrafanaUrl, replicaAddresses } from "../shared/addresses.ts";
import { checkersOf, checksOf, toldBy } from "../shared/checkers.ts";
import { namePrefix } from "../shared/names.ts";
import { notificationSettings } from "../shared/notifications.ts";
import type { Pager } from "../shared/pager.ts";
import { toYaml } from "../shared/yaml.ts";
import { alertmanagerFiles, type EngineDocument, engineDocument, managedDefinition } from "./alertmanager.ts";
import type { ProbeSettings } from "./blackbox.ts";
import {
  type AlertLinks,
  lookBackOf,
  prometheusConfiguration,
  type RemoteWriteSettings,
  ruleFiles,
} from "./prometheus.ts";

/** Stands in the rendered files for the address of Amazon's engine, which is known once it has been made. */
export const WORKSPACE_ENDPOINT = "https://workspace.amp.invalid/";

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

/** Alerts on endpoints of which another checker tells people. */
function recordedOnly(settings: Settings): readonly string[] {
  return checksOf(settings).flatMap((check) => recordedAlerts(check, toldBy(settings)(check)));
}

/** Whether the engine of the rules tells people itself: the stack then has no Alertmanager of its own. */
export function engineNotifies({ engine, remoteAlertmanagerUrl }: Enabled<"metrics">): boolean {
  return engine === "amp" || (engine === "remote" && remoteAlertmanagerUrl !== undefined);
}

/** What Amazon's Alertmanager is told, where `metrics.engine` is `amp`. */
export function managedAlertmanagerDefinition(
  settings: Settings,
  { accountId, region }: Enabled<"aws">,
  pager: Pager | undefined,
): string {
  const warningTopicArn = topicArn(accountId, namePrefix(settings), "warning", region);
  const { sns, ...to } = notificationSettings(settings, pager);
  return managedDefinition({
    ...to,
    // Amazon's Alertmanager knows where SNS is, an emulator's too, and takes no other address.
    sns: sns && { ...sns, apiUrl: undefined },
    managed: { warningTopicArn, region },
  });
}

/** What the Alertmanager of an engine elsewhere is told, with the receivers' secrets in it. */
export function engineAlertmanagerDocument(
  settings: Settings,
  pager: Pager | undefined,
  secrets: Parameters<typeof engineDocument>[1],
): EngineDocument {
  return engineDocument(notificationSettings(settings, pager), secrets);
}

/** The files of whichever Alertmanager tells people. */
export function alertmanagerOf(
  settings: Settings,
  platform: Enabled<"metrics">,
  pager: Pager | undefined,
): Record<string, string> {
  if (platform.engine === "amp" && settings.aws.enabled) {
    return { "amp.yml": managedAlertmanagerDefinition(settings, settings.aws, pager) };
  }
  if (!engineNotifies(platform)) return alertmanagerFiles(notificationSettings(settings, pager));
  // Without the secrets: `npm run ops -- rules sync` puts them in.
  return { "engine.yml": toYaml(engineAlertmanagerDocument(settings, pager, {})) };
}

export function under(folder: string, files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]));
}
