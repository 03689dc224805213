import { tmpdir } from "node:os";
import path from "node:path";
import { createColors } from "picocolors";
import { afterEach, expect, test, vi } from "vitest";
import { failed, notConfigured, type Outcome, proven } from "../../../components/shared/outcome.ts";
import { type Check, isGood, runChecks } from "../../../operations/verify/check.ts";
import { checklist } from "../../../operations/verify/checklist.ts";
import { report, withoutSecrets } from "../../../operations/verify/report.ts";
import { readStack } from "../../../operations/verify/stack.ts";
import { configurationOf } from "../../support/program.ts";
import { leaks } from "../../support/secrets.ts";
import { install, stackOf } from "./world.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const check = (id: string, run: Check["run"]): Check => ({
  id,
  section: "Metrics",
  title: id,
  platform: undefined,
  advice: "do this",
  run,
});

test("one that throws and one that never ends are failed; the others go on", async () => {
  let aborted = false;
  const results = await runChecks(
    [
      check("throws", () => Promise.reject(new Error("broken"))),
      check("hangs", ({ signal }) => {
        signal.addEventListener("abort", () => {
          aborted = true;
        });
        return new Promise(() => {});
      }),
      check("works", async () => proven("it does")),
    ],
    stackOf(),
    20,
  );
  expect(results.map(({ status, detail, advice }) => [status, detail, advice])).toEqual([
    ["failed", "broken", "do this"],
    ["failed", "not done within 0.02 s", "do this"],
    ["proven", "it does", undefined],
  ]);
  expect(aborted).toBe(true);
});

test.each<[string, readonly Outcome[], boolean]>([
  ["all that there is was proven", [proven("it does"), notConfigured("off")], true],
  ["one failed", [proven("it does"), failed("it is gone")], false],
  ["nothing is configured, and so nothing was seen", [notConfigured("off"), notConfigured("off")], false],
  ["there is no check", [], false],
])("whether a stack is good where %s", async (_what, outcomes, good) => {
  const checks = outcomes.map((outcome, index) => check(`check ${index}`, async () => outcome));
  expect(isGood(await runChecks(checks, stackOf()))).toBe(good);
});

test("a report names each item below its heading, what to do, and the sum", async () => {
  const results = await runChecks(
    [
      check("Works", async () => proven("it does")),
      check("Breaks", () => Promise.reject(new Error("it is gone"))),
    ],
    stackOf(),
  );
  expect(report("staging", results, createColors(false))).toBe(
    [
      "Metrics",
      "  proven          Works",
      "                  it does",
      "  FAILED          Breaks",
      "                  it is gone",
      "                  do this",
      "",
      "staging: 1 proven, 1 failed, 0 not configured",
    ].join("\n"),
  );
});

test("what a vendor's answers say of their end is told with the file that relies on it, once, and no secret with it", async () => {
  install();
  const answer = globalThis.fetch;
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const response = await answer(url, init);
    if (!url.includes("/oncalls")) return response;
    const link = `<https://x.example/?key=${stackOf().secrets["pagerduty.token"]}>; rel="successor-version"`;
    const headers = { deprecation: "@1778716800", sunset: "Fri, 18 Sep 2026 00:00:00 GMT", link };
    return new Response(response.body, { status: response.status, headers });
  });
  const stack = stackOf();
  const results = withoutSecrets(await runChecks(checklist, stack), stack);
  const told = results.flatMap(({ id, deprecated = [] }) => deprecated.map((text) => [id, text]));
  expect(told).toEqual([
    [
      expect.any(String),
      expect.stringMatching(
        /^http.*\/oncalls is deprecated since 2026-05-14 and goes on 2026-09-18; instead: https:\/\/x\.example\/\?key=\[secret\] \(components\/pagerduty\/verify\.ts\)$/,
      ),
    ],
  ]);
  expect(report("local", results, createColors(false))).toContain("About to end: http");
});

test("no secret is shown, even where a platform repeats it", async () => {
  // An answer with a status repeats the request's headers.
  install({ answers: { "/": 500 } });
  const stack = stackOf();
  const results = await runChecks(checklist, stack);
  const logins = (text: string) => /YWRtaW46\w+/.test(text);
  const raw = JSON.stringify(results);
  expect([leaks(raw), logins(raw)]).toEqual([true, true]);
  const shown = withoutSecrets(results, stack);
  for (const text of [report("local", shown, createColors(false)), JSON.stringify(shown)]) {
    expect([leaks(text), logins(text)]).toEqual([false, false]);
    expect(text).not.toContain("5e471e15ec4e7");
    expect(text).toContain("[secret]");
  }
});

test("a stack is read through the CLI: configuration with defaults, secrets in clear, outputs", async () => {
  const entries = Object.entries(configurationOf("local")).map(([key, value]) => [
    `agentpay-monitoring:${key}`,
    typeof value === "string" ? { value } : { value: JSON.stringify(value), objectValue: value },
  ]);
  const calls: string[] = [];
  const stack = await readStack("acme/agentpay-monitoring/staging-2", async (args) => {
    calls.push(args.join(" "));
    const printed =
      args[0] === "config"
        ? { ...Object.fromEntries(entries), "pulumi:x": { value: "y" } }
        : { sentryProject: "agentpay-local", later: { unknown: true } };
    return { code: 0, stdout: JSON.stringify(printed), stderr: "" };
  });
  expect(calls).toEqual(["config --json --show-secrets", "stack output --json --show-secrets"]);
  expect(stack.settings.environment).toBe("staging-2");
  expect(stack.secrets["sentry.token"]).toBe("sentinel-secret:sentry.token");
  expect(stack.outputs).toEqual({ sentryProject: "agentpay-local" });
});

test("a local stack that is not up says how to start it, also where no tool can be had", async () => {
  const nothing = path.join(tmpdir(), "verify-nothing-here");
  vi.stubEnv("AGENTPAY_LOCAL_HOME", nothing);
  vi.stubEnv("XDG_CACHE_HOME", nothing);
  vi.stubEnv("AGENTPAY_TOOL_SOURCES", "cache");
  await expect(readStack("local")).rejects.toThrow("Start it with: make up");
});
