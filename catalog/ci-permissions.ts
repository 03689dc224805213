/**
 * What AWS's actions on each kind of resource are that the program makes: what a job of CI needs to look at one, and to
 * change it. A test holds the list complete: a kind that is not here could be made by a person and not by CI.
 */

/** Where the resources are, as parts of ARNs. */
export interface Scope {
  readonly accountId: string;
  readonly region: string;
  /** What names begin with, such as `agentpay-production`. */
  readonly namePrefix: string;
  readonly environment: string;
}

export interface ResourcePermissions {
  /** Actions that find it, for which IAM knows no resource. Default: none. */
  readonly find?: readonly string[];
  /** Actions that read one. */
  readonly read: readonly string[];
  /** Actions that make, change and remove one. */
  readonly change: readonly string[];
  /** ARNs of those that the program makes. */
  readonly resources: (scope: Scope) => readonly string[];
}

const everywhere = (service: string, account: string, resource: string) =>
  `arn:aws:${service}:*:${account}:${resource}`;

/** By the token of the resource. */
export const ciPermissions: Readonly<Record<string, ResourcePermissions>> = {
  "aws:budgets/budget:Budget": {
    read: ["budgets:ViewBudget", "budgets:ListTagsForResource"],
    change: ["budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource"],
    resources: ({ accountId, namePrefix }) => [`arn:aws:budgets::${accountId}:budget/${namePrefix}-*`],
  },
  "aws:cloudwatch/alarmMuteRule:AlarmMuteRule": {
    read: ["cloudwatch:GetAlarmMuteRule", "cloudwatch:ListTagsForResource"],
    change: [
      "cloudwatch:DeleteAlarmMuteRule",
      "cloudwatch:PutAlarmMuteRule",
      "cloudwatch:TagResource",
      "cloudwatch:UntagResource",
    ],
    // AWS asks for the rule and for the alarms that it mutes.
    resources: ({ accountId, namePrefix }) => [
      everywhere("cloudwatch", accountId, `alarm-mute-rule:${namePrefix}-*`),
      everywhere("cloudwatch", accountId, `alarm:${namePrefix}-*`),
    ],
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    find: ["logs:DescribeLogGroups"],
    read: ["logs:ListTagsForResource"],
    change: [
      "logs:CreateLogGroup",
      "logs:DeleteLogGroup",
      "logs:DeleteRetentionPolicy",
      "logs:PutLogGroupDeletionProtection",
      "logs:PutRetentionPolicy",
      "logs:TagResource",
      "logs:UntagResource",
    ],
    resources: (scope) => logGroups(scope),
  },
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": {
    read: ["logs:DescribeMetricFilters"],
    change: ["logs:PutMetricFilter", "logs:DeleteMetricFilter"],
    resources: (scope) => logGroups(scope),
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    find: ["cloudwatch:DescribeAlarms"],
    read: ["cloudwatch:ListTagsForResource"],
    change: [
      "cloudwatch:DeleteAlarms",
      "cloudwatch:PutMetricAlarm",
      "cloudwatch:TagResource",
      "cloudwatch:UntagResource",
    ],
    resources: ({ accountId, namePrefix }) => [everywhere("cloudwatch", accountId, `alarm:${namePrefix}-*`)],
  },
  "aws:cloudwatch/queryDefinition:QueryDefinition": {
    find: ["logs:DescribeQueryDefinitions"],
    read: [],
    change: ["logs:PutQueryDefinition", "logs:DeleteQueryDefinition"],
    resources: () => ["*"],
  },
  "aws:costexplorer/anomalyMonitor:AnomalyMonitor": {
    read: ["ce:GetAnomalyMonitors", "ce:ListTagsForResource"],
    change: [
      "ce:CreateAnomalyMonitor",
      "ce:DeleteAnomalyMonitor",
      "ce:TagResource",
      "ce:UntagResource",
      "ce:UpdateAnomalyMonitor",
    ],
    resources: ({ accountId }) => [`arn:aws:ce::${accountId}:anomalymonitor/*`],
  },
  "aws:costexplorer/anomalySubscription:AnomalySubscription": {
    read: ["ce:GetAnomalySubscriptions", "ce:ListTagsForResource"],
    change: [
      "ce:CreateAnomalySubscription",
      "ce:DeleteAnomalySubscription",
      "ce:TagResource",
      "ce:UntagResource",
      "ce:UpdateAnomalySubscription",
    ],
    resources: ({ accountId }) => [
      `arn:aws:ce::${accountId}:anomalysubscription/*`,
      `arn:aws:ce::${accountId}:anomalymonitor/*`,
    ],
  },
  "aws:iam/instanceProfile:InstanceProfile": {
    read: ["iam:GetInstanceProfile"],
    change: [
      "iam:AddRoleToInstanceProfile",
      "iam:CreateInstanceProfile",
      "iam:DeleteInstanceProfile",
      "iam:RemoveRoleFromInstanceProfile",
      "iam:TagInstanceProfile",
      "iam:UntagInstanceProfile",
    ],
    resources: ({ accountId, namePrefix }) => [`arn:aws:iam::${accountId}:instance-profile/${namePrefix}-*`],
  },
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": {
    read: ["iam:GetOpenIDConnectProvider"],
    // Whom the account trusts is changed by people.
    change: [],
    resources: ({ accountId }) => [
      `arn:aws:iam::${accountId}:oidc-provider/token.actions.githubusercontent.com`,
    ],
  },
  "aws:iam/role:Role": {
    read: [
      "iam:GetRole",
      "iam:ListAttachedRolePolicies",
      "iam:ListInstanceProfilesForRole",
      "iam:ListRolePolicies",
    ],
    change: [
      "iam:CreateRole",
      "iam:DeleteRole",
      "iam:TagRole",
      "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
    ],
    resources: (scope) => roles(scope),
  },
  "aws:iam/rolePolicy:RolePolicy": {
    read: ["iam:GetRolePolicy"],
    change: ["iam:DeleteRolePolicy", "iam:PutRolePolicy"],
    resources: (scope) => roles(scope),
  },
  "aws:lambda/function:Function": {
    read: [
      "lambda:GetFunction",
      "lambda:GetFunctionCodeSigningConfig",
      "lambda:GetFunctionConfiguration",
      "lambda:ListVersionsByFunction",
    ],
    change: [
      "lambda:CreateFunction",
      "lambda:DeleteFunction",
      "lambda:TagResource",
      "lambda:UntagResource",
      "lambda:UpdateFunctionCode",
      "lambda:UpdateFunctionConfiguration",
    ],
    resources: (scope) => functions(scope),
  },
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": {
    read: ["lambda:GetFunctionEventInvokeConfig"],
    change: ["lambda:DeleteFunctionEventInvokeConfig", "lambda:PutFunctionEventInvokeConfig"],
    resources: (scope) => functions(scope),
  },
  "aws:rds/parameterGroup:ParameterGroup": {
    read: ["rds:DescribeDBParameterGroups", "rds:DescribeDBParameters", "rds:ListTagsForResource"],
    change: [
      "rds:AddTagsToResource",
      "rds:CreateDBParameterGroup",
      "rds:DeleteDBParameterGroup",
      "rds:ModifyDBParameterGroup",
      "rds:RemoveTagsFromResource",
      "rds:ResetDBParameterGroup",
    ],
    resources: ({ accountId, region, namePrefix }) => [
      `arn:aws:rds:${region}:${accountId}:pg:${namePrefix}-*`,
    ],
  },
  "aws:route53/healthCheck:HealthCheck": {
    read: ["route53:GetHealthCheck", "route53:ListTagsForResource"],
    change: [
      "route53:ChangeTagsForResource",
      "route53:CreateHealthCheck",
      "route53:DeleteHealthCheck",
      "route53:UpdateHealthCheck",
    ],
    resources: () => ["arn:aws:route53:::healthcheck/*"],
  },
  "aws:scheduler/schedule:Schedule": {
    read: ["scheduler:GetSchedule"],
    change: ["scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:UpdateSchedule"],
    resources: ({ accountId, region, namePrefix }) => [
      `arn:aws:scheduler:${region}:${accountId}:schedule/default/${namePrefix}-*`,
    ],
  },
  "aws:ses/emailIdentity:EmailIdentity": {
    find: ["ses:GetIdentityVerificationAttributes"],
    read: [],
    change: ["ses:DeleteIdentity", "ses:VerifyEmailIdentity"],
    resources: () => ["*"],
  },
  "aws:sns/topic:Topic": {
    read: ["sns:GetTopicAttributes", "sns:ListTagsForResource"],
    change: [
      "sns:CreateTopic",
      "sns:DeleteTopic",
      "sns:SetTopicAttributes",
      "sns:TagResource",
      "sns:UntagResource",
    ],
    resources: (scope) => topics(scope),
  },
  "aws:sns/topicPolicy:TopicPolicy": {
    read: ["sns:GetTopicAttributes"],
    change: ["sns:SetTopicAttributes"],
    resources: (scope) => topics(scope),
  },
  "aws:sns/topicSubscription:TopicSubscription": {
    read: ["sns:GetSubscriptionAttributes", "sns:ListSubscriptionsByTopic"],
    change: ["sns:SetSubscriptionAttributes", "sns:Subscribe", "sns:Unsubscribe"],
    resources: (scope) => topics(scope),
  },
  "aws:sqs/queue:Queue": {
    read: ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags"],
    change: [
      "sqs:CreateQueue",
      "sqs:DeleteQueue",
      "sqs:SetQueueAttributes",
      "sqs:TagQueue",
      "sqs:UntagQueue",
    ],
    resources: ({ accountId, region, namePrefix }) => [`arn:aws:sqs:${region}:${accountId}:${namePrefix}-*`],
  },
  "aws:ssm/association:Association": {
    find: ["ssm:ListAssociations"],
    read: ["ssm:DescribeAssociation", "ssm:ListTagsForResource"],
    change: [
      "ssm:AddTagsToResource",
      "ssm:CreateAssociation",
      "ssm:DeleteAssociation",
      "ssm:RemoveTagsFromResource",
      "ssm:UpdateAssociation",
    ],
    resources: ({ accountId, region }) => [
      `arn:aws:ssm:${region}:${accountId}:association/*`,
      `arn:aws:ssm:${region}:*:document/*`,
      `arn:aws:ec2:${region}:${accountId}:instance/*`,
    ],
  },
  "aws:ssm/document:Document": {
    read: [
      "ssm:DescribeDocument",
      "ssm:DescribeDocumentPermission",
      "ssm:GetDocument",
      "ssm:ListTagsForResource",
    ],
    change: [
      "ssm:AddTagsToResource",
      "ssm:CreateDocument",
      "ssm:DeleteDocument",
      "ssm:RemoveTagsFromResource",
      "ssm:UpdateDocument",
      "ssm:UpdateDocumentDefaultVersion",
    ],
    resources: ({ accountId, region, namePrefix }) => [
      `arn:aws:ssm:${region}:${accountId}:document/${namePrefix}-*`,
    ],
  },
  "aws:ssm/parameter:Parameter": {
    find: ["ssm:DescribeParameters"],
    read: ["ssm:GetParameter", "ssm:GetParameters", "ssm:ListTagsForResource"],
    change: [
      "ssm:AddTagsToResource",
      "ssm:DeleteParameter",
      "ssm:PutParameter",
      "ssm:RemoveTagsFromResource",
    ],
    resources: ({ accountId, region, namePrefix, environment }) => [
      `arn:aws:ssm:${region}:${accountId}:parameter/AmazonCloudWatch-${namePrefix}`,
      `arn:aws:ssm:${region}:${accountId}:parameter/agentpay/${environment}/*`,
    ],
  },
};

