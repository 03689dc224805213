/** What a lab's Prometheus and Alertmanager are configured with, at its pace, and how that changes while they run. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { parse, stringify } from "yaml";
import type { Maintenance } from "../../catalog/maintenance.ts";
import {
  ALERTMANAGER_FOLDER,
  alertmanagerFiles,
  secretFiles,
} from "../../components/prometheus/alertmanager.ts";
import { prometheusFiles } from "../../components/prometheus/files.ts";
import type { NotificationSettings } from "../../components/shared/notifications.ts";
import type { Settings } from "../../settings/schema.ts";
import type { PrometheusBreakage, PrometheusConfiguration } from "./breakages.ts";
import { type Addresses, withLabAddresses } from "./lab-servers.ts";
import { type Pace, scaleDuration, scaleFile } from "./scale.ts";

/** The folder that Prometheus's configuration and rules are in. */
export class PrometheusFolder {
  readonly path: string;
  readonly #settings: Settings;
  readonly #addresses: Addresses;
  readonly #pace: Pace;
  readonly #shortestInterval: string | undefined;
  readonly #files: Readonly<Record<string, string>>;

  /** @param shortestInterval nothing of ours is looked at more often; undefined where it is as often as in production */
  constructor(
    path: string,
    settings: Settings,
    addresses: Addresses,
    pace: Pace,
    shortestInterval: string | undefined,
  ) {
    this.path = path;
    this.#settings = settings;
    this.#addresses = addresses;
    this.#pace = pace;
    this.#shortestInterval = shortestInterval;
    this.#files = this.#during([]);
  }

  write(): Promise<void> {
    return writeFiles(this.path, this.#files);
  }

  /** The configuration of the engine elsewhere, beside that of the Prometheus that ships to it. */
  writeEngine(): Promise<void> {
    return writeFiles(this.path, { "engine.yml": engineConfiguration(this.#files, this.#addresses) });
  }

  async writeBroken(breakages: readonly PrometheusBreakage[]): Promise<void> {
    const extra = scaled(Object.assign({}, ...breakages.map((breakage) => breakage.files)), this.#pace);
    const configuration = parse(this.#files["prometheus.yml"] ?? "") as PrometheusConfiguration;
    for (const { edit } of breakages) edit(configuration);
    await writeFiles(this.path, { ...extra, "prometheus.yml": stringify(configuration) });
  }

  /** With work on the API that goes on now. */
  writeWork(): Promise<void> {
    return writeFiles(this.path, this.#during([workOnApi(this.#pace)]));
  }

  #during(maintenance: readonly Maintenance[]): Record<string, string> {
    const announcements = { ...this.#settings.announcements, maintenance };
    const settings = { ...this.#settings, announcements };
    const shortestInterval = this.#shortestInterval;
    return atPace(prometheusConfigurationFiles(settings, this.#addresses), {
      ...this.#pace,
      ...(shortestInterval && { shortestInterval }),
    });
  }
}

/** What Alertmanager's files say besides what is the same in every lab. */
interface AlertmanagerContent {
  readonly notifications: NotificationSettings;
  /** Contents of secret files, by path in Alertmanager's container. */
  readonly keys: Readonly<Record<string, string>>;
  /** URL of what stands for Slack. */
  readonly slack: string;
}

/** The folder that Alertmanager's configuration, templates and secrets are in. */
export class AlertmanagerFolder {
  readonly path: string;
  readonly #content: AlertmanagerContent;
  readonly #routes: string;
  readonly #templates: Readonly<Record<string, string>>;

  constructor(path: string, content: AlertmanagerContent, pace: Pace) {
    const { "alertmanager.yml": routes = "", ...templates } = alertmanagerFiles(content.notifications);
    this.path = path;
    this.#content = content;
    this.#routes = scaleFile(routes, pace).replaceAll(ALERTMANAGER_FOLDER, path);
    this.#templates = templates;
  }

  async write(): Promise<void> {
    const keys = Object.entries(this.#content.keys).map(([file, key]) => [inFolder(file), key] as const);
    await writeFiles(this.path, { ...this.#templates, ...Object.fromEntries(keys) });
    await this.writeRoutes(false);
    await this.writeSlack(false);
  }

  /** @param broken whether Alertmanager has to refuse them */
  writeRoutes(broken: boolean): Promise<void> {
    return writeFiles(this.path, {
      "alertmanager.yml": broken ? `${this.#routes}\nbroken: true\n` : this.#routes,
    });
  }

  /** @param revoked Slack's simulation has no such address: 404, which Alertmanager does not try again */
  writeSlack(revoked: boolean): Promise<void> {
    const webhook = revoked ? "/revoked" : "/services/drill";
    return writeFiles(this.path, {
      [inFolder(secretFiles.slackWebhookUrl)]: `${this.#content.slack}${webhook}`,
    });
  }
}

/** Work on the API, on the whole of the day that every drill has. */
function workOnApi({ clock }: Pace): Maintenance {
  const date = new Date(clock * 1000).toISOString().slice(0, 10);
  return {
    window: { day: { date }, from: "00:00", to: "24:00" },
    when: `${date} 00:00-24:00`,
    announced: date,
    affects: ["api"],
    text: "A drill.",
    over: false,
  };
}

function prometheusConfigurationFiles(settings: Settings, addresses: Addresses): Record<string, string> {
  if (!settings.metrics.enabled) return {};
  const files = prometheusFiles(settings, settings.metrics);
  return { ...files, "prometheus.yml": withLabAddresses(files["prometheus.yml"] ?? "", addresses) };
}

/** What the engine elsewhere is set up with by whoever runs it: the rendered rules, and our Alertmanager. */
function engineConfiguration(files: Readonly<Record<string, string>>, addresses: Addresses): string {
  return stringify({
    rule_files: Object.keys(files).filter((file) => file.startsWith("rules/")),
    alerting: { alertmanagers: [{ static_configs: [{ targets: addresses.alertmanager }] }] },
  });
}

/** At the lab's pace, Prometheus's default waits between two shipments included. */
function atPace(files: Readonly<Record<string, string>>, pace: Pace): Record<string, string> {
  const waits = Object.fromEntries(
    ["batch_send_deadline", "max_backoff"].map((wait) => [wait, scaleDuration("5s", pace.factor)]),
  );
  const configuration = parse(files["prometheus.yml"] ?? "") as { remote_write?: object[] };
  const { remote_write: shipments } = configuration;
  const faster = shipments?.map((shipment) => ({ ...shipment, queue_config: waits }));
  return scaled(
    {
      ...files,
      "prometheus.yml": stringify({ ...configuration, ...(faster && { remote_write: faster }) }),
    },
    pace,
  );
}

function scaled(files: Readonly<Record<string, string>>, pace: Pace): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, yaml]) => [name, scaleFile(yaml, pace)]));
}

function inFolder(file: string): string {
  return path.relative(ALERTMANAGER_FOLDER, file);
}

export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content, { mode: 0o600 });
  }
}
