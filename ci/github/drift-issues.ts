/**
 * One issue for each stack that has drifted, and one for each whose check is broken: opened, kept up to date, closed.
 * A broken check says nothing about the platforms, so it neither opens nor closes the issue of drift.
 */
import type { DriftResult } from "../drift/check.ts";
import { headline, report } from "../drift/report.ts";
import { keysIn } from "../secrets/known-keys.ts";
import { marker, posted, type Repository } from "./repository.ts";

/** What all of these issues have, and nothing else. */
const LABEL = "drift";

const KINDS = ["drift", "drift-check"] as const;
type Kind = (typeof KINDS)[number];

/** What was done. */
export interface Change {
  readonly kind: Kind;
  readonly did: "opened" | "updated" | "closed";
  readonly number: number;
  readonly url: string;
  /** In one line, such as `production has drifted: 2 of 57 resources`. */
  readonly text: string;
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
    const open = await openIssue(repository, `${kind}:${result.stack}`);
    if (wanted) changes.push(await show(repository, kind, result, open));
    else if (open !== undefined) changes.push(await close(repository, kind, result, open));
  }
  return changes;
}

/** The number of the open issue of this name. Only who may label issues can make one that looks like ours. */
async function openIssue({ octokit, owner, repo }: Repository, name: string): Promise<number | undefined> {
  const issues = await octokit.paginate(octokit.rest.issues.listForRepo, {
    owner,
    repo,
    state: "open",
    labels: LABEL,
    per_page: 100,
  });
  return issues.find(({ body }) => body?.startsWith(marker(name)))?.number;
}

async function show(
  repository: Repository,
  kind: Kind,
  result: DriftResult,
  open: number | undefined,
): Promise<Change> {
  const { octokit, owner, repo } = repository;
  const title = headline(result);
  const text = report(result);
  const keys = keysIn(text);
  const shown =
    keys.length === 0 ? text : `${title}\n\nWithheld: it holds what looks like ${keys.join(", ")}.`;
  const body = posted(`${kind}:${result.stack}`, shown, repository);
  if (open === undefined) {
    const { data } = await octokit.rest.issues.create({ owner, repo, title, body, labels: [LABEL] });
    return { kind, did: "opened", number: data.number, url: data.html_url, text: title };
  }
  const { data } = await octokit.rest.issues.update({ owner, repo, issue_number: open, title, body });
  return { kind, did: "updated", number: open, url: data.html_url, text: title };
}

async function close(
  { octokit, owner, repo, runUrl }: Repository,
  kind: Kind,
  result: DriftResult,
  number: number,
): Promise<Change> {
  const text = headline(result);
  const at = { owner, repo, issue_number: number };
  await octokit.rest.issues.createComment({ ...at, body: runUrl ? `${text} ([the run](${runUrl})).` : text });
  const { data } = await octokit.rest.issues.update({ ...at, state: "closed", state_reason: "completed" });
  return { kind, did: "closed", number, url: data.html_url, text };
}

/** Drift is for today; a check that is broken is not urgent, and says so. */
export function slackText({ kind, did, url, text }: Change): string {
  const urgency = kind === "drift-check" && did === "opened" ? " (not urgent)" : "";
  return `${did === "closed" ? ":white_check_mark:" : ":warning:"} <${url}|${text}>${urgency}`;
}
