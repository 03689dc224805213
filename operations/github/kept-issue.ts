/** An issue that is kept as things are: opened, kept up to date, closed. A run finds its own by a marker and a label. */
import { keysIn } from "../../settings/known-keys.ts";
import { marker, posted, type Repository } from "./repository.ts";

export interface KeptIssue {
  /** By which a later run finds it again, such as `drift:production`. */
  readonly name: string;
  /** What all issues of this kind have, and nothing else. */
  readonly label: string;
  /** In one line. */
  readonly title: string;
  /** In Markdown. */
  readonly text: string;
}

/** What was done. */
export interface IssueChange {
  readonly did: "opened" | "updated" | "closed";
  readonly number: number;
  readonly url: string;
  /** Its title. */
  readonly text: string;
}

/**
 * Opens or updates it where it is wanted, else closes it.
 * @returns undefined where there was nothing to do
 * @throws RequestError where GitHub refuses
 */
export async function keepIssue(
  repository: Repository,
  issue: KeptIssue,
  wanted: boolean,
): Promise<IssueChange | undefined> {
  const open = await openIssue(repository, issue);
  if (wanted) return show(repository, issue, open);
  return open === undefined ? undefined : close(repository, issue, open);
}

/** The number of the open issue of this name. */
async function openIssue(repository: Repository, { name, label }: KeptIssue): Promise<number | undefined> {
  const issues = await openIssues(repository, label);
  return issues.find(({ body }) => body?.startsWith(marker(name)))?.number;
}

/** All open ones of a kind. Only who may label issues can make one that looks like ours. */
export function openIssues({ octokit, owner, repo }: Repository, label: string) {
  return octokit.paginate(octokit.rest.issues.listForRepo, {
    ...{ owner, repo, state: "open", labels: label, per_page: 100 },
  });
}

async function show(
  repository: Repository,
  { name, label, title, text }: KeptIssue,
  open: number | undefined,
): Promise<IssueChange> {
  const { octokit, owner, repo } = repository;
  const keys = keysIn(text);
  const shown =
    keys.length === 0 ? text : `${title}\n\nWithheld: it holds what looks like ${keys.join(", ")}.`;
  const body = posted(name, shown, repository);
  if (open === undefined) {
    const { data } = await octokit.rest.issues.create({ owner, repo, title, body, labels: [label] });
    return { did: "opened", number: data.number, url: data.html_url, text: title };
  }
  const { data } = await octokit.rest.issues.update({ owner, repo, issue_number: open, title, body });
  return { did: "updated", number: open, url: data.html_url, text: title };
}

async function close(
  { octokit, owner, repo, runUrl }: Repository,
  { title }: KeptIssue,
  number: number,
): Promise<IssueChange> {
  const at = { owner, repo, issue_number: number };
  await octokit.rest.issues.createComment({
    ...at,
    body: runUrl ? `${title} ([the run](${runUrl})).` : title,
  });
  const { data } = await octokit.rest.issues.update({ ...at, state: "closed", state_reason: "completed" });
  return { did: "closed", number, url: data.html_url, text: title };
}
