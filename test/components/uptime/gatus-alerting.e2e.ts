/** The real Gatus as the only checker: what breaks is shown, told once, and its end too; announced work is shown and told to nobody. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Maintenance } from "../../../catalog/maintenance.ts";
import { pagerOf } from "../../../components/pagers/index.ts";
import { notificationSettings } from "../../../components/shared/notifications.ts";
import { GATUS_DATA, gatusConfiguration } from "../../../components/uptime/gatus.ts";
import { gatusAlerting } from "../../../components/uptime/gatus-alerting.ts";
import { statusPageSettings } from "../../../components/uptime/gatus-settings.ts";
import type { FaultName } from "../../../local/agentpay/faults.ts";
import { type RunningAgentPay, startAgentPay } from "../../../local/agentpay/index.ts";
import { startFault, stopFault } from "../../../local/drills/fault-requests.ts";
import { makeIntegrations } from "../../../local/drills/lab-pagerduty.ts";
import { Children } from "../../../local/host/children.ts";
import { LogFiles } from "../../../local/host/log-files.ts";
import { localPorts } from "../../../local/host/ports.ts";
import { type RunningInbox, startInbox } from "../../../local/platforms/inbox/server.ts";
import { startPagerDuty } from "../../../local/platforms/pagerduty/api/server.ts";
import type { RunningServer } from "../../../local/platforms/shared/http-server.ts";
import { tools } from "../../../operations/tools/tools.ts";
import type { Enabled } from "../../../settings/schema.ts";
import { readSettings } from "../../../settings/settings-file.ts";
import { freePort } from "../../../toolkit/free-port.ts";
import { REPOSITORY } from "../../../toolkit/repository.ts";
import { ensureTool } from "../../../toolkit/toolchain/find.ts";
import { eventually } from "../../support/eventually.ts";

let folder: string;
let agentpay: RunningAgentPay;
let pagerDuty: RunningServer;
let inbox: RunningInbox;
let children: Children;
let routingKey: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gatus-"));
  const logs = new LogFiles(join(folder, "logs"));
  const ports = Object.fromEntries(Object.keys(localPorts(0)).map((name) => [name, 0]));
  agentpay = await startAgentPay(
    { ports: ports as ReturnType<typeof localPorts>, logger: (name) => logs.logger(name) },
    { speed: 1 },
  );
  pagerDuty = await startPagerDuty({ port: 0, dataFolder: join(folder, "pagerduty") });
  inbox = await startInbox({ port: 0, mailPort: 0, dataFolder: join(folder, "inbox") });
  routingKey = (await makeIntegrations(pagerDuty.url)).alertmanager;
  children = new Children(join(folder, "children.json"), logs);
});
afterAll(async () => {
  await children.stopAll();
  for (const server of [agentpay, pagerDuty, inbox]) await server.stop();
  await rm(folder, { recursive: true });
});

/** Gatus by the program's own files, but hasty. */
async function startGatus(maintenance: readonly Maintenance[]) {
  const local = readSettings(REPOSITORY, "local");
  if (!local.uptime.enabled) throw new Error("Pulumi.local.yaml must enable uptime");
  const settings = {
    ...local,
    announcements: { maintenance, incidents: [] },
    notifications: { ...local.notifications, smtpHost: inbox.mailAddress },
    uptime: {
      ...local.uptime,
      checkers: ["gatus" as const],
      apiUrl: agentpay.urls.edge,
      widgetUrl: `${agentpay.urls.edge}/widget/v1/agentpay-chat.js`,
    },
  };
  const pager = pagerOf({
    ...settings,
    pagerduty: { ...(settings.pagerduty as Enabled<"pagerduty">), eventsUrl: pagerDuty.url },
  });
  const page = statusPageSettings(settings, pager);
  const { email } = notificationSettings(settings, pager);
  if (page === undefined) throw new Error("there is no status page");
  const port = await freePort();
  const data = join(folder, `data-${port}`);
  const configuration = join(folder, `configuration-${port}`);
  for (const each of [data, configuration]) await mkdir(each, { recursive: true });
  const hasty = gatusConfiguration(page)
    .replaceAll(GATUS_DATA, data)
    .replaceAll("host.docker.internal", "127.0.0.1")
    .replaceAll(/interval: \d+s/g, "interval: 500ms")
    .replaceAll(/failure-threshold: \d+/g, "failure-threshold: 2");
  const alerting = gatusAlerting({
    pager: pager?.uptime.gatus(routingKey, "agentpay-test"),
    slackWebhookUrl: `${inbox.url}/services/test`,
    email: email && { ...email, password: undefined },
  });
  await writeFile(join(configuration, "config.yaml"), hasty);
  await writeFile(join(configuration, "alerting.yaml"), alerting);
  const { binaries } = await ensureTool(tools.gatus);
  const child = await children.start({
    name: `gatus-${port}`,
    command: binaries["gatus"] ?? "gatus",
    args: [],
    environment: {
      GATUS_CONFIG_PATH: configuration,
      GATUS_ADDRESS: "127.0.0.1",
      GATUS_PORT: String(port),
    },
    cwd: folder,
  });
  const url = `http://127.0.0.1:${port}`;
  /** Whether each of the last checks went well; the page may be 10 s old. */
  const shown = async (name: string): Promise<readonly boolean[]> => {
    const answer = await fetch(`${url}/api/v1/endpoints/statuses`);
    const statuses = (await answer.json()) as { name: string; results: { success: boolean }[] }[];
    return (statuses.find((status) => status.name === name)?.results ?? []).map(({ success }) => success);
  };
  await eventually("a green API", async () => (await shown("API").catch(() => [])).at(-1) || undefined);
  return { shown, url, stop: () => child.stop() };
}

