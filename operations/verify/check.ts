/** One item of the checklist, and how items are run: each on its own, side by side, in bounded time. */

import { withDeprecations } from "../../components/shared/json-api.ts";
import { failed, notConfigured, type Outcome } from "../../components/shared/outcome.ts";
import type { Settings } from "../../settings/schema.ts";
import { messageOf } from "../../toolkit/error-message.ts";
import type { Outputs, Secrets } from "./stack.ts";

/** The headings of the guide's checklist, and its chapter on on-call, in its order. */
export const sections = [
  "Error Tracking",
  "Uptime Monitoring",
  "Metrics",
  "Logs",
  "Performance",
  "Costs",
  "On-Call",
] as const;

/** What a check may look at. */
export interface Context {
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly outputs: Outputs;
  /** Ends whatever the check waits for. */
  readonly signal: AbortSignal;
}

type Switch = {
  [Key in keyof Settings]: Settings[Key] extends { enabled: boolean } ? Key : never;
}[keyof Settings];
export type Platform = Exclude<Switch, undefined>;

export interface Check {
  readonly id: string;
  readonly section: (typeof sections)[number];
  readonly title: string;
  /** Where it is, for what its answers say of their end; the checklist fills it in. */
  readonly file?: string;
  /** Switched off, the item is not configured; undefined where none is needed. */
  readonly platform: Platform | undefined;
  /** What to do where the check fails, or can't be made. */
  readonly advice: string;
  /** @throws where it can't be made, which counts as failed */
  run(context: Context): Promise<Outcome>;
}

export interface Result {
  readonly id: string;
  readonly section: string;
  readonly title: string;
  readonly status: Outcome["status"];
  readonly detail: string;
  /** What to do; only of what failed. */
  readonly advice?: string;
  /** What the vendor's answers say will end, and the file that relies on it. Only where they do. */
  readonly deprecated?: readonly string[];
}

const LIMIT_MILLISECONDS = 30_000;

/** Runs every check to its end, whatever happens to the others. */
export function runChecks(
  checks: readonly Check[],
  context: Omit<Context, "signal">,
  limitMilliseconds = LIMIT_MILLISECONDS,
): Promise<readonly Result[]> {
  return Promise.all(
    checks.map(async (check) => {
      const { value: outcome, deprecated } = await withDeprecations(() =>
        outcomeOf(check, context, limitMilliseconds),
      );
      const { id, section, title, file } = check;
      const advice = outcome.status === "failed" && { advice: outcome.advice ?? check.advice };
      return {
        id,
        section,
        title,
        status: outcome.status,
        detail: outcome.detail,
        ...advice,
        ...(deprecated.length > 0 && {
          deprecated: deprecated.map((text) => (file === undefined ? text : `${text} (${file})`)),
        }),
      };
    }),
  );
}

/** Nothing failed, and something was proven: a checklist of which nothing could be proven has seen nothing. */
export function isGood(results: readonly Result[]): boolean {
  return (
    results.some(({ status }) => status === "proven") && !results.some(({ status }) => status === "failed")
  );
}

async function outcomeOf(
  check: Check,
  context: Omit<Context, "signal">,
  limitMilliseconds: number,
): Promise<Outcome> {
  const { platform } = check;
  if (platform && !context.settings[platform].enabled) return notConfigured(`${platform}.enabled is false`);
  const late = new AbortController();
  const reason = new Error(`not done within ${limitMilliseconds / 1000} s`);
  const timer = setTimeout(() => late.abort(reason), limitMilliseconds);
  const limit = new Promise<never>((_, reject) => {
    late.signal.addEventListener("abort", () => reject(reason));
  });
  try {
    return await Promise.race([check.run({ ...context, signal: late.signal }), limit]);
  } catch (error) {
    return failed(messageOf(error));
  } finally {
    clearTimeout(timer);
  }
}
