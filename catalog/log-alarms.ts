import type { Threshold } from "./alerts/alert.ts";
import type { LoggingService } from "./logs.ts";
import type { Severity } from "./severity.ts";

/** An alarm of CloudWatch on the log of a service. */
export interface LogAlarm {
  /** PascalCase; also the name of its runbook and of its threshold in a stack's settings. */
  readonly name: "LogErrorsHigh" | "LogsMissing";
  readonly severity: Extract<Severity, "critical" | "warning">;
  readonly threshold: Threshold;
  /** What is wrong, for people; static but for service and threshold. */
  readonly describe: (service: LoggingService, threshold: number) => string;
}

/** Minutes over which error lines are counted. */
export const ERROR_WINDOW_MINUTES = 5;

export const logErrorsHigh: LogAlarm = {
  name: "LogErrorsHigh",
  severity: "warning",
  threshold: {
    default: 25,
    unit: "error lines in 5 minutes, per service",
    source: "a starting point: five errors a minute are no accident; compare with a quiet week of yours",
  },
  describe: (service, threshold) =>
    `The ${service} logged more than ${threshold} errors in ${ERROR_WINDOW_MINUTES} minutes.`,
};

/** A warning: where the service is down, other alerts page. Here we are blind, not broken. */
export const logsMissing: LogAlarm = {
  name: "LogsMissing",
  severity: "warning",
  threshold: {
    default: 15,
    unit: "minutes without a single line, per service",
    // CloudWatch: periods of a minute, over at most a day.
    wholeUpTo: 1440,
    source:
      "three times what an agent may need to restart; a running service logs each minute's health checks",
  },
  describe: (service, threshold) =>
    `No line of the ${service}'s log arrived for ${threshold} minutes: what happens there is not recorded.`,
};

/** Every alarm that CloudWatch evaluates on logs. */
export const logAlarms: readonly LogAlarm[] = [logErrorsHigh, logsMissing];
