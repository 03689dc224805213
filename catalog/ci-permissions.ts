/**
 * What AWS's actions on each kind of resource are that the program makes: what a job of CI needs to look at one, and to
 * change it. A test holds the list complete: a kind that is not here could be made by a person and not by CI.
 */

import { enginePermissions } from "./ci-engine-permissions.ts";
import { ciChangesName } from "./ci-names.ts";
import {
  associations,
  boundaryArn,
  everywhere,
  functions,
  getsTag,
  hasTag,
  isBound,
  logGroups,
  type ResourcePermissions,
  roles,
  runDocuments,
  stackResources,
  topics,
} from "./ci-resources.ts";

/** By the token of the resource. */
export const ciPermissions: Readonly<Record<string, ResourcePermissions>> = {
  ...enginePermissions,
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
      "logs:DeleteLogGroup",
      "logs:DeleteRetentionPolicy",
      "logs:PutLogGroupDeletionProtection",
      "logs:PutRetentionPolicy",
      "logs:UntagResource",
    ],
    resources: (scope) => logGroups(scope),
    // Of two stacks in one account, the services' groups have the same names.
    condition: hasTag,
    otherwise: [
      {
        change: ["logs:CreateLogGroup", "logs:TagResource"],
        resources: (scope) => logGroups(scope),
        condition: getsTag,
      },
    ],
  },
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": {
    read: ["logs:DescribeMetricFilters"],
    change: ["logs:PutMetricFilter", "logs:DeleteMetricFilter"],
    resources: (scope) => logGroups(scope),
    condition: hasTag,
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
    change: ["ce:DeleteAnomalyMonitor", "ce:TagResource", "ce:UntagResource", "ce:UpdateAnomalyMonitor"],
    resources: ({ accountId }) => [`arn:aws:ce::${accountId}:anomalymonitor/*`],
    condition: hasTag,
    otherwise: [{ change: ["ce:CreateAnomalyMonitor"], resources: () => ["*"] }],
  },
  "aws:costexplorer/anomalySubscription:AnomalySubscription": {
    read: ["ce:GetAnomalySubscriptions", "ce:ListTagsForResource"],
    change: [
      "ce:DeleteAnomalySubscription",
      "ce:TagResource",
      "ce:UntagResource",
      "ce:UpdateAnomalySubscription",
    ],
    resources: ({ accountId }) => [`arn:aws:ce::${accountId}:anomalysubscription/*`],
    condition: hasTag,
    otherwise: [{ change: ["ce:CreateAnomalySubscription"], resources: () => ["*"] }],
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
  "aws:iam/policy:Policy": {
    read: ["iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListPolicyVersions"],
    // The boundary and what CI may change are what CI must keep to: people change them.
    change: [],
    resources: (scope) => [
      boundaryArn(scope),
      `arn:aws:iam::${scope.accountId}:policy/${ciChangesName(scope, "*")}`,
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
      "iam:DeleteRole",
      "iam:TagRole",
      "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
    ],
    resources: (scope) => roles(scope),
    otherwise: [{ change: ["iam:CreateRole"], resources: (scope) => roles(scope), condition: isBound }],
  },
  "aws:iam/rolePolicy:RolePolicy": {
    read: ["iam:GetRolePolicy"],
    change: ["iam:DeleteRolePolicy", "iam:PutRolePolicy"],
    resources: (scope) => roles(scope),
    condition: isBound,
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    read: [],
    // Of CI's own roles alone, whose attachments `ciPolicy` reads.
    change: [],
    resources: () => [],
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
    // Neither names nor tags of health checks are known to IAM.
    change: ["route53:ChangeTagsForResource", "route53:DeleteHealthCheck", "route53:UpdateHealthCheck"],
    resources: () => ["arn:aws:route53:::healthcheck/*"],
    otherwise: [{ change: ["route53:CreateHealthCheck"], resources: () => ["*"] }],
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
    resources: (scope) => stackResources(scope).queues,
  },
  "aws:ssm/association:Association": {
    find: ["ssm:ListAssociations"],
    read: ["ssm:DescribeAssociation", "ssm:ListTagsForResource"],
    change: ["ssm:DeleteAssociation", "ssm:RemoveTagsFromResource", "ssm:UpdateAssociation"],
    resources: associations,
    condition: hasTag,
    otherwise: [
      {
        change: ["ssm:AddTagsToResource", "ssm:CreateAssociation"],
        resources: associations,
        condition: getsTag,
      },
      // Never a document that runs any command: which instances an association has, AWS does not look at.
      { change: ["ssm:CreateAssociation", "ssm:UpdateAssociation"], resources: runDocuments },
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
    resources: (scope) => stackResources(scope).documents,
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
    resources: (scope) => stackResources(scope).parameters,
  },
};
