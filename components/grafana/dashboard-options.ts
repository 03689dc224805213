/** What a stack's dashboards need to know of it. */

import type { Settings } from "../../settings/schema.ts";
import type { DashboardOptions } from "./dashboard-files.ts";

/** What a stack's dashboards need to know of it. */
export function dashboardOptions({ alertThresholds, docs, metrics }: Settings): DashboardOptions {
  return {
    thresholds: alertThresholds,
    runbookBaseUrl: docs.runbookBaseUrl,
    database: metrics.enabled && metrics.databaseAddress !== undefined,
  };
}
