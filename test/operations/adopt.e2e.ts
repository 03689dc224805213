/**
 * A stack whose state knows its containers and nothing else, as after following the guide by hand: what is on the
 * platforms was also changed, renamed, doubled and removed by their APIs. Then adopt, then up. The tests build on one
 * another, in order.
 */
import { spawn } from "node:child_process";
import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
} from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  PutRetentionPolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { CreateHealthCheckCommand, ListHealthChecksCommand, Route53Client } from "@aws-sdk/client-route-53";
import { ListSubscriptionsCommand, ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { afterAll, expect, test } from "vitest";
import { adoption, type Exported, forgetAllButContainers } from "../support/adoption.ts";
import { configuration, deployedStack, grafana, pagerDutyToken, root } from "../support/deployed-stack.ts";
import { portOffsets } from "../support/port-offsets.ts";

const OPS = "operations/cli.ts";
const { stack, succeed, pulumi, json, secretOutput, aws } = deployedStack(portOffsets.adopt);

const pagerDuty = {
  headers: { Authorization: `Token token=${pagerDutyToken}`, "content-type": "application/json" },
};
const sentry = { headers: { Authorization: `Bearer ${configuration["sentry"]?.["token"]}` } };
const asAdmin = { headers: { ...grafana.headers, "content-type": "application/json" } };

const kept = join(root, ".adopt", "local");
afterAll(() => rm(kept, { recursive: true, force: true }));

const adopt = (...options: readonly string[]) => adoption(stack(), ...options);

interface Named {
  readonly id: string;
  readonly name: string;
}

async function ofPagerDuty(collection: string): Promise<readonly Named[]> {
  return (
    (await json<Record<string, Named[]>>("pagerduty", `/${collection}?limit=100`, pagerDuty))[collection] ??
    []
  );
}

/** How many of each kind there are. */
async function counts(): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const collection of ["teams", "schedules", "escalation_policies", "services"])
    found[`pagerduty ${collection}`] = (await ofPagerDuty(collection)).length;
  for (const collection of ["teams", "detectors", "workflows"]) {
    const path = `/api/0/organizations/agentpay/${collection}/`;
    found[`sentry ${collection}`] = (await json<unknown[]>("sentry", path, sentry)).length;
  }
  for (const kind of ["dash-db", "dash-folder"])
    found[`grafana ${kind}`] = (await json<unknown[]>("grafana", `/api/search?type=${kind}`, grafana)).length;
  found["grafana sources"] = (await json<unknown[]>("grafana", "/api/datasources", grafana)).length;
  for (const region of ["eu-central-1", "us-east-1"]) {
    const alarms = await new CloudWatchClient(aws(region)).send(new DescribeAlarmsCommand({}));
    const topics = await new SNSClient(aws(region)).send(new ListTopicsCommand({}));
    const told = await new SNSClient(aws(region)).send(new ListSubscriptionsCommand({}));
    const groups = await new CloudWatchLogsClient(aws(region)).send(new DescribeLogGroupsCommand({}));
    found[`${region} alarms`] = alarms.MetricAlarms?.length ?? 0;
    found[`${region} topics`] = topics.Topics?.length ?? 0;
    found[`${region} subscriptions`] = told.Subscriptions?.length ?? 0;
    found[`${region} log groups`] = groups.logGroups?.length ?? 0;
  }
  const checks = await new Route53Client(aws("us-east-1")).send(new ListHealthChecksCommand({}));
  found["health checks"] = checks.HealthChecks?.length ?? 0;
  return found;
}

const exported = async (): Promise<Exported> => JSON.parse(await pulumi("stack", "export"));

let before: Record<string, number> = {};
let key = "";
/** Two health checks that ask the same: the program's, and one by hand. */
let [first, second] = ["", ""];

