/** What CloudWatch alarms on about the cost reports themselves. Warnings: a report that is late hurts nobody tonight. */
export interface ReportAlarm {
  /** PascalCase; also the name of its runbook. */
  readonly name: "CostReportMissing" | "CostReportFailed";
  /** What is wrong, for people. */
  readonly description: string;
}

/**
 * Hours without a daily report. A day has 25 of them when the clocks go back; one more leaves Lambda's retries their
 * time.
 */
export const SILENT_HOURS = 26;

export const costReportMissing: ReportAlarm = {
  name: "CostReportMissing",
  description: `No daily cost report was sent for ${SILENT_HOURS} hours.`,
};

/** Of any edition: the weekly and monthly ones have no other alarm. */
export const costReportFailed: ReportAlarm = {
  name: "CostReportFailed",
  description: "A cost report could not be made or sent, after all retries.",
};

export const reportAlarms: readonly ReportAlarm[] = [costReportMissing, costReportFailed];
