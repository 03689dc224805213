import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { checkDrift, resultSchema } from "../../operations/drift/check.ts";
import { headline, report } from "../../operations/drift/report.ts";
import type { Ended, Pulumi } from "../../operations/pulumi/cli.ts";
import { leaks, sentinel } from "../support/secrets.ts";

const urn = (name: string) => `urn:pulumi:production::agentpay-monitoring::aws:sns/topic:Topic::${name}`;

type Outcome = Record<string, unknown> & { op: string; urn: string };
const outcome = (metadata: Outcome) => ({ resOutputsEvent: { metadata: { type: "t", ...metadata } } });
const summary = { summaryEvent: { resourceChanges: { same: 1, update: 3, delete: 1 } } };
const preview = [
  { preludeEvent: { config: { "agentpay-monitoring:sentry": sentinel("configuration") } } },
  outcome({ op: "refresh", urn: urn("same"), old: { inputs: { name: sentinel("state") } } }),
  outcome({
    op: "update",
    urn: urn("edited"),
    old: { inputs: { tags: sentinel("old") } },
    new: { inputs: { tags: sentinel("new") } },
    detailedDiff: { "tags.owner": { kind: "update" }, displayName: { kind: "add" } },
  }),
  outcome({ op: "update", urn: urn("older-provider"), diffs: ["policy"], detailedDiff: null }),
  outcome({
    op: "update",
    urn: urn("dynamic"),
    old: { inputs: { filters: { spam: true }, project: "x", rules: sentinel("old") } },
    new: { inputs: { filters: { spam: false }, project: "x", rules: sentinel("new") } },
    detailedDiff: null,
  }),
  outcome({ op: "delete", urn: urn("gone"), old: { inputs: { name: sentinel("gone") } } }),
  summary,
];

const topic = { urn: urn("same"), type: "aws:sns/topic:Topic", custom: true };
const deployed = { deployment: { resources: [topic] } };

/** The CLI: it writes its log, with values in every place where it may have some, and ends. */
function cli(ended: Partial<Ended>, events: readonly object[] = [], state: object = deployed) {
  const calls: { args: readonly string[]; environment: NodeJS.ProcessEnv | undefined }[] = [];
  const pulumi: Pulumi = async (args, options) => {
    if (args[0] === "stack") return { code: 0, stdout: JSON.stringify(state), stderr: "" };
    calls.push({ args, environment: options?.environment });
    const log = args[args.indexOf("--event-log") + 1] ?? "";
    if (events.length > 0) await writeFile(log, events.map((event) => JSON.stringify(event)).join("\n"));
    return { code: 0, stdout: "", stderr: "", ...ended };
  };
  return { pulumi, calls };
}

test("what vendors say will end is told, clean or not, once, with the file that relies on it", async () => {
  const said = "Sentry's GET /x/ is deprecated and goes on 2027-03-01 (components/sentry/objects.ts)";
  const line = { diagnosticEvent: { severity: "info#err", message: `<{%reset%}>About to end: ${said}\n` } };
  const same = { summaryEvent: { resourceChanges: { same: 1 } } };
  const clean = await checkDrift("production", cli({ code: 0 }, [line, line, same]).pulumi);
  expect(clean).toEqual({ stack: "production", status: "clean", resources: 1, deprecated: [said] });
  expect(report(resultSchema.parse(clean))).toContain(`- ${said}`);
  const drifted = await checkDrift("production", cli({ code: 7 }, [line, ...preview]).pulumi);
  expect(drifted).toMatchObject({ status: "drifted", deprecated: [said] });
  expect(report(drifted)).toContain(`- ${said}`);
  expect(await checkDrift("production", cli({ code: 0 }, [same]).pulumi)).not.toHaveProperty("deprecated");
});

test("drift names resources and property paths, and no value, and leaves no log of them", async () => {
  const { pulumi, calls } = cli({ code: 7, stderr: "error: no changes were expected" }, preview);
  const result = await checkDrift("production", pulumi);
  const [{ args, environment } = { args: [], environment: {} }] = calls;
  expect(args.slice(0, -1)).toEqual(["refresh", "--preview-only", "--expect-no-changes", "--event-log"]);
  expect(environment).toEqual({ PULUMI_DEBUG_COMMANDS: "true" });
  expect(existsSync(args.at(-1) ?? "")).toBe(false);
  expect(result).toEqual({
    stack: "production",
    status: "drifted",
    resources: 5,
    drifted: [
      { urn: urn("edited"), change: "changed", properties: ["displayName", "tags.owner"] },
      { urn: urn("older-provider"), change: "changed", properties: ["policy"] },
      { urn: urn("dynamic"), change: "changed", properties: ["filters", "rules"] },
      { urn: urn("gone"), change: "deleted", properties: [] },
    ],
  });
  expect(resultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  expect(report(result)).toContain(`| \`${urn("edited")}\` | changed | \`displayName\`, \`tags.owner\` |`);
  expect(leaks(preview)).toBe(true);
  expect(leaks([result, report(result)])).toBe(false);
});

test.each([
  [{ code: 0 }, preview, "clean", "production is clean: 5 resources"],
  [{ code: 6, stderr: "error: no stack named 'x' found" }, [], "no such stack", "there is no such stack"],
  [{ code: 7 }, [], "broken", "the drift check is broken"],
  [{ code: 0 }, preview.slice(0, 2), "broken", "the drift check is broken"],
  [{ code: 1, stderr: "error: incorrect passphrase" }, [], "broken", "the drift check is broken"],
  [{ code: 255 }, preview, "broken", "the drift check is broken"],
] as const)("%o is told apart", async (ended, events, status, line) => {
  const result = await checkDrift("production", cli(ended, events).pulumi);
  expect(result.status).toBe(status);
  expect(headline(result)).toContain(line);
});

test.each([
  ["has no deployment", { deployment: null }, "empty", "production has no resources"],
  [
    "has its stack and providers alone",
    { deployment: { resources: [{ ...topic, type: "pulumi:providers:aws" }] } },
    "empty",
    "production has no resources",
  ],
  [
    "has an update that was cut off",
    {
      deployment: {
        resources: [topic],
        pending_operations: [{ type: "creating", resource: { urn: urn("made") } }],
      },
    },
    "in doubt",
    "production is in doubt",
  ],
] as const)("a stack that %s is not clean", async (_what, state, status, line) => {
  const result = await checkDrift("production", cli({ code: 0 }, preview, state).pulumi);
  expect(result.status).toBe(status);
  expect(resultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  expect(headline(result)).toContain(line);
  if (status === "in doubt") expect(report(result)).toContain(urn("made"));
});

test("a broken check says why: the platform's refusal, or the CLI's; no key that it may hold", async () => {
  const token = `sntrys_${"a1".repeat(20)}`;
  const refused = [
    { diagnosticEvent: { urn: urn("edited"), severity: "error", message: `error: 403 for ${token}\n` } },
    { diagnosticEvent: { severity: "warning", message: "never mind" } },
    summary,
  ];
  const result = await checkDrift("production", cli({ code: 1 }, refused).pulumi);
  expect(result).toEqual({
    stack: "production",
    status: "broken",
    reason: `${urn("edited")}: error: 403 for [Sentry auth token]`,
    unread: [urn("edited")],
  });
  expect(report(result)).toContain(`- \`${urn("edited")}\``);
  expect(report(result)).toContain('docs/recovery.md, "A resource can\'t be read"');
  const silent = await checkDrift("production", cli({ code: 255 }).pulumi);
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
