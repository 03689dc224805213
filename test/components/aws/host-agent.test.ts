import { describe, expect, test } from "vitest";
import { agentConfiguration } from "../../../components/aws/agent-configuration.ts";
import { parseSettings } from "../../../settings/settings.ts";
import { componentOf, configurationOf, type Overrides, runProgram } from "../../support/program.ts";

const agent = async (overrides: Overrides = {}) =>
  componentOf(await runProgram("production", { overrides }), "HostAgent");
const configuration = agentConfiguration(parseSettings("production", configurationOf("production")));

test("publishes the agent's configuration where the agent may read it and reviewers see it", async () => {
  const { inputs } = await agent();
  expect(inputs("host-agent-configuration")).toEqual({
    name: "AmazonCloudWatch-agentpay-production",
    description: expect.any(String),
    type: "String",
    tier: "Standard",
    insecureValue: configuration,
  });
});

test("a configuration beyond a Standard parameter makes it an Advanced one", async () => {
  const { inputs } = await agent({ "logs.directory": `/${"x".repeat(199)}`.repeat(10) });
  expect(inputs("host-agent-configuration")["tier"]).toBe("Advanced");
});

describe("associations", () => {
  const targets = [
    { key: "tag:application", values: ["agentpay"] },
    { key: "tag:environment", values: ["production"] },
  ];

  test("install the agent on the instances with the stack's tags, then configure it", async () => {
    const host = await agent();
    expect(host.inputs("host-agent-install")).toEqual({
      associationName: "agentpay-production-agent-install",
      name: "AWS-ConfigureAWSPackage",
      parameters: { action: "Install", name: "AmazonCloudWatchAgent" },
      targets,
      scheduleExpression: "rate(1 day)",
    });
    expect(host.inputs("host-agent-configure")).toEqual({
      associationName: expect.stringMatching(/^agentpay-production-agent-configure-[0-9a-f]{8}$/),
      name: "AmazonCloudWatch-ManageAgent",
      parameters: {
        action: "configure",
        mode: "ec2",
        optionalConfigurationSource: "ssm",
        optionalConfigurationLocation: "AmazonCloudWatch-agentpay-production",
        optionalRestart: "yes",
      },
      targets,
      scheduleExpression: "rate(1 day)",
    });
    const { urn } = host.child("host-agent-install");
    expect(host.child("host-agent-configure").dependencies).toContain(urn);
  });

  test("run at once when the configuration changes, and only then", async () => {
    const name = async (overrides?: Overrides) =>
      (await agent(overrides)).inputs("host-agent-configure")["associationName"];
    expect(await name({ "cost.monthlyBudgetUsd": 9000 })).toBe(await name());
    expect(await name({ "logs.directory": "/srv/logs" })).not.toBe(await name());
  });
});

test("the hosts' role is assumed by instances only, and reads and writes what is the stack's", async () => {
  const { inputs, outputs } = await agent();
  expect(JSON.parse(String(inputs("host-agent-role")["assumeRolePolicy"])).Statement).toEqual([
    { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
  ]);
  expect(inputs("host-agent-profile")).toEqual({
    name: "agentpay-production-host",
    role: "agentpay-production-host",
  });
  const { Statement } = JSON.parse(String(inputs("host-agent-policy")["policy"]));
  const statement = (sid: string) => Statement.find(({ Sid }: { Sid: string }) => Sid === sid);
  expect(statement("ReadAgentConfiguration").Resource).toBe(
    "arn:aws:ssm:eu-central-1:111122223333:parameter/AmazonCloudWatch-agentpay-production",
  );
  expect(statement("WriteLogs").Resource).toEqual(
    ["api", "worker"].map(
      (service) => `arn:aws:logs:eu-central-1:111122223333:log-group:/agentpay/${service}:*`,
    ),
  );
  expect(statement("WriteHostMetrics").Condition).toEqual({
    StringEquals: { "cloudwatch:namespace": "AgentPay/Hosts" },
  });
  expect(outputs["instanceProfileName"]).toBe("agentpay-production-host");
});
