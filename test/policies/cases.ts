/** For each rule: resources that it lets pass, that it refuses, and that it can't judge yet. */
import { UNKNOWN } from "../../local/engine/values.ts";
import * as types from "../../policies/rules/types.ts";

/** A resource, by what a rule looks at. */
export interface Sketch {
  readonly type: string;
  /** Default: the type's last part. */
  readonly name?: string;
  readonly props?: object;
  readonly protect?: boolean;
  readonly additionalSecretOutputs?: readonly string[];
  /** Names of the resources that a property's value comes from. */
  readonly sources?: Readonly<Record<string, readonly string[]>>;
}

export interface RuleCases {
  readonly pass: readonly (readonly Sketch[])[];
  /** With the property that is complained of, in the last resource or the stack. */
  readonly fail: readonly (readonly [path: string, ...stack: Sketch[]])[];
  /** Something the rule needs is not known yet. Undefined where the rule looks at no value that could be unknown. */
  readonly unknown: readonly (readonly Sketch[])[] | undefined;
  /** The bare resource, with no property at all: what is complained of. */
  readonly missing: readonly [resource: Sketch, ...paths: string[]];
}

const alarm = (props: object, sources: Sketch["sources"] = {}): Sketch => ({
  type: types.METRIC_ALARM,
  name: "alarm",
  props,
  sources,
});
const topic: Sketch = { type: types.TOPIC, name: "topic", props: { region: "us-east-1" } };
const subscription: Sketch = { type: types.TOPIC_SUBSCRIPTION, sources: { topic: ["topic"] } };
const of = (type: string, props: object, rest: Partial<Sketch> = {}): Sketch => ({ type, props, ...rest });
const container = (props: object) => of(types.CONTAINER, props);
const document = (...statements: object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
const toTopic = { alarmActions: ["topic"] };

const hardened = {
  restart: "unless-stopped",
  memory: 256,
  healthcheck: { tests: ["CMD", "true"] },
  logOpts: { "max-size": "10m" },
  capabilities: { drops: ["ALL"] },
  securityOpts: ["no-new-privileges:true"],
  ports: [{ internal: 80, external: 8080, ip: "127.0.0.1" }],
};
const heartbeat = {
  namespace: "AWS/SNS",
  metricName: "NumberOfMessagesPublished",
  treatMissingData: "breaching",
};
const aws: Sketch = { type: types.AWS_PROVIDER, name: "aws" };
const level = { escalationDelayInMinutes: 15, targets: [{ id: "A" }] };
const twoLevels = { numLoops: 1, rules: [level, level] };
const sentryAlert = { owner: "team:1", triggers: [{ label: "critical", actions: [{ type: "email" }] }] };

export const cases: Readonly<Record<string, RuleCases>> = {
  "aws-cloudwatch-metricalarm-missing-action": {
    pass: [
      [alarm({ alarmActions: ["arn"] })],
      [alarm({ alarmActions: [UNKNOWN] })],
      [alarm({ alarmActions: [], tags: { "told-by": "blackbox" } })],
      [
        alarm({}),
        of(types.COMPOSITE_ALARM, { alarmActions: ["arn"] }, { sources: { alarmRule: ["alarm"] } }),
      ],
    ],
    fail: [
      ["alarmActions", alarm({ alarmActions: [] })],
      ["actionsEnabled", alarm({ alarmActions: ["arn"], actionsEnabled: false })],
      ["alarmActions", of(types.COMPOSITE_ALARM, {})],
    ],
    unknown: [
      [alarm({ alarmActions: UNKNOWN })],
      [alarm({ alarmActions: ["arn"], actionsEnabled: UNKNOWN })],
    ],
    missing: [alarm({}), "alarmActions"],
  },
  "aws-cloudwatch-metricalarm-enforce-paging-target": {
    pass: [
      [
        ...[topic, subscription],
        { type: types.TOPIC_POLICY, name: "policy", sources: { arn: ["topic"] } },
        alarm({ alarmActions: [UNKNOWN], region: "us-east-1" }, { alarmActions: ["policy"] }),
      ],
      [topic, subscription, alarm({ alarmActions: [UNKNOWN], region: "us-east-1" }, toTopic)],
      [
        of(types.AWS_PROVIDER, { region: "us-east-1" }),
        ...[topic, subscription, alarm({ alarmActions: [UNKNOWN] }, toTopic)],
      ],
      [alarm({})],
    ],
    fail: [
      ["alarmActions", alarm({ alarmActions: ["arn"] })],
      ["alarmActions", topic, alarm({ alarmActions: [UNKNOWN], region: "us-east-1" }, toTopic)],
      ["alarmActions", topic, subscription, alarm({ alarmActions: [UNKNOWN], region: "eu-west-1" }, toTopic)],
    ],
    unknown: [[topic, subscription, alarm({ alarmActions: [UNKNOWN], region: UNKNOWN }, toTopic)]],
    missing: [alarm({})],
  },
  "aws-cloudwatch-metricalarm-configure-missing-data": {
    pass: [
      [alarm({ treatMissingData: "missing", comparisonOperator: "GreaterThanThreshold", threshold: 1 })],
      [alarm({ treatMissingData: "breaching", comparisonOperator: "LessThanThreshold", threshold: 1 })],
      [alarm({ treatMissingData: "missing", comparisonOperator: "LessThanThreshold", threshold: 20 })],
    ],
    fail: [
      ["treatMissingData", alarm({ comparisonOperator: "GreaterThanThreshold", threshold: 1 })],
      [
        "treatMissingData",
        alarm({ treatMissingData: "missing", comparisonOperator: "LessThanThreshold", threshold: 1 }),
      ],
    ],
    unknown: [
      [alarm({ treatMissingData: UNKNOWN })],
      [alarm({ treatMissingData: "missing", comparisonOperator: "LessThanThreshold", threshold: UNKNOWN })],
    ],
    missing: [alarm({}), "treatMissingData"],
  },
  "aws-cloudwatch-metricalarm-missing-runbook": {
    pass: [[alarm({ alarmDescription: "It is down. Runbook: https://runbooks.example/It.md" })]],
    fail: [["alarmDescription", alarm({ alarmDescription: "It is down. Runbook: http://wiki/It" })]],
    unknown: [[alarm({ alarmDescription: UNKNOWN })]],
    missing: [alarm({}), "alarmDescription"],
  },
  "aws-cloudwatch-loggroup-configure-retention": {
    pass: [[of(types.LOG_GROUP, { retentionInDays: 30 })]],
    fail: [
      ["retentionInDays", of(types.LOG_GROUP, { retentionInDays: 0 })],
      ["retentionInDays", of(types.LOG_GROUP, { retentionInDays: 0.5 })],
      ["retentionInDays", of(types.LOG_GROUP, { retentionInDays: 3653 })],
    ],
    unknown: [[of(types.LOG_GROUP, { retentionInDays: UNKNOWN })]],
    missing: [of(types.LOG_GROUP, {}), "retentionInDays"],
  },
  "aws-route53-healthcheck-missing-alarm": {
    pass: [
      [of(types.HEALTH_CHECK, {}, { name: "check" }), alarm({}, { dimensions: ["check"] })],
      [
        of(types.HEALTH_CHECK, {}, { name: "part" }),
        of(types.HEALTH_CHECK, {}, { name: "all", sources: { childHealthchecks: ["part"] } }),
        alarm({}, { dimensions: ["all"] }),
      ],
    ],
    fail: [["id", alarm({}), of(types.HEALTH_CHECK, {})]],
    unknown: undefined,
    missing: [of(types.HEALTH_CHECK, {}), "id"],
  },
  "aws-sns-topic-disallow-public-policy": {
    pass: [
      [of(types.TOPIC_POLICY, { policy: document({ Effect: "Allow", Principal: { Service: "a" } }) })],
      [of(types.TOPIC_POLICY, { policy: document({ Effect: "Deny", Principal: "*" }) })],
      [
        of(types.TOPIC, {
          policy: document({
            Effect: "Allow",
            Principal: { AWS: ["*"] },
            Condition: { StringEquals: { "AWS:SourceOwner": "111122223333" } },
          }),
        }),
      ],
    ],
    fail: [
      ["policy", of(types.TOPIC_POLICY, { policy: document({ Effect: "Allow", Principal: "*" }) })],
      ["policy", of(types.TOPIC, { policy: document({ Effect: "Allow", Principal: { AWS: ["x", "*"] } }) })],
      [
        "policy",
        of(types.TOPIC_POLICY, {
          policy: document({
            Effect: "Allow",
            Principal: "*",
            Condition: { Bool: { "aws:SecureTransport": true } },
          }),
        }),
      ],
      ["policy", of(types.TOPIC_POLICY, { policy: "{" })],
    ],
    unknown: [[of(types.TOPIC_POLICY, { policy: UNKNOWN })]],
    missing: [of(types.TOPIC_POLICY, {})],
  },
  "aws-budgets-budget-missing-subscriber": {
    pass: [
      [of(types.BUDGET, { notifications: [{ subscriberSnsTopicArns: [UNKNOWN] }] })],
      [of(types.BUDGET, { notifications: [{ subscriberEmailAddresses: ["a@b.example"] }] })],
    ],
    fail: [
      ["notifications", of(types.BUDGET, { notifications: [] })],
      ["notifications[1]", of(types.BUDGET, { notifications: [{ subscriberSnsTopicArns: ["a"] }, {}] })],
    ],
    unknown: [[of(types.BUDGET, { notifications: [UNKNOWN] })]],
    missing: [of(types.BUDGET, {}), "notifications"],
  },
  "aws-iam-policy-disallow-wildcard": {
    pass: [[of(types.POLICY, { policy: document({ Effect: "Allow", Action: ["sns:*"], Resource: "*" }) })]],
    fail: [
      ["policy", of(types.POLICY, { policy: document({ Effect: "Allow", Action: ["sns:Get*", "*"] }) })],
      ["policy", of(types.ROLE_POLICY, { policy: { Statement: { Effect: "Allow", Action: "*:*" } } })],
      ["policy", of(types.ROLE_POLICY, { policy: "none" })],
    ],
    unknown: [[of(types.ROLE_POLICY, { policy: UNKNOWN })]],
    missing: [of(types.ROLE_POLICY, {}), "policy"],
  },
  "aws-lambda-function-missing-failure-destination": {
    pass: [
      [of(types.FUNCTION, { deadLetterConfig: { targetArn: UNKNOWN } })],
      [
        of(types.FUNCTION, {}, { name: "function" }),
        of(
          types.FUNCTION_EVENT_INVOKE_CONFIG,
          { destinationConfig: { onFailure: { destination: UNKNOWN } } },
          { sources: { functionName: ["function"] } },
        ),
      ],
    ],
    fail: [
      [
        "deadLetterConfig",
        of(
          types.FUNCTION_EVENT_INVOKE_CONFIG,
          { maximumRetryAttempts: 0 },
          { sources: { functionName: ["Function"] } },
        ),
        of(types.FUNCTION, {}),
      ],
    ],
    unknown: [[of(types.FUNCTION, { deadLetterConfig: UNKNOWN })]],
    missing: [of(types.FUNCTION, {}), "deadLetterConfig"],
  },
  "pagerduty-escalationpolicy-enforce-depth": {
    pass: [[of(types.ESCALATION_POLICY, twoLevels)]],
    fail: [
      ["rules", of(types.ESCALATION_POLICY, { numLoops: 1, rules: [level] })],
      ["numLoops", of(types.ESCALATION_POLICY, { ...twoLevels, numLoops: 0 })],
      ["rules[1]", of(types.ESCALATION_POLICY, { numLoops: 1, rules: [level, { ...level, targets: [] }] })],
      [
        "rules[0]",
        of(types.ESCALATION_POLICY, {
          numLoops: 1,
          rules: [{ ...level, escalationDelayInMinutes: 31 }, level],
        }),
      ],
    ],
    unknown: [
      [of(types.ESCALATION_POLICY, { numLoops: UNKNOWN, rules: [level, level] })],
      [
        of(types.ESCALATION_POLICY, {
          numLoops: 1,
          rules: [level, { ...level, escalationDelayInMinutes: UNKNOWN }],
        }),
      ],
    ],
    missing: [of(types.ESCALATION_POLICY, {}), "rules", "numLoops"],
  },
  "pagerduty-service-enforce-escalation": {
    pass: [
      [
        of(types.SERVICE, {
          acknowledgementTimeout: "1800",
          autoResolveTimeout: "null",
          incidentUrgencyRule: { type: "constant" },
        }),
      ],
    ],
    fail: [
      [
        "acknowledgementTimeout",
        of(types.SERVICE, {
          acknowledgementTimeout: "null",
          autoResolveTimeout: "1",
          incidentUrgencyRule: {},
        }),
      ],
    ],
    unknown: [
      [
        of(types.SERVICE, {
          acknowledgementTimeout: UNKNOWN,
          autoResolveTimeout: "1",
          incidentUrgencyRule: {},
        }),
      ],
    ],
    missing: [of(types.SERVICE, {}), "acknowledgementTimeout", "autoResolveTimeout", "incidentUrgencyRule"],
  },
  "pagerduty-serviceintegration-enforce-secret-key": {
    pass: [[{ type: types.SERVICE_INTEGRATION, additionalSecretOutputs: ["integrationKey"] }]],
    fail: [
      ["additionalSecretOutputs", { type: types.SERVICE_INTEGRATION, additionalSecretOutputs: ["name"] }],
    ],
    unknown: undefined,
    missing: [{ type: types.SERVICE_INTEGRATION }, "additionalSecretOutputs"],
  },
  "sentry-metricalert-missing-owner-and-action": {
    pass: [
      [of(types.SENTRY_METRIC_ALERT, sentryAlert)],
      [of(types.SENTRY_METRIC_ALERT, { ...sentryAlert, owner: UNKNOWN })],
    ],
    fail: [
      ["triggers", of(types.SENTRY_METRIC_ALERT, { owner: "team:1", triggers: [] })],
      ["triggers[0]", of(types.SENTRY_METRIC_ALERT, { owner: "team:1", triggers: [{ actions: [] }] })],
    ],
    unknown: [[of(types.SENTRY_METRIC_ALERT, { owner: "team:1", triggers: [{ actions: UNKNOWN }] })]],
    missing: [of(types.SENTRY_METRIC_ALERT, {}), "owner", "triggers"],
  },
  "sentry-issuealert-missing-action": {
    pass: [
      [of(types.SENTRY_ISSUE_ALERT, { actions: [{ id: UNKNOWN }], filters: [{ id: "environment" }] })],
      [of(types.SENTRY_ISSUE_ALERT, { actions: [{ id: "email" }], environment: "production" })],
    ],
    fail: [
      ["actions", of(types.SENTRY_ISSUE_ALERT, { actions: [], environment: "production" })],
      ["filters", of(types.SENTRY_ISSUE_ALERT, { actions: [{ id: "email" }], filters: [] })],
    ],
    unknown: [[of(types.SENTRY_ISSUE_ALERT, { actions: UNKNOWN, environment: "production" })]],
    missing: [of(types.SENTRY_ISSUE_ALERT, {}), "actions", "filters"],
  },
  "grafana-alerting-disallow-second-alerter": {
    pass: [[of("grafana:oss/dashboard:Dashboard", {})]],
    fail: [
      ["type", of(types.GRAFANA_RULE_GROUP, {})],
      ["type", of(types.GRAFANA_NOTIFICATION_POLICY, {})],
    ],
    unknown: undefined,
    missing: [of(types.GRAFANA_CONTACT_POINT, {}), "type"],
  },
  "docker-container-disallow-floating-image": {
    pass: [
      [of(types.REMOTE_IMAGE, { name: `prom/prometheus:v3@sha256:${"0".repeat(64)}` })],
      [container({ image: `sha256:${"a".repeat(64)}` })],
    ],
    fail: [
      ["name", of(types.REMOTE_IMAGE, { name: "prom/prometheus:latest" })],
      ["image", container({ image: "prom/prometheus:v3.13.4" })],
    ],
    unknown: [[of(types.REMOTE_IMAGE, { name: UNKNOWN })], [container({ image: UNKNOWN })]],
    missing: [container({}), "image"],
  },
  "docker-container-disallow-env-credentials": {
    pass: [
      [container({ envs: ["GF_SECURITY_ADMIN_PASSWORD__FILE=/run/secrets/password", "MODE=TOKEN"] })],
      [container({ envs: [] })],
    ],
    fail: [
      ["envs[1]", container({ envs: ["MODE=x", "GF_SECURITY_ADMIN_PASSWORD=hunter2"] })],
      ["envs[1]", container({ envs: [UNKNOWN, "API_KEY"] })],
    ],
    unknown: [[container({ envs: [UNKNOWN] })], [container({ envs: UNKNOWN })]],
    missing: [container({})],
  },
  "docker-container-configure-hardening": {
    pass: [[container(hardened)], [container({ start: false })]],
    fail: [
      ["privileged", container({ ...hardened, privileged: true })],
      ["privileged", container({ start: false, privileged: true })],
      ["restart", container({ ...hardened, restart: "no" })],
      ["ports[0]", container({ ...hardened, ports: [{ internal: 80 }] })],
      ["ports[1]", container({ ...hardened, ports: [...hardened.ports, { internal: 80, ip: "0.0.0.0" }] })],
      ["capabilities.drops", container({ ...hardened, capabilities: { drops: ["NET_RAW"] } })],
      ["securityOpts", container({ ...hardened, securityOpts: ["seccomp=unconfined", UNKNOWN].slice(0, 1) })],
    ],
    unknown: [
      [container({ ...hardened, restart: UNKNOWN })],
      [container({ ...hardened, ports: [{ internal: 80, ip: UNKNOWN }] })],
      [container({ ...hardened, securityOpts: [UNKNOWN] })],
      [container({ ...hardened, ports: UNKNOWN })],
    ],
    missing: [
      container({}),
      ...["restart", "memory", "healthcheck", 'logOpts["max-size"]', "capabilities.drops", "securityOpts"],
    ],
  },
  "docker-container-configure-persistence": {
    pass: [[container({ volumes: [{ volumeName: UNKNOWN, containerPath: "/data" }] })]],
    fail: [["volumes[0]", container({ volumes: [{ containerPath: "/data" }] })]],
    unknown: [[container({ volumes: UNKNOWN })]],
    missing: [container({})],
  },
  "stack-alerting-missing-deadman": {
    pass: [[aws, container({}), alarm(heartbeat)], [aws], [container({})]],
    fail: [
      ["resources", aws, container({}), alarm({ ...heartbeat, treatMissingData: "missing" })],
      ["resources", aws, container({}), alarm({ ...heartbeat, metricName: "Other" })],
    ],
    unknown: [[aws, container({}), alarm({ ...heartbeat, metricName: UNKNOWN })]],
    missing: [aws],
  },
  "stack-alerting-missing-pipeline-alarms": {
    pass: [
      [
        container({
          uploads: [{ content: UNKNOWN }, { content: "alertmanager_notifications_failed_total > 0" }],
        }),
      ],
      [container({ command: ["--agent"] })],
      [aws],
    ],
    fail: [["resources", container({ uploads: [{ content: "up == 0" }] })]],
    unknown: [[container({ uploads: [{ content: UNKNOWN }] })]],
    missing: [container({}), "resources"],
  },
  "stack-alerting-disallow-duplicate": {
    pass: [
      [
        alarm({ metricName: "a", threshold: 1 }),
        { ...alarm({ metricName: "a", threshold: 2 }), name: "other" },
      ],
      [
        alarm({ metricName: "a", dimensions: { Id: UNKNOWN } }, { dimensions: ["one"] }),
        {
          ...alarm({ metricName: "a", dimensions: { Id: UNKNOWN } }, { dimensions: ["two"] }),
          name: "other",
        },
      ],
      [
        of(types.SENTRY_METRIC_ALERT, { query: "a", triggers: [{ label: "critical", alertThreshold: 1 }] }),
        of(
          types.SENTRY_METRIC_ALERT,
          { query: "a", triggers: [{ label: "critical", alertThreshold: 2 }] },
          { name: "b" },
        ),
      ],
    ],
    fail: [
      ["name", alarm({ metricName: "a" }), { ...alarm({ metricName: "a" }), name: "other" }],
      [
        "name",
        alarm({ metricName: "a", dimensions: { Id: UNKNOWN } }, { dimensions: ["one"] }),
        {
          ...alarm({ metricName: "a", dimensions: { Id: UNKNOWN } }, { dimensions: ["one"] }),
          name: "other",
        },
      ],
      [
        "name",
        of(types.SENTRY_METRIC_ALERT, { query: "a", triggers: [{ label: "critical", alertThreshold: 1 }] }),
        of(
          types.SENTRY_METRIC_ALERT,
          { query: "a", triggers: [{ label: "critical", alertThreshold: 1 }] },
          { name: "b" },
        ),
      ],
    ],
    unknown: [[alarm({ metricName: UNKNOWN })]],
    missing: [alarm({})],
  },
  "aws-provider-enforce-tags": {
    pass: [
      [
        of(types.AWS_PROVIDER, {
          defaultTags: JSON.stringify({
            tags: { application: "a", environment: "e", owner: "o", "managed-by": "p" },
          }),
        }),
      ],
    ],
    fail: [
      [
        "defaultTags.tags.owner",
        of(types.AWS_PROVIDER, {
          defaultTags: { tags: { application: "a", environment: "e", "managed-by": "p" } },
        }),
      ],
    ],
    unknown: [[of(types.AWS_PROVIDER, { defaultTags: UNKNOWN })]],
    missing: [
      aws,
      ...["application", "environment", "owner", "managed-by"].map((tag) => `defaultTags.tags.${tag}`),
    ],
  },
  "stack-paging-enforce-protect": {
    pass: [[{ type: types.SERVICE, protect: true }], [of(types.CONTAINER, {})]],
    fail: [["protect", { type: types.LOG_GROUP }]],
    unknown: undefined,
    missing: [{ type: types.SCHEDULE }, "protect"],
  },
  "stack-output-disallow-secret-looking-value": {
    pass: [
      [of(types.STACK, { grafanaUrl: "https://grafana.example", dsn: "https://0a1b@sentry.example/1" })],
    ],
    fail: [
      [
        "nested",
        of(types.STACK, { nested: { list: ["x", { url: "https://hooks.slack.com/services/T0/B0" }] } }),
      ],
      ["key", of(types.STACK, { key: "AKIAABCDEFGHIJKLMNOP" })],
    ],
    unknown: [[of(types.STACK, { id: UNKNOWN })]],
    missing: [of(types.STACK, {})],
  },
};
