/** CloudWatch: alarms that reach somebody, and logs that end. */
import type { LogGroupArgs } from "@pulumi/aws/cloudwatch/logGroup.js";
import type { MetricAlarmArgs } from "@pulumi/aws/cloudwatch/metricAlarm.js";
import type { HealthCheckArgs } from "@pulumi/aws/route53/healthCheck.js";
import { TOLD_BY_TAG } from "../../catalog/uptime.ts";
import { resourceRule, type Stack, type Subject, stackRule } from "../rule.ts";
import {
  AWS_PROVIDER,
  COMPOSITE_ALARM,
  HEALTH_CHECK,
  LOG_GROUP,
  METRIC_ALARM,
  TOPIC,
  TOPIC_POLICY,
  TOPIC_SUBSCRIPTION,
} from "./types.ts";

type AlarmArgs = Pick<MetricAlarmArgs, "actionsEnabled" | "alarmActions" | "alarmDescription" | "tags">;

/** Whether an alarm only records, and says which checker tells people instead. */
function isToldByAnother({ tags }: Partial<Pick<AlarmArgs, "tags">>): boolean {
  return tags !== undefined && TOLD_BY_TAG in tags;
}

const missingAction = stackRule({
  name: "aws-cloudwatch-metricalarm-missing-action",
  description:
    "An alarm tells somebody, by itself or through a composite alarm that is made of it, or names by tag who does instead.",
  severity: "critical",
  remediation: "Set alarmActions to the topic of the alarm's severity (components/aws/alert-topics.ts).",
  *requirements(stack) {
    const inComposites = new Set(
      stack
        .all(COMPOSITE_ALARM)
        .flatMap(({ sources }) => [...(sources["alarmRule"] ?? []), ...(sources["actionsSuppressor"] ?? [])]),
    );
    for (const of of stack.all<AlarmArgs>(METRIC_ALARM, COMPOSITE_ALARM)) {
      if (inComposites.has(of.urn) && of.type === METRIC_ALARM) continue;
      const { props } = of;
      yield {
        of,
        path: "actionsEnabled",
        must: "must not be off",
        holds: () => props.actionsEnabled !== false,
      };
      yield {
        ...{ of, path: "alarmActions", must: "must name who is told" },
        holds: () => isToldByAnother(props) || (props.alarmActions?.length ?? 0) > 0,
      };
    }
  },
});

const pagingTarget = stackRule({
  name: "aws-cloudwatch-metricalarm-enforce-paging-target",
  description: "An alarm's topic is of this stack, in the alarm's region, and somebody is subscribed to it.",
  severity: "critical",
  remediation:
    "Use a topic of components/aws/alert-topics.ts in the alarm's own region, and configure who receives it (notifications.emails, notifications.smsNumbers, pagerduty.enabled).",
  *requirements(stack) {
    for (const of of stack.all<MetricAlarmArgs>(METRIC_ALARM, COMPOSITE_ALARM)) {
      const { props } = of;
      if (!("alarmActions" in props) || isToldByAnother(props)) continue;
      const topics = topicsOf(stack, of);
      const path = "alarmActions";
      yield { of, path, must: "must come from a topic of this stack", holds: () => topics.length > 0 };
      for (const topic of topics) {
        yield {
          of,
          path,
          must: "must be a topic with a subscription",
          holds: () => hasSubscription(stack, topic),
        };
        yield {
          ...{ of, path, must: "must be a topic in the alarm's own region" },
          holds: () => regionOf(stack, topic) === regionOf(stack, of),
        };
      }
    }
  },
});

/** Also those whose ARN is handed on by their policy, so that nothing publishes before it may. */
function topicsOf(stack: Stack, alarm: Subject): readonly Subject<{ region?: string }>[] {
  const policies = stack.sources(alarm, "alarmActions", TOPIC_POLICY);
  const handedOn = policies.flatMap((policy) => stack.sources<{ region?: string }>(policy, "arn", TOPIC));
  return [...new Set([...stack.sources<{ region?: string }>(alarm, "alarmActions", TOPIC), ...handedOn])];
}

