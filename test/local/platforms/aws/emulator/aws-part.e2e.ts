/** Alarms that ring on a real emulator, at the pager, by email and by SMS. The clock is the test's. */
import { join } from "node:path";
import {
  CloudWatchClient,
  GetMetricDataCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { CloudWatchAlarm } from "../../../../../catalog/cloudwatch-alarm.ts";
import {
  DATABASE_NAMESPACE,
  databaseAlarms,
  INSTANCE_DIMENSION,
} from "../../../../../catalog/database-alarms.ts";
import { hostAlarms } from "../../../../../catalog/host-alarms.ts";
import { HOST_NAMESPACE } from "../../../../../catalog/hosts.ts";
import {
  LOAD_BALANCER_DIMENSION,
  LOAD_BALANCER_NAMESPACE,
  loadBalancerAlarms,
} from "../../../../../catalog/load-balancer-alarms.ts";
import { startAwsPart } from "../../../../../local/platforms/aws/emulator/aws-part.ts";
import type { Email, TextMessage } from "../../../../../local/platforms/inbox/model.ts";
import { type RunningInbox, startInbox } from "../../../../../local/platforms/inbox/server.ts";
import { listen, newApplication } from "../../../../../local/platforms/shared/http-server.ts";
import { patient } from "../../../../support/eventually.ts";
import { startMoto } from "./start-moto.ts";

const undo: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const step of undo.toReversed()) await step();
});

/** What the pager's endpoint was sent. */
const paged: { Subject: string; message: Record<string, unknown> }[] = [];
const warnings: string[] = [];
let inbox: RunningInbox;
let cloudWatch: CloudWatchClient;
let sns: SNSClient;
let topic: string;
let heartbeat: string;
let clock = Date.UTC(2026, 5, 1, 9);

beforeAll(async () => {
  const emulator = await startMoto();
  undo.push(() => emulator.stop());
  inbox = await startInbox({ port: 0, mailPort: 0, dataFolder: join(emulator.folder, "inbox") });
  undo.push(() => inbox.stop());
  const pager = newApplication();
  pager.addContentTypeParser("text/plain", { parseAs: "string" }, (_request, body, done) => done(null, body));
  pager.post<{ Body: string }>("/", async (request) => {
    const { Subject, Message } = JSON.parse(request.body);
    paged.push({ Subject, message: JSON.parse(Message) });
    return {};
  });
  const { url: endpoint, stop } = await listen(pager, "pager", 0);
  undo.push(stop);

  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = { region: "eu-central-1", endpoint: emulator.url, credentials };
  [cloudWatch, sns] = [new CloudWatchClient(client), new SNSClient(client)];
  const make = async (Name: string) => (await sns.send(new CreateTopicCommand({ Name }))).TopicArn ?? "";
  [topic, heartbeat] = [await make("critical"), await make("heartbeat")];
  for (const [Protocol, Endpoint] of [
    ["http", endpoint],
    ["email", "oncall@agentpay.example"],
    ["sms", "+15550100123"],
  ]) {
    await sns.send(new SubscribeCommand({ TopicArn: topic, Protocol, Endpoint }));
  }
  const part = startAwsPart({
    url: emulator.url,
    inbox,
    now: () => clock,
    interval: 20,
    log: { info: () => {}, warn: (message) => warnings.push(message), error: () => {} },
  });
  undo.push(() => part.stop());
});

async function makeAlarm(alarm: Partial<PutMetricAlarmCommand["input"]> & { AlarmName: string }) {
  await cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmDescription: `About ${alarm.AlarmName}`,
      EvaluationPeriods: 2,
      Period: 60,
      AlarmActions: [topic],
      OKActions: [topic],
      ComparisonOperator: "GreaterThanThreshold",
      Threshold: 80,
      ...alarm,
    }),
  );
  // As what makes alarms here does: AWS's first state.
  await setState(alarm.AlarmName, "INSUFFICIENT_DATA");
}

const setState = (AlarmName: string, StateValue: "OK" | "ALARM" | "INSUFFICIENT_DATA") =>
  cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: "set by a test" }));

const pages = (name: string) =>
  paged.filter(({ message }) => message["AlarmName"] === name).map(({ message }) => message["NewStateValue"]);
/** Asks until the answer is there. */
const eventually = <Answer>(ask: () => Promise<Answer | undefined>) =>
  vi.waitUntil(ask, { ...patient, interval: 20 }) as Promise<Answer>;
const eventuallyPaged = (name: string, states: readonly string[]) =>
  vi.waitFor(() => expect(pages(name)).toEqual(states), { ...patient, interval: 20 });

