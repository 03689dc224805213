/** Catalogue -> Grafana panel models. */
import { PanelBuilder as BarGaugeBuilder } from "@grafana/grafana-foundation-sdk/bargauge";
import {
  MetricEditorMode,
  MetricQueryType,
  MetricsQueryBuilder,
  QueryMode,
} from "@grafana/grafana-foundation-sdk/cloudwatch";
import {
  type DataSourceRef,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  ReduceDataOptionsBuilder,
  SortOrder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  MappingType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as HeatmapBuilder, YAxisConfigBuilder } from "@grafana/grafana-foundation-sdk/heatmap";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as StateTimelineBuilder } from "@grafana/grafana-foundation-sdk/statetimeline";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeSeriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import type { HostPanel, MetricPanel, Panel, SqlPanel } from "../../catalog/dashboards/dashboard.ts";
import { HOST_DIMENSION, HOST_NAMESPACE } from "../../catalog/hosts.ts";

/** Uid of the Prometheus datasource in every stack: links can name it. */
export const PROMETHEUS_DATASOURCE_UID = "agentpay-prometheus";
export const POSTGRES_DATASOURCE_UID = "agentpay-postgres";
export const CLOUDWATCH_DATASOURCE_UID = "agentpay-cloudwatch";
/** Since Grafana 10; `postgres` is an alias of old dashboards. */
export const POSTGRES_DATASOURCE_TYPE = "grafana-postgresql-datasource";

/** Dashboards read their datasource from a variable, so that a person can point one at another Prometheus. */
export const prometheusDatasource: DataSourceRef = { type: "prometheus", uid: "${datasource}" };
const cloudWatchDatasource: DataSourceRef = { type: "cloudwatch", uid: CLOUDWATCH_DATASOURCE_UID };
const postgresDatasource: DataSourceRef = { type: POSTGRES_DATASOURCE_TYPE, uid: POSTGRES_DATASOURCE_UID };

export interface ThresholdStep {
  readonly value: number | null;
  readonly color: string;
}

/** @param runbookBaseUrl where a table's alert names lead to */
export function panelBuilder(panel: Panel, steps: readonly ThresholdStep[], runbookBaseUrl: string) {
  const builder = visualizationOf(panel, steps, runbookBaseUrl);
  builder
    .title(panel.title)
    .description(panel.description)
    .unit(panel.unit)
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([...steps]));
  if (panel.nothing !== undefined) builder.noValue(panel.nothing);
  if ("sql" in panel) return withSql(builder, panel);
  return "hostMetric" in panel ? withHostMetric(builder, panel) : withQueries(builder, panel);
}

type Builder = ReturnType<typeof visualizationOf>;

function visualizationOf(panel: Panel, steps: readonly ThresholdStep[], runbookBaseUrl: string) {
  const last = new ReduceDataOptionsBuilder().calcs(["lastNotNull"]);
  switch (panel.visualization) {
    case "timeseries":
      return timeSeries(panel, steps);
    case "stat":
      return new StatBuilder().reduceOptions(last);
    case "bargauge":
      return new BarGaugeBuilder().orientation(VizOrientation.Horizontal).reduceOptions(last);
    case "heatmap":
      return new HeatmapBuilder().yAxis(new YAxisConfigBuilder().unit(panel.unit));
    case "table":
      return table(panel, runbookBaseUrl);
    case "state-timeline":
      return stateTimeline(panel);
  }
}

/** Areas begin at 0; shares, and what is drawn for its threshold's sake, also show how far that is. */
function timeSeries({ unit, thresholdsOf }: Panel, steps: readonly ThresholdStep[]): TimeSeriesBuilder {
  const builder = new TimeSeriesBuilder()
    .fillOpacity(10)
    .axisSoftMin(0)
    .legend(
      // The SDK's default is to show none.
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .calcs(["lastNotNull"]),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  const [lowest] = steps.flatMap(({ value }) => value ?? []);
  if (lowest === undefined) return builder;
  builder.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  return unit === "percentunit" || thresholdsOf ? builder.axisSoftMax(lowest) : builder;
}

function stateTimeline({ states: [zero, one] = ["Down", "Up"] }: Panel): StateTimelineBuilder {
  return new StateTimelineBuilder().showValue(VisibilityMode.Never).mappings([
    {
      type: MappingType.ValueToText,
      options: { 0: { text: zero, color: "red", index: 0 }, 1: { text: one, color: "green", index: 1 } },
    },
  ]);
}

function table(panel: Panel, runbookBaseUrl: string): TableBuilder {
  const builder = new TableBuilder();
  if ("hostMetric" in panel) return builder;
  if ("sql" in panel) {
    for (const [column, unit] of Object.entries(panel.columns ?? {})) {
      builder.overrideByName(column, [{ id: "unit", value: unit }]);
    }
    return builder;
  }
  const link = { title: "Runbook", url: `${runbookBaseUrl}/\${__value.raw}.md`, targetBlank: true };
  return builder
    .withTransformation({ id: "organize", options: { excludeByName: { Time: true } } })
    .overrideByName("alertname", [{ id: "links", value: [link] }]);
}

function withQueries(builder: Builder, panel: MetricPanel): Builder {
  builder.datasource(prometheusDatasource);
  for (const [index, { expression, legend }] of panel.queries.entries()) {
    const query = new DataqueryBuilder()
      .refId(String.fromCharCode("A".charCodeAt(0) + index))
      .datasource(prometheusDatasource)
      .expr(expression)
      .legendFormat(legend);
    if (panel.visualization === "heatmap") query.format(PromQueryFormat.Heatmap);
    if (panel.visualization === "table") query.format(PromQueryFormat.Table);
    if (["table", "bargauge"].includes(panel.visualization)) query.instant();
    builder.withTarget(query);
  }
  return builder;
}

/** The SDK has no builder of SQL queries: this is the plugin's own model. */
function withSql(builder: Builder, { sql, visualization }: SqlPanel): Builder {
  const target = {
    refId: "A",
    datasource: postgresDatasource,
    format: visualization === "timeseries" ? "time_series" : "table",
    editorMode: "code",
    rawQuery: true,
    rawSql: sql,
  };
  return builder.datasource(postgresDatasource).withTarget(asQuery(target));
}

/** Of each host, the highest of a minute; a host's name is its instance's. */
function withHostMetric(builder: Builder, { hostMetric }: HostPanel): Builder {
  const query = new MetricsQueryBuilder()
    .refId("A")
    .datasource(cloudWatchDatasource)
    .queryMode(QueryMode.Metrics)
    .metricQueryType(MetricQueryType.Search)
    .metricEditorMode(MetricEditorMode.Builder)
    .id("")
    .region("default")
    .namespace(HOST_NAMESPACE)
    .metricName(hostMetric)
    .dimensions({ [HOST_DIMENSION]: "*" })
    .matchExact(true)
    .period("60")
    .statistic("Maximum")
    .label(`\${PROP('Dim.${HOST_DIMENSION}')}`)
    .expression("")
    .sqlExpression("");
  return builder.datasource(cloudWatchDatasource).withTarget(query);
}

/** A query for which the SDK has no builder. Its type wants what the SDK's own have, to tell them apart. */
export function asQuery<Model extends object>(model: Model) {
  return { build: () => ({ ...model, _implementsDataqueryVariant: () => {} }) };
}
