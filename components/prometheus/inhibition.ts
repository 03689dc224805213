/**
 * What keeps an alert from beginning, as a part of its rule: a cause that rings, and announced work. What has fired is
 * never held back, so that Alertmanager is told its end whenever that is.
 */
import type { Alert } from "../../catalog/alerts/alert.ts";
import { findsMissing, inhibitions, isSelected, lingerSeconds } from "../../catalog/inhibitions.ts";
import {
  type Maintenance,
  type MaintenanceWindow,
  minutesOf,
  weekdayNumber,
} from "../../catalog/maintenance.ts";
import { metrics } from "../../catalog/metrics/index.ts";
import { affectedBy, publicServices } from "../../catalog/uptime.ts";

/** 1 while work on a service or an endpoint goes on that was announced; missing at any other time. */
const ANNOUNCED_WORK = "agentpay:announced_work:active";

/**
 * 1 while every sample that still counts is more than three scrapes old, of the longest interval: a cut link stops all of
 * them, and unlike a target that leaves it marks none as over. Targets are scraped at different moments: the last sample of
 * one is 5 minutes old, and looks like an outage, up to a minute before MetricsNotArriving can begin, which waits for the
 * last one of all.
 */
const NOTHING_FRESH = `absent_over_time(${metrics.up.name}[3m]) and on () group(${metrics.up.name})`;

/** The alert's expression with all that may keep it from beginning. */
export function inhibited(alert: Alert, expression: string): string {
  const causes = heldBackBy(alert).map(({ series, equal }) => ({ cause: lingering(series, alert), equal }));
  const all = findsMissing(alert) ? [{ cause: NOTHING_FRESH, equal: [] }, ...causes] : causes;
  const clauses = all.map(({ cause, equal }) => {
    const on = `on (${equal.join(", ")})`;
    return `unless ${on} (${cause} unless ${on} ${firing(alert.name, alert.labels)})`;
  });
  return clauses.length === 0 ? expression : [`(${expression})`, ...clauses].join("\n");
}

interface Cause {
  readonly series: string;
  readonly equal: readonly string[];
}

function heldBackBy(alert: Alert): readonly Cause[] {
  const causes = inhibitions
    .filter(({ targets }) => isSelected(alert, targets))
    .map(({ source, equal }) => ({ series: causeFiring(source, equal), equal }));
  return [...causes, ...workOn(alert).map((series) => ({ series, equal: [] }))];
}

function causeFiring(
  { names, labels = {} }: (typeof inhibitions)[number]["source"],
  equal: readonly string[],
) {
  const [name = ""] = names;
  const one = Object.fromEntries(Object.entries(labels).map(([label, values]) => [label, values.join("|")]));
  // Where both lack a label, they have it alike.
  return firing(
    name,
    one,
    equal.map((label) => `${label}!=""`),
  );
}

/** The alert while it fires, as Prometheus records it. */
function firing(
  name: string,
  labels: Readonly<Record<string, string>> = {},
  others: readonly string[] = [],
): string {
  const matchers = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return `ALERTS{${[`alertname="${name}"`, `alertstate="firing"`, ...matchers, ...others].join(",")}}`;
}

function lingering(series: string, alert: Alert): string {
  const seconds = lingerSeconds(alert);
  return seconds === 0 ? series : `max_over_time(${series}[${seconds}s])`;
}

/** What announced work may concern, as labels of the series that tells of it. */
interface Part {
  readonly label: "service" | "endpoint";
  readonly value: string;
}

function partsOf({ endpoints, services }: ReturnType<typeof affectedBy>): readonly Part[] {
  return [
    ...endpoints.map((value) => ({ label: "endpoint" as const, value })),
    ...services.map((value) => ({ label: "service" as const, value })),
  ];
}

/** Series that tell of work on what the alert is about: always the same ones, whatever is announced. */
function workOn({ service, labels, severity }: Alert): readonly string[] {
  if (severity === "none") return [];
  const about = { service, endpoint: labels?.["endpoint"] };
  const parts = publicServices.map(affectedBy).flatMap(partsOf);
  const own = parts.filter(({ label, value }) => about[label] === value);
  return [...new Set(own.map(({ label, value }) => `${ANNOUNCED_WORK}{${label}="${value}"}`))];
}

/** The rules that say when announced work goes on; undefined where none is announced. */
export function announcedWorkGroup(announced: readonly Maintenance[]) {
  const windows = new Map<string, { readonly part: Part; readonly when: string[] }>();
  for (const { window, affects } of announced) {
    for (const part of affects.map(affectedBy).flatMap(partsOf)) {
      const key = `${part.label}=${part.value}`;
      const known = windows.get(key) ?? { part, when: [] };
      windows.set(key, { part, when: [...new Set([...known.when, during(window)])] });
    }
  }
  if (windows.size === 0) return undefined;
  const rules = [...windows.values()].map(({ part: { label, value }, when }) => ({
    record: ANNOUNCED_WORK,
    expr: `group(${when.join(" or ")})`,
    labels: { [label]: value },
  }));
  return { name: "announced-work", interval: "30s", rules };
}

const DAY_SECONDS = 86_400;
const WEEK_SECONDS = 7 * DAY_SECONDS;
/** 1 January 1970, from which seconds are counted. */
const FIRST_WEEKDAY = weekdayNumber("thursday");

function during({ day, from, to }: MaintenanceWindow): string {
  const midnight =
    "weekday" in day
      ? ((weekdayNumber(day.weekday) - FIRST_WEEKDAY + 7) % 7) * DAY_SECONDS
      : Date.parse(`${day.date}T00:00:00Z`) / 1000;
  const now = "weekday" in day ? `vector(time()) % ${WEEK_SECONDS}` : "vector(time())";
  return `${now} >= ${midnight + minutesOf(from) * 60} < ${midnight + minutesOf(to) * 60}`;
}
