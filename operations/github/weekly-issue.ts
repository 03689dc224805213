/** An issue for each week of a stack, so that people are told of each: the last one is open, those before it are closed. */
import { markdownOf } from "../document/markdown.ts";
import type { Review } from "../weekly/model.ts";
import { documentOf, headline, titleOf } from "../weekly/report.ts";
import { type IssueChange, keepIssue, openIssues } from "./kept-issue.ts";
import { nameIn, type Repository } from "./repository.ts";

const LABEL = "weekly-review";

/** @throws RequestError where GitHub refuses */
export async function keepWeeklyIssue(
  repository: Repository,
  review: Review,
): Promise<readonly IssueChange[]> {
  const prefix = `weekly:${review.stack}:`;
  const name = `${prefix}${review.week.first}`;
  const issue = { name, label: LABEL, title: headline(review), text: markdownOf(documentOf(review)) };
  const change = await keepIssue(repository, issue, true);
  const others = (await openIssues(repository, LABEL)).flatMap(({ body }) => nameIn(body) ?? []);
  const changes = [change];
  for (const earlier of others.filter((other) => other.startsWith(prefix) && other < name)) {
    const over = { ...issue, name: earlier, title: `Followed by ${titleOf(review)}` };
    changes.push(await keepIssue(repository, over, false));
  }
  return changes.flatMap((each) => each ?? []);
}
