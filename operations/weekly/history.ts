/** What Prometheus knows of a week. */

import { inSeconds } from "../../catalog/duration.ts";
import { metrics } from "../../catalog/metrics/index.ts";
import { objectives } from "../../catalog/objectives.ts";
import { apiAvailability, quickEndpoints } from "../../catalog/recording-rules/api.ts";
import { objectiveRecords, SLI_INTERVAL } from "../../catalog/recording-rules/objectives.ts";
import { certificateEnd } from "../../catalog/recording-rules/uptime.ts";
import type { TimeRange } from "../../components/shared/incident.ts";
import { gapsIn, totalOf } from "../replay/coverage.ts";
import type { PrometheusApi, Series } from "../replay/prometheus-api.ts";
import { type ObjectiveDays, PERIOD_DAYS } from "./budgets.ts";
import type { Certificates, Firings, Untried } from "./model.ts";
import { SHORT_MILLISECONDS } from "./pages.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How closely it is looked at whether an alert fires. Prometheus answers 11,000 points, and the longest week has 10,140. */
const LOOK = MINUTE;
/**
 * What was written since the look before, and a little more: each rule is evaluated once a minute or more often, and an alert
 * between two looks counts as well.
 */
const WRITTEN = "90s";
/** How closely it is looked at whether there were samples at all. */
const SIGN_OF_LIFE = 5 * MINUTE;
/** How long an alert must not have rung to be one that nobody has seen. */
const WANTED_DAYS = 90;

const FIRING = `${metrics.alerts.name}{alertstate="firing",severity=~"critical|warning|info"}`;

/** Milliseconds of a range of which there are no samples. */
export async function unseenIn(api: PrometheusApi, range: TimeRange): Promise<number> {
  return totalOf(await gapsIn(api, range, SIGN_OF_LIFE));
}

/**
 * @param panelOf the panel of an alert
 * @throws where nothing is known of the whole week
 */
export async function firingsIn(
  api: PrometheusApi,
  { from, to }: TimeRange,
  panelOf: (alert: string) => string | undefined,
): Promise<Firings> {
  const [series, unseen] = await Promise.all([
    api.range({
      expression: `count by (alertname, severity) (last_over_time(${FIRING}[${WRITTEN}]))`,
      // What fires at the very beginning began before it.
      ...{ start: from - LOOK, end: to - LOOK, step: LOOK },
    }),
    unseenIn(api, { from, to }),
  ]);
  if (unseen >= to - from) throw new Error("Prometheus has no sample of the week");
  const alerts = series.map(({ labels: { alertname = "", severity = "" }, times }) => {
    const spells = spellsOf(times);
    const begun = spells.filter(({ first }) => first >= from);
    const ended = begun.filter(({ last }) => last < to - LOOK);
    return {
      alert: alertname,
      severity,
      url: panelOf(alertname),
      fired: begun.length,
      short: ended.filter(({ first, last }) => last - first <= SHORT_MILLISECONDS).length,
      minutes: times.filter((time) => time >= from).length,
    };
  });
  return {
    unseenHours: unseen / HOUR,
    alerts: alerts
      .filter(({ minutes }) => minutes > 0)
      .toSorted((one, other) => other.fired - one.fired || one.alert.localeCompare(other.alert)),
  };
}

/** Looks in a row at which an alert fired. */
function spellsOf(times: readonly number[]): readonly { first: number; last: number }[] {
  const spells: { first: number; last: number }[] = [];
  for (const time of times) {
    const current = spells.at(-1);
    if (current && time - current.last <= LOOK) current.last = time;
    else spells.push({ first: time, last: time });
  }
  return spells;
}

/**
 * Alerts that neither rang nor were drilled in 90 days.
 * @param alerts all that the stack has
 * @param drills what drills have rung, and when
 * @throws where nothing is known of any day
 */
export async function untriedAt(
  api: PrometheusApi,
  to: number,
  alerts: readonly string[],
  drills: { readonly at: number; readonly alerts: readonly string[] } | { readonly missing: string },
): Promise<Untried> {
  const from = to - WANTED_DAYS * DAY;
  const daily = { start: from + DAY, end: to, step: DAY };
  const [fired, seen] = await Promise.all([
    api.range({ expression: `count by (alertname) (last_over_time(${FIRING}[1d]))`, ...daily }),
    api.range({ expression: `count(last_over_time(${metrics.up.name}[1d]))`, ...daily }),
  ]);
  const days = new Set(seen.flatMap(({ times }) => times)).size;
  if (days === 0) throw new Error(`Prometheus has no sample of the ${WANTED_DAYS} days up to then`);
  const rung = new Set(fired.map(({ labels }) => labels["alertname"]));
  const isFresh = "alerts" in drills && drills.at >= from;
  const drilled = isFresh ? new Set(drills.alerts) : new Set();
  return {
    days,
    drills:
      "missing" in drills
        ? drills
        : { at: new Date(drills.at).toISOString(), alerts: isFresh ? new Set(drills.alerts).size : 0 },
    alerts: alerts.filter((name) => !rung.has(name) && !drilled.has(name)).toSorted(),
  };
}

