/**
 * CloudWatch's part that the emulator lacks. Alarms are evaluated on the metrics that somebody has put (`put-metric-data`),
 * and on the number of messages published to a topic, which SNS counts; a state may be set by hand as well
 * (`set-alarm-state`). Whatever changed it, a new state is published to the alarm's topics as CloudWatch writes it.
 *
 * Other than CloudWatch: an alarm whose metric nobody has ever put keeps its state, and periods before the alarm was
 * made don't count, else a new stack would begin with a page.
 */
import {
  type CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  ListMetricsCommand,
  type Metric,
  type MetricAlarm,
  PutMetricDataCommand,
  SetAlarmStateCommand,
  type StateValue,
} from "@aws-sdk/client-cloudwatch";
import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import { nextState } from "./alarm-evaluation.ts";
import type { EmulatedTopic } from "./taken.ts";

/** Namespace of what SNS counts. */
const SNS = "AWS/SNS";
const PUBLISHED = "NumberOfMessagesPublished";

export interface AlarmRegionOptions {
  readonly cloudWatch: CloudWatchClient;
  readonly sns: SNSClient;
  /** Milliseconds since 1970: the time in which metrics are put. */
  readonly now: () => number;
  /** Names of alarms whose actions are muted now. Default: none. */
  readonly muted?: () => ReadonlySet<string>;
}

/** The alarms of one region. */
export class AlarmRegion {
  readonly #cloudWatch: CloudWatchClient;
  readonly #sns: SNSClient;
  readonly #now: () => number;
  readonly #muted: () => ReadonlySet<string>;
  /** States as they were last told, by the alarm's ARN. */
  readonly #told = new Map<string, StateValue>();
  /** When each alarm was seen first. */
  readonly #since = new Map<string, number>();

  constructor({ cloudWatch, sns, now, muted = () => new Set() }: AlarmRegionOptions) {
    this.#cloudWatch = cloudWatch;
    this.#sns = sns;
    this.#now = now;
    this.#muted = muted;
  }

  /** What SNS reports of a topic that took a message. */
  async count({ name }: EmulatedTopic): Promise<void> {
    await this.#cloudWatch.send(
      new PutMetricDataCommand({
        Namespace: SNS,
        MetricData: [
          {
            MetricName: PUBLISHED,
            Dimensions: [{ Name: "TopicName", Value: name }],
            Value: 1,
            Timestamp: new Date(this.#now()),
          },
        ],
      }),
    );
  }

  /** One look at all alarms: what they make of their metrics, and what has changed since the last look. */
  async look(): Promise<void> {
    const { MetricAlarms = [] } = await this.#cloudWatch.send(new DescribeAlarmsCommand({}));
    const { Metrics = [] } = await this.#cloudWatch.send(new ListMetricsCommand({}));
    for (const alarm of MetricAlarms) {
      if (!isJustMade(alarm)) await this.#tellChange(alarm);
      if (isMeasured(alarm, Metrics)) await this.#evaluate(alarm);
    }
  }

