import { beforeAll, describe, expect, test } from "vitest";
import { reportEvent, reportSettings } from "../../../components/cost-report/function/settings.ts";
import { isDue } from "../../../local/platforms/aws/provider/schedule-expression.ts";
import { isSecretInput, plain } from "../../support/mocks.ts";
import { type ComponentRun, componentOf, type ProgramRun, runProgram } from "../../support/program.ts";
import { leaks, sentinel } from "../../support/secrets.ts";

let run: ProgramRun;
let report: ComponentRun;
beforeAll(async () => {
  run = await runProgram("production", { overrides: { "cost.report.timeZone": "Europe/Berlin" } });
  report = componentOf(run, "DailyCostReport");
});

/** What the function of a run is told. */
function settingsOf(component: ComponentRun) {
  const { environment } = component.inputs("cost-report-function");
  const { variables } = environment as { variables: Record<string, string> };
  return reportSettings.parse(JSON.parse(variables["REPORT_SETTINGS"] ?? ""));
}

test("the function is told what it needs, as it understands it", () => {
  expect(settingsOf(report)).toEqual({
    environment: "production",
    recipients: ["finance@agentpay.com"],
    sender: "reports@agentpay.com",
    monthlyBudgetUsd: 8000,
    database: {
      host: "agentpay-production.cluster-abc.eu-central-1.rds.amazonaws.com",
      port: 5432,
      name: "agentpay",
      user: "agentpay_monitoring",
      tls: "require",
      passwordParameter: "/agentpay/production/cost-report/database-password",
    },
  });
});

test("the database's password is in a SecureString, and nowhere else of the report", () => {
  const { inputs } = report.child("cost-report-database-password");
  expect(isSecretInput(inputs["value"])).toBe(true);
  expect(report.inputs("cost-report-database-password")).toMatchObject({
    type: "SecureString",
    value: sentinel("metrics.databasePassword"),
  });
  const holders = report.children.filter((child) => leaks(plain(child.inputs)));
  expect(holders.map(({ name }) => name)).toEqual(["cost-report-database-password"]);
  const { policy } = report.inputs("cost-report-policy");
  expect(JSON.parse(String(policy)).Statement).toContainEqual(
    expect.objectContaining({
      Action: "ssm:GetParameter",
      Resource: expect.stringMatching(/cost-report\/database-password$/),
    }),
  );
});

describe("without a database", () => {
  test.each([
    ["metrics switched off", { "metrics.enabled": false }],
    ["none named", { "metrics.databaseAddress": "" }],
  ])("%s: Prometheus answers, and no password is kept or readable", async (_what, overrides) => {
    const url = "http://10.0.0.7:9090";
    const other = await runProgram("production", {
      overrides: { ...overrides, "cost.report.prometheusUrl": url },
    });
    const without = componentOf(other, "DailyCostReport");
    expect(settingsOf(without)).toMatchObject({ prometheusUrl: url });
    expect(settingsOf(without).database).toBeUndefined();
    expect(without.counts["aws:ssm/parameter:Parameter"]).toBeUndefined();
    expect(String(without.inputs("cost-report-policy")["policy"])).not.toContain("ssm:");
  });
});

