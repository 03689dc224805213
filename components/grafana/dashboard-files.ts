/** Catalogue -> Grafana dashboard models. */
import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Dashboard as DashboardModel,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { ringsBelow } from "../../catalog/alerts/alert.ts";
import { type AlertThresholds, alerts, thresholdOf } from "../../catalog/alerts/index.ts";
import {
  type Dashboard,
  dashboardVariables,
  type Panel,
  variablesOf,
} from "../../catalog/dashboards/dashboard.ts";
import { dashboards } from "../../catalog/dashboards/index.ts";
import { hostAlarms } from "../../catalog/host-alarms.ts";
import { metrics } from "../../catalog/metrics/index.ts";
import type { Severity } from "../../catalog/severity.ts";
import { layOut } from "./layout.ts";
import { asQuery, panelBuilder, prometheusDatasource, type ThresholdStep } from "./panels.ts";

export interface DashboardOptions {
  readonly thresholds: AlertThresholds;
  readonly runbookBaseUrl: string;
  /** Whether Grafana reaches AgentPay's database. Without it, the panels that ask it are left out. */
  readonly database: boolean;
  /** Whether Grafana reaches CloudWatch. Without it, the panels on hosts are left out. */
  readonly cloudWatch: boolean;
}

/** Of all our dashboards: their links find one another by it. */
const TAG = "agentpay";
/** Rows need ids beside those of the panels. */
const FIRST_ROW_ID = 1000;

const COLORS: Record<Severity, string> = { critical: "red", warning: "orange", info: "blue", none: "gray" };

/** Dashboard models by uid. The same catalogue gives the same bytes. */
export function dashboardModels(options: DashboardOptions): Record<string, DashboardModel> {
  return Object.fromEntries(
    dashboards.map((dashboard) => [dashboard.uid, dashboardModel(dashboard, options)]),
  );
}

/** Dashboard files by file name. */
export function dashboardFiles(options: DashboardOptions): Record<string, string> {
  return Object.fromEntries(
    Object.entries(dashboardModels(options)).map(([uid, model]) => [
      `${uid}.json`,
      `${JSON.stringify(model, null, 2)}\n`,
    ]),
  );
}

function dashboardModel(dashboard: Dashboard, options: DashboardOptions): DashboardModel {
  const builder = new DashboardBuilder(dashboard.title)
    .uid(dashboard.uid)
    .description(dashboard.description)
    .tags([TAG])
    .timezone("browser")
    .time({ from: `now-${dashboard.range}`, to: "now" })
    .refresh("1m")
    .readonly()
    .link(linkToTheOthers())
    .annotation(deployments())
    .annotation(fromPrometheus("Restarts", "blue", RESTARTS, "{{job}} {{instance}}"))
    .annotation(fromPrometheus("Critical alerts", "red", CRITICAL_ALERTS, "{{alertname}}"))
    // Each environment has a Prometheus of its own: whoever chooses the one chooses the other.
    .withVariable(new DatasourceVariableBuilder("datasource").label("Environment").type("prometheus"));
  for (const name of variablesOf(dashboard)) {
    const { label, values } = dashboardVariables[name];
    builder.withVariable(
      new QueryVariableBuilder(name)
        .label(label)
        .datasource(prometheusDatasource)
        .query({ query: values, refId: name })
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .multi(true)
        .includeAll(true)
        .allValue(".*"),
    );
  }
  const shown = layOut(dashboard.panels, (panel) => isShown(panel, options));
  for (const [index, placed] of shown.entries()) {
    if ("row" in placed) {
      builder.withRow(new RowBuilder(placed.row).id(FIRST_ROW_ID + index).gridPos(placed.position));
    } else {
      const steps = thresholdSteps(dashboard.uid, placed.key, placed.panel, options.thresholds);
      const panel = panelBuilder(placed.panel, steps, options.runbookBaseUrl);
      builder.withPanel(panel.id(placed.id).gridPos(placed.position));
    }
  }
  return builder.build();
}

function isShown(panel: Panel, { database, cloudWatch }: DashboardOptions): boolean {
  if ("sql" in panel) return database;
  return "hostMetric" in panel ? cloudWatch : true;
}

function linkToTheOthers(): DashboardLinkBuilder {
  return new DashboardLinkBuilder("AgentPay")
    .type(DashboardLinkType.Dashboards)
    .tags([TAG])
    .asDropdown(true)
    .includeVars(true)
    .keepTime(true);
}

/** What a deployment leaves behind: `POST /api/annotations` with the tag `deploy` and its revision. */
function deployments(): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name("Deployments")
    .datasource({ type: "grafana", uid: "-- Grafana --" })
    .enable(true)
    .iconColor("blue")
    .target(asQuery({ type: "tags", tags: ["deploy"], limit: 100, matchAny: false }));
}

const CRITICAL_ALERTS = `${metrics.alerts.name}{alertstate="firing",severity="critical"}`;
/** A server that starts again was deployed, or has crashed. */
const RESTARTS = `changes(${metrics.processStartTime.name}{job=~"agentpay-.+"}[2m]) > 0`;

function fromPrometheus(
  name: string,
  color: string,
  expression: string,
  title: string,
): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(prometheusDatasource)
    .enable(true)
    .iconColor(color)
    .expr(expression)
    .titleFormat(title)
    .step("60s");
}

/**
 * The thresholds of the alerts that watch the panel, lowest first: green below all of them, and beyond each in the
 * colour of its severity; where the alerts ring below, the other way round.
 */
function thresholdSteps(
  uid: string,
  key: string,
  { thresholdsOf = [] }: Panel,
  thresholds: AlertThresholds,
): ThresholdStep[] {
  const ofAlerts = alerts
    .filter(
      ({ name, panel }) => (panel.dashboard === uid && panel.panel === key) || thresholdsOf.includes(name),
    )
    .flatMap((alert) => {
      const { threshold, severity } = alert;
      if (threshold === undefined) return [];
      const value = thresholdOf({ name: alert.name, threshold }, thresholds);
      return [{ value, color: COLORS[severity], below: ringsBelow(alert) }];
    });
  const ofHosts = hostAlarms
    .filter(({ name }) => thresholdsOf.includes(name))
    .map((alarm) => ({
      ...{ value: thresholdOf(alarm, thresholds), color: COLORS[alarm.severity] },
      below: alarm.comparisonOperator.startsWith("LessThan"),
    }));
  const watching = [...ofAlerts, ...ofHosts].sort((one, other) => one.value - other.value);
  const values = watching.map(({ value }) => value);
  const colors = watching.map(({ color }) => color);
  const bands = watching.some(({ below }) => below) ? [...colors, "green"] : ["green", ...colors];
  return bands.map((color, index) => ({ value: values[index - 1] ?? null, color }));
}
