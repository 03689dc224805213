/**
 * Stacks from before monitors and alerts: their state has alert rules, by an API that Sentry has removed. Whoever asks
 * it gets 410, so the state has to let go of them without asking. In Sentry nothing is lost: it has turned the rules into
 * monitors and alerts, and the next `up` takes those over by their names.
 */
import { type Pulumi, StackError } from "../pulumi/cli.ts";
import { readState } from "../pulumi/state.ts";

/** Of `@pulumiverse/sentry`. Neither has a successor of its own id. */
const GONE: ReadonlySet<string> = new Set([
  "sentry:index/sentryIssueAlert:SentryIssueAlert",
  "sentry:index/sentryMetricAlert:SentryMetricAlert",
]);

/** Whether a state, as the backend keeps it, may have such rules. Reading a file is cheaper than asking the CLI. */
export function mayHaveSentryRules(state: string): boolean {
  return [...GONE].some((type) => state.includes(type));
}

/**
 * Takes the rules out of the stack's state, and touches no platform. Does nothing where there are none, and nothing to a
 * stack that is not there yet. Returns their URNs.
 * @throws StackError where the state can't be read or changed
 */
export async function letGoOfSentryRules(pulumi: Pulumi): Promise<readonly string[]> {
  const { resources } = await readState(pulumi);
  const urns = resources.filter(({ type }) => GONE.has(type)).map(({ urn }) => urn);
  if (urns.length === 0) return [];
  const { code, stderr } = await pulumi(["state", "delete", ...urns, "--force", "--yes"]);
  if (code !== 0)
    throw new StackError(`the state would not let go of Sentry's old alert rules: ${stderr.trim()}`);
  return urns;
}

/** What was done, for people. */
export function told(urns: readonly string[]): string {
  return [
    `The state lets go of ${urns.length} alert rules: Sentry has removed their API, and turned them into monitors and`,
    "alerts, which the update takes over by their names:",
    ...urns.map((urn) => `  ${urn.split("::").at(-1)}`),
  ].join("\n");
}
