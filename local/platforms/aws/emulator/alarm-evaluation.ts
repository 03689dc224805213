/** What an alarm makes of its metric. Pure; the rules are CloudWatch's, for what the local stack uses of them. */
import type { MetricAlarm, StateValue } from "@aws-sdk/client-cloudwatch";

type Operator = (value: number, threshold: number) => boolean;

const operators: Readonly<Record<string, Operator>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/**
 * The alarm's next state.
 * @param values the metric's value in each of the alarm's last periods; undefined where there was none
 * @returns undefined where it stays as it is
 */
export function nextState(
  alarm: Pick<
    MetricAlarm,
    "ComparisonOperator" | "Threshold" | "TreatMissingData" | "DatapointsToAlarm" | "EvaluationPeriods"
  >,
  values: readonly (number | undefined)[],
): StateValue | undefined {
  const { ComparisonOperator = "", Threshold, EvaluationPeriods = 1, TreatMissingData = "missing" } = alarm;
  const exceeds = operators[ComparisonOperator];
  if (!exceeds || Threshold === undefined) return undefined;
  const breaching = values.map((value) => {
    if (value !== undefined) return exceeds(value, Threshold);
    return { breaching: true, notBreaching: false }[TreatMissingData];
  });
  const known = breaching.filter((answer) => answer !== undefined);
  if (known.filter(Boolean).length >= (alarm.DatapointsToAlarm ?? EvaluationPeriods)) return "ALARM";
  if (known.length > 0) return "OK";
  return TreatMissingData === "ignore" ? undefined : "INSUFFICIENT_DATA";
}
