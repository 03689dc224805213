/** Logs: where they are kept, what ships them, and whether they arrive. */
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { DescribeAssociationCommand, GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { failed, notConfigured, proven, required, some } from "../../components/shared/outcome.ts";
import type { Enabled } from "../../settings/schema.ts";
import { alarmProblems, clientOptions, UP } from "./aws.ts";
import type { Check, Context } from "./check.ts";

const DAY_MILLISECONDS = 86_400_000;

/** Checks of CloudWatch have nothing to see where the logs go elsewhere. */
function ofCloudWatch(run: Check["run"]): Check["run"] {
  return async (context) =>
    context.settings.logs.platform === "cloudwatch"
      ? run(context)
      : notConfigured("logs.platform is datadog");
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

async function logAlarms(context: Context) {
  const { region } = context.settings.aws as Enabled<"aws">;
  const names = required(context.outputs.logAlarmNames, "logAlarmNames");
  const problems = await alarmProblems(context, names, region);
  return problems.length > 0 ? failed(some(problems)) : proven(some(names));
}

/** What Systems Manager says of an association once it ran; a new one, and one that no host has, is pending. */
async function associations(context: Context) {
  const aws = context.settings.aws as Enabled<"aws">;
  if (aws.endpointUrl !== undefined) return notConfigured("an emulator manages no hosts");
  const client = new SSMClient(clientOptions(context));
  const ids = Object.entries(required(context.outputs.agentAssociationIds, "agentAssociationIds"));
  const found = await Promise.all(
    ids.map(async ([what, AssociationId]) => {
      const command = new DescribeAssociationCommand({ AssociationId });
      const { AssociationDescription } = await client.send(command, { abortSignal: context.signal });
      return { what, status: AssociationDescription?.Overview?.Status ?? "Pending" };
    }),
  );
  const told = some(found.map(({ what, status }) => `${what}: ${status}`));
  if (found.every(({ status }) => status === "Success")) return proven(told);
  if (found.some(({ status }) => status === "Failed")) return failed(told);
  return notConfigured(`${told}; no host with the stack's tags has run it yet`);
}

export const logChecks: readonly Check[] = [
  {
    id: "log-agent",
    section: "Logs",
    title: "Log agent's configuration is published",
    platform: "aws",
    advice: UP,
    run: agentConfiguration,
  },
  {
    id: "agent-associations",
    section: "Logs",
    title: "Agents are installed and configured on the hosts",
    platform: "aws",
    advice:
      "In Systems Manager, State Manager names the hosts and the reason; runbooks/LogsMissing.md has the causes.",
    run: associations,
  },
  {
    id: "log-groups",
    section: "Logs",
    title: "Log groups exist and keep logs as configured",
    platform: "aws",
    advice: UP,
    run: ofCloudWatch(logGroups),
  },
  {
    id: "log-events",
    section: "Logs",
    title: "Logs arrive",
    platform: "aws",
    advice: "On the host: amazon-cloudwatch-agent-ctl -a status, then its log.",
    run: ofCloudWatch(logsArrive),
  },
  {
    id: "log-alarms",
    section: "Logs",
    title: "Alarms on errors and on missing logs ring somewhere",
    platform: "aws",
    advice: UP,
    run: ofCloudWatch(logAlarms),
  },
];
