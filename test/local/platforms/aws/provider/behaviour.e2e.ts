/** What one resource type's life does not show: accounts, regions, names, references, refusals, look-ups. */
import { randomUUID } from "node:crypto";
import { CloudWatchClient, DescribeAlarmsCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeMetricFiltersCommand,
  TagResourceCommand,
  TestMetricFilterCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Configuration,
  configuration,
} from "../../../../../local/platforms/aws/provider/configuration.ts";
import { Connection } from "../../../../../local/platforms/aws/provider/connection.ts";
import { Store } from "../../../../../local/platforms/aws/provider/store.ts";
import { type Emulator, startMoto } from "../emulator/start-moto.ts";
import { account, Connected, configurationFor } from "./connected.ts";

let emulator: Emulator;
let aws: Connected;

beforeAll(async () => {
  emulator = await startMoto();
  aws = await Connected.to(emulator.url, emulator.folder);
});
afterAll(() => emulator?.stop());

const credentials = { accessKeyId: "somebody", secretAccessKey: "else" };
const logs = (region: string) => new CloudWatchLogsClient({ region, endpoint: emulator.url, credentials });
const cloudwatch = (region: string) => new CloudWatchClient({ region, endpoint: emulator.url, credentials });

const logGroup = "cloudwatch/logGroup:LogGroup";
const metricAlarm = "cloudwatch/metricAlarm:MetricAlarm";

function connection(url: string): Connection {
  return new Connection(configuration.parse(configurationFor(url)) as Configuration, new Store("/nowhere"));
}

test("another account is refused when the provider connects", async () => {
  const other = { allowedAccountIds: ["210987654321"] };
  await expect(Connected.to(emulator.url, emulator.folder, other)).rejects.toThrow(
    `AWS account ID not allowed: ${account} (allowedAccountIds has only 210987654321)`,
  );
  const forbidden = { allowedAccountIds: undefined, forbiddenAccountIds: [account] };
  await expect(Connected.to(emulator.url, emulator.folder, forbidden)).rejects.toThrow(
    "forbiddenAccountIds has it",
  );
});

test("an emulator that is not there is named, and what to do", async () => {
  await expect(Connected.to("http://127.0.0.1:1", emulator.folder)).rejects.toThrow(
    "the AWS emulator at http://127.0.0.1:1 does not answer sts:GetCallerIdentity (ECONNREFUSED): start the local stack",
  );
});

test("an action that the emulator lacks is named", async () => {
  const command = new TestMetricFilterCommand({ filterPattern: "x", logEventMessages: ["y"] });
  await expect(connection(emulator.url).client("logs").send(command)).rejects.toThrow(
    "the AWS emulator can't answer logs:TestMetricFilter: it has no such action",
  );
});

test("a region of its own puts a resource there, beside those of the provider's region", async () => {
  const topic = `arn:aws:sns:us-east-1:${account}:critical`;
  const group = await aws.create(logGroup, "group", { name: "/regions" });
  const alarm = await aws.create(metricAlarm, "billing", {
    name: "billing",
    region: "us-east-1",
    comparisonOperator: "GreaterThanThreshold",
    evaluationPeriods: 1,
    threshold: 500,
    namespace: "AWS/Billing",
    metricName: "EstimatedCharges",
    dimensions: { Currency: "USD" },
    period: 86_400,
    statistic: "Maximum",
    alarmActions: [topic],
  });
  expect(group.outputs).toMatchObject({ region: "eu-west-1" });
  expect(alarm.outputs).toMatchObject({
    region: "us-east-1",
    arn: `arn:aws:cloudwatch:us-east-1:${account}:alarm:billing`,
  });
  const named = (region: string) =>
    cloudwatch(region).send(new DescribeAlarmsCommand({ AlarmNames: ["billing"] }));
  expect((await named("us-east-1")).MetricAlarms).toHaveLength(1);
  expect((await named("eu-west-1")).MetricAlarms).toHaveLength(0);
  expect(await aws.read(metricAlarm, alarm)).toBeDefined();
  await aws.delete(metricAlarm, alarm);
  expect((await named("us-east-1")).MetricAlarms).toHaveLength(0);
});

test("an unnamed resource gets a name of its own, which is no drift", async () => {
  const state = await aws.create(logGroup, "unnamed", {});
  expect(state.id).toMatch(/^unnamed-[0-9a-f]{7}$/);
  expect(state.outputs).toMatchObject({ name: state.id });
  const live = await aws.read(logGroup, state);
  expect(live && aws.differences(logGroup, state, live)).toEqual([]);
  const prefixed = await aws.create(logGroup, "prefixed", { namePrefix: "/agentpay/" });
  expect(prefixed.id).toMatch(/^\/agentpay\/[0-9a-f]{26}$/);
});

test("a default tag that somebody changed is drift", async () => {
  const state = await aws.create(logGroup, "tagged", { name: "/tagged" });
  const resourceArn = String(state.outputs["arn"]);
  await logs("eu-west-1").send(new TagResourceCommand({ resourceArn, tags: { owner: "me", extra: "1" } }));
  const live = await aws.read(logGroup, state);
  expect(live && aws.differences(logGroup, state, live)).toEqual(["tags.owner", "tags.extra"]);
  await logs("eu-west-1").send(new UntagResourceCommand({ resourceArn, tagKeys: ["extra"] }));
});

