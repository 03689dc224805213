/** The parts of GitHub's REST API that CI writes to: issues, and comments on pull requests. */
import { Octokit } from "@octokit/rest";
import { Failure } from "../../toolkit/failure.ts";

/** The longest text that GitHub takes is 65,536 characters. */
const LONGEST_TEXT = 65_000;

export interface Repository {
  readonly octokit: Octokit;
  readonly owner: string;
  readonly repo: string;
  /** The run that this is a part of, for people to read on. Undefined outside of GitHub Actions. */
  readonly runUrl: string | undefined;
}

/**
 * As GitHub Actions says in the environment: `GITHUB_REPOSITORY`, `GITHUB_TOKEN`, `GITHUB_API_URL`.
 * @throws Failure that names all that is missing
 */
export function repositoryFrom(environment: NodeJS.ProcessEnv): Repository {
  const { GITHUB_REPOSITORY: name = "", GITHUB_TOKEN: token = "", GITHUB_API_URL: baseUrl } = environment;
  const [owner = "", repo = ""] = name.split("/");
  const missing = [
    ...(owner && repo ? [] : ["GITHUB_REPOSITORY (owner/name)"]),
    ...(token ? [] : ["GITHUB_TOKEN (may write issues and comments)"]),
  ];
  if (missing.length > 0) throw new Failure(`Set in the environment: ${missing.join(", ")}`);
  // The library logs each request that fails: its error says the same.
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  return {
    octokit: new Octokit({ auth: token, log, ...(baseUrl && { baseUrl }) }),
    owner,
    repo,
    runUrl: runUrlFrom(environment),
  };
}

/** Undefined outside of GitHub Actions. */
export function runUrlFrom({
  GITHUB_SERVER_URL,
  GITHUB_REPOSITORY,
  GITHUB_RUN_ID,
}: NodeJS.ProcessEnv): string | undefined {
  if (!GITHUB_SERVER_URL || !GITHUB_RUN_ID) return undefined;
  return `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;
}

/** A line that nobody sees, by which a later run finds its own text again. */
export const marker = (name: string) => `<!-- agentpay-monitoring ${name} -->`;

/** The name that a text's marker has; undefined where it has none. */
export function nameIn(text: string | null | undefined): string | undefined {
  return /^<!-- agentpay-monitoring (\S+) -->/.exec(text ?? "")?.[1];
}

/** A text as it is posted: found again by its marker, with a way to read on, and no longer than GitHub takes. */
export function posted(name: string, text: string, { runUrl }: Pick<Repository, "runUrl">): string {
  const link = runUrl === undefined ? "" : `\n\n[The run](${runUrl})`;
  const room = LONGEST_TEXT - marker(name).length - link.length;
  const cut = "\n\n(cut: it is longer than GitHub takes)";
  const kept = text.length <= room ? text : `${text.slice(0, room - cut.length)}${cut}`;
  return `${marker(name)}\n${kept}${link}`;
}
