/** What AWS refuses, the stand-in refuses: at preview, by property, in words. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { resourceTypes } from "../../../../../local/platforms/aws/provider/index.ts";
import { ARCHIVE, ASSET } from "../../../../../toolkit/archive.ts";
import { type Properties, SIGNATURE } from "../../../../../toolkit/property-values.ts";
import { account, Connected } from "./connected.ts";

let aws: Connected;
const folder = mkdtempSync(join(tmpdir(), "agentpay-aws-"));
beforeAll(async () => {
  // Nothing listens there: checks need no platform.
  aws = await Connected.to("http://127.0.0.1:1", folder, {
    allowedAccountIds: undefined,
    skipRequestingAccountId: true,
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const topic = `arn:aws:sns:eu-west-1:${account}:critical`;
const billingTopic = `arn:aws:sns:us-east-1:${account}:critical`;

function policy(...Statement: object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

const publishing = {
  Effect: "Allow",
  Principal: { Service: "cloudwatch.amazonaws.com" },
  Action: "sns:Publish",
};
const assuming = { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" };
const reading = { Effect: "Allow", Action: "ssm:GetParameter", Resource: "*" };
const query = { id: "rate", expression: "errors / total", returnData: true };
const metric = { metricName: "Errors", namespace: "AgentPay", period: 60, stat: "Sum" };
const single = { metricName: undefined, namespace: undefined, period: undefined, statistic: undefined };
const band = { id: "band", expression: "ANOMALY_DETECTION_BAND(errors, 2)", returnData: true };
const notification = {
  comparisonOperator: "GREATER_THAN",
  notificationType: "ACTUAL",
  threshold: 80,
  thresholdType: "PERCENTAGE",
  subscriberSnsTopicArns: [topic],
};

const impact = {
  key: "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
  matchOptions: ["GREATER_THAN_OR_EQUAL"],
  values: ["50"],
};

function commands(change: object = {}): string {
  const step = { action: "aws:runShellScript", name: "install", inputs: { runCommand: ["true"] } };
  return JSON.stringify({ schemaVersion: "2.2", mainSteps: [step], ...change });
}

const failures = `arn:aws:sqs:eu-west-1:${account}:failures`;
const target = {
  arn: `arn:aws:lambda:eu-west-1:${account}:function:report`,
  roleArn: `arn:aws:iam::${account}:role/report`,
  input: "{}",
};

/** One set of inputs for each type that AWS would take. */
const good: Readonly<Record<string, Properties>> = {
  "amp/alertManagerDefinition:AlertManagerDefinition": {
    workspaceId: "ws-1",
    definition: "alertmanager_config: |\n  route: {receiver: none}\n  receivers: [{name: none}]\n",
  },
  "amp/resourcePolicy:ResourcePolicy": {
    workspaceId: "ws-1",
    policyDocument: policy({ ...publishing, Action: "aps:RemoteWrite", Resource: "*" }),
  },
  "amp/ruleGroupNamespace:RuleGroupNamespace": {
    workspaceId: "ws-1",
    name: "agentpay-api",
    data: "groups: [{name: api, rules: [{alert: APIDown, expr: up == 0}]}]",
  },
  "amp/workspace:Workspace": { alias: "agentpay" },
  "secretsmanager/secret:Secret": { name: "agentpay/routing-key", recoveryWindowInDays: 7 },
  "secretsmanager/secretPolicy:SecretPolicy": {
    secretArn: `arn:aws:secretsmanager:eu-west-1:${account}:secret:key-1`,
    policy: policy({ ...publishing, Action: "secretsmanager:GetSecretValue", Resource: "*" }),
  },
  "secretsmanager/secretVersion:SecretVersion": {
    secretId: `arn:aws:secretsmanager:eu-west-1:${account}:secret:key-1`,
    secretString: "{}",
  },
  "budgets/budget:Budget": {
    budgetType: "COST",
    timeUnit: "MONTHLY",
    limitAmount: "500",
    limitUnit: "USD",
    notifications: [notification],
  },
  "cloudwatch/alarmMuteRule:AlarmMuteRule": {
    name: "agentpay-test-maintenance-1",
    rule: { schedule: { expression: "cron(0 2 * * SUN)", duration: "PT120M", timezone: "UTC" } },
    muteTargets: { alarmNames: ["agentpay-test-api-unreachable"] },
  },
  "cloudwatch/logGroup:LogGroup": { name: "/agentpay/api", retentionInDays: 30 },
  "cloudwatch/logMetricFilter:LogMetricFilter": {
    logGroupName: "/agentpay/api",
    pattern: '{ ($.level = "error") && ($.status = 500) }',
    metricTransformation: { name: "Errors", namespace: "AgentPay", value: "$.count" },
  },
  "cloudwatch/metricAlarm:MetricAlarm": {
    comparisonOperator: "GreaterThanThreshold",
    evaluationPeriods: 3,
    threshold: 0,
    metricName: "Errors",
    namespace: "AgentPay",
    period: 60,
    statistic: "Sum",
    alarmActions: [topic],
  },
  "cloudwatch/queryDefinition:QueryDefinition": { name: "agentpay/errors", queryString: "fields @message" },
  "costexplorer/anomalyMonitor:AnomalyMonitor": { monitorType: "DIMENSIONAL", monitorDimension: "SERVICE" },
  "costexplorer/anomalySubscription:AnomalySubscription": {
    frequency: "IMMEDIATE",
    monitorArnLists: [`arn:aws:ce::${account}:anomalymonitor/1`],
    subscribers: [{ type: "SNS", address: billingTopic }],
    thresholdExpression: { dimension: impact },
  },
  "iam/instanceProfile:InstanceProfile": { name: "agent", role: "agent" },
  "iam/policy:Policy": {
    name: "boundary",
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "sns:Publish", Resource: "*" }],
    }),
  },
  "iam/openIdConnectProvider:OpenIdConnectProvider": {
    url: "https://token.actions.githubusercontent.com",
    clientIdLists: ["sts.amazonaws.com"],
  },
  "iam/role:Role": { assumeRolePolicy: policy(assuming) },
  "iam/rolePolicy:RolePolicy": { role: "agent", policy: policy(reading) },
  "iam/rolePolicyAttachment:RolePolicyAttachment": {
    role: "agent",
    policyArn: "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy",
  },
  "kms/alias:Alias": { name: "alias/agentpay", targetKeyId: "1234" },
  "kms/key:Key": { enableKeyRotation: true, rotationPeriodInDays: 365 },
  "rds/parameterGroup:ParameterGroup": {
    family: "postgres16",
    parameters: [
      { name: "shared_preload_libraries", value: "pg_stat_statements", applyMethod: "pending-reboot" },
      { name: "log_min_duration_statement", value: "500" },
    ],
  },
  "lambda/function:Function": {
    name: "report",
    runtime: "nodejs22.x",
    handler: "index.handler",
    role: `arn:aws:iam::${account}:role/report`,
    code: { [SIGNATURE]: ARCHIVE, assets: { "index.mjs": { [SIGNATURE]: ASSET, text: "" } } },
    environment: { variables: { STAGE: "test" } },
  },
  "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": {
    functionName: "report",
    destinationConfig: { onFailure: { destination: failures } },
  },
  "scheduler/schedule:Schedule": {
    name: "daily",
    scheduleExpression: "cron(0 7 * * ? *)",
    scheduleExpressionTimezone: "Europe/Berlin",
    flexibleTimeWindow: { mode: "OFF" },
    target,
  },
  "ses/emailIdentity:EmailIdentity": { email: "reports@example.com" },
  "sqs/queue:Queue": { name: "failures", messageRetentionSeconds: 1_209_600, sqsManagedSseEnabled: true },
  "route53/healthCheck:HealthCheck": { type: "HTTPS", fqdn: "api.example.com", requestInterval: 30 },
  "sns/topic:Topic": { name: "agentpay-critical", policy: policy({ ...publishing, Resource: topic }) },
  "sns/topicPolicy:TopicPolicy": { arn: topic, policy: policy({ ...publishing, Resource: topic }) },
  "sns/topicSubscription:TopicSubscription": { topic, protocol: "email", endpoint: "oncall@example.com" },
  "ssm/association:Association": { name: "AWS-ConfigureAWSPackage", scheduleExpression: "rate(1 day)" },
  "ssm/document:Document": { documentType: "Command", content: commands() },
  "ssm/parameter:Parameter": { name: "/agentpay/agent", type: "String", insecureValue: "{}" },
};

