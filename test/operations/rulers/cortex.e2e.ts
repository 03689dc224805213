/**
 * A real Cortex, of which Amazon's engine is made: what the stack renders is loaded by the command's own code, samples come
 * from a real Prometheus as an agent, every rule is healthy, and an outage rings through Cortex's own Alertmanager.
 */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { pagerOf } from "../../../components/pagers/index.ts";
import {
  engineRules,
  managedAlertmanagerDefinition,
  prometheusFiles,
} from "../../../components/prometheus/files.ts";
import { emulatorEnvironment } from "../../../local/drills/lab-aws.ts";
import { makeIntegrations } from "../../../local/drills/lab-pagerduty.ts";
import { Children } from "../../../local/host/children.ts";
import { LogFiles } from "../../../local/host/log-files.ts";
import { type RunningCortex, startCortex } from "../../../local/platforms/cortex/server.ts";
import { startPagerDuty } from "../../../local/platforms/pagerduty/api/server.ts";
import type { RunningServer } from "../../../local/platforms/shared/http-server.ts";
import { alertmanagerDocument, RulerApi, RulerError } from "../../../operations/rulers/ruler-api.ts";
import { ruleFile, rulerTargetOf } from "../../../operations/rulers/stack.ts";
import { syncRules } from "../../../operations/rulers/sync.ts";
import { cortex as cortexTool, tools } from "../../../operations/tools/tools.ts";
import type { Stack } from "../../../operations/verify/stack.ts";
import type { Enabled } from "../../../settings/schema.ts";
import { parseSettings } from "../../../settings/settings.ts";
import { freePort } from "../../../toolkit/free-port.ts";
import { ensureTool, type FoundTool, ToolUnavailableError } from "../../../toolkit/toolchain/find.ts";
import { eventually } from "../../support/eventually.ts";
import { configurationOf, type Overrides } from "../../support/program.ts";
import { remoteStack } from "./remote-stack.ts";

const TENANT = "production";

async function foundOrSkipped(): Promise<FoundTool | undefined> {
  try {
    return await ensureTool(cortexTool);
  } catch (error) {
    if (error instanceof ToolUnavailableError) return undefined;
    throw error;
  }
}

const tool = await foundOrSkipped();
let folder: string;
let children: Children;
let cortex: RunningCortex;
let pagerduty: RunningServer;
let routingKey: string;

function stackWith(overrides: Overrides = {}): Stack {
  return remoteStack(
    {
      "metrics.remoteTenant": TENANT,
      "metrics.remoteWriteUrl": cortex.addresses.remoteWriteUrl,
      "metrics.remoteQueryUrl": cortex.addresses.remoteQueryUrl,
      "metrics.remoteRulesUrl": cortex.addresses.remoteRulesUrl,
      "metrics.remoteAlertmanagerUrl": cortex.addresses.remoteAlertmanagerUrl,
      // Whoever is told is on this machine.
      "pagerduty.eventsUrl": pagerduty.url,
      "aws.endpointUrl": pagerduty.url,
      "notifications.smtpHost": new URL(pagerduty.url).host,
      "notifications.smtpRequireTls": false,
      "metrics.scrapeIntervalSeconds": 5,
      ...overrides,
    },
    {
      "notifications.slackWebhookUrl": `${pagerduty.url}/slack`,
      "notifications.smtpPassword": "smtp-password",
    },
    routingKey,
  );
}

function sync(check = false, overrides: Overrides = {}) {
  const { access, secrets, ...target } = rulerTargetOf(stackWith(overrides), "production");
  return syncRules(new RulerApi(access, secrets), { ...target, check, onProgress: () => {} });
}

async function ask(query: string): Promise<unknown> {
  const response = await fetch(`${cortex.addresses.remoteQueryUrl}/api/v1/${query}`, {
    headers: { "X-Scope-OrgID": TENANT },
  });
  return response.json();
}

/** A Prometheus of the stack as it is rendered, whose targets refuse: nobody listens there. */
async function startAgent(): Promise<void> {
  const { settings } = stackWith();
  const prometheus = await ensureTool(tools.prometheus);
  const nobody = [`127.0.0.1:${await freePort()}`];
  const address = `127.0.0.1:${await freePort()}`;
  const platform = {
    ...(settings.metrics as Enabled<"metrics">),
    apiTargets: nobody,
    workerTargets: nobody,
    postgresTargets: nobody,
    redisTargets: nobody,
  };
  const own = prometheusFiles({ ...settings, metrics: platform }, platform)["prometheus.yml"] ?? "";
  await mkdir(path.join(folder, "agent"), { recursive: true });
  const file = path.join(folder, "agent", "prometheus.yml");
  await writeFile(
    file,
    own.replaceAll("host.docker.internal", "127.0.0.1").replaceAll("localhost:9090", address),
  );
  await children.start({
    name: "prometheus",
    command: prometheus.binaries["prometheus"] ?? "prometheus",
    args: [
      "--agent",
      `--config.file=${file}`,
      `--storage.agent.path=${folder}/agent/data`,
      `--web.listen-address=${address}`,
    ],
    environment: { REPLICA: "prometheus" },
    cwd: folder,
  });
}

const liveRules = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        name: z.string(),
        rules: z.array(z.object({ name: z.string(), health: z.string(), lastError: z.string().optional() })),
      }),
    ),
  }),
});

