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

/** What is tested, where it is not all rules as they are. */
export interface Tested {
  /** By alert, in the place of the default ones. */
  readonly thresholds?: Readonly<Record<string, number>>;
  /** Name of a group of alerts. */
  readonly only?: string | undefined;
}

/** @param scratch folder for the results */
export async function testRules(scratch: string, { thresholds, only }: Tested = {}): Promise<RuleTests> {
  const file = join(scratch, "rule-tests.json");
  const vitest = join(REPOSITORY, "node_modules/vitest/vitest.mjs");
  const options = ["--config", "vitest.e2e.config.ts", "--reporter=json", `--outputFile=${file}`];
  // vitest writes the group in quotation marks.
  const chosen = only === undefined ? [] : ["--testNamePattern", `'?${only}'?: `];
  const ended = await run(process.execPath, [vitest, "run", ...options, ...chosen, TESTS], {
    environment: {
      ...process.env,
      ...(thresholds && { [THRESHOLDS_VARIABLE]: JSON.stringify(thresholds) }),
    },
    folder: REPOSITORY,
    timeoutSeconds: TIMEOUT_SECONDS,
  }).catch(messageOf);
  const text = await readFile(file, "utf8").catch(() => undefined);
  return text === undefined ? { passed: 0, failed: [], problem: ended } : ruleTestsFrom(text);
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
