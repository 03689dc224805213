/** The stack as a whole: what must be there, be one, be named, be guarded, and stay hidden. */
import type { MetricAlarmArgs } from "@pulumi/aws/cloudwatch/metricAlarm.js";
import type { ContainerArgs } from "@pulumi/docker/container.js";
import { keysIn } from "../../settings/known-keys.ts";
import { resourceRule, type Subject, some, stackRule } from "../rule.ts";
import {
  AWS_PROVIDER,
  CONTAINER,
  ESCALATION_POLICY,
  LOG_GROUP,
  METRIC_ALARM,
  SCHEDULE,
  SENTRY_MONITOR,
  SERVICE,
  SERVICE_INTEGRATION,
  STACK,
} from "./types.ts";

const deadMan = stackRule({
  name: "stack-alerting-missing-deadman",
  description: "Where alerts come from containers and AWS can watch them, AWS notices when they fall silent.",
  severity: "critical",
  remediation:
    "Keep components/aws/dead-mans-switch.ts: an alarm outside the monitoring host on the heartbeat's topic.",
  *requirements(stack) {
    if (stack.all(CONTAINER).length === 0 || stack.all(AWS_PROVIDER).length === 0) return;
    yield {
      ...{ of: stack.root, path: "resources", must: "must have an alarm on the heartbeat's silence" },
      holds: () => some(stack.all<MetricAlarmArgs>(METRIC_ALARM), isHeartbeat),
    };
  },
});

function isHeartbeat({ props }: Subject<MetricAlarmArgs>): boolean {
  return (
    props.namespace === "AWS/SNS" &&
    props.metricName === "NumberOfMessagesPublished" &&
    props.treatMissingData === "breaching"
  );
}

/** What Alertmanager counts when a message could not be delivered. */
const FAILED_NOTIFICATIONS = "alertmanager_notifications_failed_total";

const pipelineAlarms = stackRule({
  name: "stack-alerting-missing-pipeline-alarms",
  description: "Prometheus has an alert on messages that Alertmanager could not deliver.",
  severity: "high",
  remediation: "Keep the alerts of catalog/alerts/monitoring.ts on Alertmanager's failed notifications.",
  *requirements(stack) {
    const containers = stack.all<ContainerArgs>(CONTAINER);
    if (containers.length === 0) return;
    yield {
      ...{
        of: stack.root,
        path: "resources",
        must: "must have a rule file with an alert on failed notifications",
      },
      // A Prometheus that only ships samples has no rules: they are with an engine elsewhere.
      holds: () =>
        some(containers, ({ props }) =>
          some(props.uploads, ({ content }) => content?.includes(FAILED_NOTIFICATIONS) ?? false),
        ) || some(containers, ({ props }) => some(props.command, (argument) => argument === "--agent")),
    };
  },
});

/** What makes two alarms the same: what is measured, and when it rings. */
const identity = [
  ...["namespace", "metricName", "statistic", "extendedStatistic", "period"],
  ...["comparisonOperator", "threshold", "region"],
];

const duplicates = stackRule({
  name: "stack-alerting-disallow-duplicate",
  description: "No two alerts ask the same question of the same thing.",
  severity: "medium",
  remediation: "Remove one of them, or make them differ in what they measure.",
  *requirements(stack) {
    const seen = new Map<string, string>();
    for (const of of stack.all(METRIC_ALARM, SENTRY_MONITOR)) {
      yield {
        ...{ of, path: "name", must: "must not stand for the same as that of another alert" },
        holds: () => {
          const question = questionOf(of);
          const first = seen.get(question) ?? of.urn;
          seen.set(question, first);
          return first === of.urn;
        },
      };
    }
  },
});

/** @throws UnknownValueError where a part of it is not known yet */
function questionOf(alert: Subject): string {
  const props = alert.props as Readonly<Record<string, unknown>>;
  if (alert.type === SENTRY_MONITOR) return monitorQuestion(props["attributes"] as MonitorAttributes);
  const known = identity.map((name) => props[name]);
  // Dimensions often hold an id that is not known yet: where it comes from says as much.
  const dimensions = alert.sources["dimensions"]?.toSorted() ?? [];
  const plain = dimensions.length > 0 ? dimensions : props["dimensions"];
  const given = props["metricQueries"] as readonly { readonly label?: string }[] | undefined;
  const from = alert.sources["metricQueries"];
  // Likewise of a query, of which its label says what it asks.
  const queries = from ? [from, given?.map(({ label }) => label)] : given;
  return JSON.stringify([alert.type, ...known, plain, queries]);
}

interface MonitorAttributes {
  readonly dataSources: unknown;
  readonly conditionGroup: { readonly conditions: unknown };
}

function monitorQuestion({ dataSources, conditionGroup }: MonitorAttributes): string {
  return JSON.stringify([SENTRY_MONITOR, dataSources, conditionGroup.conditions]);
}

const REQUIRED_TAGS = ["application", "environment", "owner", "managed-by"];

const tags = resourceRule<{ defaultTags?: string | { tags?: Record<string, string> } }>({
  name: "aws-provider-enforce-tags",
  description: "Everything on AWS says what it belongs to, who owns it and what manages it.",
  severity: "low",
  remediation:
    "Make AWS providers with awsProvider() of components/aws/provider.ts, whose defaultTags hold the four.",
  types: [AWS_PROVIDER],
  *requirements({ props }) {
    for (const tag of REQUIRED_TAGS) {
      yield {
        ...{ path: `defaultTags.tags.${tag}`, must: "must be set" },
        holds: () => {
          const { defaultTags } = props;
          // A provider's inputs that are no texts travel as JSON.
          const value = typeof defaultTags === "string" ? JSON.parse(defaultTags) : defaultTags;
          return Boolean(value?.tags?.[tag]);
        },
      };
    }
  },
});

const protection = resourceRule<object>({
  name: "stack-paging-enforce-protect",
  description: "What pages people, and what they investigate with, does not go with a slip of the hand.",
  severity: "high",
  remediation: "Pass protect to the component in production (platforms/).",
  level: "disabled",
  types: [ESCALATION_POLICY, SCHEDULE, SERVICE, SERVICE_INTEGRATION, LOG_GROUP],
  *requirements({ protect }) {
    yield { path: "protect", must: "must be on", holds: () => protect };
  },
});

const outputs = stackRule({
  name: "stack-output-disallow-secret-looking-value",
  description: "No output of the stack is a key: outputs are read by people and other stacks.",
  severity: "critical",
  remediation: "Don't export it. What needs the key takes it from the component, or from a secret store.",
  *requirements(stack) {
    for (const of of stack.all(STACK)) {
      const values = of.props as Readonly<Record<string, unknown>>;
      for (const name of Object.keys(values)) {
        yield { of, path: name, must: "must not look like a key", holds: () => !looksLikeKey(values[name]) };
      }
    }
  },
});

/** AgentPay's deployment takes it from the outputs, where it is a secret: a policy can't see that. */
const FOR_THE_APPLICATION = "Sentry DSN";

function looksLikeKey(value: unknown): boolean {
  if (typeof value === "string") return keysIn(value).some((kind) => kind !== FOR_THE_APPLICATION);
  if (typeof value !== "object" || value === null) return false;
  const container = value as Readonly<Record<string, unknown>>;
  return some(Object.keys(container), (name) => looksLikeKey(container[name]));
}

export const stackRules = [deadMan, pipelineAlarms, duplicates, tags, protection, outputs];
