/** AWS: logs, outside checks, billing alarms, where they ring, and what the database logs. */
import { CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { DescribeDBParametersCommand, RDSClient } from "@aws-sdk/client-rds";
import { GetHealthCheckCommand, Route53Client } from "@aws-sdk/client-route-53";
import { ListSubscriptionsByTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { GLOBAL_REGION } from "../catalog/topics.ts";
import { uptimeChecks } from "../catalog/uptime.ts";
import type { Enabled } from "../settings.ts";
import { type Check, type Context, failed, notConfigured, proven, required, some } from "./check.ts";

const UP = "Run pulumi up --refresh: it puts back what somebody has changed in AWS.";

/** As providers.ts: an emulator takes any credentials, AWS itself the standard chain. */
function clientOptions({ settings }: Context, region?: string) {
  const { endpointUrl, profile, region: home } = settings.aws as Enabled<"aws">;
  return {
    region: region ?? home,
    ...(profile !== undefined && { profile }),
    ...(endpointUrl !== undefined && {
      endpoint: endpointUrl,
      credentials: { accessKeyId: "emulator", secretAccessKey: "emulator" },
    }),
  };
}

async function logGroups(context: Context) {
  const client = new CloudWatchLogsClient(clientOptions(context));
  const names = Object.values(required(context.outputs.logGroupNames, "logGroupNames"));
  const { retentionDays } = context.settings.logs;
  const problems = await Promise.all(
    names.map(async (name) => {
      const command = new DescribeLogGroupsCommand({ logGroupNamePrefix: name });
      const { logGroups = [] } = await client.send(command, { abortSignal: context.signal });
      const group = logGroups.find(({ logGroupName }) => logGroupName === name);
      if (!group) return [`${name} is missing`];
      const days = group.retentionInDays ?? "for ever";
      return days === retentionDays ? [] : [`${name} keeps ${days} instead of ${retentionDays} days`];
    }),
  );
  return problems.flat().length > 0
    ? failed(some(problems.flat()))
    : proven(`${some(names)} keep ${retentionDays} days`);
}

const DAY_MILLISECONDS = 86_400_000;

async function logsArrive(context: Context) {
  const client = new CloudWatchLogsClient(clientOptions(context));
  const names = Object.values(required(context.outputs.logGroupNames, "logGroupNames"));
  const latest = await Promise.all(
    names.map(async (logGroupName) => {
      const command = new DescribeLogStreamsCommand({
        logGroupName,
        orderBy: "LastEventTime",
        descending: true,
        limit: 1,
      });
      const { logStreams: [stream] = [] } = await client.send(command, { abortSignal: context.signal });
      return { logGroupName, at: stream?.lastIngestionTime ?? stream?.lastEventTimestamp };
    }),
  );
  const old = latest.filter(({ at = 0 }) => Date.now() - at > DAY_MILLISECONDS);
  if (latest.every(({ at }) => at === undefined)) return notConfigured("no host has sent anything yet");
  return old.length > 0
    ? failed(`nothing in 24 hours in ${some(old.map(({ logGroupName }) => logGroupName))}`)
    : proven("within the last 24 hours");
}

async function agentConfiguration(context: Context) {
  const name = required(context.outputs.agentParameterName, "agentParameterName");
  const command = new GetParameterCommand({ Name: name });
  const { Parameter } = await new SSMClient(clientOptions(context)).send(command, {
    abortSignal: context.signal,
  });
  return Parameter?.Value ? proven(`SSM parameter ${name}`) : failed(`SSM parameter ${name} is empty`);
}

/** Why an alarm would tell nobody; undefined where it is there and would. */
function alarmProblem(name: string, alarm: MetricAlarm | undefined): string[] {
  if (!alarm) return [`${name} is missing`];
  if (alarm.ActionsEnabled === false) return [`${name} has its actions switched off`];
  return alarm.AlarmActions?.length ? [] : [`${name} tells nobody`];
}

async function readAlarms(context: Context, names: readonly string[]) {
  const client = new CloudWatchClient(clientOptions(context, GLOBAL_REGION));
  const command = new DescribeAlarmsCommand({ AlarmNames: [...names] });
  const { MetricAlarms = [] } = await client.send(command, { abortSignal: context.signal });
  return names.map((name) => ({ name, alarm: MetricAlarms.find(({ AlarmName }) => AlarmName === name) }));
}

async function alarmProblems(context: Context, names: readonly string[]) {
  return (await readAlarms(context, names)).flatMap(({ name, alarm }) => alarmProblem(name, alarm));
}

/** A heartbeat that stays away sets the alarm off. */
async function deadMansSwitch(context: Context) {
  if (!context.settings.metrics.enabled) return notConfigured("metrics.enabled is false: nothing to watch");
  const name = required(context.outputs.deadMansSwitchAlarmName, "deadMansSwitchAlarmName");
  const [read] = await readAlarms(context, [name]);
  if (read?.alarm?.StateValue === "ALARM") return failed(`${name} rings: no heartbeat comes`);
  const problems = alarmProblem(name, read?.alarm);
  return problems.length > 0 ? failed(some(problems)) : proven(name);
}

async function healthChecks(context: Context) {
  const ids = required(context.outputs.healthCheckIds, "healthCheckIds");
  const client = new Route53Client(clientOptions(context, GLOBAL_REGION));
  const checks = uptimeChecks(context.settings.uptime as Enabled<"uptime">);
  const prefix = `agentpay-${context.settings.environment}`;
  const problems = await alarmProblems(
    context,
    checks.map(({ key }) => `${prefix}-${key}-unreachable`),
  );
  for (const { key } of checks) {
    const command = new GetHealthCheckCommand({ HealthCheckId: required(ids[key], `healthCheckIds.${key}`) });
    const { HealthCheck } = await client.send(command, { abortSignal: context.signal });
    if (HealthCheck?.HealthCheckConfig?.Disabled) problems.push(`the check of ${key} is switched off`);
  }
  return problems.length > 0
    ? failed(some(problems))
    : proven(some(checks.map(({ publicName, url }) => `${publicName} (${url})`)));
}

/** Subscriptions of people wait for their answer; those of PagerDuty answer by themselves. */
async function subscriptions(context: Context) {
  const topics = Object.entries(required(context.outputs.alertTopics, "alertTopics"));
  const arns = topics.flatMap(([region, { criticalArn, warningArn }]) =>
    [criticalArn, warningArn].map((TopicArn) => ({ region, TopicArn })),
  );
  const found = await Promise.all(
    arns.map(async ({ region, TopicArn }) => {
      const client = new SNSClient(clientOptions(context, region));
      const command = new ListSubscriptionsByTopicCommand({ TopicArn });
      const { Subscriptions = [] } = await client.send(command, { abortSignal: context.signal });
      const pending = Subscriptions.filter(({ SubscriptionArn = "" }) => !SubscriptionArn.startsWith("arn:"));
      const name = TopicArn.split(":")[5] ?? TopicArn;
      return {
        name: `${name} (${region})`,
        count: Subscriptions.length,
        pending: pending.map(({ Protocol }) => Protocol),
      };
    }),
  );
  const problems = found.flatMap(({ name, count, pending }) => {
    if (count === 0) return [`${name} reaches nobody`];
    return pending.length > 0 ? [`${name} waits for confirmation by ${pending.join(", ")}`] : [];
  });
  const told = found.map(({ name, count }) => `${name}: ${count}`).join(", ");
  return problems.length > 0 ? failed(some(problems)) : proven(`confirmed subscriptions: ${told}`);
}

async function databaseParameters(context: Context) {
  const group = required(context.outputs.databaseParameterGroupName, "databaseParameterGroupName");
  const client = new RDSClient(clientOptions(context));
  const live = new Map<string, string>();
  let Marker: string | undefined;
  do {
    const command = new DescribeDBParametersCommand({ DBParameterGroupName: group, Source: "user", Marker });
    const page = await client.send(command, { abortSignal: context.signal });
    for (const { ParameterName = "", ParameterValue = "" } of page.Parameters ?? []) {
      live.set(ParameterName, ParameterValue);
    }
    Marker = page.Marker;
  } while (Marker);
  const { slowQueryMilliseconds } = context.settings.database as Enabled<"database">;
  const wanted = {
    log_min_duration_statement: String(slowQueryMilliseconds),
    shared_preload_libraries: "pg_stat_statements",
  };
  const wrong = Object.entries(wanted).filter(([name, value]) => !live.get(name)?.split(",").includes(value));
  const told = wrong.map(([name, value]) => `${name} is ${live.get(name) ?? "not set"} instead of ${value}`);
  return wrong.length > 0 ? failed(some(told)) : proven(`${group}: from ${slowQueryMilliseconds} ms`);
}

export const awsChecks: readonly Check[] = [
  {
    id: "uptime-checks",
    section: "Uptime Monitoring",
    title: "Outside checks and their alarms exist",
    platform: "uptime",
    advice: UP,
    run: healthChecks,
  },
  {
    id: "alert-channels",
    section: "Uptime Monitoring",
    title: "Alert channels are confirmed",
    platform: "aws",
    advice:
      "Open the email that AWS sent and confirm it; after three days, run pulumi up --replace on the subscription.",
    run: subscriptions,
  },
  {
    id: "dead-mans-switch",
    section: "Metrics",
    title: "Dead man's switch is armed",
    platform: "aws",
    advice: `${UP} If it rings: runbooks/Watchdog.md.`,
    run: deadMansSwitch,
  },
  {
    id: "log-agent",
    section: "Logs",
    title: "Log agent's configuration is published",
    platform: "aws",
    advice: UP,
    run: agentConfiguration,
  },
  {
    id: "log-groups",
    section: "Logs",
    title: "Log groups exist and keep logs as configured",
    platform: "aws",
    advice: UP,
    run: logGroups,
  },
  {
    id: "log-events",
    section: "Logs",
    title: "Logs arrive",
    platform: "aws",
    advice: "On the host: amazon-cloudwatch-agent-ctl -a status, then its log.",
    run: logsArrive,
  },
  {
    id: "slow-query-log",
    section: "Performance",
    title: "Slow query log and pg_stat_statements are set",
    platform: "database",
    advice: `${UP} Then attach the group to the instance and restart it once.`,
    run: databaseParameters,
  },
  {
    id: "billing-alarms",
    section: "Costs",
    title: "Budget alerts exist and ring somewhere",
    platform: "aws",
    advice: UP,
    async run(context) {
      const names = required(context.outputs.billingAlarmNames, "billingAlarmNames");
      const problems = await alarmProblems(context, names);
      return problems.length > 0 ? failed(some(problems)) : proven(some(names));
    },
  },
];