function logGroups({ accountId, region, namePrefix }: Scope): string[] {
  return ["/agentpay/*", `/aws/lambda/${namePrefix}-*`].map(
    (name) => `arn:aws:logs:${region}:${accountId}:log-group:${name}`,
  );
}

/** Of the stack. CI's own are named otherwise (`ciRoleName`), so that no job can give itself more. */
export function roles({ accountId, namePrefix }: Scope): string[] {
  return [`arn:aws:iam::${accountId}:role/${namePrefix}-*`];
}

function functions({ accountId, region, namePrefix }: Scope): string[] {
  return [`arn:aws:lambda:${region}:${accountId}:function:${namePrefix}-*`];
}

function topics({ accountId, namePrefix }: Scope): string[] {
  return [everywhere("sns", accountId, `${namePrefix}-*`)];
}

/** What a job of CI does with a stack. */
export const ciJobs = ["preview", "deploy", "drift"] as const;
export type CiJob = (typeof ciJobs)[number];

/** The role of a job: not of the stack's prefix, which a deployment may change. */
export function ciRoleName({ namePrefix }: Pick<Scope, "namePrefix">, job: CiJob): string {
  return `ci-${namePrefix}-${job}`;
}

/** GitHub's environment in which a job runs, as the workflows have it. */
export function ciEnvironment(environment: string, job: CiJob): string {
  return job === "deploy" ? environment : `${environment}-${job}`;
}
