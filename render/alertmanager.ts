/** Severity -> Alertmanager's routes; causes -> what they mute; maintenance -> when nobody is told. */
import { type AlertSelector, inhibitions } from "../catalog/inhibitions.ts";
import type { Maintenance, MaintenanceWindow } from "../catalog/maintenance.ts";
import { affectedBy } from "../catalog/uptime.ts";
import { type ReceiverName, type ReceiverSettings, receivers } from "./alertmanager-receivers.ts";
import { templateFiles } from "./alertmanager-templates.ts";
import { toYaml } from "./yaml.ts";

/**
 * The definition of an Alertmanager that is Amazon's: the same routes and inhibitions in one document. It takes no
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
      inhibit_rules: configuration.inhibit_rules.map(({ name: _, ...rule }) => rule),
    }),
  });
}

export { ALERTMANAGER_FOLDER, secretFiles } from "./alertmanager-receivers.ts";

export interface NotificationSettings extends ReceiverSettings {
  /** The stack's own environment. */
  readonly environment: string;
  /** Announced work: nobody is told of what it makes fail. */
  readonly maintenance: readonly Maintenance[];
}

/**
 * Environments whose alerts never page from another environment's Alertmanager. They are named: `!= "production"`
 * would also take an alert that has lost its label, and silence the pager.
 */
const NAMED_ENVIRONMENTS = ["development", "local", "production", "staging", "test"];

/** Name of the time interval of the nth piece of work. */
function intervalName(index: number): string {
  return `maintenance-${index + 1}`;
}

/** alertmanager.yml and its templates, by path below Alertmanager's configuration folder. */
export function alertmanagerFiles(settings: NotificationSettings): Record<string, string> {
  return { "alertmanager.yml": alertmanagerConfiguration(settings), ...templateFiles };
}

/** alertmanager.yml */
export function alertmanagerConfiguration(settings: NotificationSettings): string {
  return toYaml(configurationOf(settings));
}

function configurationOf(settings: NotificationSettings) {
  const { maintenance } = settings;
  return {
    global: { resolve_timeout: "5m" },
    templates: Object.keys(templateFiles),
    route: {
      // An alert that no route below takes is a defect of ours: it goes where people look.
      receiver: "warning",
      group_by: ["alertname", "service", "environment"],
      group_wait: "30s",
      group_interval: "5m",
      repeat_interval: "12h",
      routes: routes(settings),
    },
    inhibit_rules: inhibitions.map(({ name, source, targets, equal }) => ({
      name,
      source_matchers: matchers(source),
      target_matchers: matchers(targets),
      equal,
    })),
    ...(maintenance.length > 0 && {
      time_intervals: maintenance.map(({ window }, index) => ({
        name: intervalName(index),
        time_intervals: [timeInterval(window)],
      })),
    }),
    receivers: receivers(settings),
  };
}

interface Route {
  readonly receiver: ReceiverName;
  readonly matchers: readonly string[];
  readonly [setting: string]: unknown;
}

/** The first that matches takes the alert. */
function routes({ environment, maintenance }: NotificationSettings): readonly Route[] {
  const muted = maintenance.length > 0 && { routes: mutedRoutes(maintenance) };
  const others = NAMED_ENVIRONMENTS.filter((name) => name !== environment);
  return [
    {
      // A heartbeat a minute, never muted. With a repeat of 1m, each second minute would find it a moment too young.
      receiver: "dead-mans-switch",
      matchers: ['alertname="Watchdog"'],
      group_wait: "0s",
      group_interval: "30s",
      repeat_interval: "50s",
    },
    { receiver: "none", matchers: ['severity=~"info|none"'] },
    { receiver: "warning", matchers: [anyOf("environment", others)], ...muted },
    {
      receiver: "critical",
      matchers: ['severity="critical"'],
      // One outage is one incident, whatever the number of its symptoms.
      group_by: ["service", "environment"],
      group_wait: "10s",
      repeat_interval: "4h",
      ...muted,
    },
    { receiver: "warning", matchers: ['severity="warning"'], ...muted },
  ];
}

/**
 * Routes below one that tells people: what announced work makes fail is muted while the work lasts. An alert takes the
 * first route that matches, so each part of AgentPay has one, which all the work on it mutes.
 */
function mutedRoutes(maintenance: readonly Maintenance[]) {
  const mutedBy = new Map<string, Set<string>>();
  for (const [index, { affects }] of maintenance.entries()) {
    for (const { endpoints, services } of affects.map(affectedBy)) {
      const parts = [
        ...endpoints.map((key) => anyOf("endpoint", [key])),
        ...services.map((service) => anyOf("service", [service])),
      ];
      for (const part of parts) mutedBy.set(part, (mutedBy.get(part) ?? new Set()).add(intervalName(index)));
    }
  }
  return [...mutedBy].map(([part, intervals]) => ({ matchers: [part], mute_time_intervals: [...intervals] }));
}

function matchers({ names, labels = {} }: AlertSelector): string[] {
  return [
    anyOf("alertname", names),
    ...Object.entries(labels).map(([label, values]) => anyOf(label, values)),
  ];
}

/** Alertmanager anchors the expression on both sides. */
function anyOf(label: string, values: readonly string[]): string {
  return values.length === 1 ? `${label}="${values[0]}"` : `${label}=~"${values.join("|")}"`;
}

function timeInterval({ day, from, to }: MaintenanceWindow): object {
  const times = [{ start_time: from, end_time: to }];
  if ("weekday" in day) return { times, weekdays: [day.weekday] };
  const [year, month, date] = day.date.split("-").map(Number);
  return { times, years: [`${year}`], months: [`${month}`], days_of_month: [`${date}`] };
}