describe.skipIf(!tool)("on a real Cortex", () => {
  beforeAll(async () => {
    if (!tool) return;
    folder = await mkdtemp(path.join(tmpdir(), "agentpay-cortex-"));
    const logs = new LogFiles(path.join(folder, "logs"));
    children = new Children(path.join(folder, "children.json"), logs);
    pagerduty = await startPagerDuty({ port: 0, dataFolder: path.join(folder, "pagerduty") });
    routingKey = (await makeIntegrations(pagerduty.url)).alertmanager;
    cortex = await startCortex({
      folder: path.join(folder, "cortex"),
      tool,
      startChild: (child) => children.start({ cwd: folder, ...child }),
      environment: { ...emulatorEnvironment, AWS_EC2_METADATA_DISABLED: "true" },
    });
    await startAgent();
    // With rules and no samples, MetricsNotArriving would ring first, and hold the rest back.
    await eventually("a sample in Cortex", async () => {
      const answer = JSON.stringify(await ask("query?query=up"));
      return answer.includes('"result":[]') ? undefined : answer;
    });
  });

  afterAll(async () => {
    await children?.stopAll();
    await pagerduty?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  test("every group and the Alertmanager's configuration are taken, and found again as they were", async () => {
    const { difference } = await sync();
    expect(difference.missing.length).toBeGreaterThan(25);
    expect(await sync(true)).toMatchObject({
      converged: true,
      difference: { missing: [], changed: [], foreign: [], alertmanager: "same" },
    });
  });

  test("a group changed by hand, and one of nobody, are seen and put right", async () => {
    const { access, namespace, wanted } = rulerTargetOf(stackWith(), "production");
    const api = new RulerApi(access);
    await api.setGroup(namespace, { name: "nobodys", rules: [{ record: "a:b:c", expr: "vector(1)" }] });
    const own = wanted.groups.find(({ name }) => name === "agentpay-api");
    if (!own) throw new Error("there is no agentpay-api");
    await api.setGroup(namespace, { ...own, interval: "2m" });
    expect((await sync(true)).difference).toMatchObject({ changed: ["agentpay-api"], foreign: ["nobodys"] });
    await sync();
    expect((await sync(true)).converged).toBe(true);
  });

  test("what is handed to Amazon is taken as it is: each file of rules, and the definition", async () => {
    const settings = parseSettings("production", configurationOf("production", { "metrics.engine": "amp" }));
    const { remoteRulesUrl: rulesUrl, remoteAlertmanagerUrl: alertmanagerUrl } = cortex.addresses;
    const tenant = (name: string) =>
      new RulerApi({ rulesUrl, alertmanagerUrl, user: undefined, tenant: name });
    // Tenants of their own: nothing is to ring there, since the definition's receivers are those of the world.
    const api = tenant("amazon-rules");
    const alertmanager = tenant("amazon-alertmanager");
    for (const [file, text] of Object.entries(
      engineRules(settings, settings.metrics as Enabled<"metrics">),
    )) {
      const { groups } = ruleFile.parse(parse(text));
      for (const group of groups) await api.setGroup(file.replace(".yml", ""), group);
    }
    // What Amazon alone knows: a key in Secrets Manager.
    const definition = managedAlertmanagerDefinition(
      settings,
      settings.aws as Enabled<"aws">,
      pagerOf(settings),
    );
    const { template_files, alertmanager_config } = alertmanagerDocument.parse(parse(definition));
    const configuration = JSON.stringify(parse(alertmanager_config), (key, value) =>
      key === "routing_key" ? "a-key" : value,
    );
    await alertmanager.setAlertmanager({ template_files, alertmanager_config: configuration });
    expect(await api.groups("agentpay-api")).toHaveLength(1);
    expect((await alertmanager.alertmanager())?.template_files).toEqual(template_files);
  });

  test("what it refuses is told", async () => {
    const { access, namespace } = rulerTargetOf(stackWith(), "production");
    const wrong = { name: "wrong", rules: [{ record: "a:b:c", expr: "sum(" }] };
    const refused = new RulerApi(access).setGroup(namespace, wrong);
    await expect(refused).rejects.toThrow(RulerError);
    await expect(refused).rejects.toThrow(/^POST http.* answered 400/);
    const withoutTenant = new RulerApi({ ...access, tenant: undefined }).groups(namespace);
    await expect(withoutTenant).rejects.toThrow(/401: no org id/);
  });

  test("an outage pages through Cortex's own Alertmanager, and every rule is healthy", async () => {
    const event = await eventually("a page that no API server answers", async () => {
      const { events } = (await (await fetch(`${pagerduty.url}/local/events`)).json()) as {
        events: object[];
      };
      return events.map((each) => JSON.stringify(each)).find((text) => text.includes("APIDown"));
    });
    expect(event).toContain("No API server answers");
    const { groups } = liveRules.parse(await ask("rules")).data;
    const broken = groups.flatMap(({ rules }) =>
      rules.filter(({ health }) => health === "err").map(({ name, lastError }) => `${name}: ${lastError}`),
    );
    expect(broken).toEqual([]);
    expect(
      groups.flatMap(({ rules }) => rules).filter(({ health }) => health === "ok").length,
    ).toBeGreaterThan(150);
    // The tracker took the label of the replica off.
    expect(JSON.stringify(await ask(`query?query=${encodeURIComponent('up{__replica__!=""}')}`))).toContain(
      '"result":[]',
    );
  });
});
