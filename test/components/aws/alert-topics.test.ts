import { beforeAll, describe, expect, test } from "vitest";
import { publishersOf, publishPolicy, rolePublishPolicy } from "../../../components/aws/alert-topics.ts";
import { isSecretInput } from "../../support/mocks.ts";
import { type ComponentRun, componentOf, runProgram } from "../../support/program.ts";

const TOPIC = "aws:sns/topic:Topic";
const POLICY = "aws:sns/topicPolicy:TopicPolicy";
const SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription";
const topicArn = (stack: string, severity: string, region = "us-east-1") =>
  `arn:aws:sns:${region}:111122223333:agentpay-${stack}-${severity}`;

/** What resources of the topics are named after, by region: the stacks' home is Frankfurt. */
const regions = [
  { region: "us-east-1", prefix: "alert-topics" },
  { region: "eu-central-1", prefix: "alert-topics-home" },
];

describe.each([
  { stack: "production", account: "111122223333" },
  { stack: "staging", account: "444455556666" },
] as const)("$stack", ({ stack, account }) => {
  let topics: ComponentRun;
  beforeAll(async () => {
    topics = componentOf(await runProgram(stack), "AlertTopics");
  });

  describe.each(regions)("in $region", ({ region, prefix }) => {
    test.each(["critical", "warning"])("has a %s topic", (severity) => {
      expect(topics.inputs(`${prefix}-${severity}`)).toEqual({
        name: `agentpay-${stack}-${severity}`,
        displayName: `AgentPay ${severity}`,
        region,
      });
    });

    test.each(["critical", "warning"] as const)(
      "lets only the alerting services of its account publish to %s",
      (severity) => {
        const arn = topicArn(stack, severity, region);
        const { policy, ...where } = topics.inputs(`${prefix}-${severity}-policy`);
        expect(where).toEqual({ arn, region });
        const by = publishersOf(severity, region);
        expect(JSON.parse(String(policy))).toEqual(publishPolicy(arn, { accountId: account, region, by }));
      },
    );
  });

  test("tells the ARNs of its topics", () => {
    const byRegion = regions.map(({ region }) => [
      region,
      { criticalArn: topicArn(stack, "critical", region), warningArn: topicArn(stack, "warning", region) },
    ]);
    expect(topics.outputs).toEqual({ byRegion: Object.fromEntries(byRegion) });
  });
});

test.each(regions)(
  "production, $region: criticals page, send SMS and email, warnings send email",
  async (where) => {
    const { region, prefix } = where;
    const topics = componentOf(await runProgram("production"), "AlertTopics");
    expect(topics.counts).toEqual({ [TOPIC]: 5, [POLICY]: 5, [SUBSCRIPTION]: 9 });
    expect(topics.inputs(`${prefix}-critical-pagerduty`)).toEqual({
      topic: topicArn("production", "critical", region),
      protocol: "https",
      endpoint:
        "https://events.pagerduty.com/integration/sentinel-secret:integration-key-of-on-call-cloudwatch/enqueue",
      endpointAutoConfirms: true,
      region,
    });
    expect(topics.inputs(`${prefix}-critical-sms-+15550100123`)).toEqual({
      topic: topicArn("production", "critical", region),
      protocol: "sms",
      endpoint: "+15550100123",
      region,
    });
    for (const severity of ["critical", "warning"] as const) {
      expect(topics.inputs(`${prefix}-${severity}-email-oncall@agentpay.com`)).toEqual({
        topic: topicArn("production", severity, region),
        protocol: "email",
        endpoint: "oncall@agentpay.com",
        region,
      });
    }
  },
);

test("at home in us-east-1, one set of topics takes everything", async () => {
  const run = await runProgram("production", { overrides: { "aws.region": "us-east-1" } });
  const topics = componentOf(run, "AlertTopics");
  expect(topics.counts).toEqual({ [TOPIC]: 3, [POLICY]: 3, [SUBSCRIPTION]: 5 });
  expect(topics.children.filter(({ name }) => name.includes("home"))).toEqual([]);
  expect(Object.keys(Object(topics.outputs["byRegion"]))).toEqual(["us-east-1"]);
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

test.each(regions)("$region: PagerDuty's endpoint, which holds the key, is secret", async ({ prefix }) => {
  const topics = componentOf(await runProgram("production"), "AlertTopics");
  const subscription = topics.child(`${prefix}-critical-pagerduty`);
  expect(isSecretInput(subscription.inputs["endpoint"])).toBe(true);
  expect(subscription.additionalSecretOutputs).toEqual(["endpoint"]);
});

test("staging: nobody is paged and nobody's phone rings, but criticals go where warnings go", async () => {
  const topics = componentOf(await runProgram("staging"), "AlertTopics");
  expect(topics.counts).toEqual({ [TOPIC]: 4, [POLICY]: 4, [SUBSCRIPTION]: 4 });
  for (const { prefix } of regions) {
    for (const severity of ["critical", "warning"]) {
      const { endpoint } = topics.inputs(`${prefix}-${severity}-email-staging-alerts@agentpay.com`);
      expect(endpoint).toBe("staging-alerts@agentpay.com");
    }
  }
});

test("local: PagerDuty's stand-in is reached over plain http, from no container", async () => {
  const topics = componentOf(await runProgram("local"), "AlertTopics");
  expect(topics.inputs("alert-topics-critical-pagerduty")).toMatchObject({
    protocol: "http",
    endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:8101\/integration\/.+\/enqueue$/),
  });
});

test("one subscription for each number and each address", async () => {
  const overrides = {
    "notifications.smsNumbers": ["+15550100123", "+15550100124"],
    "notifications.emails": ["a@agentpay.com", "b@agentpay.com", "c@agentpay.com"],
  };
  const topics = componentOf(await runProgram("production", { overrides }), "AlertTopics");
  // Each number is on three topics: AWS's criticals of both regions, and Prometheus's. PagerDuty is on two of them, and
  // each address on two of each region.
  expect(topics.counts[SUBSCRIPTION]).toBe(3 * 2 + 4 * 3 + 2);
});

test("costs have no region: their services publish to the global region's warnings only", () => {
  expect(publishersOf("warning", "us-east-1")).toEqual(["alarms", "budgets", "costAnomalies"]);
  expect(publishersOf("critical", "us-east-1")).toEqual(["alarms"]);
  expect(publishersOf("warning", "eu-central-1")).toEqual(["alarms"]);
});

test("the policy names no one but AWS's alerting services, acting for this account", () => {
  const by = ["alarms", "budgets", "costAnomalies"] as const;
  const allow = (Sid: string, Service: string, source?: string) => ({
    Sid,
    Effect: "Allow",
    Principal: { Service },
    Action: "sns:Publish",
    Resource: "arn:topic",
    Condition: {
      StringEquals: { "aws:SourceAccount": "123456789012" },
      ...(source && { ArnLike: { "aws:SourceArn": source } }),
    },
  });
  const where = { accountId: "123456789012", region: "us-east-1" };
  expect(publishPolicy("arn:topic", { ...where, by })).toEqual({
    Version: "2012-10-17",
    Statement: [
      allow("AlarmsPublish", "cloudwatch.amazonaws.com", "arn:aws:cloudwatch:us-east-1:123456789012:alarm:*"),
      allow("BudgetsPublish", "budgets.amazonaws.com", "arn:aws:budgets::123456789012:*"),
      allow("CostAnomaliesPublish", "costalerts.amazonaws.com"),
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
