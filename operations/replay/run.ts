/** A replay of a stack's rules, with all that was asked for. */
import { pagerOf } from "../../components/pagers/index.ts";
import { alertmanagerOf, prometheusFiles } from "../../components/prometheus/files.ts";
import type { Enabled, Settings } from "../../settings/schema.ts";
import { Failure } from "../../toolkit/failure.ts";
import type { Side } from "../review/side.ts";
import type { Access } from "./access.ts";
import { VARIANT } from "./alertmanager-files.ts";
import { type Version, versionOf } from "./base.ts";
import { type ComparedSummary, comparisonOf } from "./comparison.ts";
import type { Piece } from "./history.ts";
import type { Happened } from "./judgement.ts";
import { pagesOf, type Told } from "./pages.ts";
import { type Played, play } from "./play.ts";
import { PrometheusApi } from "./prometheus-api.ts";
import { readingsOf } from "./readings.ts";
import { type Rules, ruleFileAt, rulesFrom } from "./rules.ts";
import { handedOver, type Sent, sentOf } from "./schedule.ts";
import { type Summary, summaryOf } from "./summary.ts";
import { type Trial, tablesOf, trialsOf, variantOf, withThreshold } from "./thresholds.ts";

export interface RunOptions {
  readonly access: Access;
  readonly settings: Settings;
  /** Milliseconds since 1970. */
  readonly period: Piece;
  /** Undefined for the stack's own rules. */
  readonly ruleFile: string | undefined;
  /** Undefined for all. */
  readonly alerts: readonly string[] | undefined;
  readonly pages: boolean;
  /** Branch, tag or commit to compare with, and what its program renders; undefined for no comparison. */
  readonly base: { readonly reference: string; readonly side: Side } | undefined;
  /** How many are bearable, where other thresholds are to be tried. */
  readonly mostPagesPerWeek: number | undefined;
  /** What really happened, to judge by; undefined where that is not asked for. */
  readonly happened?: Happened | undefined;
  /** Whether what the conditions of the alerts that fire measured is asked as well. Default: no. */
  readonly readings?: boolean;
  readonly cache: string;
  readonly onProgress: (line: string) => void;
}

/** @throws Failure where something that is needed can't be had */
export async function runReplay(options: RunOptions): Promise<ComparedSummary> {
  const { access, settings, ruleFile, alerts } = options;
  const { metrics } = settings;
  if (!metrics.enabled) throw new Failure("The stack has no rules: metrics.enabled is false");
  const interval = metrics.scrapeIntervalSeconds * 1000;
  const rules =
    ruleFile === undefined
      ? renderedRules(settings, metrics, {})
      : rulesFrom(await ruleFileAt(ruleFile), interval);
  const base = options.base && { ...options.base, version: versionOf(options.base.side, interval) };
  refuseUnknown(alerts, [rules, ...(base ? [base.version.rules] : [])]);
  const context = { ...options, metrics, api: new PrometheusApi(access) };
  const own = { rules, alertmanager: ownAlertmanager(settings, metrics) };
  if (base === undefined) return replayed(own, context);
  // One of the two may have none of the alerts that were asked for: all of them are new, or gone.
  if (!hasAny(own, alerts)) {
    const before = await replayed(base.version, { ...context, mostPagesPerWeek: undefined, readings: false });
    return withComparison({ ...before, alerts: [] }, before, base, settings);
  }
  const after = await replayed(own, context);
  options.onProgress(`plays the rules of ${base.reference}`);
  const before = hasAny(base.version, alerts)
    ? await replayed(base.version, { ...context, mostPagesPerWeek: undefined, readings: false })
    : { ...after, alerts: [] };
  return withComparison(after, before, base, settings);
}

function withComparison(
  after: Summary,
  before: Summary,
  { reference, version }: { readonly reference: string; readonly version: Version },
  { alertThresholds }: Settings,
): ComparedSummary {
  return {
    ...after,
    comparison: comparisonOf(reference, { before, after }, version.thresholds, alertThresholds),
  };
}

/** Rules, with the routes that belong to them. */
type Ruling = Pick<Version, "rules" | "alertmanager">;

