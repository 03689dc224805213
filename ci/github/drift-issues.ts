/**
 * One issue for each stack that has drifted, and one for each whose check is broken: opened, kept up to date, closed.
 * A broken check says nothing about the platforms, so it neither opens nor closes the issue of drift.
 */
import type { DriftResult } from "../drift/check.ts";
import { headline, report } from "../drift/report.ts";
import { type IssueChange, keepIssue } from "./kept-issue.ts";
import type { Repository } from "./repository.ts";

/** What all of these issues have, and nothing else. */
const LABEL = "drift";

const KINDS = ["drift", "drift-check"] as const;
type Kind = (typeof KINDS)[number];

/** What was done. */
export interface Change extends IssueChange {
  readonly kind: Kind;
}

/** Which issues should be open: true, false, or as they are. */
const WANTED = {
  clean: { drift: false, "drift-check": false },
  drifted: { drift: true, "drift-check": false },
  "no such stack": { drift: undefined, "drift-check": true },
  empty: { drift: undefined, "drift-check": true },
  "in doubt": { drift: undefined, "drift-check": true },
  broken: { drift: undefined, "drift-check": true },
} as const satisfies Record<DriftResult["status"], Record<Kind, boolean | undefined>>;

/** @throws RequestError where GitHub refuses */
export async function keepDriftIssues(
  repository: Repository,
  result: DriftResult,
): Promise<readonly Change[]> {
  const changes: Change[] = [];
  for (const kind of KINDS) {
    const wanted = WANTED[result.status][kind];
    if (wanted === undefined) continue;
    const issue = {
      name: `${kind}:${result.stack}`,
      label: LABEL,
      title: headline(result),
      text: report(result),
    };
    const change = await keepIssue(repository, issue, wanted);
    if (change) changes.push({ kind, ...change });
  }
  return changes;
}

/** Drift is for today; a check that is broken is not urgent, and says so. */
export function slackText({ kind, did, url, text }: Change): string {
  const urgency = kind === "drift-check" && did === "opened" ? " (not urgent)" : "";
  return `${did === "closed" ? ":white_check_mark:" : ":warning:"} <${url}|${text}>${urgency}`;
}
