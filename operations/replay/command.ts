/** `npm run ops -- replay --stack <name> --since 30d`: what the alerts would have done in a history that there is. */
import { join } from "node:path";
import { Command, Option } from "commander";
import { prometheusFiles } from "../../components/prometheus/files.ts";
import type { Settings } from "../../settings/schema.ts";
import { readSettings } from "../../settings/settings-file.ts";
import { Failure } from "../../toolkit/failure.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { jsonOption, outOption, path, type ResultOptions, stackOption, tell } from "../options.ts";
import { openAccess, stackAccess } from "./access.ts";
import { type Moment, parseMoment, periodOf } from "./period.ts";
import { play } from "./play.ts";
import { PrometheusApi } from "./prometheus-api.ts";
import { reportOf } from "./report.ts";
import { type Rules, ruleFileAt, rulesFrom } from "./rules.ts";
import { summaryOf } from "./summary.ts";

interface Options extends ResultOptions {
  readonly stack: string;
  readonly since: Moment;
  readonly until?: Moment;
  readonly prometheus?: string;
  readonly rules?: string;
  readonly alert?: readonly string[];
}

/** What the history answered, so that a replay that was interrupted goes on where it was. */
const CACHE = join(REPOSITORY, "node_modules/.cache/replay");

export const command = new Command("replay")
  .description(
    "Plays the alerting rules over the history of a real Prometheus, and tells what they would have done",
  )
  .addOption(stackOption("the stack whose rules and history these are"))
  .addOption(
    new Option("--since <time>", "where the history begins: a duration such as 30d, or a time")
      .default({ ago: 30 * 86_400_000 }, "30d")
      .argParser(parseMoment),
  )
  .addOption(new Option("--until <time>", "where it ends (default: now)").argParser(parseMoment))
  .addOption(
    new Option("--prometheus <url>", "a Prometheus that asks for no password (default: the stack's engine)"),
  )
  .addOption(new Option("--rules <file>", "a rule file (default: this branch's rules)").argParser(path))
  .addOption(new Option("--alert <name...>", "only these alerts"))
  .addOption(jsonOption())
  .addOption(outOption())
  .addHelpText(
    "after",
    "\nNothing is changed. The engine is asked a few questions at a time; its answers are kept for three days, so that a" +
      "\nreplay that was interrupted goes on where it was.",
  )
  .action(async (options: Options) => {
    const { stack, since, until, alert: alerts } = options;
    const period = periodOf(since, until, Date.now());
    const { access, settings } = options.prometheus
      ? { access: openAccess(options.prometheus), settings: readSettings(REPOSITORY, stack) }
      : await stackAccess(stack);
    const rules = await rulesOf(settings, options.rules);
    refuseUnknown(alerts, rules);
    const played = await play({
      api: new PrometheusApi(access),
      rules,
      period,
      ...(alerts && { alerts }),
      cache: CACHE,
      onProgress: (line) => console.error(line),
    });
    const timeZone = settings.pagerduty.enabled ? settings.pagerduty.timeZone : "Etc/UTC";
    const summary = summaryOf(played, { timeZone, prometheusUrl: access.url });
    await tell(summary, reportOf(summary, stack), options);
  });

async function rulesOf(settings: Settings, file: string | undefined): Promise<Rules> {
  const { metrics } = settings;
  if (!metrics.enabled) throw new Failure("The stack has no rules: metrics.enabled is false");
  const interval = metrics.scrapeIntervalSeconds * 1000;
  if (file !== undefined) return rulesFrom(await ruleFileAt(file), interval);
  const files = Object.entries(prometheusFiles(settings, metrics));
  return rulesFrom(Object.fromEntries(files.filter(([name]) => name.startsWith("rules/"))), interval);
}

function refuseUnknown(alerts: readonly string[] | undefined, { groups }: Rules): void {
  const known = new Set(groups.flatMap(({ rules }) => rules.map(({ alert }) => alert)));
  if (known.size === 0) throw new Failure("There is no alerting rule to play.");
  const unknown = (alerts ?? []).filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new Failure(`No such alert: ${unknown.join(", ")}. There are: ${[...known].toSorted().join(", ")}`);
  }
}
