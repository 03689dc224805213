import { beforeAll, expect, test } from "vitest";
import {
  datadogAgentFiles,
  installDocument,
  pipelineProcessors,
} from "../../../components/datadog/agent-files.ts";
import { isSecretInput, masked, plain } from "../../support/mocks.ts";
import { type ComponentRun, componentOf, type ProgramRun, runProgram } from "../../support/program.ts";
import { leaks } from "../../support/secrets.ts";

let run: ProgramRun;
let datadog: ComponentRun;
beforeAll(async () => {
  const overrides = { "logs.platform": "datadog", "datadog.site": "datadoghq.eu" };
  run = await runProgram("production", { overrides });
  datadog = componentOf(run, "DatadogLogs");
});

test("takes CloudWatch's place for the logs; the hosts' metrics stay", () => {
  expect(run.resources.filter(({ type }) => type.endsWith(":LogAggregation"))).toEqual([]);
  const { insecureValue } = componentOf(run, "HostAgent").inputs("host-agent-configuration");
  expect(Object.keys(JSON.parse(String(insecureValue)))).toEqual(["agent", "metrics"]);
  const { policy } = componentOf(run, "HostAgent").inputs("host-agent-policy");
  expect(String(policy)).not.toContain("logs:");
});

test("is not there where the logs go to CloudWatch", async () => {
  const { resources } = await runProgram("production");
  expect(resources.filter(({ type }) => /datadog/i.test(type))).toEqual([]);
});

test("talks to the site's API with both keys, as secrets", () => {
  const [provider] = run.resources.filter(({ type }) => type === "pulumi:providers:datadog");
  expect(plain(provider?.inputs)).toMatchObject({
    apiKey: "sentinel-secret:datadog.apiKey",
    appKey: "sentinel-secret:datadog.applicationKey",
    apiUrl: "https://api.datadoghq.eu/",
  });
  expect(leaks(masked(provider?.inputs))).toBe(false);
});

test("keeps the key encrypted in SSM, and nowhere else", () => {
  expect(datadog.inputs("datadog-logs-api-key")).toMatchObject({
    name: "/agentpay/production/datadog-api-key",
    type: "SecureString",
    value: "sentinel-secret:datadog.apiKey",
  });
  expect(isSecretInput(datadog.child("datadog-logs-api-key").inputs["value"])).toBe(true);
  const holders = run.resources.filter(({ inputs }) =>
    JSON.stringify(plain(inputs)).includes("sentinel-secret:datadog"),
  );
  expect(holders.map(({ name }) => name).toSorted()).toEqual(["datadog", "datadog-logs-api-key"]);
});

test("lets the hosts read that key and run that document", () => {
  const { role, policy } = datadog.inputs("datadog-logs-host-policy");
  expect(role).toBe("agentpay-production-host");
  const { Statement } = JSON.parse(String(policy));
  const arn = (rest: string) => `arn:aws:ssm:eu-central-1:111122223333:${rest}`;
  expect(Statement.map(({ Resource }: { Resource: string }) => Resource)).toEqual([
    arn("parameter//agentpay/production/datadog-api-key"),
    arn("document/agentpay-production-install-datadog"),
  ]);
});

test("installs the agent on the instances with the stack's tags", () => {
  const content = installDocument(
    datadogAgentFiles({
      environment: "production",
      site: "datadoghq.eu",
      region: "eu-central-1",
      logDirectory: "/var/log/agentpay",
    }),
  );
  expect(datadog.inputs("datadog-logs-install-document")).toMatchObject({
    documentType: "Command",
    documentFormat: "JSON",
    content,
  });
  expect(datadog.inputs("datadog-logs-install")).toMatchObject({
    associationName: expect.stringMatching(/^agentpay-production-datadog-[0-9a-f]{8}$/),
    name: "agentpay-production-install-datadog",
    targets: [
      { key: "tag:application", values: ["agentpay"] },
      { key: "tag:environment", values: ["production"] },
    ],
  });
  const { urn } = datadog.child("datadog-logs-api-key");
  expect(datadog.child("datadog-logs-install").dependencies).toContain(urn);
});

test("has a pipeline for the stack's own lines", () => {
  expect(datadog.inputs("datadog-logs-pipeline")).toEqual({
    name: "agentpay-production",
    isEnabled: true,
    filters: [{ query: "source:agentpay env:production" }],
    processors: pipelineProcessors,
  });
  expect(datadog.children.every(({ protect }) => protect)).toBe(true);
});
