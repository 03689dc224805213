import { agentPayMetrics } from "./agentpay-metrics.ts";
import type { Dashboard } from "./dashboard.ts";

export const dashboards = [agentPayMetrics] as const satisfies readonly Dashboard[];

/** A panel of one of the dashboards: a misspelt one is a type error. */
export type PanelReference = {
  [Each in (typeof dashboards)[number] as Each["uid"]]: {
    readonly dashboard: Each["uid"];
    readonly panel: keyof Each["panels"] & string;
  };
}[(typeof dashboards)[number]["uid"]];