async function during(fault: FaultName, look: () => Promise<void>): Promise<void> {
  await startFault(agentpay.urls.api, { name: fault });
  await look();
  await stopFault(agentpay.urls.api, fault);
}

interface Event {
  readonly event_action: string;
  readonly dedup_key: string;
  readonly payload: { readonly summary: string };
}

async function events(action: string): Promise<readonly Event[]> {
  const answer = await fetch(`${pagerDuty.url}/local/events`);
  const { events: all } = (await answer.json()) as { events: readonly Event[] };
  return all.filter(({ event_action: each }) => each === action);
}

test("a failing health route is shown, pages once with its runbook, and is resolved", async () => {
  const { shown, stop } = await startGatus([]);
  await during("healthz-failing", async () => {
    await eventually("a page", async () => (await events("trigger"))[0]);
    // Some checks later it is still the one page.
    const failures = async () => (await shown("API")).filter((success) => !success).length;
    await eventually("more failures", async () => (await failures()) >= 5 || undefined);
  });
  await eventually("its end", async () => (await events("resolve"))[0]);
  const [page, ...others] = await events("trigger");
  expect(others).toEqual([]);
  expect(page?.dedup_key).toBe("agentpay-test/AgentPay/API");
  expect(page?.payload.summary).toMatch(/^EndpointUnreachable api: .*\/EndpointUnreachable.md$/);
  await eventually("a green API", async () => (await shown("API")).at(-1) || undefined);
  await stop();
});

test("an empty widget goes to Slack and by email, and pages nobody", async () => {
  const { shown, stop } = await startGatus([]);
  const before = (await events("trigger")).length;
  const told = async (of: string) => JSON.stringify(await (await fetch(`${inbox.url}/local/${of}`)).json());
  await during("widget-empty", async () => {
    for (const of of ["messages", "emails"]) {
      await eventually(of, async () => (await told(of)).includes("EndpointUnreachable widget") || undefined);
    }
    await eventually("a red widget", async () => (await shown("Chat widget")).at(-1) === false || undefined);
  });
  expect(await events("trigger")).toHaveLength(before);
  await stop();
});

test("while work is announced its effect is shown, with the announcement, and nobody is told", async () => {
  const date = new Date().toISOString().slice(0, 10);
  const window = { day: { date }, from: "00:00", to: "24:00" };
  const common = { announced: date, when: `${date} 00:00-24:00`, text: "We move the database.", over: false };
  const { shown, url, stop } = await startGatus([{ ...common, window, affects: ["api"] }]);
  const before = (await events("trigger")).length;
  await during("healthz-failing", async () => {
    const failures = async () => (await shown("API")).filter((success) => !success).length;
    await eventually("failures", async () => (await failures()) >= 5 || undefined);
  });
  expect(await events("trigger")).toHaveLength(before);
  const config = (await (await fetch(`${url}/api/v1/config`)).json()) as { announcements: unknown };
  expect(JSON.stringify(config.announcements)).toContain("We move the database.");
  await stop();
});
