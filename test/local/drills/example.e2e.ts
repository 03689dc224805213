/** The catalogue's rules on the sample server: real processes with the Python package, broken by faults. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningExample, startExample } from "../../../local/agentpay/example.ts";
import type { FaultName } from "../../../local/agentpay/faults.ts";
import { startFault } from "../../../local/drills/fault-requests.ts";
import { type Lab, startLab } from "../../../local/drills/lab.ts";
import { Children } from "../../../local/host/children.ts";
import { LogFiles } from "../../../local/host/log-files.ts";
import { tools } from "../../../operations/tools/tools.ts";
import { freePort } from "../../../toolkit/free-port.ts";
import { ensureTool } from "../../../toolkit/toolchain/find.ts";
import { eventually } from "../../support/eventually.ts";

/** The server lives in real time, the rules faster: a window of 5 minutes is 5 seconds of it. */
const FACTOR = 60;
const TRAFFIC = { visitors: 10, pauseSeconds: 0.2 };

let folder = "";
let children: Children;
let example: RunningExample;
let lab: Lab;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "agentpay-example-"));
  children = new Children(path.join(folder, "children.json"), new LogFiles(path.join(folder, "logs")));
  const [prometheus, alertmanager, blackbox, gatus, moto] = await Promise.all([
    ensureTool(tools.prometheus),
    ensureTool(tools.alertmanager),
    ensureTool(tools.blackbox),
    ensureTool(tools.gatus),
    ensureTool(tools.moto),
  ]);
  example = await startExample({
    ...TRAFFIC,
    folder: path.join(folder, "example"),
    ports: { api: await freePort(), worker: await freePort() },
    startChild: (child) => children.start({ cwd: folder, ...child }),
  });
  lab = await startLab({
    folder,
    factor: FACTOR,
    aws: false,
    tools: { prometheus, alertmanager, blackbox, gatus, moto },
    startServer: async () => example,
  });
});

afterAll(async () => {
  await lab?.stop();
  await children.stopAll();
  await rm(folder, { recursive: true, force: true });
});

async function firing(): Promise<ReadonlySet<string>> {
  const response = await fetch(`${lab.urls.prometheus}/api/v1/alerts`);
  const { data } = (await response.json()) as {
    data: { alerts: { state: string; labels: Record<string, string> }[] };
  };
  return new Set(
    data.alerts.flatMap(({ state, labels }) => (state === "firing" ? [labels["alertname"] ?? ""] : [])),
  );
}

/** True once Prometheus has both of its processes; undefined before, or while it starts. */
async function isScraped(): Promise<true | undefined> {
  const up = encodeURIComponent('sum(up{job=~"agentpay-.*"}) == 2');
  const response = await fetch(`${lab.urls.prometheus}/api/v1/query?query=${up}`).catch(() => undefined);
  return (await response?.text())?.includes('"value"') ? true : undefined;
}

/** Waits until each of them has fired. */
async function expectToFire(...alerts: readonly string[]): Promise<void> {
  const missing = new Set(alerts);
  await eventually(`firing alerts: ${alerts.join(", ")}`, async () => {
    for (const alert of await firing()) missing.delete(alert);
    return missing.size === 0 ? true : undefined;
  });
}

test("faults in the sample server ring the alerts that are meant for them, and none before", async () => {
  const causes = {
    HighErrorRate: ["api-errors", 0.3],
    LLMProviderOutage: ["llm-failures", 0.8],
    LLMFallbackExhausted: ["llm-failures", 0.8],
    LLMModelWithoutPrice: ["model-unpriced", 1],
    WorkerJobFailures: ["job-failures", 0.5],
    WebSocketConnectBudgetBurn: ["websocket-refused", 0.3],
  } as const;
  await eventually("the sample server in Prometheus", isScraped);
  expect([...(await firing())].filter((name) => name in causes || name.endsWith("Down"))).toEqual([]);

  for (const [name, ratio] of new Map<FaultName, number>(Object.values(causes)))
    await startFault(example.urls.api, { name, ratio });
  await expectToFire(...Object.keys(causes));

  await example.stop();
  await expectToFire("APIDown", "WorkerDown");
});
