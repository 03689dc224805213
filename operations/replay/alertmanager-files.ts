/** A stack's Alertmanager configuration for a time that runs faster, in which each channel is a webhook that counts. */
import { parse, stringify } from "yaml";
import { z } from "zod";
import { partsInMilliseconds } from "../../catalog/duration.ts";
import { pagerProducts } from "../../components/pagers/list.ts";
import { Failure } from "../../toolkit/failure.ts";

/** One way by which a receiver is told. */
export interface Channel {
  readonly receiver: string;
  /** Such as `PagerDuty`, `SMS`, `slack`. */
  readonly name: string;
  /** Whether it wakes somebody. */
  readonly pages: boolean;
  /** Whether it opens an incident, and is silent until that is over: what repeats does not ring again. */
  readonly keepsIncidents: boolean;
}

const integration = z.looseObject({ send_resolved: z.boolean().optional() });
const configuration = z.looseObject({
  global: z.looseObject({ resolve_timeout: z.string().optional() }).optional(),
  route: z.looseObject({}),
  inhibit_rules: z.array(z.looseObject({})).optional(),
  receivers: z.array(z.looseObject({ name: z.string() })),
});
/** What Mimir, Cortex and Amazon take: the configuration in a document of its own. */
const engineDocument = z.object({ alertmanager_config: z.string() });

/** Defaults of Alertmanager. They are durations too. */
const ROUTE_DEFAULTS = { group_wait: "30s", group_interval: "5m", repeat_interval: "4h" };
const DURATIONS = ["group_wait", "group_interval", "repeat_interval", "resolve_timeout"];

/**
 * Label that tells several replays apart, which one Alertmanager plays at once: it groups and inhibits none of one with
 * those of another.
 */
export const VARIANT = "replay_variant";

export interface FastConfiguration {
  readonly text: string;
  /** Each with the path at which its webhook is called. */
  readonly channels: ReadonlyMap<string, Channel>;
  /** The longest time in which a group is told something new, milliseconds of the history. */
  readonly longestInterval: number;
  readonly remarks: readonly string[];
}

/**
 * @param yaml a rendered `alertmanager.yml`, or a document with one in it
 * @param factor seconds of the history in a second
 * @param url at which the webhooks are
 * @throws Failure where it is no configuration of Alertmanager
 */
export function fastConfiguration(yaml: string, factor: number, url: string): FastConfiguration {
  const document: unknown = parse(yaml, { merge: true });
  const inner = engineDocument.safeParse(document);
  const read = configuration.safeParse(inner.success ? parse(inner.data.alertmanager_config) : document);
  if (!read.success)
    throw new Failure(
      `The stack's Alertmanager configuration can't be read:\n${z.prettifyError(read.error)}`,
    );
  const { global, route, inhibit_rules: inhibitions = [], receivers } = read.data;
  const channels = new Map<string, Channel>();
  const remarks: string[] = [];
  const root = { ...ROUTE_DEFAULTS, group_by: [], ...route };
  const fast = {
    global: { resolve_timeout: scaled(global?.resolve_timeout ?? "5m", factor) },
    route: scaledRoute(root, factor, remarks),
    inhibit_rules: inhibitions.map(({ equal, ...rule }) => ({ ...rule, equal: [...listOf(equal), VARIANT] })),
    receivers: receivers.map(({ name, ...kinds }) => ({
      name,
      webhook_configs: webhooks(name, kinds, url, channels),
    })),
  };
  const intervals = [...yaml.matchAll(/group_(?:interval|wait): (\w+)/g)].map(([, text = ""]) => text);
  return {
    text: stringify(fast, { aliasDuplicateObjects: false }),
    channels,
    longestInterval: Math.max(...[String(root.group_interval), ...intervals].map(partsInMilliseconds)),
    remarks: [...new Set(remarks)],
  };
}

function webhooks(receiver: string, kinds: object, url: string, channels: Map<string, Channel>) {
  return Object.entries(kinds).flatMap(([kind, list]) => {
    const configs = z.array(integration).safeParse(list);
    if (!kind.endsWith("_configs") || !configs.success) return [];
    return configs.data.map((config) => {
      const path = `/${channels.size}`;
      channels.set(path, channelOf(receiver, kind, config));
      return { url: `${url}${path}`, send_resolved: config.send_resolved ?? SENDS_RESOLVED.includes(kind) };
    });
  });
}

/** Of these, the end is told where the configuration does not say. Of the others it is not. */
const SENDS_RESOLVED = [
  "pagerduty_configs",
  "opsgenie_configs",
  "sns_configs",
  "webhook_configs",
  "victorops_configs",
];
const KEEP_INCIDENTS = ["pagerduty_configs", "opsgenie_configs", "victorops_configs"];

function channelOf(receiver: string, kind: string, config: object): Channel {
  const product = pagerProducts.find((each) => each.integration === kind);
  const topic = "topic_arn" in config ? String(config.topic_arn) : "";
  const isSms = topic.endsWith("-sms");
  const keepsIncidents = product !== undefined || KEEP_INCIDENTS.includes(kind);
  return {
    receiver,
    name: product?.name ?? (isSms ? "SMS" : kind.replace(/_configs$/, "")),
    pages: keepsIncidents || isSms,
    keepsIncidents,
  };
}

/** With all its durations shorter, and without times of the day: those of a faster time are not known to Alertmanager. */
function scaledRoute(route: Readonly<Record<string, unknown>>, factor: number, remarks: string[]): object {
  const entries = Object.entries(route).flatMap(([key, value]): [string, unknown][] => {
    if (DURATIONS.includes(key) && typeof value === "string") return [[key, scaled(value, factor)]];
    if (key === "routes" && Array.isArray(value)) {
      return [[key, value.map((child: Record<string, unknown>) => scaledRoute(child, factor, remarks))]];
    }
    if (key === "group_by") return [[key, apart(value)]];
    if (key === "mute_time_intervals" || key === "active_time_intervals") {
      remarks.push(`routes with ${key} are played as if they had none`);
      return [];
    }
    return [[key, value]];
  });
  return Object.fromEntries(entries);
}

/** Without labels, all alerts of a route are one group. */
function apart(groupBy: unknown): readonly unknown[] {
  const labels = listOf(groupBy);
  return labels.includes("...") ? labels : [...labels, VARIANT];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function scaled(duration: string, factor: number): string {
  const milliseconds = partsInMilliseconds(duration);
  return milliseconds === 0 ? "0s" : `${Math.max(1, Math.round(milliseconds / factor))}ms`;
}
