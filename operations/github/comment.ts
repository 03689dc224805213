/** One comment a stack on a pull request: made once, then kept up to date. */
import { keysIn } from "../../settings/known-keys.ts";
import { marker, posted, type Repository } from "./repository.ts";

export interface Comment {
  readonly stack: string;
  readonly pullRequest: number;
  /** What the review wrote; undefined where it ended before it wrote anything. */
  readonly text: string | undefined;
}

/**
 * @returns the kinds of keys for which the text was withheld; none where it was posted
 * @throws RequestError where GitHub refuses
 */
export async function comment(
  repository: Repository,
  { stack, pullRequest, text }: Comment,
): Promise<readonly string[]> {
  const { octokit, owner, repo } = repository;
  const withheld = keysIn(text ?? "");
  const body = posted(`review:${stack}`, textFor(stack, text, withheld), repository);
  const existing = await ownComment(repository, pullRequest, marker(`review:${stack}`));
  if (existing === undefined) {
    await octokit.rest.issues.createComment({ owner, repo, issue_number: pullRequest, body });
  } else {
    await octokit.rest.issues.updateComment({ owner, repo, comment_id: existing, body });
  }
  return withheld;
}

function textFor(stack: string, text: string | undefined, withheld: readonly string[]): string {
  if (text === undefined) {
    return `### Review of \`${stack}\`\n\nIt ended before it had anything to say. By hand: \`npm run review -- --stack ${stack}\`.`;
  }
  if (withheld.length > 0) {
    return `### Review of \`${stack}\`\n\nWithheld: its text holds what looks like a secret (${withheld.join(", ")}).`;
  }
  return text;
}

/** A person could plant the marker, and edit the comment later: only what a bot wrote is ours. */
async function ownComment(
  { octokit, owner, repo }: Repository,
  pullRequest: number,
  mark: string,
): Promise<number | undefined> {
  const comments = await octokit.paginate(octokit.rest.issues.listComments, {
    owner,
    repo,
    issue_number: pullRequest,
    per_page: 100,
  });
  return comments.find(({ user, body }) => user?.type === "Bot" && body?.startsWith(mark))?.id;
}
