/** AWS: nearly everything by a name that is its id there; the rest is looked for. */

import { CloudWatchLogsClient, DescribeQueryDefinitionsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CostExplorerClient,
  GetAnomalyMonitorsCommand,
  GetAnomalySubscriptionsCommand,
} from "@aws-sdk/client-cost-explorer";
import { paginateListHealthChecks, Route53Client } from "@aws-sdk/client-route-53";
import { paginateListSubscriptionsByTopic, SNSClient } from "@aws-sdk/client-sns";
import { GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import { ListAssociationsCommand, SSMClient } from "@aws-sdk/client-ssm";
import { GLOBAL_REGION } from "../../../catalog/topics.ts";
import {
  by,
  type Finder,
  type Finders,
  guess,
  known,
  NOTHING,
  type Planned,
  type Search,
} from "../finder.ts";
import { account, client, home, regional } from "./aws-account.ts";

/** What is known by one input. */
const named = (input: string): Finder =>
  by([input], (values, planned) => guess(regional(values[input] ?? "", planned)));

const topicArn = (name: string, planned: Planned, search: Search) =>
  `arn:aws:sns:${known(planned, "region") ?? home(search)}:${account(search)}:${name}`;

const ofEndpoint = by(["topic", "protocol", "endpoint"], async (wanted, planned, search) => {
  const sns = new SNSClient(client(search, known(planned, "region")));
  const ids: string[] = [];
  let isPending = false;
  for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic(
    { client: sns },
    { TopicArn: wanted.topic },
  )) {
    for (const { SubscriptionArn = "", Protocol, Endpoint } of Subscriptions) {
      if (Protocol !== wanted.protocol || Endpoint !== wanted.endpoint) continue;
      if (SubscriptionArn.startsWith("arn:")) ids.push(regional(SubscriptionArn, planned));
      else isPending = true;
    }
  }
  const note = "there, and not confirmed: it is asked for again, and not made twice";
  return { ids, ...(isPending && { note }) };
});

/** An address with a key in it is known once the integration that has the key is, and nothing on it changes. */
const subscription: Finder = async (planned, search) =>
  known(planned, "endpoint") === undefined
    ? {
        ids: [],
        note: "its address is not known yet; SNS keeps one of an address, so up makes no second one",
      }
    : ofEndpoint(planned, search);

const queue = by(["name"], async ({ name }, planned, search) => {
  const sqs = new SQSClient(client(search, known(planned, "region")));
  try {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
    return { ids: QueueUrl === undefined ? [] : [regional(QueueUrl, planned)] };
  } catch (error) {
    if (error instanceof Error && /QueueDoesNotExist|NonExistentQueue/.test(error.name)) return NOTHING;
    throw error;
  }
});

const association = by(["associationName"], async ({ associationName }, planned, search) => {
  const ssm = new SSMClient(client(search, known(planned, "region")));
  const filter = { key: "AssociationName" as const, value: associationName };
  const { Associations = [] } = await ssm.send(
    new ListAssociationsCommand({ AssociationFilterList: [filter] }),
  );
  const same = Associations.filter(({ AssociationName }) => AssociationName === associationName);
  return { ids: same.flatMap(({ AssociationId }) => AssociationId ?? []) };
});

const queryDefinition = by(["name"], async ({ name }, planned, search) => {
  const region = known(planned, "region") ?? home(search);
  const logs = new CloudWatchLogsClient(client(search, region));
  const answer = await logs.send(new DescribeQueryDefinitionsCommand({ queryDefinitionNamePrefix: name }));
  const same = (answer.queryDefinitions ?? []).filter((definition) => definition.name === name);
  const arn = `arn:aws:logs:${region}:${account(search)}:query-definition`;
  return { ids: same.map(({ queryDefinitionId }) => `${arn}:${queryDefinitionId}`) };
});

/** By what it asks, since AWS gives it no name. How it asks can't be changed. */
const healthCheck: Finder = async ({ inputs }, search) => {
  const route53 = new Route53Client(client(search, GLOBAL_REGION));
  const ids: string[] = [];
  const others: string[] = [];
  for await (const { HealthChecks = [] } of paginateListHealthChecks({ client: route53 }, {})) {
    for (const { Id, HealthCheckConfig: config } of HealthChecks) {
      const isThere =
        config?.FullyQualifiedDomainName === inputs["fqdn"] &&
        config?.Port === inputs["port"] &&
        (config?.ResourcePath ?? "") === (inputs["resourcePath"] ?? "");
      if (isThere && Id !== undefined) (config?.Type === inputs["type"] ? ids : others).push(Id);
    }
  }
  const note = `one that asks the same in another way stays: ${others.join(", ")}`;
  return { ids, ...(others.length > 0 && { note }) };
};

