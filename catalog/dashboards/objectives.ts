import { errorRatioRecord, objectiveRecords } from "../recording-rules/objectives.ts";
import type { Dashboard } from "./dashboard.ts";

const chosen = (record: string) => `${record}{slo=~"$slo"}`;
const burnRate = (window: "5m" | "1h" | "6h" | "3d") => ({
  expression: `${chosen(errorRatioRecord(window))} / on (slo, service) ${chosen(objectiveRecords.budget)}`,
  legend: `{{slo}} ${window}`,
});

/** What the alerts on objectives watch. */
export const objectivesDashboard = {
  uid: "agentpay-slo",
  title: "AgentPay / SLO",
  description: "Does AgentPay keep its promises, and how much may still go wrong this month?",
  folder: "agentpay-platform",
  range: "30d",
  panels: {
    achieved: {
      row: "Promised and kept",
      title: "Achieved in 30 Days",
      description: "Share of good events in the last 30 days; good is at least the objective beside it.",
      unit: "percentunit",
      visualization: "bargauge",
      queries: [{ expression: `1 - ${chosen(errorRatioRecord("30d"))}`, legend: "{{slo}}" }],
    },
    target: {
      title: "Objective",
      description: "Share of good events that is promised.",
      unit: "percentunit",
      visualization: "bargauge",
      queries: [{ expression: chosen(objectiveRecords.target), legend: "{{slo}}" }],
    },
    budgetRemaining: {
      row: "Error budgets",
      title: "Error Budget Remaining",
      description: "Share of the 30 days' error budget that is left; below 0 the objective is missed.",
      unit: "percentunit",
      visualization: "timeseries",
      queries: [{ expression: chosen(objectiveRecords.budgetRemaining), legend: "{{slo}}" }],
    },
    currentBurnRate: {
      title: "Burn Rate Now",
      description: "How fast the last hour spent the budget; at 1 it lasts exactly 30 days.",
      unit: "short",
      visualization: "timeseries",
      queries: [{ expression: chosen(objectiveRecords.burnRate), legend: "{{slo}}" }],
    },
    burnRate: {
      title: "Burn Rate by Window",
      description:
        "How fast each window spent the budget; alerts ring at 14.4 (1h), 6 (6h), 3 (1d) and 1 (3d).",
      unit: "short",
      visualization: "timeseries",
      queries: [burnRate("5m"), burnRate("1h"), burnRate("6h"), burnRate("3d")],
    },
    events: {
      title: "Events",
      description:
        "All and bad events a second that the objective counts; no line means that it is not measured.",
      unit: "cps",
      visualization: "timeseries",
      queries: [
        { expression: chosen(objectiveRecords.events), legend: "{{slo}} all" },
        { expression: chosen(objectiveRecords.errors), legend: "{{slo}} bad" },
      ],
    },
  },
} as const satisfies Dashboard;