/** Its own, or the provider's. */
function regionOf(stack: Stack, { props }: Subject<{ region?: string }>): string | undefined {
  return props.region ?? stack.all<{ region?: string }>(AWS_PROVIDER)[0]?.props.region;
}

function hasSubscription(stack: Stack, topic: Subject): boolean {
  return stack
    .all(TOPIC_SUBSCRIPTION)
    .some((subscription) => subscription.sources["topic"]?.includes(topic.urn));
}

const missingData = resourceRule<MetricAlarmArgs>({
  name: "aws-cloudwatch-metricalarm-configure-missing-data",
  description:
    "An alarm says what no data means, and one that waits for a sign of life takes silence for death.",
  severity: "high",
  remediation: "Set treatMissingData; to breaching where the alarm rings at less than one.",
  types: [METRIC_ALARM],
  *requirements({ props }) {
    const path = "treatMissingData";
    yield { path, must: "must be said", holds: () => props.treatMissingData !== undefined };
    const awaitsLife = () =>
      (props.comparisonOperator ?? "").startsWith("LessThan") && (props.threshold ?? Number.NaN) <= 1;
    yield {
      ...{ path, must: "must be breaching, as the alarm waits for a sign of life" },
      holds: () => !awaitsLife() || props.treatMissingData === "breaching",
    };
  },
});

const RUNBOOK = /\bhttps:\/\/\S+/;

const runbook = resourceRule<AlarmArgs>({
  name: "aws-cloudwatch-metricalarm-missing-runbook",
  description: "An alarm's description links to its runbook.",
  severity: "medium",
  remediation: "End alarmDescription with the https address of the alarm's file in runbooks/.",
  types: [METRIC_ALARM, COMPOSITE_ALARM],
  *requirements({ props }) {
    yield {
      ...{ path: "alarmDescription", must: "must hold the https address of a runbook" },
      holds: () => RUNBOOK.test(props.alarmDescription ?? ""),
    };
  },
});

const retention = resourceRule<LogGroupArgs>({
  name: "aws-cloudwatch-loggroup-configure-retention",
  description: "A log group ends what it keeps, no sooner and no later than the environment wants.",
  severity: "high",
  remediation:
    "Set logs.retentionDays in the stack's file: without retentionInDays, logs are kept and paid for ever.",
  types: [LOG_GROUP],
  settings: {
    minimumDays: { type: "number", default: 1 },
    maximumDays: { type: "number", default: 400 },
  },
  *requirements({ props }, { minimumDays, maximumDays }) {
    const path = "retentionInDays";
    const days = () => props.retentionInDays ?? 0;
    yield { path, must: "must be set: otherwise logs are kept for ever", holds: () => days() > 0 };
    yield {
      path,
      must: "must not be below minimumDays",
      holds: () => days() === 0 || days() >= Number(minimumDays),
    };
    yield { path, must: "must not be above maximumDays", holds: () => days() <= Number(maximumDays) };
  },
});

const watchedHealthCheck = stackRule({
  name: "aws-route53-healthcheck-missing-alarm",
  description: "A health check has an alarm, or is part of one that has.",
  severity: "high",
  remediation: "Make a MetricAlarm on HealthCheckStatus with the check's id among its dimensions.",
  *requirements(stack) {
    const watched = new Set([
      ...stack.all(METRIC_ALARM).flatMap(({ sources }) => sources["dimensions"] ?? []),
      ...stack.all(HEALTH_CHECK).flatMap(({ sources }) => sources["childHealthchecks"] ?? []),
    ]);
    for (const of of stack.all<HealthCheckArgs>(HEALTH_CHECK)) {
      yield { of, path: "id", must: "must be watched by an alarm", holds: () => watched.has(of.urn) };
    }
  },
});

export const cloudWatchRules = [
  missingAction,
  pagingTarget,
  missingData,
  runbook,
  retention,
  watchedHealthCheck,
];
