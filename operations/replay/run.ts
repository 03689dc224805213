/** A replay of a stack's rules, with all that was asked for. */
import { pagerOf } from "../../components/pagers/index.ts";
import { alertmanagerOf, prometheusFiles } from "../../components/prometheus/files.ts";
import type { Enabled, Settings } from "../../settings/schema.ts";
import { Failure } from "../../toolkit/failure.ts";
import type { Access } from "./access.ts";
import { VARIANT } from "./alertmanager-files.ts";
import type { Piece } from "./history.ts";
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
  /** How many are bearable, where other thresholds are to be tried. */
  readonly mostPagesPerWeek: number | undefined;
  readonly cache: string;
  readonly onProgress: (line: string) => void;
}

/** @throws Failure where something that is needed can't be had */
export async function runReplay(options: RunOptions): Promise<Summary> {
  const { access, settings, period, ruleFile, alerts, pages, mostPagesPerWeek, cache, onProgress } = options;
  const { metrics } = settings;
  if (!metrics.enabled) throw new Failure("The stack has no rules: metrics.enabled is false");
  const rules =
    ruleFile === undefined
      ? renderedRules(settings, metrics, {})
      : rulesFrom(await ruleFileAt(ruleFile), metrics.scrapeIntervalSeconds * 1000);
  refuseUnknown(alerts, rules);
  const api = new PrometheusApi(access);
  const played = await play({ api, rules, period, alerts, cache, onProgress });
  const trials = mostPagesPerWeek === undefined ? [] : await triedOn(played, api, { ...options, metrics });
  const told = pages ? await toldOf(played, trials, settings, metrics, onProgress) : undefined;
  const summary = summaryOf(played, {
    timeZone: settings.pagerduty.enabled ? settings.pagerduty.timeZone : "Etc/UTC",
    prometheusUrl: access.url,
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
  });
  return { ...summary, thresholds };
}

function renderedRules(
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
  api: PrometheusApi,
  { alerts, settings, metrics, onProgress }: RunOptions & { readonly metrics: Enabled<"metrics"> },
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

/** Heartbeats fire all the time, and page nobody. */
const HEARTBEAT = "none";

function toldOf(
  { alerts }: Played,
  trials: readonly Trial[],
  settings: Settings,
  metrics: Enabled<"metrics">,
  onProgress: (line: string) => void,
): Promise<Told> {
  const [configuration = ""] = Object.entries(alertmanagerOf(settings, metrics, pagerOf(settings))).flatMap(
    ([file, text]) => (file.endsWith(".yml") ? [text] : []),
  );
  const replayed = alerts.flatMap(({ firings, interval }) =>
    firings.map((firing) => sentOf(firing, interval)),
  );
  const tried: readonly Sent[] = trials.flatMap((trial) =>
    trial.sent.map((sent) => ({ ...sent, labels: { ...sent.labels, [VARIANT]: variantOf(trial) } })),
  );
  return pagesOf({
    configuration,
    sent: [...replayed, ...tried]
      .filter(({ labels }) => labels["severity"] !== HEARTBEAT)
      .map((sent) => withEnvironment(sent, settings.environment)),
    onProgress,
  });
}

/** Prometheus adds it to every alert that has none. */
function withEnvironment({ labels, ...times }: Sent, environment: string): Sent {
  return { labels: { environment, ...labels }, ...times };
}