test("a name that is taken is refused", async () => {
  await aws.create(logGroup, "first", { name: "/taken" });
  await expect(aws.create(logGroup, "second", { name: "/taken" })).rejects.toThrow(/already exists/);
});

test("a protected log group is not deleted, and stays", async () => {
  const state = await aws.create(logGroup, "protected", {
    name: "/protected",
    deletionProtectionEnabled: true,
  });
  await expect(aws.delete(logGroup, state)).rejects.toThrow("set deletionProtectionEnabled to false first");
  const freed = await aws.update(logGroup, state, { name: "/protected", deletionProtectionEnabled: false });
  await aws.delete(logGroup, freed);
  expect(await aws.read(logGroup, freed)).toBeUndefined();
});

test("skipDestroy leaves a log group behind", async () => {
  const state = await aws.create(logGroup, "kept", { name: "/kept", skipDestroy: true });
  await aws.delete(logGroup, state);
  const { logGroups } = await logs("eu-west-1").send(
    new DescribeLogGroupsCommand({ logGroupNamePrefix: "/kept" }),
  );
  expect(logGroups).toHaveLength(1);
});

test("what does not exist can't be referred to", async () => {
  const filter = {
    logGroupName: "/missing",
    pattern: "ERROR",
    metricTransformation: { name: "Errors", namespace: "AgentPay", value: "1" },
  };
  await expect(aws.create("cloudwatch/logMetricFilter:LogMetricFilter", "filter", filter)).rejects.toThrow(
    "logGroupName: the log group /missing does not exist",
  );
  const topic = `arn:aws:sns:eu-west-1:${account}:missing`;
  const subscription = { topic, protocol: "email", endpoint: "oncall@example.com" };
  await expect(aws.create("sns/topicSubscription:TopicSubscription", "sub", subscription)).rejects.toThrow(
    /not exist/,
  );
  await expect(aws.create("ssm/association:Association", "agent", { name: "MyDocument" })).rejects.toThrow(
    "name: the SSM document MyDocument does not exist",
  );
  const attachment = { role: "missing", policyArn: "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy" };
  const attach = aws.create("iam/rolePolicyAttachment:RolePolicyAttachment", "attachment", attachment);
  await expect(attach).rejects.toThrow(/missing/);
});

test("a new alarm waits for data, and an update leaves its state", async () => {
  const inputs = {
    name: "waiting",
    comparisonOperator: "LessThanThreshold",
    evaluationPeriods: 1,
    threshold: 1,
    namespace: "AgentPay",
    metricName: "Up",
    period: 60,
    statistic: "Minimum",
  };
  const client = cloudwatch("eu-west-1");
  const stateOf = async () =>
    (await client.send(new DescribeAlarmsCommand({ AlarmNames: ["waiting"] }))).MetricAlarms?.[0]?.StateValue;
  const alarm = await aws.create(metricAlarm, "waiting", inputs);
  expect(await stateOf()).toBe("INSUFFICIENT_DATA");
  await client.send(
    new SetAlarmStateCommand({ AlarmName: "waiting", StateValue: "ALARM", StateReason: "test" }),
  );
  await aws.update(metricAlarm, alarm, { ...inputs, threshold: 2 });
  expect(await stateOf()).toBe("ALARM");
});

test("a metric filter that is put again replaces itself", async () => {
  const inputs = {
    name: "again",
    logGroupName: "/regions",
    pattern: "ERROR",
    metricTransformation: { name: "Errors", namespace: "AgentPay", value: "1" },
  };
  const state = await aws.create("cloudwatch/logMetricFilter:LogMetricFilter", "again", inputs);
  await aws.update("cloudwatch/logMetricFilter:LogMetricFilter", state, { ...inputs, pattern: "FATAL" });
  const command = new DescribeMetricFiltersCommand({ logGroupName: "/regions" });
  const { metricFilters } = await logs("eu-west-1").send(command);
  expect(metricFilters?.map((filter) => filter.filterPattern)).toEqual(["FATAL"]);
});

const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

test("a secret parameter is secret in the outputs, and a write-only one is never read back", async () => {
  const parameter = "ssm/parameter:Parameter";
  const key = randomUUID();
  const state = await aws.create(parameter, "key", {
    name: "/agentpay/key",
    type: "SecureString",
    value: { ...SECRET, value: key },
  });
  expect((await aws.read(parameter, state))?.outputs["value"]).toEqual({ ...SECRET, value: key });
  const writeOnly = { name: "/agentpay/wo", type: "SecureString", valueWo: key, valueWoVersion: 1 };
  const written = await aws.create(parameter, "wo", writeOnly);
  const live = await aws.read(parameter, written);
  expect(live && aws.differences(parameter, written, live)).toEqual([]);
  expect(live?.inputs["value"]).toBeUndefined();
  expect(written.outputs).toMatchObject({ hasValueWo: true });
});

test("getCallerIdentity and getRegion answer", async () => {
  const { functions = {} } = aws.package;
  expect(await functions["aws:index/getCallerIdentity:getCallerIdentity"]?.({})).toMatchObject({
    accountId: account,
    id: account,
    arn: expect.stringContaining(account),
  });
  const getRegion = functions["aws:index/getRegion:getRegion"];
  expect(await getRegion?.({})).toMatchObject({ region: "eu-west-1", description: "Europe (Ireland)" });
  expect(await getRegion?.({ region: "us-east-1" })).toMatchObject({ name: "us-east-1" });
  expect(() => getRegion?.({ regoin: "x" })).toThrow(/getRegion/);
});
