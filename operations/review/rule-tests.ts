/** What the tests of the alert rules say: the end-to-end tests of `test/rules/`, by promtool. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { messageOf } from "../../toolkit/error-message.ts";
import { readJson } from "../../toolkit/json.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { run } from "../../toolkit/toolchain/command.ts";

export interface RuleTests {
  readonly passed: number;
  /** What failed, with what was said of it. */
  readonly failed: readonly { readonly title: string; readonly message: string }[];
  /** Why they could not be run, where that is so. */
  readonly problem?: string;
}

const TESTS = "test/rules/rules.e2e.ts";
/** How these tests are told of other thresholds: a map of alert to number, in JSON. */
export const THRESHOLDS_VARIABLE = "AGENTPAY_TESTED_THRESHOLDS";
/** With a build of promtool, where there is none yet. */
const TIMEOUT_SECONDS = 15 * 60;

const results = z.object({
  numPassedTests: z.number(),
  testResults: z.array(
    z.object({
      message: z.string().default(""),
      assertionResults: z.array(
        z.object({
          title: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

/** @param scratch folder for the results */
export async function testRules(scratch: string): Promise<RuleTests> {
  const { text, ended } = await runTests(scratch, [], {});
  return text === undefined ? { passed: 0, failed: [], problem: ended } : ruleTestsFrom(text);
}

/** What an alert's rule tests say of another threshold, case by case. */
export interface TriedThreshold {
  /** Cases with a fault: how many of them ring. */
  readonly rings: { readonly held: number; readonly of: number };
  /** Cases without one: how many of them stay silent. */
  readonly silent: { readonly held: number; readonly of: number };
  /** Why they could not be run, where that is so. */
  readonly problem?: string;
}

/** The first words of a case's title where another threshold is tried, by what it has to do. */
export const TRIED = { rings: "tried, rings:", silent: "tried, silent:" } as const;

/** @param scratch folder for the results */
export async function tryThreshold(scratch: string, alert: string, value: number): Promise<TriedThreshold> {
  const { text, ended } = await runTests(scratch, ["--testNamePattern", "^tried, "], {
    [THRESHOLDS_VARIABLE]: JSON.stringify({ [alert]: value }),
  });
  return text === undefined ? { ...NOTHING_TRIED, problem: ended } : triedFrom(text);
}

const NOTHING_TRIED: TriedThreshold = { rings: { held: 0, of: 0 }, silent: { held: 0, of: 0 } };

/** @param json what vitest's reporter of that name writes */
export function triedFrom(json: string): TriedThreshold {
  const all = readJson(results, json).testResults.flatMap(({ assertionResults }) => assertionResults);
  const of = (kind: string) => {
    const own = all.filter(
      ({ title, status }) => title.startsWith(kind) && ["passed", "failed"].includes(status),
    );
    return { held: own.filter(({ status }) => status === "passed").length, of: own.length };
  };
  const tried = { rings: of(TRIED.rings), silent: of(TRIED.silent) };
  if (tried.rings.of + tried.silent.of > 0) return tried;
  const { problem = `no test was found in ${TESTS}` } = ruleTestsFrom(json);
  return { ...tried, problem };
}

/** @returns what vitest wrote, undefined where it wrote nothing, and how it ended, for people */
async function runTests(
  scratch: string,
  chosen: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<{ text: string | undefined; ended: string }> {
  const file = join(scratch, "rule-tests.json");
  const vitest = join(REPOSITORY, "node_modules/vitest/vitest.mjs");
  const options = ["--config", "vitest.e2e.config.ts", "--reporter=json", `--outputFile=${file}`];
  const ended = await run(process.execPath, [vitest, "run", ...options, ...chosen, TESTS], {
    environment: { ...process.env, ...environment },
    folder: REPOSITORY,
    timeoutSeconds: TIMEOUT_SECONDS,
  }).catch(messageOf);
  return { text: await readFile(file, "utf8").catch(() => undefined), ended };
}

/** @param json what vitest's reporter of that name writes */
export function ruleTestsFrom(json: string): RuleTests {
  const { numPassedTests, testResults } = readJson(results, json);
  const failed = testResults.flatMap(({ assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === "failed")
      .map(({ title, failureMessages }) => ({ title, message: reasons(failureMessages ?? []) })),
  );
  if (failed.length > 0 || numPassedTests > 0) return { passed: numPassedTests, failed };
  const said = testResults.map(({ message }) => message).join("\n");
  return { passed: 0, failed, problem: said === "" ? `no test was found in ${TESTS}` : said };
}

/** Without where in the code they come from. */
function reasons(messages: readonly string[]): string {
  const lines = messages.flatMap((message) => message.split("\n"));
  return lines.filter((line) => !/^\s+at /.test(line)).join("\n");
}