/** Events of each objective on each of the 30 days up to a time. */
export async function objectiveDaysAt(api: PrometheusApi, to: number): Promise<readonly ObjectiveDays[]> {
  const ask = (record: string) =>
    api.range({
      expression: `max by (slo) (sum_over_time(${record}[1d])) * ${inSeconds(SLI_INTERVAL)}`,
      ...{ start: to - (PERIOD_DAYS - 1) * DAY, end: to, step: DAY },
    });
  const [bad, all] = await Promise.all([ask(objectiveRecords.errors), ask(objectiveRecords.events)]);
  const at = (series: readonly Series[], slo: string, time: number) => {
    const { times = [], values = [] } = series.find(({ labels }) => labels["slo"] === slo) ?? {};
    return values[times.indexOf(time)];
  };
  return objectives.map((objective) => ({
    objective,
    days: Array.from({ length: PERIOD_DAYS }, (_, index) => {
      const time = to - (PERIOD_DAYS - 1 - index) * DAY;
      const events = at(all, objective.name, time);
      return events === undefined ? undefined : { all: events, bad: at(bad, objective.name, time) ?? 0 };
    }),
  }));
}

/**
 * When certificates end, the next one first.
 * @param now days are counted from it, milliseconds since 1970
 * @throws where nothing was recorded of any in a day
 */
export async function certificatesAt(api: PrometheusApi, now: number): Promise<Certificates> {
  const series = await lastOf(api, `last_over_time(${certificateEnd.record}[1d])`, now);
  if (series.length === 0) throw new Error("Prometheus has no sample of any in the last day");
  const endpoints = series.map(({ labels: { endpoint = "", instance = "" }, value }) => ({
    endpoint,
    instance,
    ends: new Date(value * 1000).toISOString(),
    days: (value * 1000 - now) / DAY,
  }));
  return { endpoints: endpoints.toSorted((one, other) => one.days - other.days) };
}

/** Of a week: what the guide's executive dashboard shows, as far as Prometheus alone knows it. Undefined: not known. */
export interface CountedFigures {
  /** USD. */
  readonly revenue: number | undefined;
  /** Mean, of requests that are to be answered quickly. */
  readonly responseSeconds: number | undefined;
  /** Share of the week in which the API did what it was asked. */
  readonly uptime: number | undefined;
}

/** A piece of which the growth is asked for: the counters of a whole week would be more samples than a query may read. */
const PIECE = 30 * MINUTE;

export async function countedIn(api: PrometheusApi, range: TimeRange): Promise<CountedFigures> {
  const { sum, count } = metrics.requestLatency;
  const [revenue, waited, requests, uptime] = await Promise.all([
    growthIn(api, metrics.checkoutRevenue.name, range),
    growthIn(api, `${sum}{${quickEndpoints}}`, range),
    growthIn(api, `${count}{${quickEndpoints}}`, range),
    lastOf(api, `avg_over_time(${apiAvailability.record}[${range.to - range.from}ms])`, range.to),
  ]);
  return {
    revenue,
    responseSeconds: waited !== undefined && requests ? waited / requests : undefined,
    uptime: uptime[0]?.value,
  };
}

/** What counters grew by; undefined where they have no samples. */
async function growthIn(
  api: PrometheusApi,
  selector: string,
  { from, to }: TimeRange,
): Promise<number | undefined> {
  const [series] = await api.range({
    expression: `sum(increase(${selector}[${PIECE}ms]))`,
    ...{ start: from + PIECE, end: to, step: PIECE },
  });
  return series?.values.reduce((total, value) => total + value, 0);
}

/** Values at a time. */
async function lastOf(api: PrometheusApi, expression: string, at: number) {
  const series = await api.range({ expression, start: at, end: at, step: MINUTE });
  return series.flatMap(({ labels, values: [value] }) => (value === undefined ? [] : { labels, value }));
}
