/** Gathers what there is to say of a change to one stack. A part that can't be had says why; the others are still there. */
import { join } from "node:path";
import { withoutKeys } from "../../settings/known-keys.ts";
import { environmentOf } from "../../settings/stack-name.ts";
import { messageOf } from "../../toolkit/error-message.ts";
import { redact } from "../../toolkit/property-values.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { withTemporaryFolder } from "../../toolkit/temporary-folder.ts";
import { checkDrift } from "../drift/check.ts";
import { type Pulumi, pulumiOf } from "../pulumi/cli.ts";
import { Interruption } from "../pulumi/engine-process.ts";
import { formsOf } from "../secrets/texts.ts";
import { readSecrets, type Secrets } from "../verify/stack.ts";
import type { Part } from "./model.ts";
import { type Preview, previewOf } from "./preview.ts";
import { type ReplayedChange, replayedChange } from "./replay.ts";
import { report } from "./report.ts";
import { testRules } from "./rule-tests.ts";
import { checkOutBase, type Side, sideOf } from "./side.ts";

export interface ReviewOptions {
  readonly stack: string;
  /** Branch, tag or commit. */
  readonly base: string;
  /** Whether the engine is left out, for where there is no account. */
  readonly offline: boolean;
  readonly ruleTests: boolean;
  /** Days of a Prometheus' history over which the alerts of both versions are played; undefined for none. */
  readonly replayDays: number | undefined;
  /** A Prometheus that asks for no password. Default: the stack's own. */
  readonly prometheus?: string | undefined;
}

/** @returns Markdown with no secret in it, and whether nothing speaks against the change */
export async function review(options: ReviewOptions): Promise<{ markdown: string; passed: boolean }> {
  const { found, secrets } = await withTemporaryFolder("review", (scratch) => gather(options, scratch));
  const { markdown, passed } = report(found);
  return { markdown: withoutSecrets(markdown, secrets), passed };
}

/** What a platform or program has echoed of the stack's secrets, in whichever form, is taken out; so is what looks like a key. */
export function withoutSecrets(markdown: string, secrets: readonly string[]): string {
  const forms = secrets.flatMap(formsOf).toSorted((left, right) => right.length - left.length);
  return withoutKeys(redact(markdown, forms));
}

async function gather(options: ReviewOptions, scratch: string) {
  const { stack, base, offline, ruleTests } = options;
  const name = environmentOf(stack);
  const [before, after] = await Promise.all([
    part(async () => {
      const folder = join(scratch, "base");
      await checkOutBase(base, folder);
      return sideOf(folder, name, join(scratch, "before"));
    }),
    part(() => sideOf(REPOSITORY, name, join(scratch, "after"))),
  ]);
  const tested = ruleTests ? await testRules(scratch) : undefined;
  const engine = offline ? undefined : await part(() => pulumiOf(stack));
  const pulumi = engine && "value" in engine ? engine.value : undefined;
  const preview = pulumi
    ? await part(() => previewOf(stack, pulumi, scratch))
    : (engine as Part<Preview> | undefined);
  const platforms = pulumi && (await part(() => checkDrift(stack, pulumi)));
  const replay = await replayOf(options, before, after, pulumi);
  const read = pulumi && (await part(() => readSecrets(pulumi)));
  const secrets: Secrets = read && "value" in read ? read.value : {};
  return {
    found: { stack, base, before, after, preview, platforms, replay, ruleTests: tested },
    secrets: Object.values(secrets).filter((secret) => secret !== undefined),
  };
}

/** Where one of the sides can't be had, there is nothing to compare, and that is said already. */
async function replayOf(
  { stack, base, replayDays: days, prometheus }: ReviewOptions,
  before: Part<Side>,
  after: Part<Side>,
  pulumi: Pulumi | undefined,
): Promise<Part<ReplayedChange> | undefined> {
  if (days === undefined || "problem" in before || "problem" in after) return undefined;
  if (pulumi === undefined && prometheus === undefined) return undefined;
  const sides = { before: before.value, after: after.value };
  return part(() =>
    replayedChange({
      ...{ stack, base, ...sides, pulumi, prometheus, days },
      onProgress: (line) => console.error(line),
    }),
  );
}

async function part<Value>(make: () => Promise<Value>): Promise<Part<Value>> {
  try {
    return { value: await make() };
  } catch (error) {
    if (error instanceof Interruption) throw error;
    return { problem: messageOf(error) };
  }
}
