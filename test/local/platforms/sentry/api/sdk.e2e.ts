/** Events of Sentry's own SDK ring each of the program's alerts, and what a monitor has opened ends. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { instrumentationPython } from "../../../../../local/instrumentation/python.ts";
import { startSentry } from "../../../../../local/platforms/sentry/api/server.ts";
import type { RunningServer } from "../../../../../local/platforms/shared/http-server.ts";
import { ensureTool } from "../../../../../toolkit/toolchain/find.ts";
import { makeAll, ORGANIZATION, PROJECT, programStates } from "../../../../support/sentry.ts";
import { type Call, caller, temporaryFolder } from "../../support.ts";

const MINUTE = 60_000;
const EMAIL = `email: ${PROJECT}`;
const SLACK = "slack: #alerts";
const PAGE = "pagerduty: service 1";

let now = Date.now();
let server: RunningServer;
let call: Call;
/** Lets the application do something that many times. */
let perform: (path: string, count?: number) => Promise<void>;
let stop = () => {};

beforeAll(async () => {
  const { binaries } = await ensureTool(instrumentationPython);
  server = await startSentry({ port: 0, dataFolder: temporaryFolder(), now: () => now });
  call = caller(server, { authorization: "Bearer token" });
  const { states } = await programStates(call);
  await makeAll(states, `${server.url}/api/`);
  for (const { id, name } of (await call("GET", `${ORGANIZATION}/workflows/`)).body) {
    if (name.startsWith("Send a notification")) await call("DELETE", `${ORGANIZATION}/workflows/${id}/`);
  }
  const [key] = (await call("GET", `/api/0/projects/agentpay/${PROJECT}/keys/`)).body;
  const program = new URL("application.py", import.meta.url).pathname;
  const child = spawn(binaries["python"] ?? "python3", [program, key.dsn.public, "production"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  stop = () => void child.kill();
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  perform = async (path, count = 1) => {
    child.stdin.write(`${path} ${count}\n`);
    expect((await lines.next()).value).toBe("done");
  };
});
afterAll(async () => {
  stop();
  await server?.stop();
});

let known = 0;
/** Who was told of what since it was last asked, as `state alert -> whom`. */
async function told(): Promise<string[]> {
  await call("POST", "/local/watch");
  const all = (await call("GET", "/local/notifications")).body as Record<string, string>[];
  const since = all.slice(known);
  known = all.length;
  return since.map(({ state, alert, action, to }) => `${state} ${alert} -> ${action}: ${to}`).toSorted();
}

const rings = (state: string, alert: string, ...whom: string[]) =>
  whom.map((one) => `${state} ${alert} -> ${one}`);
const CRITICAL_RATE = "Critical: more than 5% of API requests fail";
const WARNING_RATE = "Warning: more than 1% of API requests fail";

test("a scanner that is told no rings nothing", async () => {
  await perform("/ok", 20);
  for (const code of [400, 401, 403, 404, 405, 409, 413, 422, 429]) await perform(`/status/${code}`, 20);
  expect(await told()).toEqual([]);
});

test("requests that fail ring as a share, critical and warning, and as a new error; the share ends by itself", async () => {
  await perform("/broken", 2);
  expect(await told()).toEqual([
    ...rings("open", CRITICAL_RATE, PAGE),
    ...rings("open", "Warning: a new error", EMAIL, SLACK),
    ...rings("open", WARNING_RATE, EMAIL, SLACK),
  ]);
  now += 6 * MINUTE;
  await perform("/ok", 20);
  expect(await told()).toEqual(rings("resolved", CRITICAL_RATE, PAGE));
  now += 10 * MINUTE;
  expect(await told()).toEqual(rings("resolved", WARNING_RATE, EMAIL, SLACK));
});

test("a resolved error that is back rings again", async () => {
  const issues = (await call("GET", `${ORGANIZATION}/issues/`)).body as Record<string, string>[];
  const error = issues.find(({ issueCategory }) => issueCategory === "error");
  await call("PUT", `${ORGANIZATION}/issues/${error?.["id"]}/`, { status: "resolved" });
  now += 60 * MINUTE;
  await perform("/ok", 200);
  await perform("/broken");
  expect(await told()).toEqual(rings("open", "Warning: a resolved error is back", EMAIL, SLACK));
});

test("an error that spikes pages once", async () => {
  now += 30 * MINUTE;
  await perform("/ok", 1);
  await perform("/broken", 101);
  const spikes = (await told()).filter((line) => line.includes("spikes"));
  expect(spikes).toEqual(rings("open", "Critical: an error spikes", PAGE));
  now += 60 * MINUTE;
  await told();
});

test("an LLM failure that repeats rings from its eleventh time on", async () => {
  const alert = "Critical: an LLM failure repeats (10 in 5 minutes)";
  await perform("llm", 10);
  expect(await told()).toEqual(rings("open", "Warning: a new error", EMAIL, SLACK));
  await perform("llm");
  expect(await told()).toEqual(rings("open", alert, PAGE));
});

test("slow answers ring, and end when they are over", async () => {
  const alert = "Critical: API answers slowly (p95 above 2 s)";
  await perform("/slow");
  expect(await told()).toEqual(rings("open", alert, PAGE));
  now += 11 * MINUTE;
  expect(await told()).toEqual(rings("resolved", alert, PAGE));
});

test("queries that repeat in a request ring", async () => {
  await perform("/queries");
  expect(await told()).toEqual(rings("open", "Warning: slow or repeated database queries", EMAIL, SLACK));
});
