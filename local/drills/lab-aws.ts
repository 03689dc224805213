/** The AWS of a lab: the topics and the alarm that the alerting itself depends on, as the program makes them. */
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { heartbeatSilent, silenceDescription } from "../../catalog/dead-mans-switch.ts";
import { GLOBAL_REGION, type TopicPurpose, topicName } from "../../catalog/topics.ts";
import { namePrefix } from "../../components/shared/names.ts";
import type { Settings } from "../../settings/schema.ts";
import { freePort } from "../../toolkit/free-port.ts";
import type { FoundTool } from "../../toolkit/toolchain/find.ts";
import type { Logger, RunningService, ServiceContext } from "../host/service.ts";
import { startAwsPart } from "../platforms/aws/emulator/aws-part.ts";
import type { PeoplesInbox } from "../platforms/aws/emulator/deliveries.ts";
import { startEmulator } from "../platforms/aws/emulator/moto.ts";

/** What the emulator takes for credentials. */
const credentials = { accessKeyId: "drill", secretAccessKey: "drill" };
/** The same for a child. */
export const emulatorEnvironment = {
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
};

/** So often are alarms looked at: a minute of theirs is a second in a drill. */
const LOOK_MILLISECONDS = 100;

export interface LabAwsOptions extends Pick<ServiceContext, "startChild"> {
  readonly tools: { readonly moto: FoundTool };
  readonly log: Logger;
  readonly inbox: PeoplesInbox;
  /** Where PagerDuty takes CloudWatch's messages. */
  readonly pagerDutyEndpoint: string;
  /** The lab's clock, milliseconds since 1970. */
  readonly now: () => number;
}

export async function startLabAws(
  settings: Settings,
  options: LabAwsOptions,
): Promise<RunningService & { readonly url: string }> {
  const emulator = await startEmulator(await freePort(), options);
  const { url } = emulator;
  try {
    const client = { region: GLOBAL_REGION, endpoint: url, credentials };
    const sns = new SNSClient(client);
    const topic = async (purpose: TopicPurpose, subscribers: readonly (readonly [string, string])[]) => {
      const Name = topicName(namePrefix(settings), purpose);
      const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name }));
      for (const [Protocol, Endpoint] of subscribers) {
        await sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint }));
      }
      return { Name, TopicArn };
    };
    const phones = settings.notifications.smsNumbers.map((number) => ["sms", number] as const);
    const critical = await topic("critical", [["http", options.pagerDutyEndpoint], ...phones]);
    await topic("sms", phones);
    const heartbeat = await topic("heartbeat", []);
    await alarmOnSilence(new CloudWatchClient(client), settings, heartbeat.Name, critical.TopicArn);
    const part = startAwsPart({ url, ...options, interval: LOOK_MILLISECONDS });
    return {
      url,
      stop: async () => {
        await part.stop();
        await emulator.stop();
      },
    };
  } catch (error) {
    await emulator.stop();
    throw error;
  }
}

async function alarmOnSilence(client: CloudWatchClient, settings: Settings, topic: string, target: string) {
  const AlarmName = `${namePrefix(settings)}-alerting-silent`;
  const { namespace, metricName, statistic, period, evaluationPeriods, ...condition } = heartbeatSilent;
  await client.send(
    new PutMetricAlarmCommand({
      AlarmName,
      AlarmDescription: silenceDescription(settings.docs.runbookBaseUrl),
      Namespace: namespace,
      MetricName: metricName,
      Statistic: statistic,
      Period: period,
      EvaluationPeriods: evaluationPeriods,
      ComparisonOperator: condition.comparisonOperator,
      Threshold: condition.threshold,
      TreatMissingData: condition.treatMissingData,
      Dimensions: [{ Name: "TopicName", Value: topic }],
      AlarmActions: [target],
      OKActions: [target],
    }),
  );
  const StateReason = "Unchecked: Initial alarm creation";
  await client.send(new SetAlarmStateCommand({ AlarmName, StateValue: "INSUFFICIENT_DATA", StateReason }));
}
