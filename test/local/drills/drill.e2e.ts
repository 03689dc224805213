/** The command itself, with the real Prometheus and Alertmanager: representative alerts, and its way with signals. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { REPOSITORY } from "../../../toolkit/repository.ts";
import { endWhenSilent } from "../../support/silence.ts";

/** Of this file's labs alone: others run beside them. */
const folder = mkdtempSync(path.join(tmpdir(), "agentpay-drills-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Runs `npm run drill -- <args>`, without npm. `onOutput` may end it in the middle. */
function drill(
  args: readonly string[],
  onOutput?: (output: string, kill: () => void) => void,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join("local", "drills", "main.ts"), ...args], {
      cwd: REPOSITORY,
      env: { ...process.env, TMPDIR: folder, AGENTPAY_LOCAL_HOME: path.join(folder, "home") },
      stdio: ["ignore", "pipe", "pipe"],
    });
    endWhenSilent(child);
    let output = "";
    const take = (chunk: Buffer) => {
      output += chunk.toString();
      onOutput?.(output, () => child.kill("SIGINT"));
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}

function leftFolders(): string[] {
  return readdirSync(folder).filter((name) => name.startsWith("agentpay-drill-"));
}

test("criticals page and reach phones, a warning Slack and mail, silence pages, all end, and nothing else rings", async () => {
  const names = [
    "APIDown",
    "HighErrorRate",
    "LLMRequestFailures",
    "PostgresDown",
    "RAGQueryFailures",
    "Watchdog",
  ];
  const { code, output } = await drill(names.flatMap((name) => ["--alert", name]));
  expect(output).toContain("expected alerts rang as they should, 0 false alarms");
  expect(output).toMatch(/APIDown +│ PagerDuty, SMS +│ \d+\.\d +│ \d+\.\d/);
  expect(output).toMatch(/HighErrorRate +│ PagerDuty +│ \d+\.\d +│ \d+\.\d/);
  expect(output).toMatch(/APIAvailabilityBudgetBurn 6h +│ held back +│ - /);
  expect(output).toMatch(/LLMRequestFailures +│ PagerDuty +│ \d+\.\d +│ \d+\.\d/);
  expect(output).toMatch(/RAGQueryFailures +│ Slack, Email +│ \d+\.\d +│ \d+\.\d/);
  expect(output).toMatch(/Watchdog +│ PagerDuty, SMS +│ \d+\.\d +│ \d+\.\d/);
  expect(output).toMatch(/PostgresDown +│ PagerDuty +│ \d+\.\d +│ \d+\.\d/);
  expect(code).toBe(0);
});

test("a healthy run pages nobody", async () => {
  const { code, output } = await drill(["--healthy", "5s"]);
  expect(output).toContain("Quiet: no false alarm");
  expect(code).toBe(0);
});

test("the platform keeps its promises when it breaks itself", async () => {
  const names = ["alertmanager-restarted", "replicas"];
  const { code, output } = await drill([
    ...["--faults", "platform"],
    ...names.flatMap((name) => ["--fault", name]),
  ]);
  expect(output).toMatch(/an outage pages exactly once.+│ held +│ paged after \d/);
  expect(output).toMatch(
    /Alertmanager is restarted +│ no second page.+│ held +│ one page; the silence still mutes/,
  );
  expect(code).toBe(0);
  const unknown = await drill(["--faults", "platform", "--fault", "no-such-fault"]);
  expect(unknown.output).toContain("no fault is called no-such-fault. There are: alertmanager-restarted");
  expect(unknown.code).toBe(1);
});

test("an interrupted drill stops everything and leaves nothing", async () => {
  const before = leftFolders();
  const { code, output } = await drill(["--alert", "ConversationsDropped", "--alert", "APIDown"]);
  expect(output).toContain("ConversationsDropped is not drilled: it compares with a day ago");
  expect(code).toBe(1);
  const interrupted = await drill(["--alert", "APIDown"], (text, kill) => {
    if (text.includes("broken:")) kill();
  });
  expect(interrupted.output).toContain("Interrupted; everything is stopped.");
  expect(interrupted.code).toBe(130);
  expect(leftFolders()).toEqual(before);
});
