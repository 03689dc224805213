import { describe, expect, test } from "vitest";
import { componentOf, runProgram } from "../../support/program.ts";

const databaseOf = async (stack: "production" | "staging", overrides: Record<string, unknown>) =>
  componentOf(await runProgram(stack, { overrides }), "DatabaseInsights");

describe.each(["production", "staging"] as const)("%s", (stack) => {
  test("has one parameter group with the slow query log and statement statistics", async () => {
    const database = await databaseOf(stack, {
      "database.slowQueryMilliseconds": 250,
      "database.family": "postgres17",
    });
    expect(database.counts).toEqual({ "aws:rds/parameterGroup:ParameterGroup": 1 });
    expect(database.inputs("database-parameters")).toEqual({
      name: `agentpay-${stack}-postgres17`,
      family: "postgres17",
      description: expect.any(String),
      parameters: [
        { name: "log_min_duration_statement", value: "250", applyMethod: "immediate" },
        { name: "pg_stat_statements.track_utility", value: "off", applyMethod: "immediate" },
        { name: "shared_preload_libraries", value: "pg_stat_statements", applyMethod: "pending-reboot" },
      ],
    });
    expect(database.outputs).toEqual({ parameterGroupName: `agentpay-${stack}-postgres17` });
  });
});

test("logs the plans of slow statements where that is asked for", async () => {
  const database = await databaseOf("production", { "database.autoExplainMilliseconds": 2000 });
  const { parameters } = database.inputs("database-parameters");
  expect(parameters).toContainEqual({
    name: "auto_explain.log_min_duration",
    value: "2000",
    applyMethod: "immediate",
  });
  expect(parameters).toContainEqual({
    name: "shared_preload_libraries",
    value: "pg_stat_statements,auto_explain",
    applyMethod: "pending-reboot",
  });
});

test("keeps the log of a named instance as the services' logs, and a query for its slow statements", async () => {
  const database = await databaseOf("production", { "database.instanceIdentifier": "agentpay-production" });
  const name = "/aws/rds/instance/agentpay-production/postgresql";
  expect(database.inputs("database-log")).toMatchObject({
    name,
    retentionInDays: 30,
    deletionProtectionEnabled: true,
  });
  expect(database.child("database-log").protect).toBe(true);
  expect(database.inputs("database-slow-statements")).toMatchObject({
    name: "AgentPay/production/Slow statements of the database",
    logGroupNames: [name],
    queryString: expect.stringContaining("| filter @message like /duration"),
  });
});
