import { agentPayMetrics } from "./agentpay-metrics.ts";
import { cost } from "./cost.ts";
import type { Dashboard } from "./dashboard.ts";
import { data } from "./data.ts";
import { executive } from "./executive.ts";
import { llmAndRag } from "./llm-and-rag.ts";
import { monitoringHealth } from "./monitoring-health.ts";
import { objectivesDashboard } from "./objectives.ts";
import { onCall } from "./on-call.ts";
import { technical } from "./technical/index.ts";
import { uptime } from "./uptime.ts";

export const dashboards = [
  agentPayMetrics,
  onCall,
  executive,
  technical,
  llmAndRag,
  cost,
  objectivesDashboard,
  data,
  uptime,
  monitoringHealth,
] as const satisfies readonly Dashboard[];

/** What people see first. */
export const HOME_DASHBOARD = agentPayMetrics.uid;

/** A panel of one of the dashboards: a misspelt one is a type error. */
export type PanelReference = {
  [Each in (typeof dashboards)[number] as Each["uid"]]: {
    readonly dashboard: Each["uid"];
    readonly panel: keyof Each["panels"] & string;
  };
}[(typeof dashboards)[number]["uid"]];
