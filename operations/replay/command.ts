/** `npm run ops -- replay --stack <name> --since 30d`: what the alerts would have done in a history that there is. */
import { Command, InvalidArgumentError, Option } from "commander";
import { readSettings } from "../../settings/settings-file.ts";
import { Failure } from "../../toolkit/failure.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { writeResult } from "../../toolkit/result-file.ts";
import { jsonOption, outOption, path, type ResultOptions, stackOption, tell } from "../options.ts";
import { readStack } from "../verify/stack.ts";
import { accessOf, openAccess } from "./access.ts";
import { sideAt } from "./base.ts";
import { happenedByPager, happenedByRecord } from "./happened.ts";
import type { Piece } from "./history.ts";
import { CACHE } from "./history.ts";
import { incidentsFile } from "./incidents-file.ts";
import { pageOf } from "./page.ts";
import { type Moment, parseMoment, periodOf } from "./period.ts";
import { proposalsSection, proposeIn } from "./propose.ts";
import { reportOf } from "./report.ts";
import { runReplay } from "./run.ts";

interface Options extends ResultOptions {
  readonly stack: string;
  readonly since: Moment;
  readonly until?: Moment;
  readonly prometheus?: string;
  readonly rules?: string;
  readonly alert?: readonly string[];
  readonly pages?: true;
  readonly thresholds?: true;
  readonly mostPages: number;
  readonly base?: string;
  readonly judge?: true;
  readonly deliveries?: readonly string[];
  readonly propose?: true;
  readonly incidents?: string;
  readonly html?: string;
}

/** What the history answered, so that a replay that was interrupted goes on where it was. */

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
  .option(
    "--pages",
    "hand what fires to a real Alertmanager with the stack's routes, and count what it tells",
  )
  .addOption(
    new Option("--thresholds", "try other thresholds of the alerts that fire, and count their pages")
      .conflicts("rules")
      .implies({ pages: true }),
  )
  .addOption(
    new Option("--most-pages <number>", "pages a week that are bearable, for --thresholds")
      .default(1)
      .argParser(bearable),
  )
  .addOption(
    new Option("--base <branch>", "compare with the rules at which this branch left that one").conflicts(
      "rules",
    ),
  )
  .addOption(
    new Option(
      "--judge",
      "judge them by the incidents of the stack's pager, and by what people did about them",
    ),
  )
  .addOption(
    new Option(
      "--deliveries <file...>",
      "judge them by what Alertmanager's event recorder wrote, of all instances",
    ).conflicts("judge"),
  )
  .addOption(
    new Option(
      "--propose",
      "write better thresholds into the stack's file, if the alerts' tests and drills hold (needs --judge or --deliveries)",
    )
      .conflicts("rules")
      .implies({ thresholds: true, pages: true }),
  )
  .addOption(
    new Option(
      "--incidents <file>",
      "write the real incidents there as lapilli reads them (needs --judge or --deliveries)",
    ).argParser(path),
  )
  .addOption(
    new Option(
      "--html <file>",
      "write a page there as well, with a picture of each alert that fires",
    ).argParser(path),
  )
  .addOption(jsonOption())
  .addOption(outOption())
  .addHelpText(
    "after",
    "\nNothing is changed, but for the stack's file with --propose. The engine is asked a few questions at a time; its answers" +
      "\nare kept for three days, so that a replay that was interrupted goes on where it was.",
  )
  .action(act);

async function act({ stack: name, rules, alert, pages, thresholds, base, ...how }: Options): Promise<void> {
  const onProgress = (line: string) => console.error(line);
  const period = periodOf(how.since, how.until, Date.now());
  const { access, settings, happened } = await sourcesOf(name, period, how);
  if (how.incidents !== undefined && happened) await writeResult(how.incidents, incidentsFile(happened));
  const summary = await runReplay({
    access,
    settings,
    period,
    ruleFile: rules,
    alerts: alert,
    pages: pages ?? false,
    base: base === undefined ? undefined : { reference: base, side: await sideAt(base, name) },
    mostPagesPerWeek: thresholds && how.mostPages,
    happened,
    readings: how.html !== undefined,
    cache: CACHE,
    onProgress,
  });
  if (how.html !== undefined) await writeResult(how.html, pageOf(summary, name));
  const proposed = how.propose ? await proposeIn(REPOSITORY, name, summary, onProgress) : undefined;
  const text = [reportOf(summary, name), ...(proposed ? [proposalsSection(proposed, name)] : [])];
  await tell({ ...summary, ...(proposed && { proposals: proposed }) }, text.join("\n\n"), how);
}

type Sources = Pick<Options, "prometheus" | "judge" | "deliveries" | "propose" | "incidents">;

/** Where the history is, and what says what really happened. */
async function sourcesOf(name: string, period: Piece, { prometheus, judge, deliveries, ...how }: Sources) {
  if ((how.propose || how.incidents !== undefined) && !judge && !deliveries) {
    throw new Failure(
      "--propose and --incidents need --judge or --deliveries: nothing else knows an incident",
    );
  }
  // Without its secrets, a stack's file is all that is needed.
  const stack = prometheus === undefined || judge ? await readStack(name) : undefined;
  const settings = stack?.settings ?? readSettings(REPOSITORY, name);
  return {
    settings,
    access: prometheus === undefined && stack ? accessOf(stack, name) : openAccess(prometheus ?? ""),
    happened: deliveries
      ? await happenedByRecord(deliveries, settings, period)
      : judge && stack && (await happenedByPager(stack, period)),
  };
}

function bearable(text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !Number.isFinite(number) || number < 0) {
    throw new InvalidArgumentError("It is a number of pages, 0 or more.");
  }
  return number;
}