const anomalyMonitor = by(["name"], async ({ name }, { inputs }, search) => {
  const costs = new CostExplorerClient(client(search, GLOBAL_REGION));
  const { AnomalyMonitors = [] } = await costs.send(new GetAnomalyMonitorsCommand({}));
  const same = AnomalyMonitors.filter(({ MonitorName }) => MonitorName === name);
  const ofServices = AnomalyMonitors.find(
    ({ MonitorDimension }) =>
      MonitorDimension !== undefined && MonitorDimension === inputs["monitorDimension"],
  );
  if (same.length > 0 || ofServices === undefined)
    return { ids: same.flatMap(({ MonitorArn }) => MonitorArn ?? []) };
  const instead = `name it in cost.anomalyMonitorArn: ${ofServices.MonitorArn}`;
  return { ids: [], conflict: `AWS allows one monitor of services, and there is one: ${instead}` };
});

const anomalySubscription = by(["name"], async ({ name }, _planned, search) => {
  const costs = new CostExplorerClient(client(search, GLOBAL_REGION));
  const { AnomalySubscriptions = [] } = await costs.send(new GetAnomalySubscriptionsCommand({}));
  const same = AnomalySubscriptions.filter(({ SubscriptionName }) => SubscriptionName === name);
  return { ids: same.flatMap(({ SubscriptionArn }) => SubscriptionArn ?? []) };
});

export const awsFinders: Finders = {
  "aws:budgets/budget:Budget": by(["name"], ({ name }, _planned, search) =>
    guess(`${account(search)}:${name}`),
  ),
  "aws:cloudwatch/alarmMuteRule:AlarmMuteRule": named("name"),
  "aws:cloudwatch/logGroup:LogGroup": named("name"),
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": by(
    ["logGroupName", "name"],
    ({ logGroupName, name }, planned) => guess(regional(`${logGroupName}:${name}`, planned)),
  ),
  "aws:cloudwatch/metricAlarm:MetricAlarm": named("name"),
  "aws:cloudwatch/queryDefinition:QueryDefinition": queryDefinition,
  "aws:costexplorer/anomalyMonitor:AnomalyMonitor": anomalyMonitor,
  "aws:costexplorer/anomalySubscription:AnomalySubscription": anomalySubscription,
  "aws:iam/instanceProfile:InstanceProfile": named("name"),
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": by(["url"], ({ url }, _planned, search) =>
    guess(`arn:aws:iam::${account(search)}:oidc-provider/${url.replace(/^https:\/\//, "")}`),
  ),
  "aws:iam/policy:Policy": by(["name", "path"], ({ name, path }, _planned, search) =>
    guess(`arn:aws:iam::${account(search)}:policy${path}${name}`),
  ),
  "aws:iam/role:Role": named("name"),
  "aws:iam/rolePolicy:RolePolicy": by(["role", "name"], ({ role, name }) => guess(`${role}:${name}`)),
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": by(["role", "policyArn"], ({ role, policyArn }) =>
    guess(`${role}/${policyArn}`),
  ),
  "aws:lambda/function:Function": named("name"),
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": named("functionName"),
  "aws:rds/parameterGroup:ParameterGroup": named("name"),
  "aws:route53/healthCheck:HealthCheck": healthCheck,
  "aws:scheduler/schedule:Schedule": by(["groupName", "name"], ({ groupName, name }, planned) =>
    guess(regional(`${groupName}/${name}`, planned)),
  ),
  "aws:ses/emailIdentity:EmailIdentity": named("email"),
  "aws:sns/topic:Topic": by(["name"], ({ name }, planned, search) =>
    guess(regional(topicArn(name, planned, search), planned)),
  ),
  "aws:sns/topicPolicy:TopicPolicy": named("arn"),
  "aws:sns/topicSubscription:TopicSubscription": subscription,
  "aws:sqs/queue:Queue": queue,
  "aws:ssm/association:Association": association,
  "aws:ssm/document:Document": named("name"),
  "aws:ssm/parameter:Parameter": named("name"),
};
