import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createColors } from "picocolors";
import { afterEach, expect, test, vi } from "vitest";
import { type Check, proven, runChecks } from "../../verify/check.ts";
import { checklist } from "../../verify/checklist.ts";
import { report, withoutSecrets } from "../../verify/report.ts";
import { readStack, StackError } from "../../verify/stack.ts";
import { configurationOf } from "../support/program.ts";
import { leaks, sentinel } from "../support/secrets.ts";
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
  const stack = await readStack("acme/agentpay-monitoring/staging-2", async (...args) => {
    calls.push(args.join(" "));
    return args[0] === "config"
      ? JSON.stringify({ ...Object.fromEntries(entries), "pulumi:x": { value: "y" } })
      : JSON.stringify({ sentryProject: "agentpay-local", later: { unknown: true } });
  });
  expect(calls).toEqual([
    "config --json --show-secrets --stack acme/agentpay-monitoring/staging-2",
    "stack output --json --show-secrets --stack acme/agentpay-monitoring/staging-2",
  ]);
  expect(stack.settings.environment).toBe("staging-2");
  expect(stack.secrets["sentry.token"]).toBe("sentinel-secret:sentry.token");
  expect(stack.outputs).toEqual({ sentryProject: "agentpay-local" });
});

test("a CLI that fails is quoted by what it complains of, never by what it printed", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "verify-"));
  const script = `#!/bin/sh\necho '${sentinel("printed")}'\necho 'error: no such stack' >&2\nexit 255\n`;
  await writeFile(path.join(folder, "pulumi"), script, { mode: 0o700 });
  vi.stubEnv("PATH", `${folder}:${process.env["PATH"]}`);
  const reason = await readStack("production").catch((error: unknown) => error);
  expect(reason).toBeInstanceOf(StackError);
  expect(String(reason)).toMatch(/^StackError: pulumi (config|stack) failed: error: no such stack$/);

  vi.stubEnv("PATH", path.join(folder, "empty"));
  await expect(readStack("production")).rejects.toThrow("there is no pulumi on PATH");
  await rm(folder, { recursive: true });
});

test("a local stack that is not up says how to start it", async () => {
  vi.stubEnv("AGENTPAY_LOCAL_HOME", path.join(tmpdir(), "verify-nothing-here"));
  await expect(readStack("local")).rejects.toThrow("Start it with: make up");
});