async function received<Message>(kind: "emails" | "texts"): Promise<readonly Message[]> {
  return (await (await fetch(`${inbox.url}/local/${kind}`)).json()) as readonly Message[];
}

test("a state that is set reaches the pager as CloudWatch writes it, and people by email and SMS", async () => {
  await makeAlarm({ AlarmName: "by-hand", Namespace: "Nobody", MetricName: "measures", Statistic: "Sum" });
  await setState("by-hand", "ALARM");
  await eventuallyPaged("by-hand", ["ALARM"]);
  expect(paged.at(-1)).toMatchObject({
    Subject: 'ALARM: "by-hand" in eu-central-1',
    message: {
      AlarmArn: "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:by-hand",
      AlarmDescription: "About by-hand",
      AWSAccountId: "123456789012",
      NewStateReason: "set by a test",
      OldStateValue: "INSUFFICIENT_DATA",
      Trigger: { MetricName: "measures", Namespace: "Nobody", Statistic: "SUM", Period: 60, Threshold: 80 },
    },
  });
  const email = await eventually(async () =>
    (await received<Email>("emails")).find(({ subject }) => subject.includes("by-hand")),
  );
  expect(email).toMatchObject({
    to: ["oncall@agentpay.example"],
    text: expect.stringContaining("set by a test"),
  });
  const text = await eventually(async () =>
    (await received<TextMessage>("texts")).find((sms) => sms.text.includes("by-hand")),
  );
  expect(text.to).toBe("+15550100123");

  await setState("by-hand", "OK");
  await eventuallyPaged("by-hand", ["ALARM", "OK"]);
});

test("an alarm rings when its own metric breaches, in each of its periods, and ends", async () => {
  const Dimensions = [{ Name: "InstanceId", Value: "i-1" }];
  await makeAlarm({
    AlarmName: "memory",
    Namespace: "Hosts",
    MetricName: "used",
    Statistic: "Maximum",
    Dimensions,
  });
  const put = (value: number, dimensions = Dimensions) =>
    cloudWatch.send(
      new PutMetricDataCommand({
        Namespace: "Hosts",
        MetricData: [
          { MetricName: "used", Dimensions: dimensions, Value: value, Timestamp: new Date(clock) },
        ],
      }),
    );
  const minute = async (value: number, dimensions?: typeof Dimensions) => {
    await put(value, dimensions);
    clock += 60_000;
  };
  // Another host's, which is none of this alarm's business.
  for (let index = 0; index < 3; index++) await minute(99, [{ Name: "InstanceId", Value: "i-2" }]);
  await minute(10);
  await eventuallyPaged("memory", ["OK"]);
  await minute(81);
  await minute(82);
  await eventuallyPaged("memory", ["OK", "ALARM"]);
  await minute(80);
  await eventuallyPaged("memory", ["OK", "ALARM", "OK"]);
});

/** What is reported in a minute, in which all is well or in which it is not. */
interface Minutes {
  readonly well: readonly number[];
  readonly bad: readonly number[];
}

/** The agents of two hosts: one is well, the other one is not, or both are. */
const HOSTS = { well: [20, 20], bad: [20, 95] };
const GIB = 2 ** 30;
const minutesOf: Readonly<Record<string, Minutes>> = {
  HostMemoryHigh: HOSTS,
  HostDiskFull: HOSTS,
  HostsMissing: { well: HOSTS.well, bad: [] },
  DatabaseStorageLow: { well: [11 * GIB], bad: [9 * GIB] },
  DatabaseProcessorHigh: { well: [90], bad: [91] },
  DatabaseMemoryLow: { well: [0.25 * GIB], bad: [0.2 * GIB] },
  DatabaseOperationCreditsLow: { well: [10], bad: [9] },
  DatabaseThroughputCreditsLow: { well: [10], bad: [9] },
  DatabaseBurstCreditsLow: { well: [20], bad: [19] },
  DatabaseTransactionIdsHigh: { well: [200_000_000], bad: [1_000_000_001] },
  DatabaseReplicaLagHigh: { well: [-1], bad: [61] },
  DatabaseReplicationStopped: { well: [0], bad: [-1] },
  LoadBalancerErrorsHigh: { well: [1], bad: [6, 5] },
  LoadBalancerConnectionsRejected: { well: [1], bad: [6, 5] },
  LoadBalancerCannotReachTargets: { well: [1], bad: [6, 5] },
  LoadBalancerUnhealthyTargets: { well: [0], bad: [1] },
  LoadBalancerHasNoTarget: { well: [1], bad: [] },
};
const onWhat = [
  { namespace: HOST_NAMESPACE, dimensions: {}, alarms: hostAlarms },
  { namespace: DATABASE_NAMESPACE, dimensions: { [INSTANCE_DIMENSION]: "agentpay" }, alarms: databaseAlarms },
  {
    namespace: LOAD_BALANCER_NAMESPACE,
    dimensions: { [LOAD_BALANCER_DIMENSION]: "app/agentpay/50dc6c495c0c9188" },
    alarms: loadBalancerAlarms,
  },
].flatMap(({ alarms, ...subject }) => alarms.map((alarm: CloudWatchAlarm) => ({ ...subject, ...alarm })));