test("what was made by hand, and sloppily, is told apart from what is missing and what is in doubt", async () => {
  before = await counts();
  key = await secretOutput("appEnvironment", "SENTRY_DSN");
  await forgetAllButContainers(pulumi);

  const [service] = await ofPagerDuty("services");
  const rename = { service: { type: "service", name: "agentpay LOCAL", auto_resolve_timeout: 600 } };
  await json("pagerduty", `/services/${service?.id}`, {
    ...pagerDuty,
    method: "PUT",
    body: JSON.stringify(rename),
  });
  const route53 = new Route53Client(aws("us-east-1"));
  const { HealthChecks = [] } = await route53.send(new ListHealthChecksCommand({}));
  const widget = HealthChecks.find(({ HealthCheckConfig: asked }) =>
    asked?.ResourcePath?.endsWith("chat.js"),
  );
  first = widget?.Id ?? "";
  const copy = { CallerReference: "by-hand", HealthCheckConfig: widget?.HealthCheckConfig };
  const { HealthCheck: made } = await route53.send(new CreateHealthCheckCommand(copy as never));
  second = made?.Id ?? "";
  const logs = new CloudWatchLogsClient(aws("eu-central-1"));
  await logs.send(new PutRetentionPolicyCommand({ logGroupName: "/agentpay/api", retentionInDays: 7 }));
  const cloudWatch = new CloudWatchClient(aws("eu-central-1"));
  const name = "agentpay-local-worker-errors";
  const { MetricAlarms: [alarm] = [] } = await cloudWatch.send(
    new DescribeAlarmsCommand({ AlarmNames: [name] }),
  );
  await cloudWatch.send(
    new PutMetricAlarmCommand({ ...(alarm as { AlarmName: string }), Threshold: 99 } as never),
  );
  await cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: ["agentpay-local-api-errors"] }));
  const { dashboard } = await json<{ dashboard: object }>(
    "grafana",
    "/api/dashboards/uid/agentpay-cost",
    grafana,
  );
  const renamed = { dashboard: { ...dashboard, title: "Money" }, overwrite: true };
  await json("grafana", "/api/dashboards/db", {
    ...asAdmin,
    method: "POST",
    body: JSON.stringify(renamed),
  });

  const plan = await adopt();
  expect(plan.of("conflict").map(({ name }) => name)).toEqual(["uptime-widget"]);
  expect(plan.code).toBe(7);
  expect(plan.row("uptime-widget")?.note).toContain(second);
  expect(plan.of("make").map((row) => row.name)).toEqual(["logs-api-errors-alarm"]);
  // Their address has the key of an integration that is there.
  for (const name of ["alert-topics-critical-pagerduty", "alert-topics-home-critical-pagerduty"])
    expect(plan.row(name)?.action).toBe("adopt");
  const changes = (of: string) => plan.row(of)?.changes;
  // The stand-in answers no false at an import: the plugin's default then looks like a change.
  expect(changes("logs-api")).toEqual([
    { property: "deletionProtectionEnabled", to: false },
    { property: "retentionInDays", from: 7, to: 30 },
  ]);
  expect(changes("logs-worker-errors-alarm")?.map(({ property }) => property)).toEqual(["threshold"]);
  expect(changes("on-call-service")).toContainEqual({
    property: "name",
    from: "agentpay LOCAL",
    to: "AgentPay Local",
  });
  // Saved without its folder, it lies in no folder. How it is saved is an input that nobody can read back.
  const ofDashboard = changes("dashboards-agentpay-cost")?.map(({ property }) => property);
  expect(ofDashboard).toEqual(["configJson", "folder", "overwrite"]);
  expect(JSON.stringify(plan.rows)).not.toMatch(
    /local-postgres-monitoring|local-pagerduty-token|local-sentry-token|local-grafana-password|integration\/\w{32}/,
  );
});

test("with a conflict nothing is adopted, and a run that is killed changes nothing", async () => {
  const state = await exported();
  expect((await adopt("--yes")).code).toBe(7);
  for (const seconds of [6, 14, 22]) {
    const child = spawn(process.execPath, [OPS, "adopt", "--stack", "local", "--yes"], {
      cwd: root,
      env: {
        ...process.env,
        AGENTPAY_LOCAL_HOME: stack().paths.home,
        AGENTPAY_LOCAL_PORT_OFFSET: String(portOffsets.adopt),
      },
      stdio: "ignore",
    });
    await sleep(seconds * 1000);
    child.kill("SIGKILL");
  }
  expect((await exported()).deployment).toEqual(state.deployment);
});

test("adopting writes the state alone, keeps the old one for its owner, and a second run finds nothing to do", async () => {
  const file = join(kept, "import.json");
  const done = await adopt("--yes", "--write", file, "--choose", `uptime-widget=${first}`);
  expect(done.code).toBe(0);
  expect(done.of("adopt").length).toBeGreaterThan(100);
  for (const path of [done.backup ?? "", file]) expect((await stat(path)).mode & 0o777).toBe(0o600);
  const text = await readFile(file, "utf8");
  expect(text).not.toMatch(/local-sentry-token|local-pagerduty-token|local-grafana-password/);
  const state = JSON.stringify(await exported());
  expect(state).not.toMatch(/local-sentry-token|local-postgres-monitoring|integration\/\w{32}/);
  const again = await adopt("--choose", `uptime-widget=${first}`);
  expect(again.of("adopt")).toEqual([]);
});

test("undo lets go of it, and another adoption takes it again", async () => {
  const { output } = await stack().command("adopt", "--undo");
  expect(output).toContain("has let go of");
  const { resources } = (await exported()).deployment;
  expect(resources.filter(({ type }) => /^(pagerduty|aws|grafana|sentry):/.test(type))).toEqual([]);
  expect((await adopt("--yes", "--choose", `uptime-widget=${first}`)).code).toBe(0);
});

test("the next up changes what differs, makes what is missing, and nothing a second time", async () => {
  const output = await pulumi("up", "--yes", "--skip-preview", "--suppress-outputs");
  expect(output).not.toMatch(/\b(deleted|replaced)\b/);
  expect(await counts()).toEqual({
    ...before,
    "health checks": (before["health checks"] ?? 0) + 1,
  });
  expect(await secretOutput("appEnvironment", "SENTRY_DSN")).toBe(key);
  await succeed("pulumi", "--", "preview", "--expect-no-changes", "--suppress-outputs");
});
