/**
 * Severity -> Alertmanager's routes. They mute nothing: what is muted once it was told is never told its end
 * (prometheus/alertmanager #226, #2754), and nobody hears of the same alert when it fires again. What keeps an alert
 * from beginning is part of its rule (components/prometheus/inhibition.ts).
 */

import type { Duration } from "../../catalog/duration.ts";
import type { NotificationSettings } from "../shared/notifications.ts";
import { toYaml } from "../shared/yaml.ts";
import { type ReceiverName, receivers, SECRETS_FOLDER } from "./alertmanager-receivers.ts";
import { templateFiles } from "./alertmanager-templates.ts";

/**
 * The definition of an Alertmanager that is Amazon's: the same routes in one document. It takes no
 * folders in names of templates, nor settings that are newer than its Alertmanager.
 */
export function managedDefinition(settings: NotificationSettings): string {
  const files = Object.entries(templateFiles).map(([path, text]) => [path.split("/").at(-1), text] as const);
  const { global: _ours, ...configuration } = configurationOf(settings);
  return toYaml({
    template_files: Object.fromEntries(files),
    alertmanager_config: toYaml({
      ...configuration,
      templates: files.map(([name]) => name),
    }),
  });
}

/** What the Alertmanager of Cortex, Mimir or Grafana Cloud is told, as the two parts that it takes. */
export interface EngineDocument {
  readonly template_files: Record<string, string>;
  readonly alertmanager_config: string;
}

/**
 * The same routes and receivers for an Alertmanager of an engine elsewhere, which reads no file of ours: it refuses paths,
 * so that secrets are in the document itself.
 * @param secrets what is in our Alertmanager's files, by path
 */
export function engineDocument(
  settings: NotificationSettings,
  secrets: Readonly<Record<string, string | undefined>>,
): EngineDocument {
  const files = Object.entries(templateFiles).map(([path, text]) => [path.split("/").at(-1), text] as const);
  const withSecrets = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(withSecrets);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) =>
        typeof each === "string" && each.startsWith(`${SECRETS_FOLDER}/`)
          ? [key.replace(/_file$/, ""), secrets[each] ?? ""]
          : [key, withSecrets(each)],
      ),
    );
  };
  const configuration = { ...configurationOf(settings), templates: files.map(([name]) => name) };
  return {
    template_files: Object.fromEntries(files),
    alertmanager_config: toYaml(withSecrets(configuration)),
  };
}

export { ALERTMANAGER_FOLDER, keyFileOf, secretFiles } from "./alertmanager-receivers.ts";

/**
 * Environments whose alerts never page from another environment's Alertmanager. They are named: `!= "production"`
 * would also take an alert that has lost its label, and silence the pager.
 */
const NAMED_ENVIRONMENTS = ["development", "local", "production", "staging", "test"];

/**
 * How often Alertmanager writes down whom it told, and its silences. By default that is every 15 minutes, and an
 * Alertmanager that is killed in between never tells the end of what it told since.
 */
export const SNAPSHOT_INTERVAL: Duration = "1m";

/** alertmanager.yml and its templates, by path below Alertmanager's configuration folder. */
export function alertmanagerFiles(settings: NotificationSettings): Record<string, string> {
  return { "alertmanager.yml": alertmanagerConfiguration(settings), ...templateFiles };
}

/** alertmanager.yml */
export function alertmanagerConfiguration(settings: NotificationSettings): string {
  return toYaml(configurationOf(settings));
}

function configurationOf(settings: NotificationSettings) {
  return {
    global: { resolve_timeout: "5m" },
    templates: Object.keys(templateFiles),
    route: {
      // Whatever no route below takes: a critical, and an alert that has lost its severity or has one that nobody knows.
      receiver: "critical",
      // Each alert is an incident of its own: one that joined an incident that is acknowledged would ring nowhere.
      group_by: ["..."],
      group_wait: "0s",
      group_interval: "5m",
      repeat_interval: "4h",
      routes: routes(settings),
    },
    receivers: receivers(settings),
  };
}

interface Route {
  readonly receiver: ReceiverName;
  readonly matchers: readonly string[];
  readonly [setting: string]: unknown;
}

/** Read by the way, not rung: what belongs together is one message. */
const messages = {
  group_by: ["alertname", "service", "environment"],
  group_wait: "30s",
  repeat_interval: "12h",
};

/**
 * The first that matches takes the alert. No setting but the environment's name changes them: a pager knows an open
 * incident by the place of its route and its labels.
 */
function routes({ environment }: NotificationSettings): readonly Route[] {
  const others = NAMED_ENVIRONMENTS.filter((name) => name !== environment);
  return [
    {
      // A heartbeat a minute. With a repeat of 1m, each second minute would find it a moment too young.
      receiver: "dead-mans-switch",
      matchers: ['alertname="Watchdog"', `environment="${environment}"`],
      group_wait: "0s",
      group_interval: "30s",
      repeat_interval: "50s",
    },
    // Another environment's heartbeat says nothing of this one's.
    { receiver: "none", matchers: ['alertname="Watchdog"'] },
    {
      receiver: "info",
      matchers: ['severity="info"'],
      ...messages,
      repeat_interval: "1w",
    },
    { receiver: "warning", matchers: [`environment=~"${others.join("|")}"`], ...messages },
    { receiver: "warning", matchers: ['severity="warning"'], ...messages },
  ];
}
