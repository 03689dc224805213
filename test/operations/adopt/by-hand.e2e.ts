/**
 * The guide was followed by hand, and sloppily (`by-hand/`): nothing in these accounts comes from the program or its state.
 * Then they are adopted as docs/adopting.md says, with runs killed on the way, while an AgentPay goes on sending to the
 * addresses that it has. The tests build on one another, in order.
 */
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { DeleteHealthCheckCommand, Route53Client } from "@aws-sdk/client-route-53";
import { afterAll, expect, test } from "vitest";
import { adoption } from "../../support/adoption.ts";
import { deployedStack, root } from "../../support/deployed-stack.ts";
import { portOffsets } from "../../support/port-offsets.ts";
import { type Accounts, GLOBAL, get } from "./by-hand/accounts.ts";
import { type AwsByHand, awsByHand } from "./by-hand/aws.ts";
import { GrafanaByHand, type GrafanaContent, grafanaByHand, renameCloudWatch } from "./by-hand/grafana.ts";
import { counts, type Inventory, inventory, twice } from "./by-hand/inventory.ts";
import { type PagerDutyByHand, pagerDutyByHand } from "./by-hand/pagerduty.ts";
import { renameProject, type SentryByHand, sentryByHand } from "./by-hand/sentry.ts";
import { Traffic } from "./by-hand/traffic.ts";
import { type UptimeRobotByHand, uptimeRobotByHand } from "./by-hand/uptimerobot.ts";

const SERVICES = "test/support/local-services.ts";
const { stack, succeed, pulumi, json, aws } = deployedStack(
  portOffsets.byHand,
  { AGENTPAY_LOCAL_DRIVER: "process" },
  ({ run }) => run(SERVICES),
);
const accounts: Accounts = { json, aws, ports: () => stack().ports };

const adopt = (...options: readonly string[]) => adoption(stack(), ...options);

interface Made {
  readonly pagerDuty: PagerDutyByHand;
  readonly sentry: SentryByHand;
  readonly aws: AwsByHand;
  readonly grafana: GrafanaContent;
  readonly uptimeRobot: UptimeRobotByHand;
}

let made: Made;
let before: Inventory;
let server: GrafanaByHand;
let traffic: Traffic;

afterAll(async () => {
  await traffic?.stop();
  await server?.stop();
  await rm(join(root, ".adopt", "local"), { recursive: true, force: true });
});

const incidents = async () =>
  (
    await get<{ incidents: { id: string; created_at: string }[] }>(
      accounts,
      "pagerduty",
      "/incidents?limit=100",
    )
  ).incidents;
let history: readonly string[] = [];

test("what the guide has a person make, a person makes", async () => {
  server = new GrafanaByHand(stack());
  await server.start(accounts);
  await server.createVolume();
  made = {
    pagerDuty: await pagerDutyByHand(accounts),
    sentry: await sentryByHand(accounts),
    aws: await awsByHand(accounts),
    grafana: await grafanaByHand(accounts),
    uptimeRobot: await uptimeRobotByHand(accounts),
  };
  const { integrations } = made.pagerDuty;
  traffic = new Traffic(accounts, {
    dsns: Object.values(made.sentry.dsns),
    routingKeys: ["prometheus", "PROMETHEUS"].map((name) => integrations[name]?.integration_key ?? ""),
    cloudWatchKey: integrations["Cloudwatch"]?.integration_key ?? "",
  });
  await traffic.round();
  expect(traffic.lost).toEqual([]);
  traffic.start();
  history = (await incidents()).map(({ id }) => id);
  await renameProject(accounts);
  before = await inventory(accounts);
  await succeed("pulumi", "--", "config", "set", "--path", "uptime.checkers[3]", "uptimerobot");
});

/** One that has a name of the person's own, and one of two that have the same. */
const ownName = () => ["--choose", `on-call-escalation=${made.pagerDuty.policy}`];
const choice = () => [...ownName(), "--choose", `on-call-primary=${made.pagerDuty.schedules[0]}`];

const oldSchedule = () =>
  get<{ schedule: object }>(accounts, "pagerduty", `/schedules/${made.pagerDuty.oldSchedule}`);
let asItWas: object;

