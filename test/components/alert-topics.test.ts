import { beforeAll, describe, expect, test } from "vitest";
import { publishPolicy, rolePublishPolicy } from "../../components/alert-topics.ts";
import { isSecretInput } from "../support/mocks.ts";
import { type ComponentRun, componentOf, runProgram } from "../support/program.ts";

const TOPIC = "aws:sns/topic:Topic";
const POLICY = "aws:sns/topicPolicy:TopicPolicy";
const SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription";
const topicArn = (stack: string, severity: string) =>
  `arn:aws:sns:us-east-1:111122223333:agentpay-${stack}-${severity}`;

describe.each([
  { stack: "production", account: "111122223333" },
  { stack: "staging", account: "444455556666" },
] as const)("$stack", ({ stack, account }) => {
  let topics: ComponentRun;
  beforeAll(async () => {
    topics = componentOf(await runProgram(stack), "AlertTopics");
  });

  test.each(["critical", "warning"])("has a %s topic in the billing region", (severity) => {
    expect(topics.inputs(`alert-topics-${severity}`)).toEqual({
      name: `agentpay-${stack}-${severity}`,
      displayName: `AgentPay ${severity}`,
      region: "us-east-1",
    });
  });

  test.each(["critical", "warning"])(
    "lets only the alerting services of its account publish to %s",
    (severity) => {
      const { arn, policy, region } = topics.inputs(`alert-topics-${severity}-policy`);
      expect({ arn, region }).toEqual({ arn: topicArn(stack, severity), region: "us-east-1" });
      expect(JSON.parse(String(policy))).toEqual(publishPolicy(topicArn(stack, severity), account));
    },
  );

  test("tells the ARNs of its topics", () => {
    expect(topics.outputs).toEqual({
      criticalArn: topicArn(stack, "critical"),
      warningArn: topicArn(stack, "warning"),
    });
  });
});

test("production: criticals page and send SMS, warnings send email", async () => {
  const topics = componentOf(await runProgram("production"), "AlertTopics");
  expect(topics.counts).toEqual({ [TOPIC]: 3, [POLICY]: 3, [SUBSCRIPTION]: 4 });
  const region = "us-east-1";
  expect(topics.inputs("alert-topics-critical-pagerduty")).toEqual({
    topic: topicArn("production", "critical"),
    protocol: "https",
    endpoint:
      "https://events.pagerduty.com/integration/sentinel-secret:integration-key-of-on-call-cloudwatch/enqueue",
    endpointAutoConfirms: true,
    region,
  });
  expect(topics.inputs("alert-topics-critical-sms-+15550100123")).toEqual({
    topic: topicArn("production", "critical"),
    protocol: "sms",
    endpoint: "+15550100123",
    region,
  });
  expect(topics.inputs("alert-topics-warning-email-oncall@agentpay.com")).toEqual({
    topic: topicArn("production", "warning"),
    protocol: "email",
    endpoint: "oncall@agentpay.com",
    region,
  });
});

test("production: Prometheus sends SMS through a topic that does not page, and only its host's role may", async () => {
  const topics = componentOf(await runProgram("production"), "AlertTopics");
  const arn = topicArn("production", "sms");
  expect(topics.inputs("alert-topics-sms-+15550100123")).toEqual({
    topic: arn,
    protocol: "sms",
    endpoint: "+15550100123",
    region: "us-east-1",
  });
  const { policy } = topics.inputs("alert-topics-sms-policy");
  const role = "arn:aws:iam::111122223333:role/agentpay-monitoring-host";
  expect(JSON.parse(String(policy))).toEqual(rolePublishPolicy(arn, role));
  const subscribed = topics.children.filter(({ inputs }) => inputs["topic"] === arn);
  expect(subscribed.map(({ name }) => name)).toEqual(["alert-topics-sms-+15550100123"]);
});

test("production: PagerDuty's endpoint, which holds the key, is secret", async () => {
  const subscription = componentOf(await runProgram("production"), "AlertTopics").child(
    "alert-topics-critical-pagerduty",
  );
  expect(isSecretInput(subscription.inputs["endpoint"])).toBe(true);
  expect(subscription.additionalSecretOutputs).toEqual(["endpoint"]);
});

test("staging: nobody is paged and nobody's phone rings", async () => {
  const topics = componentOf(await runProgram("staging"), "AlertTopics");
  expect(topics.counts).toEqual({ [TOPIC]: 2, [POLICY]: 2, [SUBSCRIPTION]: 1 });
  expect(topics.inputs("alert-topics-warning-email-staging-alerts@agentpay.com")["endpoint"]).toBe(
    "staging-alerts@agentpay.com",
  );
});

test("local: PagerDuty's stand-in is reached over plain http", async () => {
  const topics = componentOf(await runProgram("local"), "AlertTopics");
  expect(topics.inputs("alert-topics-critical-pagerduty")).toMatchObject({
    protocol: "http",
    endpoint: expect.stringMatching(/^http:\/\/host\.docker\.internal:8101\/integration\/.+\/enqueue$/),
  });
});

test("one subscription for each number and each address", async () => {
  const overrides = {
    "notifications.smsNumbers": ["+15550100123", "+15550100124"],
    "notifications.emails": ["a@agentpay.com", "b@agentpay.com", "c@agentpay.com"],
  };
  const topics = componentOf(await runProgram("production", { overrides }), "AlertTopics");
  // Each number is on two topics: AWS's criticals and Prometheus's.
  expect(topics.counts[SUBSCRIPTION]).toBe(8);
});

test("the policy names no one but AWS's alerting services", () => {
  expect(publishPolicy("arn:topic", "123456789012")).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AlertingServicesPublish",
        Effect: "Allow",
        Principal: {
          Service: ["cloudwatch.amazonaws.com", "budgets.amazonaws.com", "costalerts.amazonaws.com"],
        },
        Action: "sns:Publish",
        Resource: "arn:topic",
        Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
      },
    ],
  });
});

test("a role's policy names nobody else and allows nothing else", () => {
  expect(rolePublishPolicy("arn:topic", "arn:role")).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AlertmanagerPublishes",
        Effect: "Allow",
        Principal: { AWS: "arn:role" },
        Action: "sns:Publish",
        Resource: "arn:topic",
      },
    ],
  });
});
