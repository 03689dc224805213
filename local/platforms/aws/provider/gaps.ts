/** One thing that AWS does and the emulator does not, and what the stand-in does about it. */
export interface EmulatorGap {
  /** Resource type token without the package, such as `sns/topic:Topic`. */
  readonly subject: string;
  readonly missing: string;
  /** Properties are `kept` in the stand-in's own store, `refused` as inputs, worked around, or open. */
  readonly standIn: string;
}

/** Seen with moto 5.2.5. The table in local/platforms/aws/emulator/README.md is made of these. */
export const emulatorGaps: readonly EmulatorGap[] = [
  {
    subject: "cloudwatch/logGroup:LogGroup",
    missing: "deletion protection; changing the KMS key of an existing group",
    standIn: "Both are kept in the stand-in's store; a protected group is not deleted.",
  },
  {
    subject: "cloudwatch/logMetricFilter:LogMetricFilter",
    missing:
      "turning log events into metric data; replacing a filter that is put again; refusing one for a missing group",
    standIn: "The stand-in refuses a missing group, and deletes before it puts. No metric appears.",
  },
  {
    subject: "cloudwatch/queryDefinition:QueryDefinition",
    missing: "the whole resource",
    standIn: "Kept in the stand-in's store.",
  },
  {
    subject: "cloudwatch/metricAlarm:MetricAlarm",
    missing: "evaluation, history, notification on a change of state, the first state INSUFFICIENT_DATA",
    standIn:
      "The first state is set. `aws-part.ts` evaluates alarms on the metrics that were put, and publishes changes.",
  },
  {
    subject: "cloudwatch/metricAlarm:MetricAlarm",
    missing: "PromQL alarms and warm-up (evaluationCriteria, evaluationInterval, warmUpConfiguration)",
    standIn: "Refused as inputs.",
  },
  {
    subject: "cloudwatch/alarmMuteRule:AlarmMuteRule",
    missing: "the whole resource",
    standIn:
      "Kept in the stand-in's store; `aws-part.ts` keeps to it. Only `at(...)` and weekly `cron(...)` in UTC are understood.",
  },
  {
    subject: "sns/topic:Topic",
    missing: "reading back delivery-status, tracing, signature and archive settings",
    standIn: "Kept in the stand-in's store.",
  },
  {
    subject: "sns/topicSubscription:TopicSubscription",
    missing: "delivery by email and SMS",
    standIn: "`aws-part.ts` delivers both to the inbox.",
  },
  {
    subject: "sns/topicSubscription:TopicSubscription",
    missing: "confirmation: a new subscription is confirmed at once and its endpoint gets no request",
    standIn: "Open: pendingConfirmation is always false.",
  },
  {
    subject: "sns/topicSubscription:TopicSubscription",
    missing:
      "isolation: publishing calls http and https endpoints for real, wherever they are, and fails when one can't be reached",
    standIn: "Open: give endpoints of local services only.",
  },
  {
    subject: "sns/topicSubscription:TopicSubscription",
    missing: "replay of archived messages (replayPolicy)",
    standIn: "Refused as an input.",
  },
  {
    subject: "ssm/association:Association",
    missing: "the whole resource, managed instances, running of documents, documents owned by AWS",
    standIn: "Kept in the stand-in's store; runs nothing. AWS-owned documents are known by their prefix.",
  },
  {
    subject: "ssm/document:Document",
    missing: "running of documents, target type, version name and tags when read, attachments, sharing",
    standIn: "Kept in the stand-in's store; attachments and sharing are refused as inputs.",
  },
  {
    subject: "iam/openIdConnectProvider:OpenIdConnectProvider",
    missing: "adding and removing a client",
    standIn: "Another list of clients replaces it; AWS changes it in place.",
  },
  {
    subject: "iam/role:Role",
    missing: "nothing, but inlinePolicies and managedPolicyArns are deprecated",
    standIn: "Refused as inputs: use RolePolicy and RolePolicyAttachment.",
  },
  {
    subject: "budgets/budget:Budget",
    missing: "updating a budget, listing a notification's subscribers, tags, notifying",
    standIn:
      "An update deletes and creates the budget again; subscribers and tags are kept in the stand-in's store. `costs.ts` notifies of the charges that somebody has put.",
  },
  {
    subject: "costexplorer/anomalyMonitor:AnomalyMonitor",
    missing: "the whole resource, detecting anything",
    standIn: "Kept in the stand-in's store; a second monitor of a dimension is refused.",
  },
  {
    subject: "costexplorer/anomalySubscription:AnomalySubscription",
    missing: "the whole resource, notifying",
    standIn:
      "Kept in the stand-in's store; a missing monitor, and a subscriber that the frequency does not reach, are refused. `costs.ts` notifies of the charges that somebody has put.",
  },
  {
    subject: "costexplorer/anomalySubscription:AnomalySubscription",
    missing: "thresholds of several dimensions (ands, ors, not), cost categories, tags",
    standIn: "Refused as inputs.",
  },
  {
    subject: "budgets/budget:Budget",
    missing: "autoAdjustData, billingViewArn, filterExpression, metrics",
    standIn: "Refused as inputs.",
  },
  {
    subject: "route53/healthCheck:HealthCheck",
    missing: "checking anything (the status is always success); keeping regions over an update",
    standIn: "The regions are kept in the stand-in's store.",
  },
  {
    subject: "rds/parameterGroup:ParameterGroup",
    missing: "resetting a parameter; checking families, names, values and apply methods",
    standIn:
      "A group that loses a parameter is deleted and created again; families and apply methods are checked by the stand-in.",
  },
  {
    subject: "lambda/function:Function",
    missing:
      "running code without containers, giving it back; with a function in it, it lists its data only where a Docker Engine runs",
    standIn:
      "Kept in the stand-in's store, and the zip file beside it; `functions.ts` runs it. Only zip files of one region, for Node.js, without layers.",
  },
  {
    subject: "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    missing: "changing one (the first that was put stays); retrying, destinations",
    standIn: "Kept in the stand-in's store; `functions.ts` retries and keeps what failed.",
  },
  {
    subject: "scheduler/schedule:Schedule",
    missing: "being due; checking expressions, time zones and targets",
    standIn: "The stand-in checks them; `schedules.ts` runs what is due. Only functions are targets.",
  },
  {
    subject: "ses/emailIdentity:EmailIdentity",
    missing: "asking the owner of an address; delivering mail",
    standIn: "Open: an address is verified at once. `aws-part.ts` delivers what SES took to the inbox.",
  },
  {
    subject: "sqs/queue:Queue",
    missing: "checking attributes; encryption settings; metrics",
    standIn: "The stand-in checks them; `functions.ts` counts the failures that it keeps.",
  },
  {
    subject: "amp/workspace:Workspace",
    missing: "taking samples and answering queries; Alertmanager definitions and resource policies",
    standIn:
      "Workspaces, rules, definitions and policies are checked and kept in the stand-in's store. With `make up ENGINE=cortex` a real Cortex takes samples, evaluates and tells (`workspaces/`); else nothing does. Who may call is not checked.",
  },
  {
    subject: "secretsmanager/secretVersion:SecretVersion",
    missing: "nothing that the program uses",
    standIn:
      "Secrets are not driven: the stand-in's store has a digest of the value, so that none is on disk. Cortex, where it runs, keeps what its Alertmanager tells people with.",
  },
];