test("adopt tells what is there, what differs on it, and what a person has to decide", async () => {
  const { pagerDuty } = made;
  asItWas = await oldSchedule();
  const plan = await adopt(...ownName());
  const conflicts = plan.of("conflict").map(({ name }) => name);
  expect(conflicts.toSorted()).toEqual(["dashboards-cloudwatch", "on-call-primary", "uptime-widget"]);
  for (const id of [pagerDuty.schedules[0], pagerDuty.oldSchedule])
    expect(plan.row("on-call-primary")?.note).toContain(id);
  expect(plan.row("uptime-widget")?.note).toContain(made.aws.widgetChecks[1]);
  const changed = (name: string) => plan.row(name)?.changes;
  expect(changed("on-call-secondary")).toContainEqual({
    property: "name",
    from: "agentpay local secondary",
    to: "AgentPay Local secondary",
  });
  expect(changed("on-call-escalation")).toContainEqual({
    property: "rules[0].escalationDelayInMinutes",
    from: 60,
    to: 15,
  });
  expect(changed("logs-worker-errors-alarm")).toContainEqual({ property: "threshold", from: 99, to: 25 });
  expect(changed("logs-api")).toContainEqual({ property: "retentionInDays", from: 7, to: 30 });
  const missing = plan.of("make").map(({ name }) => name);
  expect(missing).toEqual(expect.arrayContaining(["logs-api-errors-alarm", "on-call-team"]));
  for (const [name, beside] of [
    ["dashboards-agentpay-metrics", "another uid stays"],
    ["error-tracking-key", "Default"],
    ["on-call-prometheus", "another type"],
  ] as const)
    expect(plan.row(name)?.note).toContain(beside);
  for (const { integration_key } of Object.values(pagerDuty.integrations))
    expect(JSON.stringify(plan.rows)).not.toContain(integration_key);
});

test("a run that is killed at any tenth of its way changes nothing", async () => {
  await renameCloudWatch(accounts, made.grafana);
  await new Route53Client(aws(GLOBAL)).send(
    new DeleteHealthCheckCommand({ HealthCheckId: made.aws.widgetChecks[1] }),
  );
  const began = Date.now();
  expect((await adopt(...choice())).of("conflict")).toEqual([]);
  const whole = Date.now() - began;
  const state = async () => JSON.parse(await pulumi("stack", "export")).deployment;
  const empty = await state();
  for (let tenth = 1; tenth < 10; tenth += 1) {
    const child = stack().startCommand("adopt", "--yes", ...choice());
    const ended = once(child, "exit");
    await Promise.race([ended, sleep((whole * tenth) / 10)]);
    child.kill("SIGKILL");
    await ended;
    if (child.signalCode === "SIGKILL") expect((await state()).resources).toEqual(empty.resources);
  }
});

test("adopting makes it the program's, and changes nothing on a platform", async () => {
  const held = await inventory(accounts);
  const done = await adopt("--yes", ...choice());
  expect(done.code).toBe(0);
  expect(await inventory(accounts)).toEqual(held);
  expect((await adopt()).of("adopt")).toEqual([]);
});

/** The engine's line of a resource that is done. */
const FINISHED = / (created|updated) \(\d/;

/** An update that is interrupted once it has done ten things. Returns its exit code. */
async function interruptedUp(): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = stack().start("pulumi", "--", "up", "--yes", "--skip-preview", "--suppress-outputs");
  const ended = once(child, "close");
  let output = "";
  let done = 0;
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    output += `${line}\n`;
    if (FINISHED.test(line)) done += 1;
    if (done === 10) child.kill("SIGINT");
  }
  await ended;
  return { code: child.exitCode, output };
}

test("the next up, however often it is interrupted, changes what differs and makes what is missing", async () => {
  await server.moveToVolume();
  let printed = "";
  for (let code: number | null = -1, runs = 0; code !== 0; runs += 1) {
    const update = await interruptedUp();
    code = update.code;
    printed += update.output;
    if (runs > 40 || ![0, 130].includes(code ?? -1)) throw new Error(printed);
  }
  expect(printed).not.toMatch(/ (deleted|replaced) \(\d/);
  await succeed("pulumi", "--", "preview", "--expect-no-changes", "--suppress-outputs");
});

test("exactly one of each is there, with its id, its keys and its history", async () => {
  const after = await inventory(accounts);
  // The schedule that was not chosen stays as it was.
  expect(twice(after)).toEqual(["PagerDuty schedules: agentpay local primary"]);
  expect(await oldSchedule()).toEqual(asItWas);
  // What has another name, uid or type stays beside; all else of before is among what is there now.
  const { "PagerDuty services": services, "Grafana data sources": sources } = after;
  expect(services).toEqual(["agentpay local", "website"]);
  expect(sources).toEqual(expect.arrayContaining(["prometheus", "cloudwatch by hand", "cloudwatch"]));
  const grown = counts(after);
  for (const [kind, count] of Object.entries(counts(before)))
    expect(grown[kind], kind).toBeGreaterThanOrEqual(count);
  const { service, integrations } = made.pagerDuty;
  const { schedules } = await get<{ schedules: { id: string; name: string }[] }>(
    accounts,
    "pagerduty",
    "/schedules",
  );
  const chosen = schedules.find(({ id }) => id === made.pagerDuty.schedules[0]);
  expect(chosen?.name).toBe("AgentPay Local primary");
  const kept = await get<{ integrations: { id: string; integration_key: string }[] }>(
    accounts,
    "pagerduty",
    `/services/${service}/integrations`,
  );
  for (const { id, integration_key } of Object.values(integrations))
    expect(kept.integrations).toContainEqual(expect.objectContaining({ id, integration_key }));
  expect((await incidents()).map(({ id }) => id)).toEqual(expect.arrayContaining([...history]));
  await traffic.stop();
  expect(traffic.sent).toBeGreaterThan(100);
  expect(traffic.lost).toEqual([]);
});
