/** The cost reports, as a stack's settings want them. */
import type { Provider } from "@pulumi/aws/provider.js";
import type * as pulumi from "@pulumi/pulumi";
import type { AlertTopics } from "../components/alert-topics.ts";
import { DailyCostReport, type ReportDatabase } from "../components/daily-cost-report.ts";
import { writeBundle } from "../functions/daily-cost-report/bundle.ts";
import { fromHost, namePrefix } from "../render/index.ts";
import { splitHostAndPort } from "../settings/addresses.ts";
import type { Enabled, Settings } from "../settings.ts";
import { pulumiSecret } from "../stack-settings.ts";

interface CostReportContext {
  readonly provider: Provider;
  readonly topics: AlertTopics;
  readonly permissionsBoundary: pulumi.Input<string> | undefined;
}

/** Undefined where the stack sends none. */
export function costReport(
  settings: Settings,
  account: Enabled<"aws">,
  { provider, topics, permissionsBoundary }: CostReportContext,
): DailyCostReport | undefined {
  const { report } = settings.cost;
  if (!report.enabled) return undefined;
  const { recipients, sender, monthlyBudgetUsd, prometheusUrl } = report;
  return new DailyCostReport(
    "cost-report",
    {
      ...report,
      permissionsBoundary,
      namePrefix: namePrefix(settings),
      accountId: account.accountId,
      region: account.region,
      bundle: writeBundle(),
      settings: {
        environment: settings.environment,
        recipients,
        sender,
        monthlyBudgetUsd,
        ...(prometheusUrl !== undefined && { prometheusUrl }),
      },
      database: databaseOf(settings, account),
      logRetentionDays: settings.logs.retentionDays,
      kmsKeyArn: settings.logs.kmsKeyArn,
      protectLog: settings.isProduction,
      topics: topics.inHomeRegion,
      runbookBaseUrl: settings.docs.runbookBaseUrl,
    },
    { providers: [provider] },
  );
}

/** The same database and role that the dashboards read with. */
function databaseOf({ metrics }: Settings, { endpointUrl }: Enabled<"aws">): ReportDatabase | undefined {
  if (!metrics.enabled) return undefined;
  const { databaseAddress, databasePassword, databaseName, databaseUser, databaseTls } = metrics;
  if (databaseAddress === undefined || databasePassword === undefined) return undefined;
  const address = endpointUrl === undefined ? databaseAddress : fromHost(databaseAddress);
  return {
    ...splitHostAndPort(address),
    name: databaseName,
    user: databaseUser,
    tls: databaseTls,
    password: pulumiSecret(databasePassword),
  };
}
