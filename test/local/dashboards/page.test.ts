/** What the pages show of a dashboard that the program renders, and of one that a person has made. */
import { describe, expect, test } from "vitest";
import { dashboards } from "../../../catalog/dashboards/index.ts";
import { dashboardModels } from "../../../components/grafana/dashboard-files.ts";
import { type DashboardData, withIntervals } from "../../../local/dashboards/data.ts";
import { type Panel, viewOf } from "../../../local/dashboards/model.ts";
import { dashboardPage } from "../../../local/dashboards/page.ts";
import { expandMacros } from "../../../local/dashboards/postgres.ts";

const range = { from: 1000, to: 1600, step: 60 };
const points = [0, 1, 2, 3].map((minute) => [1000 + minute * 60, minute / 10] as const);
const models = dashboardModels({
  thresholds: {},
  runbookBaseUrl: "https://example.com/runbooks",
  database: true,
  cloudWatch: true,
});

/** Something for every panel. */
function filled(panel: Panel): DashboardData["panels"][number] {
  const sql = panel.queries.some(({ language }) => language === "sql");
  const series = ["one", "two & <three>"].map((legend) => ({
    legend,
    labels: { alertname: legend, le: "+Inf" },
    points,
  }));
  const table = { columns: ["Day", "Cost"], rows: [["2026-01-01", 12.5]] };
  return { panel, series: sql ? [] : series, table: sql ? table : undefined, problems: [] };
}

const pageOf = (view: DashboardData["view"], panels = view.panels.map(filled)) =>
  dashboardPage(
    { view, range, panels, marks: [{ time: 1300, color: "red" }] },
    { links: [{ title: "Other", href: "other.html" }], source: "test" },
  );

describe.each(dashboards)("$uid", ({ uid, panels }) => {
  const view = viewOf(models[uid]);
  const page = pageOf(view);

  test("every panel is drawn, and the page needs nothing from elsewhere", () => {
    expect(page.match(/<section/g)).toHaveLength(Object.keys(panels).length);
    expect(page.match(/No data|undefined|NaN|\[object/g)).toBeNull();
    expect(
      page.match(/<(link|script|img|iframe)[^>]* (src|href)=(?!"data:)|@import|url\((?!#|data:)/g),
    ).toBeNull();
  });

  test("what comes from outside is text, never markup", () => {
    expect(page.includes("<three>")).toBe(false);
  });

  test("without data it says so, unless that is no fault", () => {
    const empty = pageOf(
      view,
      view.panels.map((panel) => ({ panel, series: [], table: undefined, problems: [] })),
    );
    const withoutFault = Object.values(panels).filter((panel) => "nothing" in panel).length;
    expect(empty.match(/class="message missing">No data/g) ?? []).toHaveLength(
      Object.keys(panels).length - withoutFault,
    );
  });
});

const panelModel = (more: object) => ({
  title: "Made by hand",
  panels: [{ id: 7, type: "timeseries", title: "A", targets: [{ expr: "up" }], ...more }],
});

test("a dashboard made by hand is read with Grafana's defaults", () => {
  const [panel] = viewOf(panelModel({})).panels;
  expect(panel).toMatchObject({ unit: "", thresholds: [], baseColor: "green", states: {}, reach: undefined });
  expect(viewOf(panelModel({})).rangeSeconds).toBe(6 * 3600);
});

test("states and colours are those of the model", () => {
  const mappings = [
    { type: "value", options: { 0: { text: "Down", color: "red" } } },
    { type: "range", options: {} },
  ];
  const steps = [
    { value: null, color: "red" },
    { value: 0.5, color: "green" },
  ];
  const view = viewOf(
    panelModel({ type: "state-timeline", fieldConfig: { defaults: { mappings, thresholds: { steps } } } }),
  );
  const [panel] = view.panels;
  expect(panel).toMatchObject({ states: { 0: { text: "Down", color: "red" } }, baseColor: "red" });
  const zero = [1000, 1060, 1300].map((time) => [time, 0] as const);
  const page = pageOf(view, [
    {
      panel: panel as Panel,
      series: [{ legend: "api", labels: {}, points: zero }],
      table: undefined,
      problems: [],
    },
  ]);
  // Two stretches: nothing is made up for the gap between them.
  expect(page.match(/<i title="Down"/g)).toHaveLength(2);
  expect(page).toContain("left: 0.00%; width: 20.00%");
});

test("a query that was refused says why", () => {
  const view = viewOf(panelModel({}));
  const [panel] = view.panels;
  const page = pageOf(view, [
    { panel: panel as Panel, series: [], table: undefined, problems: ["parse error: unexpected <eof>"] },
  ]);
  expect(page).toContain('class="message problem">parse error: unexpected &lt;eof&gt;');
});

test("what is no dashboard is refused", () => {
  expect(() => viewOf({ panels: "none" })).toThrow();
});

test("Grafana's own variables are what Grafana makes of them", () => {
  const withVariables = "rate(a[$__rate_interval]) + b[$__range:$__interval]";
  expect(withIntervals(withVariables, { from: 0, to: 600, step: 10 }, 5, 3600)).toBe(
    "rate(a[20s]) + b[3600s:10s]",
  );
  expect(withIntervals("a[$__rate_interval]", { from: 0, to: 600, step: 60 }, 5, 3600)).toBe("a[65s]");
  expect(expandMacros('WHERE $__timeFilter("timestamp")', { from: 0, to: 60 })).toBe(
    "WHERE \"timestamp\" BETWEEN '1970-01-01T00:00:00.000Z' AND '1970-01-01T00:01:00.000Z'",
  );
});

test("names of series are listed where the model says so, and only there", () => {
  const [view] = Object.values(models).map(viewOf);
  const panel = view?.panels.find(({ type }) => type === "timeseries");
  if (!view || !panel) throw new Error("there is no dashboard with a chart");
  expect(panel.showsLegend).toBe(true);
  const listed = (showsLegend: boolean) =>
    pageOf(view, [filled({ ...panel, showsLegend })]).includes("<li title=");
  expect([listed(true), listed(false)]).toEqual([true, false]);
});
