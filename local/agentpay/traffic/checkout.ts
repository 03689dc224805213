import { metrics } from "../../../catalog/metrics/index.ts";
import type { Exposition } from "../exposition.ts";
import type { Moment } from "./moment.ts";

const MEDIAN_REVENUE = 45;

export function initialiseCheckouts(process: Exposition): void {
  for (const status of metrics.checkouts.labels.status) process.add(metrics.checkouts, { status }, 0);
  process.add(metrics.checkoutRevenue, {}, 0);
}

/** A customer pays, at once in the api or later in the worker. Returns whether it worked. */
export function checkOut(process: Exposition, { conditions, random }: Moment): boolean {
  const failed = random.chance(conditions.checkout.failureRatio);
  process.add(metrics.checkouts, { status: failed ? "failed" : "completed" });
  if (!failed)
    process.add(metrics.checkoutRevenue, {}, Math.round(random.logNormal(MEDIAN_REVENUE, 0.7) * 100) / 100);
  return !failed;
}
