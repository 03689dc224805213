/** A replay of a stack's rules, with all that was asked for. */
import { pagerOf } from "../../components/pagers/index.ts";
import { alertmanagerOf, prometheusFiles } from "../../components/prometheus/files.ts";
import type { Enabled, Settings } from "../../settings/schema.ts";
import { Failure } from "../../toolkit/failure.ts";
import type { Access } from "./access.ts";
import { VARIANT } from "./alertmanager-files.ts";
import { versionAt } from "./base.ts";
import { type ComparedSummary, type Comparison, comparisonOf } from "./comparison.ts";
import type { Piece } from "./history.ts";
import type { Happened } from "./judgement.ts";
import { pagesOf, type Told } from "./pages.ts";
import { type Played, play } from "./play.ts";
import { PrometheusApi } from "./prometheus-api.ts";
import { type Rules, ruleFileAt, rulesFrom } from "./rules.ts";
import { type Sent, sentOf } from "./schedule.ts";
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
  /** Branch, tag or commit to compare with, and the stack's name; undefined for no comparison. */
  readonly base: { readonly reference: string; readonly stack: string } | undefined;
  /** How many are bearable, where other thresholds are to be tried. */
  readonly mostPagesPerWeek: number | undefined;
  /** What really happened, to judge by; undefined where that is not asked for. */
  readonly happened?: Happened | undefined;
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
  refuseUnknown(alerts, rules);
  const context = { ...options, metrics, api: new PrometheusApi(access) };
  const after = await replayed(rules, ownAlertmanager(settings, metrics), context);
  return { ...after, ...(options.base && { comparison: await compared(options.base, after, context) }) };
}

interface Context extends RunOptions {
  readonly metrics: Enabled<"metrics">;
  readonly api: PrometheusApi;
}

/** One version of the rules, with the routes that belong to it. */
async function replayed(rules: Rules, alertmanager: string, context: Context): Promise<Summary> {
  const { api, access, settings, period, alerts, pages, mostPagesPerWeek, cache, onProgress } = context;
  const played = await play({ api, rules, period, alerts, cache, onProgress });
  const trials = mostPagesPerWeek === undefined ? [] : await triedOn(played, context);
  const told = pages ? await toldOf(played, trials, alertmanager, context) : undefined;
  const summary = summaryOf(played, {
    timeZone: settings.pagerduty.enabled ? settings.pagerduty.timeZone : "Etc/UTC",
    prometheusUrl: access.url,
    happened: context.happened,
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

async function compared(
  { reference, stack }: NonNullable<RunOptions["base"]>,
  after: Summary,
  context: Context,
): Promise<Comparison> {
  const { settings, metrics, alerts, onProgress } = context;
  onProgress(`plays the rules of ${reference}`);
  const version = await versionAt(reference, stack, metrics.scrapeIntervalSeconds * 1000);
  const known = new Set(version.rules.groups.flatMap(({ rules }) => rules.map(({ alert }) => alert)));
  const wanted = alerts?.filter((name) => known.has(name));
  const before =
    wanted?.length === 0
      ? { ...after, alerts: [] }
      : await replayed(version.rules, version.alertmanager, {
          ...context,
          alerts: wanted,
          mostPagesPerWeek: undefined,
        });
  return comparisonOf(reference, { before, after }, version.thresholds, settings.alertThresholds);
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

function refuseUnknown(alerts: readonly string[] | undefined, { groups }: Rules): void {
  const known = new Set(groups.flatMap(({ rules }) => rules.map(({ alert }) => alert)));
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

/** Heartbeats fire all the time, and page nobody. */
const HEARTBEAT = "none";

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
    sent: [...all, ...tried]
      .filter(({ labels }) => labels["severity"] !== HEARTBEAT)
      .map((sent) => withEnvironment(sent, settings.environment)),
    onProgress,
  });
}

/** Prometheus adds it to every alert that has none. */
function withEnvironment({ labels, ...times }: Sent, environment: string): Sent {
  return { labels: { environment, ...labels }, ...times };
}
