import { describe, expect, test } from "vitest";
import { queriesOf } from "../../../../catalog/dashboards/dashboard.ts";
import { dashboards } from "../../../../catalog/dashboards/index.ts";
import { checkExpression } from "../../../../catalog/promql/check.ts";
import { replaceVariables } from "../../../../catalog/promql/variables.ts";
import { websocketConnections } from "../../../../catalog/recording-rules/api.ts";
import { costRates, modelCostRate } from "../../../../catalog/recording-rules/cost.ts";
import { objectiveRecords, ofObjective } from "../../../../catalog/recording-rules/objectives.ts";
import { recordsIn, selfReading, withoutRecords } from "../../../../local/bench/dashboards/expand.ts";

describe("without recorded series", () => {
  test("an expression of metrics alone stays as it is", () => {
    expect(withoutRecords("sum(rate(foo_total[5m])) / 2")).toBe("sum(rate(foo_total[5m])) / 2");
  });

  test("a recorded series is what it is computed from, in brackets", () => {
    const { record, expression } = costRates["1h"];
    expect(withoutRecords(`${record} * 3600 > ${record}`)).toBe(`(${expression}) * 3600 > (${expression})`);
  });

  test("a range over one is a subquery at the rule's pace", () => {
    const { record, expression } = websocketConnections;
    expect(withoutRecords(`avg_over_time(${record}[30m] offset 5m)`)).toBe(
      `avg_over_time((${expression})[30m:30s] offset 5m)`,
    );
  });

  test("labels that a rule adds choose the rule, and are added", () => {
    const chosen = withoutRecords(ofObjective(objectiveRecords.target, { name: "api-latency" }));
    expect(chosen).toContain('"slo", "api-latency", "", ""');
    expect(chosen).not.toContain(" or ");
    expect(withoutRecords(`${objectiveRecords.target}{slo=~".*"}`)).toContain(" or ");
  });

  test("a choice that no rule can answer is an error, rather than another question", () => {
    expect(() => withoutRecords(`${modelCostRate.record}{model="claude"}`)).toThrow(modelCostRate.record);
  });

  test("every query of every dashboard asks metrics alone, or what goes on from itself, and parses", () => {
    const expressions = dashboards.flatMap(({ panels }) =>
      Object.values(panels).flatMap((panel) => queriesOf(panel).map(({ expression }) => expression)),
    );
    const read = expressions.map(replaceVariables);
    expect(read.filter((expression) => recordsIn(expression).length > 0).length).toBeGreaterThan(20);
    for (const expression of read.map(withoutRecords)) {
      expect(recordsIn(expression)).toEqual([]);
      expect(checkExpression(expression, { recorded: selfReading })).toEqual([]);
    }
  });
});