  async #evaluate(alarm: MetricAlarm): Promise<void> {
    const values = await this.#values(alarm);
    if (values.length === 0) return;
    const state = nextState(alarm, values);
    if (state === undefined || state === alarm.StateValue) return;
    const seen = values.map((value) => value ?? "no data").join(", ");
    const StateReason = `The last ${values.length} periods of ${alarm.MetricName}: ${seen}; threshold ${alarm.Threshold}.`;
    const change = { AlarmName: alarm.AlarmName, StateValue: state, StateReason };
    await this.#cloudWatch.send(new SetAlarmStateCommand(change));
    await this.#tellChange({ ...alarm, ...change });
  }

  /** The metric's value in each of the alarm's last whole periods. */
  async #values(alarm: MetricAlarm): Promise<(number | undefined)[]> {
    const { AlarmArn = "", Period = 60, EvaluationPeriods = 1 } = alarm;
    const period = Period * 1000;
    const end = Math.floor(this.#now() / period) * period;
    const since = this.#since.get(AlarmArn) ?? this.#now();
    this.#since.set(AlarmArn, since);
    const starts = Array.from(
      { length: EvaluationPeriods },
      (_, index) => end - (EvaluationPeriods - index) * period,
    ).filter((start) => start >= since - period);
    const [first] = starts;
    if (first === undefined) return [];
    const { Namespace, MetricName, Dimensions, Statistic } = alarm;
    const { MetricDataResults: [result] = [] } = await this.#cloudWatch.send(
      new GetMetricDataCommand({
        MetricDataQueries: [
          {
            Id: "metric",
            MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period, Stat: Statistic },
          },
        ],
        StartTime: new Date(first),
        EndTime: new Date(end),
      }),
    );
    const found = new Map(result?.Timestamps?.map((time, index) => [time.getTime(), result.Values?.[index]]));
    return starts.map((start) => found.get(start));
  }

  async #tellChange(alarm: MetricAlarm): Promise<void> {
    const { AlarmArn = "", StateValue, ActionsEnabled } = alarm;
    const before = this.#told.get(AlarmArn) ?? "INSUFFICIENT_DATA";
    if (StateValue === undefined || StateValue === before) return;
    // Told when the mute ends, if it is still so: not yet told, then.
    if (this.#muted().has(alarm.AlarmName ?? "")) return;
    this.#told.set(AlarmArn, StateValue);
    if (ActionsEnabled === false) return;
    const message = {
      Subject: `${StateValue}: "${alarm.AlarmName}" in ${AlarmArn.split(":")[3]}`.slice(0, 100),
      Message: JSON.stringify(cloudWatchMessage(alarm, before, new Date(this.#now()))),
    };
    for (const TopicArn of actionsOf(alarm)) {
      await this.#sns.send(new PublishCommand({ TopicArn, ...message }));
    }
  }
}

/** The emulator makes every alarm OK; what makes alarms here sets the state that AWS gives them right after. */
function isJustMade({ StateValue, StateReason }: MetricAlarm): boolean {
  return StateValue === "OK" && StateReason === "Unchecked: Initial alarm creation";
}

function actionsOf({ StateValue, AlarmActions, OKActions, InsufficientDataActions }: MetricAlarm) {
  const actions = { ALARM: AlarmActions, OK: OKActions, INSUFFICIENT_DATA: InsufficientDataActions };
  return (StateValue && actions[StateValue]) ?? [];
}

/** Whether there is, or must be, data of exactly the alarm's metric. */
function isMeasured(
  { Namespace, MetricName, Dimensions = [] }: MetricAlarm,
  metrics: readonly Metric[],
): boolean {
  if (Namespace === SNS) return true;
  const key = (dimensions: Metric["Dimensions"] = []) =>
    JSON.stringify(dimensions.map(({ Name, Value }) => [Name, Value]).toSorted());
  return metrics.some(
    (metric) =>
      metric.Namespace === Namespace &&
      metric.MetricName === MetricName &&
      key(metric.Dimensions) === key(Dimensions),
  );
}

/** The text that CloudWatch publishes; PagerDuty's CloudWatch integration reads it. */
function cloudWatchMessage(alarm: MetricAlarm, before: StateValue, at: Date): object {
  const { AlarmArn = "" } = alarm;
  return {
    AlarmName: alarm.AlarmName,
    AlarmDescription: alarm.AlarmDescription ?? null,
    AWSAccountId: AlarmArn.split(":")[4],
    AlarmConfigurationUpdatedTimestamp: alarm.AlarmConfigurationUpdatedTimestamp,
    NewStateValue: alarm.StateValue,
    NewStateReason: alarm.StateReason,
    StateChangeTime: at.toISOString().replace("Z", "+0000"),
    Region: AlarmArn.split(":")[3],
    AlarmArn,
    OldStateValue: before,
    OKActions: alarm.OKActions ?? [],
    AlarmActions: alarm.AlarmActions ?? [],
    InsufficientDataActions: alarm.InsufficientDataActions ?? [],
    Trigger: {
      MetricName: alarm.MetricName,
      Namespace: alarm.Namespace,
      StatisticType: "Statistic",
      Statistic: alarm.Statistic?.toUpperCase(),
      Unit: alarm.Unit ?? null,
      Dimensions: alarm.Dimensions?.map(({ Name, Value }) => ({ value: Value, name: Name })) ?? [],
      Period: alarm.Period,
      EvaluationPeriods: alarm.EvaluationPeriods,
      DatapointsToAlarm: alarm.DatapointsToAlarm,
      ComparisonOperator: alarm.ComparisonOperator,
      Threshold: alarm.Threshold,
      TreatMissingData: alarm.TreatMissingData ?? "missing",
      EvaluateLowSampleCountPercentile: "",
    },
  };
}
