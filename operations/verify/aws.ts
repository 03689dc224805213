/** AWS: outside checks, where alarms ring, and what the database logs. */
import { CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { DescribeDBParametersCommand, RDSClient } from "@aws-sdk/client-rds";
import { GetHealthCheckCommand, Route53Client } from "@aws-sdk/client-route-53";
import { ListSubscriptionsByTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { GLOBAL_REGION } from "../../catalog/topics.ts";
import { canCheck, tellerOf } from "../../catalog/uptime.ts";
import { wantedLibraries, wantedSettings } from "../../components/aws/wanted-settings.ts";
import { checkersOf, checksOf } from "../../components/shared/checkers.ts";
import { failed, notConfigured, proven, required, some } from "../../components/shared/outcome.ts";
import type { Enabled } from "../../settings/schema.ts";
import type { Check, Context } from "./check.ts";

export const UP = "Run pulumi up --refresh: it puts back what somebody has changed in AWS.";

/** As components/aws/provider.ts: an emulator takes any credentials, AWS itself the standard chain. */
export function clientOptions({ settings }: Pick<Context, "settings">, region?: string) {
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

/** Why an alarm would tell nobody; undefined where it is there and would. */
function alarmProblem(name: string, alarm: MetricAlarm | undefined): string[] {
  if (!alarm) return [`${name} is missing`];
  if (alarm.ActionsEnabled === false) return [`${name} has its actions switched off`];
  return alarm.AlarmActions?.length ? [] : [`${name} tells nobody`];
}

async function readAlarms(context: Context, names: readonly string[], region: string) {
  // Asked for no names, it would answer all.
  if (names.length === 0) return [];
  const client = new CloudWatchClient(clientOptions(context, region));
  const command = new DescribeAlarmsCommand({ AlarmNames: [...names] });
  const { MetricAlarms = [] } = await client.send(command, { abortSignal: context.signal });
  return names.map((name) => ({ name, alarm: MetricAlarms.find(({ AlarmName }) => AlarmName === name) }));
}

/** What is wrong with alarms. @param region where they live. Default: that of what has no region */
export async function alarmProblems(context: Context, names: readonly string[], region = GLOBAL_REGION) {
  return (await readAlarms(context, names, region)).flatMap(({ name, alarm }) => alarmProblem(name, alarm));
}

/** Alarms on Amazon's engine, which watches everything else; none where the engine is another. */
async function engineAlarmProblems(context: Context): Promise<string[]> {
  const { settings, outputs } = context;
  if (!settings.metrics.enabled || settings.metrics.engine !== "amp") return [];
  const { region } = settings.aws as Enabled<"aws">;
  return alarmProblems(context, required(outputs.engineAlarmNames, "engineAlarmNames"), region);
}

/** A heartbeat that stays away sets the alarm off. */
async function deadMansSwitch(context: Context) {
  if (!context.settings.metrics.enabled) return notConfigured("metrics.enabled is false: nothing to watch");
  const name = required(context.outputs.deadMansSwitchAlarmName, "deadMansSwitchAlarmName");
  const [read] = await readAlarms(context, [name], GLOBAL_REGION);
  if (read?.alarm?.StateValue === "ALARM") return failed(`${name} rings: no heartbeat comes`);
  const problems = [...alarmProblem(name, read?.alarm), ...(await engineAlarmProblems(context))];
  return problems.length > 0 ? failed(some(problems)) : proven(name);
}

/** Of hosts, and of the databases and the load balancer that the settings name. */
async function hostAlarms(context: Context) {
  const { hostAlarmNames, databaseAlarmNames, loadBalancerAlarmNames } = context.outputs;
  const names = [
    ...required(hostAlarmNames, "hostAlarmNames"),
    ...(databaseAlarmNames ?? []),
    ...(loadBalancerAlarmNames ?? []),
  ];
  const { region } = context.settings.aws as Enabled<"aws">;
  const problems = await alarmProblems(context, names, region);
  return problems.length > 0 ? failed(some(problems)) : proven(some(names));
}

async function healthChecks(context: Context) {
  if (!checkersOf(context.settings).includes("route53")) {
    return notConfigured("route53 is none of the stack's checkers");
  }
  const ids = required(context.outputs.healthCheckIds, "healthCheckIds");
  const client = new Route53Client(clientOptions(context, GLOBAL_REGION));
  const checks = checksOf(context.settings).filter((check) => canCheck("route53", check));
  const prefix = `agentpay-${context.settings.environment}`;
  const chosen = checkersOf(context.settings);
  const names = (told: boolean) =>
    checks
      .filter((check) => (tellerOf(check, chosen) === "route53") === told)
      .map(({ key }) => `${prefix}-${key}-unreachable`);
  // Where another checker tells people, the alarm only records.
  const recording = await readAlarms(context, names(false), GLOBAL_REGION);
  const problems = [
    ...(await alarmProblems(context, names(true))),
    ...recording.flatMap(({ name, alarm }) => (alarm ? [] : [`${name} is missing`])),
  ];
  for (const { key } of checks) {
    const command = new GetHealthCheckCommand({ HealthCheckId: required(ids[key], `healthCheckIds.${key}`) });
    const { HealthCheck } = await client.send(command, { abortSignal: context.signal });
    if (HealthCheck?.HealthCheckConfig?.Disabled) problems.push(`the check of ${key} is switched off`);
  }
  return problems.length > 0
    ? failed(some(problems))
    : proven(some(checks.map(({ key, url }) => `${key} (${url})`)));
}

/** Subscriptions of people wait for their answer; those of a pager answer by themselves. */
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
  const database = context.settings.database as Enabled<"database">;
  const wanted = [
    ...wantedLibraries(database).map((library) => ["shared_preload_libraries", library] as const),
    ...Object.entries(wantedSettings(database)),
  ];
  const wrong = wanted.filter(([name, value]) => !live.get(name)?.split(",").includes(value));
  const told = wrong.map(([name, value]) => `${name} is ${live.get(name) ?? "not set"} instead of ${value}`);
  return wrong.length > 0
    ? failed(some(told))
    : proven(`${group}: from ${database.slowQueryMilliseconds} ms`);
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
    id: "host-alarms",
    section: "Metrics",
    title: "Alarms on hosts, databases and the load balancer ring somewhere",
    platform: "aws",
    advice: UP,
    run: hostAlarms,
  },
  {
    id: "slow-query-log",
    section: "Performance",
    title: "Slow query log and pg_stat_statements are set",
    platform: "database",
    advice: `${UP} Then attach the group to the instance and restart it once.`,
    run: databaseParameters,
  },
];
