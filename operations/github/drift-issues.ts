/**
 * One issue for each stack that has drifted, one for each whose check is broken, and one for each whose vendors say in
 * their answers that something will end: opened, kept up to date, closed. A broken check says nothing about the
 * platforms, so it neither opens nor closes the others.
 */
import type { DriftResult } from "../drift/check.ts";
import { ends, endsHeadline, headline, report } from "../drift/report.ts";
import { type IssueChange, keepIssue } from "./kept-issue.ts";
import { marker, type Repository } from "./repository.ts";

/** What all of these issues have, and nothing else. */
export const LABEL = "drift";

const KINDS = ["drift", "drift-check", "ends"] as const;
type Kind = (typeof KINDS)[number];

/** What was done. */
export interface Change extends IssueChange {
  readonly kind: Kind;
}

/** Which issues should be open: true, false, or as they are. */
function wantedIssues(result: DriftResult): Record<Kind, boolean | undefined> {
  if (result.status !== "clean" && result.status !== "drifted") {
    return { drift: undefined, "drift-check": true, ends: undefined };
  }
  return {
    drift: result.status === "drifted",
    "drift-check": false,
    ends: (result.deprecated ?? []).length > 0,
  };
}

/** Whether a text is that of one of a stack's issues. */
export function isOfStack(stack: string, text: string): boolean {
  return KINDS.some((kind) => text.startsWith(marker(nameOf(kind, stack))));
}

const nameOf = (kind: Kind, stack: string) => `${kind}:${stack}`;

function contentOf(kind: Kind, result: DriftResult) {
  const deprecated = "deprecated" in result ? result.deprecated : undefined;
  return kind === "ends"
    ? { title: endsHeadline(result, deprecated ?? []), text: ends(deprecated).join("\n\n") }
    : { title: headline(result), text: report(result) };
}

/** @throws RequestError where GitHub refuses */
export async function keepDriftIssues(
  repository: Repository,
  result: DriftResult,
): Promise<readonly Change[]> {
  const changes: Change[] = [];
  const wantedOf = wantedIssues(result);
  for (const kind of KINDS) {
    const wanted = wantedOf[kind];
    if (wanted === undefined) continue;
    const issue = { name: nameOf(kind, result.stack), label: LABEL, ...contentOf(kind, result) };
    const change = await keepIssue(repository, issue, wanted);
    if (change) changes.push({ kind, ...change });
  }
  return changes;
}

/** Drift is for today; the others are not urgent, and say so. */
export function slackText({ kind, did, url, text }: Change): string {
  const urgency = kind !== "drift" && did === "opened" ? " (not urgent)" : "";
  return `${did === "closed" ? ":white_check_mark:" : ":warning:"} <${url}|${text}>${urgency}`;
}
