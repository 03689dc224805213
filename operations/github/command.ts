/** `npm run ops -- github <what>`: what CI writes on GitHub. The jobs that run it hold no cloud role. */
import { Command, InvalidArgumentError } from "commander";
import { Failure } from "../../toolkit/failure.ts";
import { readIfExists } from "../../toolkit/files.ts";
import { readJson } from "../../toolkit/json.ts";
import { type DriftResult, resultSchema } from "../drift/check.ts";
import { stackOption } from "../options.ts";
import { resultSchema as vendorsSchema } from "../vendors/check.ts";
import { reviewSchema } from "../weekly/model.ts";
import { comment } from "./comment.ts";
import { keepDriftIssues, slackText } from "./drift-issues.ts";
import { repositoryFrom, runUrlFrom } from "./repository.ts";
import { tellSlack } from "./slack.ts";
import { keepVendorsIssue } from "./vendors-issue.ts";
import { keepWeeklyIssue } from "./weekly-issue.ts";

export const command = new Command("github")
  .description("Keeps what CI says on GitHub up to date")
  .addHelpText(
    "after",
    `
Environment (GitHub Actions sets all but the secrets):
  GITHUB_REPOSITORY  owner/name
  GITHUB_TOKEN       may write issues, or comments on pull requests
  GITHUB_API_URL     default: https://api.github.com
  SLACK_WEBHOOK_URL  where a drift issue is told of when it is opened or closed; none where it is empty`,
  );

command
  .command("comment")
  .description("one comment a stack on a pull request, with what `npm run review` wrote")
  .addOption(stackOption())
  .requiredOption("--pull-request <number>", "its number", wholeNumber)
  .requiredOption("--file <file>", "what the review wrote; where there is none, the comment says so")
  .action(async ({ stack, pullRequest, file }: { stack: string; pullRequest: number; file: string }) => {
    const text = await readIfExists(file);
    const withheld = await comment(repositoryFrom(process.env), { stack, pullRequest, text });
    if (withheld.length > 0) throw new Failure(`The review of ${stack} was withheld: ${withheld.join(", ")}`);
  });

command
  .command("drift-issue")
  .description(
    "one issue for each stack that has drifted, one where the check is broken, one where vendors announce an end",
  )
  .addOption(stackOption())
  .requiredOption("--file <file>", "what `npm run drift -- --out` wrote; none means that the check is broken")
  .action(async ({ stack, file }: { stack: string; file: string }) => {
    const changes = await keepDriftIssues(repositoryFrom(process.env), await resultOf(stack, file));
    for (const { did, number, text } of changes) console.log(`${did} #${number}: ${text}`);
    const webhookUrl = process.env["SLACK_WEBHOOK_URL"];
    const news = changes.filter(({ did }) => did !== "updated").map(slackText);
    if (webhookUrl && news.length > 0) await tellSlack(webhookUrl, news.join("\n"));
  });

command
  .command("vendors-issue")
  .description("one issue for what has moved at the vendors, or could not be asked")
  .requiredOption(
    "--file <file>",
    "what `npm run ops -- vendors check --out` wrote; none means that it broke",
  )
  .action(async ({ file }: { file: string }) => {
    const text = await readIfExists(file);
    const result = text === undefined ? undefined : readJson(vendorsSchema, text);
    const change = await keepVendorsIssue(repositoryFrom(process.env), result);
    if (change) console.log(`${change.did} #${change.number}: ${change.text}`);
  });

command
  .command("weekly-issue")
  .description("an issue for the last week of a stack, in the place of the one before")
  .addOption(stackOption())
  .requiredOption("--file <file>", "what `npm run ops -- weekly --out` wrote")
  .action(async ({ stack, file }: { stack: string; file: string }) => {
    const text = await readIfExists(file);
    if (text === undefined)
      throw new Failure(`The review of ${stack} ended before it had a result: see its job.`);
    const review = readJson(reviewSchema, text);
    if (review.stack !== stack)
      throw new Failure(`${file} is the review of ${review.stack}, not of ${stack}`);
    for (const { did, number, text: title } of await keepWeeklyIssue(repositoryFrom(process.env), review)) {
      console.log(`${did} #${number}: ${title}`);
    }
  });

command
  .command("failed")
  .description("tells Slack that a run has failed, with a link to it; without SLACK_WEBHOOK_URL, nobody")
  .requiredOption("--what <text>", "what failed, such as: The deployment of staging")
  .action(async ({ what }: { what: string }) => {
    const { SLACK_WEBHOOK_URL: webhookUrl } = process.env;
    const run = runUrlFrom(process.env);
    const text = run === undefined ? what : `<${run}|${what}>`;
    if (webhookUrl) await tellSlack(webhookUrl, `:rotating_light: ${text} has failed`);
    else console.log("SLACK_WEBHOOK_URL is not set: nobody is told");
  });

/** A check that left no result is broken: its job ended before the check did. */
async function resultOf(stack: string, file: string): Promise<DriftResult> {
  const text = await readIfExists(file);
  if (text !== undefined) return readJson(resultSchema, text);
  return { stack, status: "broken", reason: "The check's job ended before it had a result." };
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}
