import { beforeAll, describe, expect, test } from "vitest";
import { rolePublishPolicy } from "../../../components/aws/alert-topics.ts";
import { pagerOf } from "../../../components/pagers/index.ts";
import { alertmanagerConfiguration } from "../../../components/prometheus/alertmanager.ts";
import { notificationSettings } from "../../../components/shared/notifications.ts";
import { parseSettings } from "../../../settings/settings.ts";
import { type ComponentRun, componentOf, configurationOf, runProgram } from "../../support/program.ts";

const arn = (stack: string, topic: string) => `arn:aws:sns:us-east-1:111122223333:agentpay-${stack}-${topic}`;

describe("production", () => {
  let deadMansSwitch: ComponentRun;
  beforeAll(async () => {
    deadMansSwitch = componentOf(await runProgram("production"), "DeadMansSwitch");
  });

  test("makes exactly these", () => {
    expect(deadMansSwitch.counts).toEqual({
      "aws:cloudwatch/metricAlarm:MetricAlarm": 1,
      "aws:sns/topic:Topic": 1,
      "aws:sns/topicPolicy:TopicPolicy": 1,
    });
  });

  test("pages when nothing was published for 5 minutes, or SNS has no number at all", () => {
    expect(deadMansSwitch.inputs("dead-mans-switch-alarm")).toEqual({
      name: "agentpay-production-alerting-silent",
      alarmDescription: expect.stringContaining("/runbooks/Watchdog.md"),
      namespace: "AWS/SNS",
      metricName: "NumberOfMessagesPublished",
      dimensions: { TopicName: "agentpay-production-heartbeat" },
      statistic: "Sum",
      period: 60,
      evaluationPeriods: 5,
      comparisonOperator: "LessThanThreshold",
      threshold: 1,
      treatMissingData: "breaching",
      alarmActions: [arn("production", "critical")],
      okActions: [arn("production", "critical")],
      region: "us-east-1",
    });
  });

  test("lets only the role of Alertmanager's host publish the heartbeat", () => {
    const { policy, region } = deadMansSwitch.inputs("dead-mans-switch-heartbeat-policy");
    const role = "arn:aws:iam::111122223333:role/agentpay-monitoring-host";
    expect(region).toBe("us-east-1");
    expect(JSON.parse(String(policy))).toEqual(rolePublishPolicy(arn("production", "heartbeat"), role));
  });

  test("listens to the topic that Alertmanager publishes to", () => {
    const settings = parseSettings("production", configurationOf("production"));
    const { name } = deadMansSwitch.inputs("dead-mans-switch-heartbeat");
    const { heartbeatTopicArn } = deadMansSwitch.outputs;
    expect(heartbeatTopicArn).toBe(arn("production", String(name).replace("agentpay-production-", "")));
    expect(alertmanagerConfiguration(notificationSettings(settings, pagerOf(settings)))).toContain(
      `: ${heartbeatTopicArn}\n`,
    );
  });
});

test("an emulator knows no roles: its topic has no policy of ours", async () => {
  const { counts } = componentOf(await runProgram("local"), "DeadMansSwitch");
  expect(counts).not.toHaveProperty("aws:sns/topicPolicy:TopicPolicy");
});

test.each([
  ["AWS", { "aws.enabled": false, "uptime.enabled": false, "database.enabled": false }],
  ["metrics", { "metrics.enabled": false }],
])("without %s there is none", async (_platform, overrides) => {
  const run = await runProgram("production", { overrides });
  expect(() => componentOf(run, "DeadMansSwitch")).toThrow("the program made no DeadMansSwitch");
  expect(run.outputs["deadMansSwitchAlarmName"]).toBeUndefined();
});
