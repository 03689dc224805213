/** What the drift check has told of a stack: its issues on GitHub. */
import type { TimeRange } from "../../components/shared/incident.ts";
import { isOfStack, LABEL } from "../github/drift-issues.ts";
import type { Repository } from "../github/repository.ts";
import type { DriftIssues } from "./model.ts";

/**
 * Those that are open, and those that were closed in a range.
 * @throws RequestError where GitHub refuses
 */
export async function driftIssues(
  { octokit, owner, repo }: Repository,
  stack: string,
  { from, to }: TimeRange,
): Promise<DriftIssues> {
  const listed = async (state: "open" | "closed", since?: string) => {
    const issues = await octokit.paginate(octokit.rest.issues.listForRepo, {
      ...{ owner, repo, state, labels: LABEL, per_page: 100 },
      ...(since !== undefined && { since }),
    });
    return issues.filter(({ body }) => isOfStack(stack, body ?? ""));
  };
  const [open, closed] = await Promise.all([listed("open"), listed("closed", new Date(from).toISOString())]);
  const shown = ({ title, html_url, created_at }: (typeof open)[number]) => ({
    ...{ title, url: html_url, opened: created_at },
  });
  const endedThen = ({ closed_at }: (typeof closed)[number]) => {
    const ended = Date.parse(closed_at ?? "");
    return ended >= from && ended < to;
  };
  return { stillOpen: open.map(shown), closed: closed.filter(endedThen).map(shown) };
}
