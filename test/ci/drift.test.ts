import { expect, test } from "vitest";
import { checkDrift, resultSchema } from "../../ci/drift/check.ts";
import { headline, report } from "../../ci/drift/report.ts";
import type { Ended } from "../../pulumi-cli.ts";
import { leaks, sentinel } from "../support/secrets.ts";

const urn = (name: string) => `urn:pulumi:production::agentpay-monitoring::aws:sns/topic:Topic::${name}`;

/** What the CLI prints, with values in every place where it may have some. */
const printed = {
  config: { "agentpay-monitoring:sentry": sentinel("configuration") },
  steps: [
    {
      op: "refresh",
      urn: urn("same"),
      oldState: { inputs: { name: sentinel("state") } },
      detailedDiff: null,
    },
    {
      op: "update",
      urn: urn("edited"),
      oldState: { inputs: { tags: sentinel("old") } },
      newState: { inputs: { tags: sentinel("new") } },
      detailedDiff: { "tags.owner": { kind: "update" }, displayName: { kind: "add" } },
    },
    { op: "update", urn: urn("older-cli"), diffReasons: ["policy"], detailedDiff: null },
    { op: "delete", urn: urn("gone"), oldState: { inputs: { name: sentinel("gone") } } },
  ],
  changeSummary: { same: 1, update: 2, delete: 1 },
};

const answering = (ended: Partial<Ended>) => async () => ({ code: 0, stdout: "", stderr: "", ...ended });

test("drift names resources and property paths, and no value", async () => {
  const stdout = `Previewing\n${JSON.stringify(printed)}`;
  const calls: (readonly string[])[] = [];
  const result = await checkDrift("production", async (args) => {
    calls.push(args);
    return { code: 7, stdout, stderr: "error: no changes were expected" };
  });
  expect(calls).toEqual([["refresh", "--preview-only", "--expect-no-changes", "--json"]]);
  expect(result).toEqual({
    stack: "production",
    status: "drifted",
    resources: 4,
    drifted: [
      { urn: urn("edited"), change: "changed", properties: ["displayName", "tags.owner"] },
      { urn: urn("older-cli"), change: "changed", properties: ["policy"] },
      { urn: urn("gone"), change: "deleted", properties: [] },
    ],
  });
  expect(resultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  expect(report(result)).toContain(`| \`${urn("edited")}\` | changed | \`displayName\`, \`tags.owner\` |`);
  expect(leaks(stdout)).toBe(true);
  expect(leaks([result, report(result)])).toBe(false);
});

test.each([
  [{ code: 0, stdout: JSON.stringify(printed) }, "clean", "production is clean: 4 resources"],
  [{ code: 6, stderr: "error: no stack named 'x' found" }, "no such stack", "there is no such stack"],
  [{ code: 7, stdout: "not JSON" }, "broken", "the drift check is broken"],
  [{ code: 0, stdout: "" }, "broken", "the drift check is broken"],
  [{ code: 1, stderr: "error: incorrect passphrase" }, "broken", "the drift check is broken"],
  [{ code: 255 }, "broken", "the drift check is broken"],
] as const)("%o is %s", async (ended, status, line) => {
  const result = await checkDrift("production", answering(ended));
  expect(result.status).toBe(status);
  expect(headline(result)).toContain(line);
});

test("a broken check says why: the platform's refusal, or the CLI's; no key that it may hold", async () => {
  const token = `sntrys_${"a1".repeat(20)}`;
  const refused = {
    ...printed,
    diagnostics: [
      { urn: urn("edited"), severity: "error", message: `error: 403 for ${token}\n` },
      { severity: "warning", message: "never mind" },
    ],
  };
  const result = await checkDrift("production", answering({ code: 1, stdout: JSON.stringify(refused) }));
  expect(result).toEqual({
    stack: "production",
    status: "broken",
    reason: `${urn("edited")}: error: 403 for [Sentry auth token]`,
  });
  const silent = await checkDrift("production", answering({ code: 255 }));
  expect(report(silent)).toContain("pulumi refresh ended with 255, and said nothing");
});

test("a long list is cut, and says so", () => {
  const drifted = Array.from({ length: 130 }, (_, index) => ({
    urn: urn(`topic-${index}`),
    change: "deleted" as const,
    properties: [],
  }));
  const text = report({ stack: "production", status: "drifted", resources: 200, drifted });
  expect(text).toContain("topic-99`");
  expect(text).not.toContain("topic-100`");
  expect(text).toContain("and 30 more");
});