/** A change that makes good inputs bad, and what is said about it. */
type Bad = readonly [change: Properties, mistake: string];

const ungiven = (name: string, change: Properties = {}): Properties => ({ ...change, [name]: undefined });

/** A definition of Amazon's Alertmanager whose only receiver has these integrations. */
const receiving = (integrations: string) =>
  `alertmanager_config: |\n  route: {receiver: a}\n  receivers: [{name: a, ${integrations}}]\n`;

const bad: Readonly<Record<string, readonly Bad[]>> = {
  "amp/alertManagerDefinition:AlertManagerDefinition": [
    [{ workspaceId: "agent pay" }, '"workspaceId": must be the id of a workspace'],
    [{ definition: "route: {}" }, '"definition":'],
    [
      {
        definition:
          "alertmanager_config: |\n  route: {receiver: a}\n  receivers: [{name: a, slack_configs: []}]\n",
      },
      "may only have pagerduty_configs and sns_configs",
    ],
    // What Amazon does not list, or says that it refuses.
    ...[
      ["links", "pagerduty_configs: [{links: []}]"],
      ["url", "pagerduty_configs: [{url: 'https://events.example.com'}]"],
      ["routing_key_file", "pagerduty_configs: [{routing_key_file: /key}]"],
      [
        "api_url",
        `sns_configs: [{topic_arn: '${topic}', sigv4: {region: eu-west-1}, api_url: 'http://localhost'}]`,
      ],
    ].map(
      ([field, receiver = ""]): Bad => [{ definition: receiving(receiver) }, `Unrecognized key: "${field}"`],
    ),
    [{ definition: receiving(`sns_configs: [{topic_arn: '${topic}', sigv4: {}}]`) }, "needs a region"],
    [{ definition: receiving(`sns_configs: [{topic_arn: '${topic}'}]`) }, "sigv4"],
  ],
  "amp/resourcePolicy:ResourcePolicy": [
    [{ policyDocument: "{}" }, '"policyDocument": Statement must hold at least one statement'],
  ],
  "amp/ruleGroupNamespace:RuleGroupNamespace": [
    [{ data: "groups: []" }, '"data": groups must hold at least one group'],
    [{ data: "groups: [{name: a, rules: [{expr: up}]}]" }, "must have either alert or record"],
    [{ name: "a/b" }, '"name": may hold letters, digits'],
  ],
  "amp/workspace:Workspace": [[{ kmsKeyArn: "key" }, '"kmsKeyArn": must be an ARN']],
  "secretsmanager/secret:Secret": [
    [{ name: "a b" }, '"name": may hold letters, digits'],
    [{ recoveryWindowInDays: 3 }, '"recoveryWindowInDays": must be a whole number from 7 to 30'],
  ],
  "secretsmanager/secretPolicy:SecretPolicy": [[{ secretArn: "key" }, '"secretArn": must be an ARN']],
  "secretsmanager/secretVersion:SecretVersion": [[{ secretString: undefined }, '"secretString": is missing']],
  "cloudwatch/alarmMuteRule:AlarmMuteRule": [
    [
      { rule: { schedule: { expression: "rate(1 hour)", duration: "PT1H" } } },
      "must be at(YYYY-MM-DDThh:mm)",
    ],
    [
      { rule: { schedule: { expression: "cron(0 2 * * SUN)", duration: "2h" } } },
      "and last from PT1M to P15D",
    ],
    [{ muteTargets: { alarmNames: [] } }, "muteTargets"],
  ],
  "cloudwatch/logGroup:LogGroup": [
    [{ retentionInDays: 31 }, '"retentionInDays": must be one of 0, 1, 3, 5, 7, 14, 30'],
    [{ retentionInDays: "30" }, '"retentionInDays": must be one of'],
    [{ name: "agentpay api" }, '"name": may hold letters, digits and _ / . # -'],
    [{ name: "x".repeat(513) }, '"name": must have 1 to 512 characters'],
    [{ name: "aws/mine" }, '"name": must not begin with aws/'],
    [{ namePrefix: "api-" }, '"name": conflicts with namePrefix'],
    [{ logGroupClass: "CHEAP" }, '"logGroupClass": must be one of STANDARD, INFREQUENT_ACCESS, DELIVERY'],
    [{ kmsKeyId: "alias/x" }, '"kmsKeyId": must be an ARN'],
    [{ kmsKeyId: topic }, '"kmsKeyId": must be the ARN of a kms resource'],
    [{ region: "Ireland" }, '"region": must be a region such as eu-west-1'],
    [{ tags: { "aws:mine": "x" } }, "which AWS keeps for itself"],
    [{ tags: { owner: "a;b" } }, '"tags.owner": may hold letters'],
    [{ tags: { owner: 1 } }, '"tags.owner"'],
  ],
  "cloudwatch/logMetricFilter:LogMetricFilter": [
    [ungiven("pattern"), '"pattern": is required'],
    [ungiven("metricTransformation"), '"metricTransformation": is required'],
    [{ pattern: '"unbalanced' }, '"pattern": has a quotation mark without its partner'],
    [{ pattern: "{ $.x = 1" }, '"pattern": begins with { and must end with }'],
    [{ pattern: "{ ($.x = 1 }" }, '"pattern": has parentheses that do not match'],
    [{ pattern: "x".repeat(1025) }, '"pattern": must have at most 1024 characters'],
    [{ name: "a:b" }, '"name": must not hold : or *'],
    [
      {
        metricTransformation: {
          name: "E",
          namespace: "A",
          value: "1",
          defaultValue: "0",
          dimensions: { a: "$.a" },
        },
      },
      '"metricTransformation.defaultValue": conflicts with dimensions',
    ],
    [
      {
        metricTransformation: {
          name: "E",
          namespace: "A",
          value: "1",
          dimensions: { a: "b", c: "d", e: "f", g: "h" },
        },
      },
      '"metricTransformation.dimensions": must have at most 3 entries',
    ],
    [
      { metricTransformation: { name: "E", namespace: "A", value: "1", unit: "Pieces" } },
      '"metricTransformation.unit": must be one of Seconds',
    ],
    [
      { metricTransformation: { name: "E", namespace: "A", value: "one" } },
      '"metricTransformation.value": must be a number or a field',
    ],
  ],
  "cloudwatch/queryDefinition:QueryDefinition": [
    [ungiven("queryString"), '"queryString": is required'],
    [{ queryString: "x".repeat(10_001) }, '"queryString": must have 1 to 10000 characters'],
    [{ name: "/x" }, '"name": must not hold'],
    [{ logGroupNames: ["a b"] }, '"logGroupNames[0]": may hold'],
  ],
  "cloudwatch/metricAlarm:MetricAlarm": [
    [ungiven("comparisonOperator"), '"comparisonOperator": is required'],
    [{ comparisonOperator: ">" }, '"comparisonOperator": must be one of GreaterThanOrEqualToThreshold'],
    [ungiven("evaluationPeriods"), '"evaluationPeriods": is required'],
    [{ evaluationPeriods: 0 }, '"evaluationPeriods": must be a whole number from 1'],
    [{ evaluationPeriods: 2000 }, '"evaluationPeriods": times the period must not exceed 86400 seconds'],
    [{ period: 7 }, '"period": must be 10, 20, 30 or a multiple of 60 seconds'],
    [{ period: 90 }, '"period": must be 10, 20, 30 or a multiple of 60 seconds'],
    [ungiven("period"), '"period": is required with metricName'],
    [ungiven("namespace"), '"namespace": is required with metricName'],
    [{ namespace: ":x" }, '"namespace": must not begin with a colon'],
    [{ statistic: "Mean" }, '"statistic": must be one of SampleCount, Average, Sum, Minimum, Maximum'],
    [ungiven("statistic"), '"statistic": is missing: exactly one of statistic, extendedStatistic'],
    [{ extendedStatistic: "p99" }, '"statistic": conflicts with extendedStatistic'],
    [
      ungiven("statistic", { extendedStatistic: "99" }),
      '"extendedStatistic": must be a statistic such as p99',
    ],
    [{ treatMissingData: "notbreaching" }, '"treatMissingData": must be one of missing, ignore, breaching'],
    [{ datapointsToAlarm: 4 }, '"datapointsToAlarm": must not be greater than evaluationPeriods'],
    [{ unit: "Pieces" }, '"unit": must be one of'],
    [
      { evaluateLowSampleCountPercentiles: "ignore" },
      '"evaluateLowSampleCountPercentiles": is for percentiles',
    ],
    [ungiven("threshold"), '"threshold": is missing'],
    [{ thresholdMetricId: "band" }, '"threshold": conflicts with thresholdMetricId'],
    [{ threshold: "5" }, '"threshold": must be a number'],
    [ungiven("metricName"), '"metricName": is missing: exactly one of metricName, metricQueries'],
    [{ metricQueries: [query] }, '"metricName": conflicts with metricQueries'],
    [{ alarmActions: ["critical"] }, '"alarmActions[0]": must be an ARN'],
    [{ alarmActions: Array(6).fill(topic) }, '"alarmActions": must have at most 5 actions'],
    [{ okActions: [billingTopic] }, '"okActions[0]": must be a topic in the alarm\'s own region eu-west-1'],
    [{ name: "x".repeat(256) }, '"name": must have 1 to 255 characters'],
    [{ namespace: "AWS/Billing" }, '"region": must be us-east-1: AWS/Billing has no metrics in eu-west-1'],
    [{ namespace: "AWS/Route53" }, '"region": must be us-east-1'],
    [{ evaluationInterval: 60 }, '"evaluationInterval": is not offered by the local stand-in'],
    [
      { comparisonOperator: "GreaterThanUpperThreshold" },
      '"comparisonOperator": compares with an anomaly band',
    ],
    [
      { ...single, metricQueries: [{ ...query, returnData: false }] },
      "must have returnData: true on exactly 1",
    ],
    [{ ...single, metricQueries: [query, { ...query, id: "two" }] }, "on exactly 1 of the queries, not 2"],
    [
      { ...single, metricQueries: [query, { id: "rate", metric }] },
      '"metricQueries[1].id": repeats the id rate',
    ],
    [
      { ...single, metricQueries: [{ ...query, id: "Rate" }] },
      '"metricQueries[0].id": must begin with a lower-case',
    ],
    [
      { ...single, metricQueries: [{ ...query, metric }] },
      '"metricQueries[0].expression": conflicts with metric',
    ],
    [{ ...single, metricQueries: [query], statistic: "Sum" }, '"statistic": conflicts with metricQueries'],
    [
      { ...single, metricQueries: [query, { id: "e", metric: { ...metric, stat: "Mean" } }] },
      '"metricQueries[1].metric.stat": must be one of',
    ],
  ],
  "sns/topic:Topic": [
    [{ name: "agentpay critical" }, '"name": must have 1 to 256 letters, digits, _ and -'],
    [
      { name: "critical", fifoTopic: true },
      '"name": must have 1 to 256 letters, digits, _ and -, ending in .fifo',
    ],
    [{ namePrefix: "x" }, '"name": conflicts with namePrefix'],
    [{ displayName: "x".repeat(101) }, '"displayName": must have at most 100 characters'],
    [{ contentBasedDeduplication: true }, '"contentBasedDeduplication": is for FIFO topics only'],
    [
      { httpSuccessFeedbackSampleRate: 101 },
      '"httpSuccessFeedbackSampleRate": must be a whole number from 0 to 100',
    ],
    [{ policy: "{" }, '"policy": must be a JSON object'],
    [{ tracingConfig: "active" }, '"tracingConfig": must be one of PassThrough, Active'],
  ],
  "sns/topicPolicy:TopicPolicy": [
    [{ arn: "critical" }, '"arn": must be an ARN'],
    [{ policy: "allow all" }, '"policy": must be a JSON object with Version and Statement'],
    [{ policy: "{}" }, '"policy": Statement must hold at least one statement'],
    [
      { policy: policy({ ...publishing, Effect: "allow" }) },
      '"policy": Statement 1 Effect must be Allow or Deny',
    ],
    [
      { policy: policy({ Effect: "Allow", Action: "sns:Publish" }) },
      "must have either Principal or NotPrincipal",
    ],
    [
      { policy: policy({ ...publishing, Principal: { Servcie: "x" } }) },
      "Principal must be one of AWS, Service",
    ],
    [
      { policy: policy({ ...publishing, Action: "sns:*" }) },
      "must name actions of a topic such as sns:Publish",
    ],
    [{ policy: policy({ ...publishing, Actoin: "x" }) }, "Statement 1 holds the unknown member Actoin"],
    [{ policy: policy({ ...publishing, Resource: billingTopic }) }, "Resource must be the topic's own ARN"],
    [{ policy: { Version: "2012", Statement: [publishing] } }, '"policy": Version must be 2012-10-17'],
  ],
  "sns/topicSubscription:TopicSubscription": [
    [ungiven("endpoint"), '"endpoint": is required'],
    [{ protocol: "pager" }, '"protocol": must be one of application, email'],
    [{ endpoint: "oncall" }, '"endpoint": must be an e-mail address for protocol email'],
    [{ protocol: "https", endpoint: "http://x.test" }, '"endpoint": must be a URL that begins with https://'],
    [{ protocol: "sms", endpoint: "0123" }, '"endpoint": must be a phone number such as +14155550123'],
    [{ protocol: "sqs", endpoint: "queue" }, '"endpoint": must be a queue\'s ARN'],
    [{ topic: "critical" }, '"topic": must be an ARN'],
    [{ filterPolicy: "{" }, '"filterPolicy": must be valid JSON'],
    [{ filterPolicyScope: "MessageBody" }, '"filterPolicyScope": is for subscriptions with a filterPolicy'],
    [{ rawMessageDelivery: true }, '"rawMessageDelivery": is for protocols http, https, sqs and firehose'],
    [{ redrivePolicy: "{}" }, '"redrivePolicy": must name a queue\'s ARN'],
    [{ replayPolicy: "{}" }, '"replayPolicy": is not offered by the local stand-in'],
  ],
  "ssm/parameter:Parameter": [
    [{ type: "Text" }, '"type": must be one of String, StringList, SecureString'],
    [ungiven("insecureValue"), '"value": is missing: exactly one of value, insecureValue, valueWo'],
    [{ value: "x" }, '"value": conflicts with insecureValue'],
    [{ type: "SecureString" }, '"insecureValue": is not for type SecureString'],
    [{ insecureValue: "é".repeat(2049) }, '"insecureValue": has 4098 bytes; tier Standard takes 4096'],
    [
      { insecureValue: "x".repeat(8193), tier: "Advanced" },
      '"insecureValue": has 8193 bytes; tier Advanced takes 8192',
    ],
    [{ insecureValue: "" }, '"insecureValue": must not be empty'],
    [{ allowedPattern: "^\\d+$" }, '"insecureValue": does not match allowedPattern'],
    [ungiven("insecureValue", { valueWo: "x" }), '"valueWoVersion": goes with valueWo'],
    [{ name: "agent config" }, '"name": may hold letters, digits and _ . - /'],
    [{ name: "agentpay/agent" }, '"name": must begin with / when it holds a /'],
    [{ name: "/aws/mine" }, '"name": must not begin with aws or ssm'],
    [{ name: "/a".repeat(16) }, '"name": must have at most 15 levels'],
    [{ dataType: "json" }, '"dataType": must be one of text'],
  ],
  "ssm/association:Association": [
    [ungiven("name"), '"name": is required'],
    [{ targets: Array(6).fill({ key: "tag:a", values: ["b"] }) }, '"targets": must have at most 5 targets'],
    [{ targets: [{ key: "service", values: ["api"] }] }, '"targets[0].key": must be InstanceIds'],
    [{ targets: [{ key: "tag:a", values: [] }] }, '"targets[0].values": must hold at least one value'],
    [{ scheduleExpression: "daily" }, '"scheduleExpression": must be rate(...), cron(...) or at(...)'],
    [
      { scheduleExpression: "rate(5 minutes)" },
      '"scheduleExpression": must not be more often than every 30 minutes',
    ],
    [{ applyOnlyAtCronInterval: true }, '"applyOnlyAtCronInterval": is not for rate expressions'],
    [{ maxConcurrency: "all" }, '"maxConcurrency": must be a number or a percentage'],
    [{ complianceSeverity: "SEVERE" }, '"complianceSeverity": must be one of CRITICAL'],
    [{ parameters: { optionalRestart: true } }, '"parameters.optionalRestart": must be a string'],
  ],
  "costexplorer/anomalyMonitor:AnomalyMonitor": [
    [ungiven("monitorType"), '"monitorType": is required'],
    [ungiven("monitorDimension"), '"monitorDimension": is required for monitorType DIMENSIONAL'],
    [{ monitorDimension: "REGION" }, '"monitorDimension": must be one of SERVICE, LINKED_ACCOUNT'],
    [{ monitorType: "CUSTOM" }, '"monitorSpecification": is required for monitorType CUSTOM'],
    [{ monitorSpecification: "{}" }, '"monitorSpecification": is not for monitorType DIMENSIONAL'],
    [{ monitorType: "CUSTOM", monitorSpecification: "{" }, '"monitorSpecification": must be valid JSON'],
  ],
  "costexplorer/anomalySubscription:AnomalySubscription": [
    [{ frequency: "HOURLY" }, '"frequency": must be one of IMMEDIATE, DAILY, WEEKLY'],
    [{ frequency: "DAILY" }, '"subscribers[0].type": must be EMAIL for frequency DAILY'],
    [{ subscribers: [] }, '"subscribers": must hold a subscriber'],
    [
      { subscribers: [{ type: "SNS", address: "oncall@example.com" }] },
      '"subscribers[0].address": must be a topic\'s ARN',
    ],
    [
      { frequency: "WEEKLY", subscribers: [{ type: "EMAIL", address: billingTopic }] },
      '"subscribers[0].address": must be an e-mail address',
    ],
    [{ monitorArnLists: [] }, '"monitorArnLists": must name a monitor'],
    [{ monitorArnLists: ["services"] }, '"monitorArnLists[0]": must be an ARN'],
    [ungiven("thresholdExpression"), '"thresholdExpression": is required'],
    [
      { thresholdExpression: { dimension: { ...impact, values: ["a lot"] } } },
      '"thresholdExpression.dimension.values[0]": must be a number',
    ],
    [
      { thresholdExpression: { dimension: { ...impact, matchOptions: ["EQUALS"] } } },
      "must be GREATER_THAN_OR_EQUAL",
    ],
    [{ thresholdExpression: { ands: [{ dimension: impact }] } }, "is not offered by the local stand-in"],
  ],
  "ssm/document:Document": [
    [ungiven("content"), '"content": is required'],
    [{ content: "{" }, '"content": must be valid JSON, as documentFormat says'],
    [{ content: commands({ mainSteps: [] }) }, '"content": is no document of commands: mainSteps'],
    [{ content: commands({ schemaVersion: "9" }) }, '"content": is no document of commands: schemaVersion'],
    [{ content: "x".repeat(65_537) }, '"content": must have 1 to 65536 characters'],
    [{ name: "AWS-Install" }, '"name": must not begin with aws, amazon or amzn'],
    [{ name: "a b c" }, '"name": must have 3 to 128 letters'],
    [{ documentType: "Script" }, '"documentType": must be one of Command'],
    [{ targetType: "instances" }, '"targetType": must be such as /AWS::EC2::Instance'],
    [{ permissions: { type: "Share" } }, '"permissions": is not offered by the local stand-in'],
  ],
  "iam/role:Role": [
    [{ assumeRolePolicy: "{}" }, '"assumeRolePolicy": Statement must hold at least one statement'],
    [
      { assumeRolePolicy: policy({ ...assuming, Principal: undefined }) },
      "must have either Principal or NotPrincipal",
    ],
    [{ assumeRolePolicy: policy({ ...assuming, Action: "s3:GetObject" }) }, "must name actions of sts only"],
    [{ assumeRolePolicy: policy({ ...assuming, Resource: "*" }) }, "must not have a Resource"],
    [{ maxSessionDuration: 60 }, '"maxSessionDuration": must be a whole number from 3600 to 43200'],
    [{ path: "agentpay" }, '"path": must begin and end with /'],
    [{ name: "x".repeat(65) }, '"name": must have 1 to 64 characters'],
    [{ name: "a b" }, '"name": may hold letters, digits and _ + = , . @ -'],
    [{ managedPolicyArns: [] }, '"managedPolicyArns": is not offered by the local stand-in: deprecated'],
  ],
  "iam/rolePolicy:RolePolicy": [
    [{ role: "arn:aws:iam::1:role/x" }, '"role": must be a role\'s name'],
    [{ policy: policy({ ...reading, Resource: undefined }) }, "must have either Resource or NotResource"],
    [{ policy: policy({ ...reading, Principal: "*" }) }, "must not have a Principal"],
    [{ policy: policy({ ...reading, Action: "GetParameter" }) }, "must name actions as service:Action"],
    [{ policy: policy({ ...reading, NotAction: "s3:*" }) }, "must have either Action or NotAction"],
    [
      { policy: policy({ ...reading, Sid: "x".repeat(10_300) }) },
      '"policy": must have at most 10240 characters',
    ],
  ],
  "iam/rolePolicyAttachment:RolePolicyAttachment": [
    [{ policyArn: "CloudWatchAgentServerPolicy" }, '"policyArn": must be an ARN'],
    [{ policyArn: `arn:aws:iam::${account}:role/x` }, '"policyArn": must be the ARN of a policy'],
  ],
  "iam/policy:Policy": [
    [{ policy: "{}" }, '"policy": Statement must hold at least one statement'],
    [{ namePrefix: "x" }, '"name": conflicts with namePrefix'],
    [{ path: "own" }, '"path": must begin and end with /'],
  ],
  "iam/instanceProfile:InstanceProfile": [
    [{ role: "a/b" }, '"role": must be a role\'s name'],
    [{ namePrefix: "x" }, '"name": conflicts with namePrefix'],
  ],
  "iam/openIdConnectProvider:OpenIdConnectProvider": [
    [{ url: "http://example.com" }, '"url": must be an https address'],
    [{ thumbprintLists: ["ab"] }, '"thumbprintLists": '],
  ],
  "kms/key:Key": [
    [{ enableKeyRotation: false }, '"rotationPeriodInDays": is for keys with enableKeyRotation: true'],
    [{ deletionWindowInDays: 3 }, '"deletionWindowInDays": must be a whole number from 7 to 30'],
    [{ policy: "{}" }, '"policy": Statement must hold at least one statement'],
  ],
  "kms/alias:Alias": [
    [{ name: "agentpay" }, '"name": must be alias/ and letters'],
    [{ name: "alias/aws/sns" }, '"name": must not begin with alias/aws/'],
  ],
  "budgets/budget:Budget": [
    [{ limitAmount: "-5" }, '"limitAmount": must be a positive decimal number'],
    [{ limitAmount: "0" }, '"limitAmount": must be a positive decimal number'],
    [{ limitAmount: "1e3" }, '"limitAmount": must be a positive decimal number'],
    [ungiven("limitAmount"), '"limitAmount": is required'],
    [{ limitUnit: "EUR" }, '"limitUnit": must be USD for a COST budget'],
    [{ timeUnit: "WEEKLY" }, '"timeUnit": must be one of DAILY, MONTHLY, QUARTERLY, ANNUALLY'],
    [{ timePeriodStart: "2026-01-01" }, '"timePeriodStart": must be a time such as 2026-01-01_00:00'],
    [{ timePeriodStart: "2090-01-01_00:00" }, '"timePeriodStart": must be before timePeriodEnd'],
    [
      { notifications: [{ ...notification, threshold: 0 }] },
      '"notifications[0].threshold": must be greater than 0',
    ],
    [{ notifications: [{ ...notification, thresholdType: "PERCENT" }] }, '"notifications[0].thresholdType"'],
    [
      { notifications: [{ ...notification, subscriberSnsTopicArns: [] }] },
      "needs a topic or an e-mail address",
    ],
    [
      { notifications: [{ ...notification, subscriberSnsTopicArns: [topic, billingTopic] }] },
      "at most one topic",
    ],
    [{ notifications: [notification, notification] }, '"notifications[1]": repeats another notification'],
    [
      { timeUnit: "DAILY", notifications: [{ ...notification, notificationType: "FORECASTED" }] },
      "must be ACTUAL for a DAILY budget",
    ],
  ],
  "lambda/function:Function": [
    [ungiven("code"), '"code": is required for a function of a zip file'],
    [ungiven("handler"), '"handler": is required'],
    [{ code: "index.mjs" }, '"code": must be an AssetArchive'],
    [{ runtime: "nodejs12.x" }, '"runtime": must be one of nodejs20.x'],
    [{ timeout: 901 }, '"timeout": must be a whole number from 1 to 900'],
    [{ memorySize: 64 }, '"memorySize": must be a whole number from 128'],
    [{ role: "report" }, '"role": must be an ARN'],
    [{ role: topic }, '"role": must be the ARN of an iam resource'],
    [{ environment: { variables: { AWS_REGION: "x" } } }, "is a name that Lambda keeps for itself"],
    [{ environment: { variables: { LONG: "x".repeat(5000) } } }, "bytes of variables; Lambda takes 4096"],
    [{ imageUri: "x" }, "is not offered by the local stand-in"],
  ],
  "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": [
    [{ maximumRetryAttempts: 3 }, '"maximumRetryAttempts": must be a whole number from 0 to 2'],
    [{ maximumEventAgeInSeconds: 30 }, '"maximumEventAgeInSeconds": must be a whole number from 60'],
    [
      { destinationConfig: { onFailure: { destination: "failures" } } },
      '"destinationConfig.onFailure.destination": must be an ARN',
    ],
    [{ qualifier: "1" }, "is not offered by the local stand-in"],
  ],
  "scheduler/schedule:Schedule": [
    [{ scheduleExpression: "every day" }, '"scheduleExpression": must be rate(5 minutes)'],
    [{ scheduleExpression: "cron(0 7 * * *)" }, "must have six fields"],
    [{ scheduleExpression: "cron(0 7 * * * *)" }, "must have a ? for exactly one of"],
    [{ scheduleExpression: "cron(0 7 ? * ? *)" }, "must have a ? for exactly one of"],
    [{ scheduleExpression: "cron(61 7 * * ? *)" }, "has 61 for its minutes, which go from 0 to 59"],
    [{ scheduleExpression: "cron(0 7 * * MONDAY *)" }, "has a field that is none of cron's"],
    [{ scheduleExpression: "rate(1 days)" }, "must be singular for 1, plural for more"],
    [{ scheduleExpressionTimezone: "Berlin" }, "must be an IANA time zone"],
    [{ flexibleTimeWindow: { mode: "FLEXIBLE" } }, "goes with mode FLEXIBLE, and only with it"],
    [{ target: { ...target, input: "{" } }, '"target.input": must be valid JSON'],
    [{ target: { ...target, retryPolicy: { maximumRetryAttempts: 186 } } }, "from 0 to 185"],
    [{ target: { ...target, deadLetterConfig: { arn: topic } } }, "must be the ARN of an sqs resource"],
  ],
  "ses/emailIdentity:EmailIdentity": [[{ email: "reports" }, '"email": must be an e-mail address']],
  "sqs/queue:Queue": [
    [{ messageRetentionSeconds: 5 }, '"messageRetentionSeconds": must be a whole number from 60'],
    [{ name: "cost report" }, '"name": may hold letters, digits, _ and -'],
    [{ kmsMasterKeyId: "alias/x" }, "conflicts with kmsMasterKeyId"],
    [{ fifoQueue: true }, "is not offered by the local stand-in"],
  ],
  "route53/healthCheck:HealthCheck": [
    [{ type: "PING" }, '"type": must be one of HTTP, HTTPS'],
    [{ requestInterval: 17 }, '"requestInterval": must be 10 or 30'],
    [{ failureThreshold: 11 }, '"failureThreshold": must be a whole number from 1 to 10'],
    [ungiven("fqdn"), '"fqdn": is missing: type HTTPS needs fqdn or ipAddress'],
    [{ fqdn: "https://api.example.com/healthz" }, '"fqdn": must be a host name'],
    [{ ipAddress: "10.0.0.1" }, '"ipAddress": must be a public address'],
    [{ ipAddress: "example" }, '"ipAddress": must be an IPv4 or IPv6 address'],
    [
      { searchString: "ok" },
      '"searchString": is not for type HTTPS: only for HTTP_STR_MATCH, HTTPS_STR_MATCH',
    ],
    [{ type: "HTTPS_STR_MATCH" }, '"searchString": is required for type HTTPS_STR_MATCH'],
    [{ type: "TCP" }, '"port": is required for type TCP'],
    [{ type: "CALCULATED", fqdn: undefined, requestInterval: undefined }, '"childHealthchecks": is required'],
    [{ regions: ["eu-west-1", "us-east-1"] }, '"regions": must name at least 3 regions'],
    [{ regions: ["eu-west-1", "us-east-1", "eu-central-1"] }, '"regions[2]": must be one of us-east-1'],
    [{ port: 70_000 }, '"port": must be a whole number from 1 to 65535'],
  ],
  "rds/parameterGroup:ParameterGroup": [
    [{ family: "postgres" }, '"family": must be a parameter group family such as postgres16'],
    [{ name: "AgentPay" }, '"name": must begin with a letter'],
    [{ name: "agentpay--x" }, '"name": must begin with a letter'],
    [
      { parameters: [{ name: "work_mem", value: "1", applyMethod: "now" }] },
      '"parameters[0].applyMethod": must be one of',
    ],
    [
      { parameters: [{ name: "shared_preload_libraries", value: "x" }] },
      '"parameters[0].applyMethod": must be pending-reboot: shared_preload_libraries is static',
    ],
    [
      { parameters: Array(2).fill({ name: "work_mem", value: "1" }) },
      '"parameters[1].name": repeats work_mem',
    ],
  ],
};

