/** `npm run ops -- weekly --stack <name>`: how the week went, and what to mend. */
import { Command, InvalidArgumentError, Option } from "commander";
import type { Day } from "../../components/cost-report/function/calendar.ts";
import { writeResult } from "../../toolkit/result-file.ts";
import { htmlOf } from "../document/html.ts";
import { markdownOf } from "../document/markdown.ts";
import { jsonOption, outOption, path, type ResultOptions, stackOption, tell } from "../options.ts";
import { hider } from "../verify/report.ts";
import { readStack } from "../verify/stack.ts";
import { drillsIn, KEPT_DRILLS } from "./drills.ts";
import { gather } from "./gather.ts";
import { send, sendingOf } from "./mail.ts";
import { reviewSchema } from "./model.ts";
import { documentOf, headline } from "./report.ts";
import { dayOption, reviewedWeek } from "./week.ts";

interface Options extends ResultOptions {
  readonly stack: string;
  readonly week?: Day;
  readonly html?: string;
  readonly mail?: true | readonly string[];
  readonly drills: string;
}

export const command = new Command("weekly")
  .description("Reviews a week of a stack: its pages, alerts, promises and costs, and what to mend first")
  .addOption(stackOption())
  .addOption(
    new Option(
      "--week <day>",
      "the week with this day, such as 2026-11-23 (default: the last whole one)",
    ).argParser(dayOption),
  )
  .addOption(new Option("--html <file>", "write the page there as well").argParser(path))
  .addOption(
    new Option("--mail [address...]", "send it as well (default: to notifications.emails)").argParser(
      addresses,
    ),
  )
  .addOption(
    new Option("--drills <file>", "what `npm run drill -- --json` printed")
      .default(KEPT_DRILLS, "what the last drills on this machine kept")
      .argParser(path),
  )
  .addOption(jsonOption())
  .addOption(outOption())
  .addHelpText(
    "after",
    `
It asks the pager, Prometheus, Sentry, AWS and AgentPay's database with the stack's own credentials, and the drift
check's issues where these are set:
  GITHUB_REPOSITORY  owner/name
  GITHUB_TOKEN       may read issues
What can't be asked is named in its place, and never taken for nothing.

Exit codes: 0 reviewed, 1 the stack can't be read, or the mail was not sent.`,
  )
  .action(async ({ stack: name, week: day, html, mail, drills, ...how }: Options) => {
    const stack = await readStack(name);
    const { settings } = stack;
    const to = mail === true ? [] : (mail ?? []);
    // Before anybody waits for the answers.
    if (mail !== undefined) sendingOf(settings, to);
    const timeZone = settings.pagerduty.enabled ? settings.pagerduty.timeZone : "Etc/UTC";
    const week = reviewedWeek(day, timeZone, Date.now());
    const found = await gather({
      ...{ name, stack, week },
      drills: await drillsIn(drills),
      environment: process.env,
      onProgress: (line) => console.error(shown(line)),
    });
    const review = reviewSchema.parse(JSON.parse(shown(JSON.stringify(found))));
    const document = documentOf(review);
    const [text, page] = [markdownOf(document), htmlOf(headline(review), document)];
    await tell(review, text.trimEnd(), how);
    if (html !== undefined) await writeResult(html, page);
    if (mail !== undefined) {
      const recipients = await send({ subject: headline(review), text, html: page }, settings, to);
      console.error(`Mailed to ${recipients.join(", ")}`);
    }

    function shown(line: string): string {
      return hider(stack)(line);
    }
  });

function addresses(address: string, before: unknown): readonly string[] {
  if (!/^[^\s@,<>]+@[^\s@,<>]+$/.test(address)) throw new InvalidArgumentError("It is an email address.");
  return [...(Array.isArray(before) ? before : []), address];
}
