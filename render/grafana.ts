/** Catalogue -> Grafana dashboard models. */
import {
  type DataSourceRef,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
} from "@grafana/grafana-foundation-sdk/common";
import {
  DashboardBuilder,
  type Dashboard as DashboardModel,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeSeriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { type AlertThresholds, alerts } from "../catalog/alerts/index.ts";
import {
  type Dashboard,
  dashboardVariables,
  type Panel,
  variablesOf,
} from "../catalog/dashboards/dashboard.ts";
import { dashboards } from "../catalog/dashboards/index.ts";
import type { Severity } from "../catalog/severity.ts";

/** Uid of the Prometheus datasource in every stack: dashboards and links can name it. */
export const PROMETHEUS_DATASOURCE_UID = "agentpay-prometheus";

/** Dashboards read their datasource from a variable, so that a person can point one at another Prometheus. */
const datasource: DataSourceRef = { type: "prometheus", uid: "${datasource}" };

/** Two panels side by side in Grafana's 24 columns. */
const PANEL_WIDTH = 12;
const PANEL_HEIGHT = 8;

const COLORS: Record<Severity, string> = { critical: "red", warning: "orange", info: "blue", none: "gray" };

/** Dashboard models by uid. The same catalogue gives the same bytes. */
export function dashboardModels(thresholds: AlertThresholds): Record<string, DashboardModel> {
  return Object.fromEntries(
    dashboards.map((dashboard) => [dashboard.uid, dashboardModel(dashboard, thresholds)]),
  );
}

/** Dashboard files by file name. */
export function dashboardFiles(thresholds: AlertThresholds): Record<string, string> {
  return Object.fromEntries(
    Object.entries(dashboardModels(thresholds)).map(([uid, model]) => [
      `${uid}.json`,
      `${JSON.stringify(model, null, 2)}\n`,
    ]),
  );
}

function dashboardModel(dashboard: Dashboard, thresholds: AlertThresholds): DashboardModel {
  const builder = new DashboardBuilder(dashboard.title)
    .uid(dashboard.uid)
    .description(dashboard.description)
    .tags(["agentpay"])
    .timezone("browser")
    .time({ from: "now-6h", to: "now" })
    .refresh("1m")
    .readonly()
    .withVariable(new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"));
  for (const name of variablesOf(dashboard)) {
    const { label, values } = dashboardVariables[name];
    builder.withVariable(
      new QueryVariableBuilder(name)
        .label(label)
        .datasource(datasource)
        .query({ query: values, refId: name })
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .multi(true)
        .includeAll(true)
        .allValue(".*"),
    );
  }
  for (const [index, [key, panel]] of Object.entries(dashboard.panels).entries()) {
    builder.withPanel(panelBuilder(panel, index, thresholdSteps(dashboard.uid, key, thresholds)));
  }
  return builder.build();
}

interface ThresholdStep {
  readonly value: number | null;
  readonly color: string;
}

/** The thresholds of the alerts that watch the panel, lowest first, above a green base. */
function thresholdSteps(uid: string, panel: string, thresholds: AlertThresholds): ThresholdStep[] {
  const steps = alerts
    .filter((alert) => alert.panel.dashboard === uid && alert.panel.panel === panel)
    .flatMap((alert) =>
      alert.threshold === undefined
        ? []
        : [{ value: thresholds[alert.name] ?? alert.threshold.default, color: COLORS[alert.severity] }],
    )
    .sort((one, other) => one.value - other.value);
  return [{ value: null, color: "green" }, ...steps];
}

function panelBuilder(panel: Panel, index: number, steps: ThresholdStep[]) {
  const builder = panel.visualization === "stat" ? new StatBuilder() : timeSeries(steps.length > 1);
  builder
    .id(index + 1)
    .title(panel.title)
    .description(panel.description)
    .unit(panel.unit)
    .datasource(datasource)
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps))
    .gridPos({
      x: (index % 2) * PANEL_WIDTH,
      y: Math.floor(index / 2) * PANEL_HEIGHT,
      w: PANEL_WIDTH,
      h: PANEL_HEIGHT,
    });
  for (const [queryIndex, query] of panel.queries.entries()) {
    builder.withTarget(
      new DataqueryBuilder()
        .refId(String.fromCharCode("A".charCodeAt(0) + queryIndex))
        .datasource(datasource)
        .expr(query.expression)
        .legendFormat(query.legend),
    );
  }
  return builder;
}

function timeSeries(showThresholds: boolean): TimeSeriesBuilder {
  const builder = new TimeSeriesBuilder().fillOpacity(10);
  return showThresholds
    ? builder.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed))
    : builder;
}
