import { rate } from "../counting.ts";
import { type Activity, activities, activityRecords } from "../recording-rules/activities.ts";
import { STOPPED_SHARE } from "../recording-rules/api.ts";
import type { Alert, AlertGroup } from "./alert.ts";

/** Events of different people in half an hour below which a pause of minutes is a coincidence. */
const MINIMUM_EVENTS = 30;

function activityStopped({
  name,
  service,
  severity,
  attempts,
  eventsOfOne = 1,
  whenItStops,
}: Activity): Alert {
  const of = (record: string) => `${record}{activity="${name}"}`;
  const [now, before] = [of(activityRecords.events), of(activityRecords.before)];
  const stillTried =
    attempts && ` and on () sum(${rate(attempts, "5m")}) > ${STOPPED_SHARE} * sum(${before})`;
  return {
    name: "ActivityStopped",
    severity,
    service,
    labels: { activity: name },
    summary: "What went on all day has stopped at once.",
    description: `${whenItStops} For a quarter of an hour there were no ${name}, of which there had been {{ $value | humanize }} a second for over an hour; nothing else may show it, for nothing fails.`,
    // Series that are gone count as none.
    expression: () =>
      `${before} * 1800 > ${MINIMUM_EVENTS * eventsOfOne} and (${now} or 0 * ${before}) <= ${STOPPED_SHARE} * ${before}${stillTried ?? ""}`,
    // After what stops everything: APITrafficStopped, LLMCallsStopped.
    holdFor: "12m",
    panel: { dashboard: "agentpay-technical", panel: "activities" },
  };
}

export const activityAlerts: AlertGroup = {
  name: "agentpay-activities",
  interval: "30s",
  alerts: activities.map(activityStopped),
};
