import { describe, expect, test } from "vitest";
import { componentOf, runProgram } from "../support/program.ts";

describe.each(["production", "staging"] as const)("%s", (stack) => {
  test("has one parameter group with the slow query log and statement statistics", async () => {
    const overrides = { "database.slowQueryMilliseconds": 250, "database.family": "postgres17" };
    const database = componentOf(await runProgram(stack, { overrides }), "DatabaseInsights");
    expect(database.counts).toEqual({ "aws:rds/parameterGroup:ParameterGroup": 1 });
    expect(database.inputs("database-parameters")).toEqual({
      name: `agentpay-${stack}-postgres17`,
      family: "postgres17",
      description: expect.any(String),
      parameters: [
        { name: "log_min_duration_statement", value: "250", applyMethod: "immediate" },
        { name: "shared_preload_libraries", value: "pg_stat_statements", applyMethod: "pending-reboot" },
        { name: "pg_stat_statements.track", value: "TOP", applyMethod: "immediate" },
      ],
    });
    expect(database.outputs).toEqual({ parameterGroupName: `agentpay-${stack}-postgres17` });
  });
});
