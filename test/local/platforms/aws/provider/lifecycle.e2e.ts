/** Every resource type against the real emulator: made, read, updated, changed behind its back, deleted. */
import { writeFileSync } from "node:fs";
import { BudgetsClient, CreateNotificationCommand } from "@aws-sdk/client-budgets";
import { CloudWatchClient, PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  PutMetricFilterCommand,
  PutRetentionPolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DetachRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
  RemoveRoleFromInstanceProfileCommand,
  UntagOpenIDConnectProviderCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import {
  CreateKeyCommand,
  KMSClient,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
} from "@aws-sdk/client-kms";
import { ModifyDBParameterGroupCommand, RDSClient } from "@aws-sdk/client-rds";
import { Route53Client, UpdateHealthCheckCommand } from "@aws-sdk/client-route-53";
import { DeleteScheduleCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { DeleteIdentityCommand, SESClient } from "@aws-sdk/client-ses";
import {
  CreateTopicCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SNSClient,
} from "@aws-sdk/client-sns";
import { SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DeleteDocumentCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { resourceTypes } from "../../../../../local/platforms/aws/provider/index.ts";
import { Store } from "../../../../../local/platforms/aws/provider/store.ts";
import { ARCHIVE, ASSET } from "../../../../../toolkit/archive.ts";
import { type Properties, SIGNATURE } from "../../../../../toolkit/property-values.ts";
import { type Emulator, startMoto } from "../emulator/start-moto.ts";
import { account, Connected, type State } from "./connected.ts";

let emulator: Emulator;
let aws: Connected;

/** The SDK's own client: what somebody with a console would use. */
function sdk<Client>(Class: new (configuration: object) => Client, region = "eu-west-1"): Client {
  const credentials = { accessKeyId: "somebody", secretAccessKey: "else" };
  return new Class({ region, endpoint: emulator.url, credentials });
}

beforeAll(async () => {
  emulator = await startMoto();
  aws = await Connected.to(emulator.url, emulator.folder);
  await sdk(CloudWatchLogsClient).send(new CreateLogGroupCommand({ logGroupName: "/somebody/else" }));
  await sdk(SNSClient).send(new CreateTopicCommand({ Name: "somebody-else" }));
  await sdk(IAMClient).send(
    new CreateRoleCommand({ RoleName: "somebody-else", AssumeRolePolicyDocument: trust }),
  );
  store().set("function", functionArn("somebody-else"), {});
  store().set("anomaly-monitor", monitorArn, { monitorType: "CUSTOM" });
  store().set("amp-workspace", workspaceId, {});
  store().set("secret", secretArn, {});
  keyId = (await sdk(KMSClient).send(new CreateKeyCommand({}))).KeyMetadata?.KeyId ?? "";
  otherKeyId = (await sdk(KMSClient).send(new CreateKeyCommand({}))).KeyMetadata?.KeyId ?? "";
});
afterAll(() => emulator?.stop());

let keyId = "";
let otherKeyId = "";

const allowing = (Action: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });

const topicArn = `arn:aws:sns:eu-west-1:${account}:somebody-else`;
const trust = policy({
  Effect: "Allow",
  Principal: { Service: "ec2.amazonaws.com" },
  Action: "sts:AssumeRole",
});
const managedPolicy = "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy";

function policy(...Statement: object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

function publishing(service: string): string {
  const Principal = { Service: `${service}.amazonaws.com` };
  return policy({ Effect: "Allow", Principal, Action: "sns:Publish", Resource: topicArn });
}

function reading(...Action: string[]): string {
  return policy({ Effect: "Allow", Action, Resource: "*" });
}

interface Case {
  readonly inputs: () => Properties;
  /** Changes of an update, and the outputs that show it. */
  readonly update?: () => Properties;
  /** What somebody else does. */
  readonly behind: (state: State) => unknown;
  /** Paths of the inputs that then differ. */
  readonly drift: readonly string[] | "gone";
  /** Outputs after creation, beyond the inputs. */
  readonly outputs: Properties;
}

const alarm = {
  name: "api-errors",
  comparisonOperator: "GreaterThanThreshold",
  evaluationPeriods: 2,
  threshold: 5,
  metricName: "Errors",
  namespace: "AgentPay",
  dimensions: { service: "api", region: "eu" },
  period: 60,
  statistic: "Sum",
  alarmActions: [topicArn],
  tags: { severity: "critical" },
};

function announcement(duration: string): Properties {
  return {
    name: "announced",
    rule: { schedule: { expression: "cron(0 2 * * SUN)", duration, timezone: "UTC" } },
    muteTargets: { alarmNames: ["api-errors"] },
  };
}

/** A workspace and a secret that were there before. */
const workspaceId = "ws-somebody-elses";
const secretArn = `arn:aws:secretsmanager:eu-west-1:${account}:secret:somebody-elses`;

function granting(Action: string): string {
  const Principal = { Service: "aps.amazonaws.com" };
  return policy({ Effect: "Allow", Principal, Action, Resource: "*" });
}

function ruleGroups(expr: string): Properties {
  const data = `groups: [{name: api, rules: [{alert: APIDown, expr: ${expr}}]}]`;
  return { workspaceId, name: "api", data };
}

function alertManager(receiver: string): Properties {
  const yaml = `route: {receiver: ${receiver}}\n  receivers: [{name: ${receiver}}]`;
  return { workspaceId, definition: `alertmanager_config: |\n  ${yaml}\n` };
}

function installation(command: string): Properties {
  const step = { action: "aws:runShellScript", name: "install", inputs: { runCommand: [command] } };
  return {
    name: "agentpay-install",
    documentType: "Command",
    targetType: "/AWS::EC2::Instance",
    content: JSON.stringify({ schemaVersion: "2.2", mainSteps: [step] }),
  };
}

/** A monitor that was there before. */
const monitorArn = `arn:aws:ce::${account}:anomalymonitor/somebody-elses`;

function anomalies(impact: string): Properties {
  return {
    frequency: "IMMEDIATE",
    monitorArnLists: [monitorArn],
    subscribers: [{ type: "SNS", address: topicArn }],
    thresholdExpression: {
      dimension: {
        key: "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
        matchOptions: ["GREATER_THAN_OR_EQUAL"],
        values: [impact],
      },
    },
  };
}

const store = () => new Store(`${emulator.folder}/data/aws/store.json`);

const cases: Readonly<Record<string, Case>> = {
  "amp/workspace:Workspace": {
    inputs: () => ({ alias: "agentpay" }),
    update: () => ({ alias: "agentpay-production" }),
    behind: ({ id }) => store().delete("amp-workspace", id),
    drift: "gone",
    outputs: { region: "eu-west-1" },
  },
  "amp/ruleGroupNamespace:RuleGroupNamespace": {
    inputs: () => ruleGroups("up == 0"),
    update: () => ruleGroups("up < 1"),
    behind: ({ id }) => {
      const kept = store().get("amp-rule-group-namespace", id);
      store().set("amp-rule-group-namespace", id, { ...kept, ...ruleGroups("up == 2") });
    },
    drift: ["data"],
    outputs: { arn: `arn:aws:aps:eu-west-1:${account}:rulegroupsnamespace/${workspaceId}/api` },
  },
  "amp/alertManagerDefinition:AlertManagerDefinition": {
    inputs: () => alertManager("none"),
    update: () => alertManager("nobody"),
    behind: ({ id }) => store().delete("amp-alertmanager-definition", id),
    drift: "gone",
    outputs: { region: "eu-west-1" },
  },
  "amp/resourcePolicy:ResourcePolicy": {
    inputs: () => ({ workspaceId, policyDocument: granting("aps:RemoteWrite") }),
    update: () => ({ workspaceId, policyDocument: granting("aps:QueryMetrics") }),
    behind: ({ id }) => store().delete("amp-workspace-policy", id),
    drift: "gone",
    outputs: { region: "eu-west-1" },
  },
  "secretsmanager/secret:Secret": {
    inputs: () => ({ name: "agentpay/routing-key", description: "of PagerDuty" }),
    update: () => ({ name: "agentpay/routing-key", description: "of PagerDuty's service" }),
    behind: ({ id }) => store().delete("secret", id),
    drift: "gone",
    outputs: { region: "eu-west-1" },
  },
  "secretsmanager/secretVersion:SecretVersion": {
    inputs: () => ({ secretId: secretArn, secretString: "sentinel-value" }),
    behind: ({ id }) => store().set("secret-version", id, { digest: "of another value" }),
    drift: ["secretString"],
    outputs: { arn: secretArn },
  },
  "secretsmanager/secretPolicy:SecretPolicy": {
    inputs: () => ({ secretArn, policy: granting("secretsmanager:GetSecretValue") }),
    update: () => ({ secretArn, policy: granting("secretsmanager:DescribeSecret") }),
    behind: ({ id }) => store().delete("secret-policy", id),
    drift: "gone",
    outputs: { region: "eu-west-1" },
  },
  "cloudwatch/logGroup:LogGroup": {
    inputs: () => ({ name: "/agentpay/api", retentionInDays: 30, tags: { service: "api" } }),
    update: () => ({ name: "/agentpay/api", retentionInDays: 90, tags: { service: "worker" } }),
    behind: () =>
      sdk(CloudWatchLogsClient).send(
        new PutRetentionPolicyCommand({ logGroupName: "/agentpay/api", retentionInDays: 7 }),
      ),
    drift: ["retentionInDays"],
    outputs: {
      arn: `arn:aws:logs:eu-west-1:${account}:log-group:/agentpay/api`,
      tagsAll: { owner: "platform", service: "api" },
    },
  },
  "cloudwatch/logMetricFilter:LogMetricFilter": {
    inputs: () => ({
      name: "errors",
      logGroupName: "/somebody/else",
      pattern: ' { $.level = "error" } ',
      metricTransformation: { name: "Errors", namespace: "AgentPay", value: "1", defaultValue: "0" },
    }),
    update: () => ({
      name: "errors",
      logGroupName: "/somebody/else",
      pattern: "ERROR",
      metricTransformation: { name: "Errors", namespace: "AgentPay", value: "1", unit: "Count" },
    }),
    behind: () =>
      sdk(CloudWatchLogsClient).send(
        new PutMetricFilterCommand({
          logGroupName: "/somebody/else",
          filterName: "errors",
          filterPattern: "ERROR",
          metricTransformations: [
            { metricName: "Errors", metricNamespace: "Elsewhere", metricValue: "1", unit: "Count" },
          ],
        }),
      ),
    drift: ["metricTransformation.namespace"],
    outputs: { name: "errors", region: "eu-west-1" },
  },
  "cloudwatch/queryDefinition:QueryDefinition": {
    inputs: () => ({
      name: "agentpay/errors",
      queryString: "fields @message",
      logGroupNames: ["/somebody/else"],
    }),
    update: () => ({ name: "agentpay/errors", queryString: "fields @timestamp, @message" }),
    behind: ({ id }) => {
      const kept = store().get("query-definition", id);
      store().set("query-definition", id, { ...kept, queryString: "limit 1" });
    },
    drift: ["queryString"],
    outputs: { name: "agentpay/errors" },
  },
  "cloudwatch/alarmMuteRule:AlarmMuteRule": {
    inputs: () => announcement("PT2H"),
    update: () => announcement("PT3H"),
    behind: ({ id }) => store().delete("alarm-mute-rule", id),
    drift: "gone",
    outputs: { region: "eu-west-1" },
  },
  "cloudwatch/metricAlarm:MetricAlarm": {
    inputs: () => alarm,
    update: () => ({ ...alarm, threshold: 10, treatMissingData: "breaching", tags: { severity: "warning" } }),
    behind: () =>
      sdk(CloudWatchClient).send(
        new PutMetricAlarmCommand({
          AlarmName: "api-errors",
          ComparisonOperator: "GreaterThanThreshold",
          EvaluationPeriods: 2,
          Threshold: 1000,
          MetricName: "Errors",
          Namespace: "AgentPay",
          Dimensions: [
            { Name: "region", Value: "eu" },
            { Name: "service", Value: "api" },
          ],
          Period: 60,
          Statistic: "Sum",
          AlarmActions: [],
          TreatMissingData: "breaching",
        }),
      ),
    drift: ["threshold", "alarmActions[0]"],
    outputs: {
      arn: `arn:aws:cloudwatch:eu-west-1:${account}:alarm:api-errors`,
      tagsAll: { owner: "platform", severity: "critical" },
    },
  },
  "sns/topic:Topic": {
    inputs: () => ({
      name: "critical",
      displayName: "AgentPay",
      tracingConfig: "Active",
      httpSuccessFeedbackSampleRate: 100,
    }),
    update: () => ({ name: "critical", displayName: "AgentPay critical", kmsMasterKeyId: "alias/agentpay" }),
    behind: ({ id }) =>
      sdk(SNSClient).send(
        new SetTopicAttributesCommand({ TopicArn: id, AttributeName: "DisplayName", AttributeValue: "mine" }),
      ),
    drift: ["displayName"],
    outputs: { arn: `arn:aws:sns:eu-west-1:${account}:critical`, name: "critical", owner: account },
  },
  "sns/topicPolicy:TopicPolicy": {
    inputs: () => ({ arn: topicArn, policy: publishing("cloudwatch") }),
    update: () => ({ arn: topicArn, policy: publishing("budgets") }),
    behind: () =>
      sdk(SNSClient).send(
        new SetTopicAttributesCommand({
          TopicArn: topicArn,
          AttributeName: "Policy",
          AttributeValue: publishing("events"),
        }),
      ),
    drift: ["policy"],
    outputs: { owner: account },
  },
  "sns/topicSubscription:TopicSubscription": {
    inputs: () => ({
      topic: topicArn,
      protocol: "https",
      endpoint: "https://127.0.0.1:8101/enqueue",
      endpointAutoConfirms: true,
    }),
    update: () => ({
      topic: topicArn,
      protocol: "https",
      endpoint: "https://127.0.0.1:8101/enqueue",
      endpointAutoConfirms: true,
      filterPolicy: '{ "severity": ["critical"] }',
    }),
    behind: ({ id }) =>
      sdk(SNSClient).send(
        new SetSubscriptionAttributesCommand({
          SubscriptionArn: id,
          AttributeName: "RawMessageDelivery",
          AttributeValue: "true",
        }),
      ),
    drift: ["rawMessageDelivery"],
    outputs: { ownerId: account, pendingConfirmation: false },
  },
  "ssm/parameter:Parameter": {
    inputs: () => ({
      name: "AmazonCloudWatch-agentpay-api",
      type: "String",
      insecureValue: "{}",
      description: "Agent",
    }),
    update: () => ({ name: "AmazonCloudWatch-agentpay-api", type: "String", insecureValue: '{"agent":{}}' }),
    behind: ({ id }) =>
      sdk(SSMClient).send(
        new PutParameterCommand({ Name: id, Value: "mine", Type: "String", Overwrite: true }),
      ),
    drift: ["insecureValue"],
    outputs: {
      arn: `arn:aws:ssm:eu-west-1:${account}:parameter/AmazonCloudWatch-agentpay-api`,
      version: 1,
      tier: "Standard",
      tagsAll: { owner: "platform" },
    },
  },
  "ssm/association:Association": {
    inputs: () => ({
      name: "AWS-ConfigureAWSPackage",
      parameters: { action: "Install", name: "AmazonCloudWatchAgent" },
      targets: [{ key: "tag:service", values: ["api"] }],
    }),
    update: () => ({
      name: "AWS-ConfigureAWSPackage",
      parameters: { action: "Install", name: "AmazonCloudWatchAgent" },
      targets: [{ key: "tag:service", values: ["api", "worker"] }],
      scheduleExpression: "rate(1 day)",
    }),
    behind: ({ id }) => store().delete("association", id),
    drift: "gone",
    outputs: { documentVersion: "$DEFAULT", tagsAll: { owner: "platform" } },
  },
  "ssm/document:Document": {
    inputs: () => installation("true"),
    update: () => installation("false"),
    behind: () => sdk(SSMClient).send(new DeleteDocumentCommand({ Name: "agentpay-install" })),
    drift: "gone",
    outputs: { latestVersion: "1", tagsAll: { owner: "platform" } },
  },
  "costexplorer/anomalyMonitor:AnomalyMonitor": {
    inputs: () => ({ name: "services", monitorType: "DIMENSIONAL", monitorDimension: "SERVICE" }),
    update: () => ({ name: "all-services", monitorType: "DIMENSIONAL", monitorDimension: "SERVICE" }),
    behind: ({ id }) => store().delete("anomaly-monitor", id),
    drift: "gone",
    outputs: { tagsAll: { owner: "platform" } },
  },
  "costexplorer/anomalySubscription:AnomalySubscription": {
    inputs: () => anomalies("50"),
    update: () => anomalies("75"),
    behind: ({ id }) => {
      const kept = store().get("anomaly-subscription", id);
      store().set("anomaly-subscription", id, { ...kept, frequency: "DAILY" });
    },
    drift: ["frequency"],
    outputs: { accountId: account },
  },
  "iam/role:Role": {
    inputs: () => ({ name: "agent", assumeRolePolicy: trust, description: "Agent" }),
    update: () => ({
      name: "agent",
      assumeRolePolicy: JSON.parse(trust),
      maxSessionDuration: 7200,
      tags: { a: "b" },
    }),
    behind: () =>
      sdk(IAMClient).send(
        new UpdateRoleCommand({ RoleName: "agent", Description: "mine", MaxSessionDuration: 7200 }),
      ),
    drift: ["description"],
    outputs: { arn: `arn:aws:iam::${account}:role/agent`, name: "agent", tagsAll: { owner: "platform" } },
  },
  "iam/rolePolicy:RolePolicy": {
    inputs: () => ({ name: "read", role: "somebody-else", policy: reading("ssm:GetParameter") }),
    update: () => ({
      name: "read",
      role: "somebody-else",
      policy: reading("ssm:GetParameter", "logs:PutLogEvents"),
    }),
    behind: () =>
      sdk(IAMClient).send(
        new PutRolePolicyCommand({
          RoleName: "somebody-else",
          PolicyName: "read",
          PolicyDocument: reading("*"),
        }),
      ),
    drift: ["policy"],
    outputs: { name: "read" },
  },
  "iam/rolePolicyAttachment:RolePolicyAttachment": {
    inputs: () => ({ role: "somebody-else", policyArn: managedPolicy }),
    behind: () =>
      sdk(IAMClient).send(
        new DetachRolePolicyCommand({ RoleName: "somebody-else", PolicyArn: managedPolicy }),
      ),
    drift: "gone",
    outputs: {},
  },
  "iam/policy:Policy": {
    inputs: () => ({ name: "boundary", policy: allowing("sns:Publish") }),
    update: () => ({ name: "boundary", policy: allowing("sns:Subscribe") }),
    behind: ({ id }) =>
      sdk(IAMClient).send(
        new CreatePolicyVersionCommand({
          ...{ PolicyArn: id, SetAsDefault: true },
          PolicyDocument: allowing("iam:PassRole"),
        }),
      ),
    drift: ["policy"],
    outputs: { arn: `arn:aws:iam::${account}:policy/boundary`, name: "boundary" },
  },
  "iam/instanceProfile:InstanceProfile": {
    inputs: () => ({ name: "agent" }),
    update: () => ({ name: "agent", role: "somebody-else" }),
    behind: () =>
      sdk(IAMClient).send(
        new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: "agent", RoleName: "somebody-else" }),
      ),
    drift: ["role"],
    outputs: { arn: `arn:aws:iam::${account}:instance-profile/agent`, tagsAll: { owner: "platform" } },
  },
  "iam/openIdConnectProvider:OpenIdConnectProvider": {
    inputs: () => ({
      url: "https://token.actions.githubusercontent.com",
      clientIdLists: ["sts.amazonaws.com"],
    }),
    update: () => ({
      url: "https://token.actions.githubusercontent.com",
      clientIdLists: ["sts.amazonaws.com"],
      tags: { a: "b" },
    }),
    behind: ({ id }) =>
      sdk(IAMClient).send(
        new UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: id, TagKeys: ["a"] }),
      ),
    drift: ["tags.a"],
    outputs: {
      arn: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`,
      tagsAll: { owner: "platform" },
    },
  },
  "kms/key:Key": {
    inputs: () => ({ description: "Topics", enableKeyRotation: true, deletionWindowInDays: 7 }),
    update: () => ({
      description: "Alarm topics",
      enableKeyRotation: false,
      deletionWindowInDays: 7,
      tags: { a: "b" },
    }),
    behind: ({ id }) =>
      sdk(KMSClient).send(new UpdateKeyDescriptionCommand({ KeyId: id, Description: "mine" })),
    drift: ["description"],
    outputs: { tagsAll: { owner: "platform" } },
  },
  "kms/alias:Alias": {
    inputs: () => ({ name: "alias/agentpay", targetKeyId: keyId }),
    update: () => ({ name: "alias/agentpay", targetKeyId: otherKeyId }),
    behind: () =>
      sdk(KMSClient).send(new UpdateAliasCommand({ AliasName: "alias/agentpay", TargetKeyId: keyId })),
    drift: ["targetKeyId"],
    outputs: { arn: `arn:aws:kms:eu-west-1:${account}:alias/agentpay` },
  },
  "budgets/budget:Budget": {
    inputs: () => budget("500"),
    update: () => budget("750.50"),
    behind: () =>
      sdk(BudgetsClient, "us-east-1").send(
        new CreateNotificationCommand({
          AccountId: account,
          BudgetName: "monthly",
          Notification: { ComparisonOperator: "GREATER_THAN", NotificationType: "ACTUAL", Threshold: 1 },
          Subscribers: [{ SubscriptionType: "EMAIL", Address: "somebody@example.com" }],
        }),
      ),
    drift: ["notifications[1]"],
    outputs: { accountId: account, arn: `arn:aws:budgets::${account}:budget/monthly` },
  },
  "route53/healthCheck:HealthCheck": {
    inputs: () => ({ ...healthCheck, regions: ["eu-west-1", "us-east-1", "sa-east-1"] }),
    update: () => ({
      ...healthCheck,
      resourcePath: "/readyz",
      regions: ["eu-west-1", "us-east-1", "us-west-2"],
    }),
    behind: ({ id }) =>
      sdk(Route53Client, "us-east-1").send(
        new UpdateHealthCheckCommand({ HealthCheckId: id, FailureThreshold: 9 }),
      ),
    drift: ["failureThreshold"],
    outputs: { enableSni: true, tagsAll: { owner: "platform" } },
  },
  "lambda/function:Function": {
    inputs: () => report("export const handler = async () => 1;", { STAGE: "one" }),
    update: () => ({ ...report("export const handler = async () => 2;", { STAGE: "two" }), timeout: 30 }),
    behind: ({ outputs: { arn } }) => {
      const { zip } = store().get("function", String(arn)) as { zip: string };
      writeFileSync(zip, "other code");
    },
    drift: ["code"],
    outputs: {
      arn: functionArn("report"),
      tagsAll: { owner: "platform" },
    },
  },
  "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": {
    inputs: () => ({ ...onFailure, maximumRetryAttempts: 1 }),
    update: () => ({ ...onFailure, maximumEventAgeInSeconds: 600 }),
    behind: () => {
      const kept = store().get("function-event-invoke-config", functionArn("somebody-else"));
      store().set("function-event-invoke-config", functionArn("somebody-else"), {
        ...kept,
        maximumRetryAttempts: 0,
      });
    },
    drift: ["maximumRetryAttempts"],
    outputs: {},
  },
  "scheduler/schedule:Schedule": {
    inputs: () => daily("cron(0 7 * * ? *)"),
    update: () => daily("cron(30 6 * * ? *)"),
    behind: () => sdk(SchedulerClient).send(new DeleteScheduleCommand({ Name: "daily" })),
    drift: "gone",
    outputs: { arn: `arn:aws:scheduler:eu-west-1:${account}:schedule/default/daily` },
  },
  "ses/emailIdentity:EmailIdentity": {
    inputs: () => ({ email: "reports@example.com" }),
    behind: () => sdk(SESClient).send(new DeleteIdentityCommand({ Identity: "reports@example.com" })),
    drift: "gone",
    outputs: { arn: `arn:aws:ses:eu-west-1:${account}:identity/reports@example.com` },
  },
  "sqs/queue:Queue": {
    inputs: () => ({ name: "failures", messageRetentionSeconds: 86_400, sqsManagedSseEnabled: true }),
    update: () => ({ name: "failures", messageRetentionSeconds: 1_209_600, sqsManagedSseEnabled: true }),
    behind: ({ id }) =>
      sdk(SQSClient).send(
        new SetQueueAttributesCommand({ QueueUrl: id, Attributes: { MessageRetentionPeriod: "60" } }),
      ),
    drift: ["messageRetentionSeconds"],
    outputs: { arn: `arn:aws:sqs:eu-west-1:${account}:failures`, name: "failures" },
  },
  "rds/parameterGroup:ParameterGroup": {
    inputs: () => ({ name: "agentpay", family: "postgres16", parameters: [preload, slow("500")] }),
    update: () => ({ name: "agentpay", family: "postgres16", parameters: [slow("250")] }),
    behind: () =>
      sdk(RDSClient).send(
        new ModifyDBParameterGroupCommand({
          DBParameterGroupName: "agentpay",
          Parameters: [{ ParameterName: slow("").name, ParameterValue: "9", ApplyMethod: "immediate" }],
        }),
      ),
    drift: ["parameters[0].value"],
    outputs: { arn: `arn:aws:rds:eu-west-1:${account}:pg:agentpay`, tagsAll: { owner: "platform" } },
  },
};

function functionArn(name: string): string {
  return `arn:aws:lambda:eu-west-1:${account}:function:${name}`;
}

const executionRole = `arn:aws:iam::${account}:role/somebody-else`;

function report(text: string, variables: Record<string, string>): Properties {
  return {
    name: "report",
    runtime: "nodejs22.x",
    handler: "index.handler",
    role: executionRole,
    code: { [SIGNATURE]: ARCHIVE, assets: { "index.mjs": { [SIGNATURE]: ASSET, text } } },
    environment: { variables },
  };
}

const onFailure = {
  functionName: "somebody-else",
  destinationConfig: { onFailure: { destination: `arn:aws:sqs:eu-west-1:${account}:failures` } },
};

function daily(scheduleExpression: string): Properties {
  return {
    name: "daily",
    scheduleExpression,
    scheduleExpressionTimezone: "Europe/Berlin",
    flexibleTimeWindow: { mode: "OFF" },
    target: {
      arn: functionArn("report"),
      roleArn: executionRole,
      input: '{ "edition": "daily" }',
      deadLetterConfig: { arn: `arn:aws:sqs:eu-west-1:${account}:failures` },
    },
  };
}

const preload = {
  name: "shared_preload_libraries",
  value: "pg_stat_statements",
  applyMethod: "pending-reboot",
};
const slow = (value: string) => ({ name: "log_min_duration_statement", value });
const healthCheck = {
  type: "HTTPS",
  fqdn: "api.example.com",
  port: 443,
  resourcePath: "/healthz",
  failureThreshold: 3,
};

function budget(limitAmount: string): Properties {
  const notification = {
    comparisonOperator: "GREATER_THAN",
    notificationType: "FORECASTED",
    threshold: 80,
    thresholdType: "PERCENTAGE",
    subscriberSnsTopicArns: [topicArn],
  };
  return {
    name: "monthly",
    budgetType: "COST",
    timeUnit: "MONTHLY",
    limitAmount,
    limitUnit: "USD",
    notifications: [notification],
  };
}

test("every resource type of the stand-in is tried", () => {
  expect(
    Object.keys(cases)
      .map((type) => `aws:${type}`)
      .sort(),
  ).toEqual(Object.keys(resourceTypes).sort());
});

describe.each(Object.entries(cases))("%s", (type, { inputs, update, behind, drift, outputs }) => {
  let state: State;

  async function expectClean(): Promise<void> {
    const live = await aws.read(type, state);
    expect(live).toBeDefined();
    if (live) expect(aws.differences(type, state, live)).toEqual([]);
  }

  test("is made, and reads back as it was asked for", async () => {
    state = await aws.create(type, "resource", inputs());
    expect(state.outputs).toMatchObject(outputs);
    await expectClean();
  });

  test.runIf(update)("is updated in place, and reads back so", async () => {
    state = await aws.update(type, state, update?.() ?? {});
    await expectClean();
  });

  test("shows what somebody else did to it", async () => {
    await behind(state);
    const live = await aws.read(type, state);
    expect(live ? aws.differences(type, state, live) : "gone").toEqual(drift);
  });

  test("goes, and stays gone", async () => {
    await aws.delete(type, state);
    expect(await aws.read(type, state)).toBeUndefined();
    await aws.delete(type, state);
  });
});