test("every resource type has its examples", () => {
  const types = Object.keys(resourceTypes).map((type) => type.replace("aws:", ""));
  expect(Object.keys(good).sort()).toEqual(types.sort());
  expect(Object.keys(bad).sort()).toEqual(types);
});

describe.each(Object.entries(good))("%s", (type, inputs) => {
  test("takes good inputs", () => expect(aws.mistakes(type, inputs)).toEqual([]));

  test("refuses inputs that do not exist", () => {
    expect(aws.mistakes(type, { ...inputs, regoin: "x" })).toEqual([
      'there is no input "regoin" (misspelt?)',
    ]);
  });

  test.each(bad[type] ?? [])("refuses %j", (change, mistake) => {
    expect(aws.mistakes(type, { ...inputs, ...change }).join("\n")).toContain(mistake);
  });
});

describe("what is fine", () => {
  const alarm = good["cloudwatch/metricAlarm:MetricAlarm"];
  const check = good["route53/healthCheck:HealthCheck"];
  test.each<[string, Properties]>([
    ["cloudwatch/metricAlarm:MetricAlarm", { ...alarm, threshold: -1.5, period: 10, unit: "Count/Second" }],
    ["cloudwatch/metricAlarm:MetricAlarm", { ...alarm, statistic: undefined, extendedStatistic: "p99.9" }],
    [
      "cloudwatch/metricAlarm:MetricAlarm",
      {
        ...alarm,
        namespace: "AWS/Billing",
        region: "us-east-1",
        period: 21_600,
        alarmActions: [billingTopic],
      },
    ],
    [
      "cloudwatch/metricAlarm:MetricAlarm",
      { ...alarm, ...single, metricQueries: [query, { id: "errors", metric }] },
    ],
    [
      "cloudwatch/metricAlarm:MetricAlarm",
      {
        ...alarm,
        ...single,
        threshold: undefined,
        thresholdMetricId: "band",
        comparisonOperator: "GreaterThanUpperThreshold",
        metricQueries: [band, { id: "errors", metric, returnData: true }],
      },
    ],
    ["route53/healthCheck:HealthCheck", { ...check, type: "HTTP_STR_MATCH", searchString: "ok" }],
    ["route53/healthCheck:HealthCheck", { type: "TCP", ipAddress: "203.0.113.7", port: 443 }],
    [
      "route53/healthCheck:HealthCheck",
      { type: "CLOUDWATCH_METRIC", cloudwatchAlarmName: "x", cloudwatchAlarmRegion: "us-east-1" },
    ],
    ["sns/topicSubscription:TopicSubscription", { topic, protocol: "sms", endpoint: "+14155550123" }],
    [
      "sns/topicPolicy:TopicPolicy",
      { arn: topic, policy: { Version: "2012-10-17", Statement: [publishing] } },
    ],
    ["ssm/parameter:Parameter", { type: "SecureString", valueWo: "x", valueWoVersion: 1 }],
    ["ssm/parameter:Parameter", { type: "String", value: "x".repeat(8192), tier: "Advanced" }],
    ["iam/role:Role", { assumeRolePolicy: JSON.parse(policy(assuming)) }],
  ])("%s %j", (type, inputs) => expect(aws.mistakes(type, inputs)).toEqual([]));
});

test("a secret endpoint is never quoted", () => {
  const endpoint = {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    value: "sentinel-key-8842",
  };
  const mistakes = aws.mistakes("sns/topicSubscription:TopicSubscription", {
    topic,
    protocol: "https",
    endpoint,
  });
  expect(mistakes).toEqual(['"endpoint": must be a URL that begins with https:// for protocol https']);
});