function hasAny({ rules }: Ruling, alerts: readonly string[] | undefined): boolean {
  return alerts === undefined || namesOf(rules).some((name) => alerts.includes(name));
}

function namesOf({ groups }: Rules): readonly string[] {
  return groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
}

interface Context extends RunOptions {
  readonly metrics: Enabled<"metrics">;
  readonly api: PrometheusApi;
}

async function replayed({ rules, alertmanager }: Ruling, context: Context): Promise<Summary> {
  const { api, access, settings, period, pages, mostPagesPerWeek, cache, onProgress } = context;
  const alerts = context.alerts?.filter((name) => namesOf(rules).includes(name));
  const played = await play({ api, rules, period, alerts, cache, onProgress });
  const trials = mostPagesPerWeek === undefined ? [] : await triedOn(played, context);
  const told = pages ? await toldOf(played, trials, alertmanager, context) : undefined;
  const firing = played.alerts.filter(({ firings, recorded }) => firings.length + recorded.length > 0);
  const readings = context.readings ? await readingsOf(api, firing, period) : undefined;
  const summary = summaryOf(played, {
    timeZone: settings.pagerduty.enabled ? settings.pagerduty.timeZone : "Etc/UTC",
    prometheusUrl: access.url,
    happened: context.happened,
    ...(readings && { readings }),
    told: told && { ...told, messages: told.messages.filter(({ variant }) => variant === "") },
  });
  if (mostPagesPerWeek === undefined) return summary;
  const thresholds = tablesOf({
    alerts: withThreshold(trials.map(({ alert }) => alert)),
    thresholds: settings.alertThresholds,
    trials,
    messages: told?.messages ?? [],
    length: period.to - period.from,
    mostPerWeek: mostPagesPerWeek,
    happened: context.happened,
  });
  return { ...summary, thresholds };
}

/** The rules of a stack, with other thresholds in the place of some of its own. */
export function renderedRules(
  settings: Settings,
  metrics: Enabled<"metrics">,
  thresholds: Settings["alertThresholds"],
): Rules {
  const wanted = { ...settings, alertThresholds: { ...settings.alertThresholds, ...thresholds } };
  const files = Object.entries(prometheusFiles(wanted, metrics));
  return rulesFrom(
    Object.fromEntries(files.filter(([name]) => name.startsWith("rules/"))),
    metrics.scrapeIntervalSeconds * 1000,
  );
}

function refuseUnknown(alerts: readonly string[] | undefined, versions: readonly Rules[]): void {
  const known = new Set(versions.flatMap(namesOf));
  if (known.size === 0) throw new Failure("There is no alerting rule to play.");
  const unknown = (alerts ?? []).filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new Failure(`No such alert: ${unknown.join(", ")}. There are: ${[...known].toSorted().join(", ")}`);
  }
}

/** Other thresholds of the alerts that were asked for, or else of those that fire. */
function triedOn(
  played: Played,
  { api, alerts, settings, metrics, onProgress }: Context,
): Promise<readonly Trial[]> {
  const firing = played.alerts.filter(({ firings }) => firings.length > 0).map(({ alert }) => alert);
  return trialsOf({
    api,
    played,
    alerts: withThreshold(alerts ?? firing),
    thresholds: settings.alertThresholds,
    rulesWith: (thresholds) => renderedRules(settings, metrics, thresholds),
    onProgress,
  });
}

function ownAlertmanager(settings: Settings, metrics: Enabled<"metrics">): string {
  const files = Object.entries(alertmanagerOf(settings, metrics, pagerOf(settings)));
  return files.find(([name]) => name.endsWith(".yml"))?.[1] ?? "";
}

function toldOf(
  { alerts }: Played,
  trials: readonly Trial[],
  configuration: string,
  { settings, onProgress }: Context,
): Promise<Told> {
  const all = alerts.flatMap(({ firings, interval }) => firings.map((firing) => sentOf(firing, interval)));
  const tried: readonly Sent[] = trials.flatMap((trial) =>
    trial.sent.map((sent) => ({ ...sent, labels: { ...sent.labels, [VARIANT]: variantOf(trial) } })),
  );
  return pagesOf({
    configuration,
    sent: handedOver([...all, ...tried], settings.environment),
    onProgress,
  });
}