test.each(onWhat)("$name rings after $minutes bad minutes, not one fewer, and ends", async (alarm) => {
  const { name, namespace: Namespace, metricName: MetricName, statistic, minutes } = alarm;
  const { well, bad } = minutesOf[name] ?? expect.fail(`what is reported for ${name}?`);
  const Dimensions = Object.entries(alarm.dimensions).map(([Name, Value]) => ({ Name, Value }));
  const condition = {
    Namespace,
    MetricName,
    Dimensions,
    Statistic: statistic,
    Threshold: alarm.threshold.default * (alarm.perUnit ?? 1),
    ComparisonOperator: alarm.comparisonOperator,
    TreatMissingData: alarm.treatMissingData,
  };
  await makeAlarm({ ...condition, AlarmName: name, EvaluationPeriods: minutes });
  // Made later, it is looked at later: once it has rung, the alarm itself has been looked at too.
  const hasty = `${name}-hasty`;
  await makeAlarm({ ...condition, AlarmName: hasty, EvaluationPeriods: minutes - 1 });
  const pass = async (count: number, values: readonly number[]) => {
    for (let minute = 0; minute < count; minute++) {
      const MetricData = values.map((Value) => ({
        MetricName,
        Dimensions,
        Value,
        Timestamp: new Date(clock),
      }));
      if (MetricData.length > 0) await cloudWatch.send(new PutMetricDataCommand({ Namespace, MetricData }));
      clock += 60_000;
    }
  };
  await pass(1, well);
  await eventuallyPaged(hasty, ["OK"]);
  await pass(minutes - 1, bad);
  await eventuallyPaged(hasty, ["OK", "ALARM"]);
  expect(pages(name)).toEqual(["OK"]);
  await pass(1, bad);
  await eventuallyPaged(name, ["OK", "ALARM"]);
  await pass(1, well);
  await eventuallyPaged(name, ["OK", "ALARM", "OK"]);
});

test("a heartbeat that stops rings the dead man's switch, and ends it when it is back", async () => {
  const published = {
    Namespace: "AWS/SNS",
    MetricName: "NumberOfMessagesPublished",
    Dimensions: [{ Name: "TopicName", Value: "heartbeat" }],
  };
  await makeAlarm({
    ...published,
    AlarmName: "silent",
    Statistic: "Sum",
    Threshold: 1,
    ComparisonOperator: "LessThanThreshold",
    TreatMissingData: "breaching",
  });
  const beat = async () => {
    await sns.send(new PublishCommand({ TopicArn: heartbeat, Message: "works" }));
    // Counted at once: only then may the clock go on.
    await eventually(async () => {
      const { MetricDataResults } = await cloudWatch.send(
        new GetMetricDataCommand({
          MetricDataQueries: [{ Id: "sum", MetricStat: { Metric: published, Period: 60, Stat: "Sum" } }],
          StartTime: new Date(clock),
          EndTime: new Date(clock + 60_000),
        }),
      );
      return MetricDataResults?.[0]?.Values?.[0];
    });
    clock += 60_000;
  };
  await beat();
  await eventuallyPaged("silent", ["OK"]);
  clock += 60_000;
  await beat();
  clock += 120_000;
  await eventuallyPaged("silent", ["OK", "ALARM"]);
  await beat();
  await eventuallyPaged("silent", ["OK", "ALARM", "OK"]);
});

test("switched-off actions tell nobody, and nothing failed meanwhile", async () => {
  await makeAlarm({
    AlarmName: "quiet",
    Namespace: "Nobody",
    MetricName: "measures",
    Statistic: "Sum",
    ActionsEnabled: false,
  });
  await setState("quiet", "ALARM");
  await makeAlarm({ AlarmName: "later", Namespace: "Nobody", MetricName: "measures", Statistic: "Sum" });
  await setState("later", "ALARM");
  await eventuallyPaged("later", ["ALARM"]);
  expect(pages("quiet")).toEqual([]);
  expect(warnings).toEqual([]);
});
