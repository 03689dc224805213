/** The cost reports, as a stack's settings want them. */

import { splitHostAndPort } from "../../settings/addresses.ts";
import type { Enabled, Settings } from "../../settings/schema.ts";
import { pulumiSecret } from "../../settings/stack-settings.ts";
import type { AwsPlatform } from "../aws/index.ts";
import type { ManagedPrometheus } from "../prometheus/managed-prometheus.ts";
import { fromHost } from "../shared/addresses.ts";
import { namePrefix } from "../shared/names.ts";
import { DailyCostReport } from "./daily-cost-report.ts";
import { writeBundle } from "./function/bundle.ts";
import type { ReportDatabase, ReportPrometheus } from "./reporter.ts";

/** Undefined where the stack sends none. */
export function costReport(
  settings: Settings,
  account: Enabled<"aws">,
  { provider, topics, permissionsBoundary }: AwsPlatform,
  managed: ManagedPrometheus | undefined,
): DailyCostReport | undefined {
  const { report } = settings.cost;
  if (!report.enabled) return undefined;
  const { recipients, sender, monthlyBudgetUsd } = report;
  const database = databaseOf(settings, account);
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
      },
      database,
      prometheus: database ? undefined : prometheusOf(settings, account, managed),
      logRetentionDays: settings.logs.retentionDays,
      kmsKeyArn: settings.logs.kmsKeyArn,
      protectLog: settings.isProduction,
      topics: topics.inHomeRegion,
      runbookBaseUrl: settings.docs.runbookBaseUrl,
    },
    { providers: [provider] },
  );
}

/** A Prometheus of the stack's own, or the engine elsewhere that has the samples, with what that asks for. */
function prometheusOf(
  { cost, metrics }: Settings,
  { region }: Enabled<"aws">,
  managed: ManagedPrometheus | undefined,
): ReportPrometheus | undefined {
  const given = cost.report.enabled ? cost.report.prometheusUrl : undefined;
  if (managed) {
    // Where Grafana asks, too: the API's paths begin after it.
    const url = managed.endpoint.apply((endpoint) => given ?? endpoint.replace(/\/$/, ""));
    return { url, signedFor: region, workspaceArn: managed.workspaceArn };
  }
  if (metrics.enabled && metrics.engine === "remote") {
    const { remoteUsername: name, remotePassword: password, remoteTenant: tenant } = metrics;
    const url = given ?? metrics.remoteQueryUrl;
    if (url === undefined) return undefined;
    return { url, tenant, user: name && password ? { name, password: pulumiSecret(password) } : undefined };
  }
  return given === undefined ? undefined : { url: given };
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
