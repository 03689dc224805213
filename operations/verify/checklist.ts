/** The guide's monitoring checklist, in its order. */
import { pagerProducts } from "../../components/pagers/list.ts";
import { notConfigured } from "../../components/shared/outcome.ts";
import { awsChecks } from "./aws.ts";
import { type Check, sections } from "./check.ts";
import { costChecks } from "./costs.ts";
import { databaseChecks } from "./database.ts";
import { datadogChecks } from "./datadog.ts";
import { exporterChecks } from "./exporters.ts";
import { grafanaChecks } from "./grafana.ts";
import { logChecks } from "./logs.ts";
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

const from = (file: string, checks: readonly Check[]): Check[] => checks.map((check) => ({ ...check, file }));

export const checklist: readonly Check[] = [
  ...from("operations/verify/sentry.ts", sentryChecks),
  ...from("operations/verify/prometheus.ts", prometheusChecks),
  ...from("operations/verify/exporters.ts", exporterChecks),
  ...from("operations/verify/grafana.ts", grafanaChecks),
  ...from("operations/verify/prometheus.ts", trackingChecks),
  ...awsChecks,
  ...from("operations/verify/database.ts", databaseChecks),
  ...logChecks,
  ...from("operations/verify/datadog.ts", datadogChecks),
  ...costChecks,
  ...from("operations/verify/status-page.ts", statusPageChecks),
  ...pagerProducts.flatMap(({ key, checks, checksFile }) =>
    from(
      checksFile,
      checks.map((check) => ({ ...check, section: "On-Call", platform: key })),
    ),
  ),
  ...later,
].toSorted((one, other) => sections.indexOf(one.section) - sections.indexOf(other.section));
