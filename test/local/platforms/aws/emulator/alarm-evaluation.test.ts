import { describe, expect, test } from "vitest";
import { nextState } from "../../../../../local/platforms/aws/emulator/alarm-evaluation.ts";

const high = { ComparisonOperator: "GreaterThanThreshold", Threshold: 80, EvaluationPeriods: 3 } as const;
const silent = {
  ComparisonOperator: "LessThanThreshold",
  Threshold: 1,
  EvaluationPeriods: 3,
  TreatMissingData: "breaching",
} as const;

test.each([
  ["every period breaches", high, [81, 90, 100], "ALARM"],
  ["one is at the threshold", high, [81, 80, 100], "OK"],
  ["one is missing", high, [81, undefined, 100], "OK"],
  ["nothing is known", high, [undefined, undefined, undefined], "INSUFFICIENT_DATA"],
  ["nothing is known, and that is ignored", { ...high, TreatMissingData: "ignore" }, [undefined], undefined],
  ["nothing is known, and that is well", { ...high, TreatMissingData: "notBreaching" }, [undefined], "OK"],
  ["two of three are enough", { ...high, DatapointsToAlarm: 2 }, [81, 0, 81], "ALARM"],
  ["silence breaches", silent, [undefined, undefined, undefined], "ALARM"],
  ["one heartbeat came", silent, [undefined, 1, undefined], "OK"],
  ["not all periods have passed", silent, [undefined, undefined], "OK"],
] as const)("%s", (_case, alarm, values, state) => {
  expect(nextState(alarm, values)).toBe(state);
});

describe("operators", () => {
  test.each([
    ["GreaterThanThreshold", "OK", "ALARM"],
    ["GreaterThanOrEqualToThreshold", "ALARM", "ALARM"],
    ["LessThanThreshold", "OK", "OK"],
    ["LessThanOrEqualToThreshold", "ALARM", "OK"],
  ] as const)("%s", (ComparisonOperator, atThreshold, above) => {
    const alarm = { ComparisonOperator, Threshold: 5, EvaluationPeriods: 1 };
    expect(nextState(alarm, [5])).toBe(atThreshold);
    expect(nextState(alarm, [6])).toBe(above);
  });

  test("an alarm on a band keeps its state", () => {
    expect(nextState({ ComparisonOperator: "GreaterThanUpperThreshold", Threshold: 1 }, [5])).toBeUndefined();
  });
});
