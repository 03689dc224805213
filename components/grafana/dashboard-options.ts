/** What a stack's dashboards need to know of it. */

import type { Settings } from "../../settings/schema.ts";
import type { DashboardOptions } from "./dashboard-files.ts";

/** What a stack's dashboards need to know of it. */
export function dashboardOptions({ alertThresholds, aws, docs, metrics }: Settings): DashboardOptions {
  return {
    thresholds: alertThresholds,
    runbookBaseUrl: docs.runbookBaseUrl,
    cloudWatch: aws.enabled,
    database: metrics.enabled && metrics.databaseAddress !== undefined,
  };
}
