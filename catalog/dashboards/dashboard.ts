import type { HostMetric } from "../hosts.ts";

/** Grafana's unit ids that panels use. */
export type Unit =
  | "percent"
  | "reqps"
  | "percentunit"
  | "s"
  | "short"
  | "currencyUSD"
  | "cps"
  | "ops"
  | "bytes"
  | "none";

/** Grafana's panel types that are used. */
export type Visualization = "timeseries" | "stat" | "bargauge" | "table" | "heatmap" | "state-timeline";

/** Variables that a person can choose a value of, by name: a dashboard has those that its queries use. */
export const dashboardVariables = {
  instance: { label: "Instance", values: 'label_values(up{job=~"agentpay-.+"}, instance)' },
  model: { label: "Model", values: "label_values(agentpay_llm_requests_total, model)" },
  slo: { label: "Objective", values: "label_values(slo:objective:ratio, slo)" },
} as const;

export type VariableName = keyof typeof dashboardVariables;

/** One folder for each audience, by uid. */
export const dashboardFolders = {
  "agentpay-business": "AgentPay: Business",
  "agentpay-platform": "AgentPay: Platform",
  "agentpay-llm-cost": "AgentPay: LLM and cost",
} as const;

export type FolderUid = keyof typeof dashboardFolders;

/** The variables that a dashboard's queries use. */
export function variablesOf(dashboard: Dashboard): VariableName[] {
  const expressions = Object.values(dashboard.panels).flatMap((panel) =>
    queriesOf(panel).map(({ expression }) => expression),
  );
  const names = Object.keys(dashboardVariables) as VariableName[];
  return names.filter((name) => expressions.some((expression) => expression.includes(`$${name}`)));
}

export interface Query {
  /** PromQL; rates use `$__rate_interval`. */
  readonly expression: string;
  /** Legend template, such as `{{endpoint}}`. */
  readonly legend: string;
}

interface PanelBase {
  readonly title: string;
  /** One sentence: what it shows and what good looks like. */
  readonly description: string;
  readonly unit: Unit;
  readonly visualization: Visualization;
  /** Title of the row that begins with this panel. Default: it continues the row before. */
  readonly row?: string;
  /** Of Grafana's 24 columns. Default: by its visualization. */
  readonly width?: number;
  /** What it says where there is nothing to show, if that is no fault. Default: that data is missing. */
  readonly nothing?: string;
  /** Alerts whose thresholds it draws besides those of the alerts that name it; its axis reaches the first of them. */
  readonly thresholdsOf?: readonly string[];
  /** What 0 and 1 mean on a state timeline. Default: Down, Up. */
  readonly states?: readonly [zero: string, one: string];
}

export interface MetricPanel extends PanelBase {
  readonly queries: readonly Query[];
}

/** A panel on AgentPay's own database: exact, where counters estimate. Left out where a stack has no access to it. */
export interface SqlPanel extends PanelBase {
  /** PostgreSQL, read-only; time ranges by `$__timeFilter(column)`. A time series names its time `time`. */
  readonly sql: string;
  /** Units of columns, by name, that differ from the panel's. */
  readonly columns?: Readonly<Record<string, Unit>>;
}

/**
 * A panel on what the agents on AgentPay's hosts report to CloudWatch, with a line for each host. Left out where a stack
 * has no AWS.
 */
export interface HostPanel extends PanelBase {
  readonly visualization: "timeseries";
  readonly hostMetric: HostMetric;
}

export type Panel = MetricPanel | SqlPanel | HostPanel;

/** The PromQL queries of a panel; none where it asks anything else. */
export function queriesOf(panel: Panel): readonly Query[] {
  return "queries" in panel ? panel.queries : [];
}

/** A dashboard as data. Its panels' thresholds are those of the alerts that name the panel. */
export interface Dashboard<PanelKey extends string = string> {
  /** Stable in every stack, so that links survive. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly folder: FolderUid;
  /** What it shows at first, back from now. */
  readonly range: "6h" | "24h" | "7d" | "30d";
  readonly panels: Readonly<Record<PanelKey, Panel>>;
}