describe("without a database, an engine elsewhere answers", () => {
  const withoutDatabase = { "metrics.databaseAddress": "" };

  test("Amazon's, asked under the function's own role, and nothing else of it", async () => {
    const run = await runProgram("production", {
      overrides: { ...withoutDatabase, "metrics.engine": "amp" },
    });
    const report = componentOf(run, "DailyCostReport");
    expect(settingsOf(report)).toMatchObject({
      prometheusUrl: expect.stringMatching(/^https:.*[^/]$/),
      engine: { signedFor: "eu-central-1" },
    });
    const { Statement } = JSON.parse(String(report.inputs("cost-report-policy")["policy"]));
    expect(Statement).toContainEqual({
      Sid: "AskEngine",
      Effect: "Allow",
      Action: "aps:QueryMetrics",
      Resource: componentOf(run, "ManagedPrometheus").outputs["workspaceArn"],
    });
  });

  test("another, with its user and tenant; the password is kept as the database's would be", async () => {
    const overrides = {
      ...withoutDatabase,
      "metrics.engine": "remote",
      "metrics.remoteWriteUrl": "https://mimir.example.com/api/v1/push",
      "metrics.remoteQueryUrl": "https://mimir.example.com/prometheus",
      "metrics.remoteUsername": "agentpay",
      "metrics.remoteTenant": "production",
    };
    const report = componentOf(await runProgram("production", { overrides }), "DailyCostReport");
    const passwordParameter = "/agentpay/production/cost-report/engine-password";
    expect(settingsOf(report)).toMatchObject({
      prometheusUrl: "https://mimir.example.com/prometheus",
      engine: { user: { name: "agentpay", passwordParameter }, tenant: "production" },
    });
    expect(isSecretInput(report.child("cost-report-engine-password").inputs["value"])).toBe(true);
    const holders = report.children.filter((child) => leaks(plain(child.inputs)));
    expect(holders.map(({ name }) => name)).toEqual(["cost-report-engine-password"]);
  });
});

test("outside of a network, the function may not touch any", async () => {
  const overrides = { "cost.report.subnetIds": [], "cost.report.securityGroupIds": [] };
  const outside = componentOf(await runProgram("production", { overrides }), "DailyCostReport");
  expect(outside.inputs("cost-report-function")["vpcConfig"]).toBeUndefined();
  expect(String(outside.inputs("cost-report-policy")["policy"])).not.toContain("ec2:");
  expect(report.inputs("cost-report-function")["vpcConfig"]).toEqual({
    subnetIds: ["subnet-0c1a2b3d4e5f60718"],
    securityGroupIds: ["sg-0f9e8d7c6b5a49382"],
  });
});

describe("is due by the clocks of the time zone", () => {
  test.each([
    // The clocks went back on 25 October.
    ["daily", ["2026-10-24T05:00Z", "2026-10-25T06:00Z"], ["2026-10-25T05:00Z", "2026-10-25T06:01Z"]],
    ["weekly", ["2026-11-23T06:00Z"], ["2026-11-22T06:00Z", "2026-11-24T06:00Z"]],
    ["monthly", ["2026-12-02T06:00Z"], ["2026-12-01T06:00Z", "2026-12-03T06:00Z"]],
  ])("%s", (edition, at, notAt) => {
    const schedule = report.inputs(`cost-report-${edition}`);
    const due = (instant: string) =>
      isDue(
        String(schedule["scheduleExpression"]),
        String(schedule["scheduleExpressionTimezone"]),
        new Date(instant),
      );
    expect(at.map(due)).toEqual(at.map(() => true));
    expect(notAt.map(due)).toEqual(notAt.map(() => false));
    const { input } = schedule["target"] as { input: string };
    expect(reportEvent.parse(JSON.parse(input))).toMatchObject({ edition, dryRun: false });
  });
});

test("what fails is tried again, kept, and told", () => {
  const failures = "arn:aws:sqs:eu-central-1:111122223333:agentpay-production-cost-report-failures";
  expect(report.inputs("cost-report-retries")).toMatchObject({
    maximumRetryAttempts: 2,
    destinationConfig: { onFailure: { destination: failures } },
  });
  expect(report.inputs("cost-report-daily")["target"]).toMatchObject({ deadLetterConfig: { arn: failures } });
  const warnings = ["arn:aws:sns:eu-central-1:111122223333:agentpay-production-warning"];
  expect(report.inputs("cost-report-missing-alarm")).toMatchObject({
    namespace: "AgentPay/CostReport",
    dimensions: { Environment: "production", Edition: "daily" },
    treatMissingData: "breaching",
    alarmActions: warnings,
  });
  expect(report.inputs("cost-report-failed-alarm")).toMatchObject({
    dimensions: { QueueName: "agentpay-production-cost-report-failures" },
    alarmActions: warnings,
  });
});

test("is not there where it is switched off", async () => {
  const { resources } = await runProgram("staging");
  expect(resources.filter(({ name }) => name.startsWith("cost-report"))).toEqual([]);
});
