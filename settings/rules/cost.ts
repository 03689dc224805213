/** Budgets, and the cost reports: where their function runs, and when. */

import type { Problem } from "../messages.ts";
import type { Sections } from "../schema.ts";
import { skipsHour } from "../time.ts";

/** The day's alarm is the early one. */
export function budgetProblems({ cost }: Sections): Problem[] {
  if (!cost || cost.dailyBudgetUsd <= cost.monthlyBudgetUsd) return [];
  const expected = "at most cost.monthlyBudgetUsd: the month's budget would be spent before the day's";
  return [{ key: "cost.dailyBudgetUsd", expected, text: false }];
}

export function reportProblems({ cost }: Sections): Problem[] {
  if (!cost?.report.enabled) return [];
  const problems: Problem[] = [];
  const { hour, securityGroupIds, subnetIds, timeZone } = cost.report;
  if (subnetIds.length > 0 && securityGroupIds.length === 0) {
    const expected = "at least one security group, since cost.report.subnetIds is set";
    problems.push({ key: "cost.report.securityGroupIds[0]", expected, text: true });
  }
  if (skipsHour(timeZone, hour)) {
    const expected =
      "another hour: the clock of cost.report.timeZone leaves this one out on one day of the year, and no report comes";
    problems.push({ key: "cost.report.hour", expected, text: false });
  }
  return problems;
}
