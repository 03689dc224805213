/** One panel: its title, and what its kind shows. */
import { type Html, html, Html as Markup } from "../platforms/shared/html.ts";
import { colorOf, heatmap, hex, lineChart, type Size, sparkline } from "./charts.ts";
import { type DashboardData, isEmpty, lastOf, type Named, type PanelData } from "./data.ts";
import type { Panel } from "./model.ts";
import type { Table } from "./postgres.ts";
import { stateTimeline } from "./state-timeline.ts";
import { labelTable, sqlTable } from "./tables.ts";
import { formatValue } from "./units.ts";

/** Pixels of Grafana's grid, on a page of this width; the page's unit grows with the window. */
const PAGE_WIDTH = 1440;
const GAP = 8;
const GRID_ROW = 30;
const COLUMNS = 24;
/** Pixels of a panel that its title, legend and edges take. */
const TITLE = 34;
const LEGEND_LINE = 20;
const EDGES = 16;

const SHOWN_SERIES = 8;
/** Series whose names fit on one line of a legend, mostly. */
const ON_ONE_LINE = 4;

export function panelHtml(data: PanelData, dashboard: DashboardData): Html {
  const { panel, problems } = data;
  const { x, y, w, h } = panel.position;
  const place = `grid-area: ${y + 1} / ${x + 1} / span ${h} / span ${w}`;
  if (panel.type === "row") return html`<h2 style="${place}">${panel.title}</h2>\n`;
  const body =
    problems.length > 0
      ? html`<p class="message problem">${problems.join(" ")}</p>`
      : isEmpty(data)
        ? html`<p class="message ${panel.nothing ? "nothing" : "missing"}">${panel.nothing ?? "No data"}</p>`
        : content(data, dashboard);
  return html`<section id="panel-${panel.id}" class="${panel.type}" style="${place}">
<h3 title="${panel.description}">${panel.title}<small>${panel.description}</small></h3>
${body}</section>\n`;
}

function content(data: PanelData, { range, marks }: DashboardData): Html {
  const { panel, series, table } = data;
  const size = sizeOf(panel);
  if (panel.type === "stat") return stats(data, size);
  if (panel.type === "bargauge") return bars(data);
  if (panel.type === "table") return table ? sqlTable(panel, table) : labelTable(panel, series);
  if (panel.type === "heatmap") return html`<figure>${new Markup(heatmap(data, size))}</figure>`;
  if (panel.type === "state-timeline") return stateTimeline(data, range);
  const lines = panel.showsLegend ? (series.length > ON_ONE_LINE ? 2 : 1) : 0;
  const chart = lineChart(data, range, marks, { ...size, height: size.height - lines * LEGEND_LINE });
  return html`<figure>${new Markup(chart)}</figure>${panel.showsLegend && legend(panel, series)}`;
}

/** Pixels that a panel leaves for what it shows. */
function sizeOf({ position: { w, h } }: Panel): Size {
  const column = (PAGE_WIDTH - (COLUMNS + 1) * GAP) / COLUMNS;
  return {
    width: Math.floor(w * column + (w - 1) * GAP - EDGES),
    height: h * GRID_ROW + (h - 1) * GAP - TITLE - EDGES,
  };
}

/** The largest first: where there is no room for all, those are what there is to see. */
function legend({ unit }: Panel, series: readonly Named[]): Html {
  const more = series.length - SHOWN_SERIES;
  const entries = series
    .map((one, index) => ({ name: one.legend, value: lastOf(one), color: colorOf(index) }))
    .toSorted((one, other) => (other.value ?? -Infinity) - (one.value ?? -Infinity));
  return html`<ul>${entries
    .slice(0, SHOWN_SERIES)
    .map(
      ({ name, value, color }) =>
        html`<li title="${name}"><i style="background: ${color}"></i><span>${name}</span> <b>${formatValue(value, unit)}</b></li>`,
    )}${more > 0 && html`<li>and ${more} more</li>`}</ul>`;
}

function stats(data: PanelData, { width, height }: Size): Html {
  const { panel, series, table } = data;
  const numbers: readonly Named[] = table ? cellsAsSeries(table) : series;
  const shown = numbers.slice(0, SHOWN_SERIES);
  return html`<div class="numbers${shown.length > 2 && " many"}">${shown.map((one) => {
    const value = lastOf(one);
    const color = colorAt(panel, value);
    const size = { width: Math.floor(width / shown.length), height: Math.floor(height / 2.5) };
    return html`<div><b style="color: ${color}">${formatValue(value, panel.unit)}</b>
${shown.length > 1 && html`<small>${one.legend}</small>`}
${one.points.length > 2 && html`<figure>${new Markup(sparkline(one, color, size))}</figure>`}</div>`;
  })}</div>`;
}

function bars({ panel, series }: PanelData): Html {
  const whole = panel.unit === "percentunit" ? 1 : 0;
  const sorted = series.toSorted((one, other) => (lastOf(other) ?? 0) - (lastOf(one) ?? 0));
  const highest = Math.max(whole, ...sorted.map((one) => lastOf(one) ?? 0));
  return html`<div class="bars">${sorted.map((one) => {
    const value = lastOf(one);
    const share = highest > 0 ? Math.max(((value ?? 0) / highest) * 100, 0) : 0;
    return html`<span>${one.legend}</span><div><i style="width: ${share.toFixed(1)}%; background: ${colorAt(panel, value)}"></i></div><b>${formatValue(value, panel.unit)}</b>`;
  })}</div>`;
}

function cellsAsSeries({ columns, rows }: Table): Named[] {
  const row = rows[0] ?? [];
  return columns.map((legend, index) => ({ legend, labels: {}, points: [[0, Number(row[index])] as const] }));
}

function colorAt({ thresholds, baseColor }: Panel, value: number | undefined): string {
  const reached = thresholds.findLast((step) => value !== undefined && value >= step.value);
  return hex(reached?.color ?? baseColor);
}
