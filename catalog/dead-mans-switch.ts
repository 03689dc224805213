/** When the alerting counts as dead: CloudWatch's condition on the topic that takes the Watchdog. */

/**
 * There is a heartbeat a minute: some may be late, or lost, before anybody is woken. In single minutes, since CloudWatch
 * looks at a few periods more than these before it believes that data is missing.
 */
export const SILENT_MINUTES = 5;

export const heartbeatSilent = {
  namespace: "AWS/SNS",
  metricName: "NumberOfMessagesPublished",
  statistic: "Sum",
  period: 60,
  evaluationPeriods: SILENT_MINUTES,
  comparisonOperator: "LessThanThreshold",
  threshold: 1,
  // SNS reports nothing where nothing is published: that is the very case.
  treatMissingData: "breaching",
} as const;

/** Ends in the runbook's address: the page has nothing else to go by. */
export function silenceDescription(runbookBaseUrl: string): string {
  return (
    `No heartbeat of Prometheus and Alertmanager for ${SILENT_MINUTES} minutes: no alert reaches anybody. ` +
    `Runbook: ${runbookBaseUrl}/Watchdog.md`
  );
}
