/** The guide's monitoring checklist, in its order. */
import { awsChecks } from "./aws.ts";
import { type Check, notConfigured, sections } from "./check.ts";
import { costChecks } from "./costs.ts";
import { databaseChecks } from "./database.ts";
import { datadogChecks } from "./datadog.ts";
import { grafanaChecks } from "./grafana.ts";
import { logChecks } from "./logs.ts";
import { pagerDutyChecks } from "./pagerduty.ts";
import { prometheusChecks, trackingChecks } from "./prometheus.ts";
import { sentryChecks } from "./sentry.ts";
import { statusPageChecks } from "./status-page.ts";

/** An item of the guide that the stack has no part in yet. */
function notYet(item: Pick<Check, "id" | "section" | "title">, reason: string): Check {
  return { ...item, platform: undefined, advice: "", run: async () => notConfigured(reason) };
}

const later: readonly Check[] = [
  notYet(
    { id: "structured-logging", section: "Logs", title: "Structured logging" },
    "a part of AgentPay, not of this stack",
  ),
];

export const checklist: readonly Check[] = [
  ...sentryChecks,
  ...prometheusChecks,
  ...grafanaChecks,
  ...trackingChecks,
  ...awsChecks,
  ...databaseChecks,
  ...logChecks,
  ...datadogChecks,
  ...costChecks,
  ...statusPageChecks,
  ...pagerDutyChecks,
  ...later,
].toSorted((one, other) => sections.indexOf(one.section) - sections.indexOf(other.section));
