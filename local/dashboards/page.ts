/** A dashboard with its data as one HTML page without any external asset, laid out as Grafana does. */
import { type Html, html, Html as Markup } from "../services/html.ts";
import { colorOf, heatmap, lineChart, type Size, sparkline, THRESHOLD_COLORS } from "./charts.ts";
import { type DashboardData, isEmpty, type Named, type PanelData } from "./data.ts";
import type { Panel } from "./model.ts";
import type { Cell, Table } from "./postgres.ts";
import { formatValue } from "./units.ts";

export interface PageOptions {
  /** Where the other dashboards are, in order. */
  readonly links: readonly { readonly title: string; readonly href: string }[];
  /** What the numbers are of, such as the stack's name. */
  readonly source: string;
  /** Seconds after which the page fetches itself again. Default: never. */
  readonly refreshSeconds?: number;
}

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
const SHOWN_ROWS = 60;

export function dashboardPage({ view, range, panels }: DashboardData, options: PageOptions): string {
  const { links, source, refreshSeconds } = options;
  const shown = `${day(range.from)} ${clock(range.from)} to ${clock(range.to)} UTC`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${view.title}</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>${view.title}</h1><p>${view.description}</p><p class="range">${source} · ${shown}</p></header>
<nav>${links.map(({ title, href }) => html`<a href="${href}"${title === view.title && new Markup(" class=current")}>${title.replace("AgentPay / ", "")}</a>`)}</nav>
<main>${panels.map((data) => panelHtml(data, range))}</main>
${refreshSeconds !== undefined && refresher(refreshSeconds)}
</body>
</html>
`.text;
}

/** Fetches the page again and puts its panels in place of the old ones: nothing flickers, nothing scrolls. */
function refresher(seconds: number): Html {
  return new Markup(`<script>
setInterval(async () => {
  const response = await fetch(location.href).catch(() => undefined);
  if (!response?.ok) return;
  const next = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const part of ["header", "main"]) document.querySelector(part).replaceWith(next.querySelector(part));
}, ${seconds * 1000});
</script>`);
}

function panelHtml(data: PanelData, range: DashboardData["range"]): Html {
  const { panel, problems } = data;
  const { x, y, w, h } = panel.position;
  const place = `grid-area: ${y + 1} / ${x + 1} / span ${h} / span ${w}`;
  if (panel.type === "row") return html`<h2 style="${place}">${panel.title}</h2>\n`;
  const body =
    problems.length > 0
      ? html`<p class="message problem">${problems.join(" ")}</p>`
      : isEmpty(data)
        ? html`<p class="message ${panel.nothing ? "nothing" : "missing"}">${panel.nothing ?? "No data"}</p>`
        : content(data, range);
  return html`<section id="panel-${panel.id}" class="${panel.type}" style="${place}">
<h3 title="${panel.description}">${panel.title}<small>${panel.description}</small></h3>
${body}</section>\n`;
}

function content(data: PanelData, range: DashboardData["range"]): Html {
  const { panel, series, table } = data;
  const size = sizeOf(panel);
  if (panel.type === "stat") return stats(data, size);
  if (panel.type === "bargauge") return bars(data);
  if (panel.type === "table") return table ? sqlTable(panel, table) : labelTable(panel, series);
  if (panel.type === "heatmap") return html`<figure>${new Markup(heatmap(data, size))}</figure>`;
  if (panel.type === "state-timeline") return states(data, range);
  const lines = series.length > ON_ONE_LINE ? 2 : 1;
  const chart = lineChart(data, range, { ...size, height: size.height - lines * LEGEND_LINE });
  return html`<figure>${new Markup(chart)}</figure>${legend(panel, series)}`;
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

/** A strip for each series, in the colour of its state at each time. */
function states({ panel, series }: PanelData, { from, to, step }: DashboardData["range"]): Html {
  const share = (seconds: number) => `${((seconds / (to - from)) * 100).toFixed(2)}%`;
  const seen = new Map<string, { text: string; color: string }>();
  const strips = series.map(({ legend: name, points }) => {
    const parts = stretches(points, step).map(({ value, start, end }) => {
      const state = panel.states[value] ?? { text: String(value), color: "gray" };
      seen.set(state.text, state);
      const place = `left: ${share(start - from)}; width: ${share(Math.min(end, to) - start)}`;
      return html`<i title="${state.text}" style="${place}; background: ${hex(state.color)}"></i>`;
    });
    return html`<span>${name}</span><div>${parts}</div>`;
  });
  const entries = [...seen.values()].map(
    ({ text, color }) => html`<li><i style="background: ${hex(color)}"></i>${text}</li>`,
  );
  return html`<div class="states">${strips}</div><ul>${entries}</ul>`;
}

interface Stretch {
  readonly value: number;
  readonly start: number;
  end: number;
}

/** Times of one value without a gap; each point stands for the step after it. */
function stretches(points: Named["points"], step: number): Stretch[] {
  const found: Stretch[] = [];
  for (const [time, value] of points) {
    const last = found.at(-1);
    if (last && last.value === value && time <= last.end) last.end = time + step;
    else found.push({ value, start: time, end: time + step });
  }
  return found;
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

/** Each series is a row of its labels, as Grafana's table of a query in the format "table". */
function labelTable(panel: Panel, series: readonly Named[]): Html {
  const labels = [...new Set(series.flatMap((one) => Object.keys(one.labels)))];
  const rows = series.map((one) => [...labels.map((label) => one.labels[label] ?? ""), lastOf(one) ?? null]);
  return sqlTable(panel, { columns: [...labels, "Value"], rows });
}

function sqlTable(panel: Panel, { columns, rows }: Table): Html {
  return html`<div class="scroll"><table><thead><tr>${columns.map((name) => html`<th>${name}</th>`)}</tr></thead>
<tbody>${rows.slice(0, SHOWN_ROWS).map((row) => html`<tr>${row.map((cell, index) => cellHtml(panel, columns[index] ?? "", cell))}</tr>`)}</tbody></table></div>`;
}

function cellHtml(panel: Panel, column: string, cell: Cell): Html {
  if (cell === null) return html`<td></td>`;
  if (cell instanceof Date) return html`<td>${cell.toISOString().slice(0, 10)}</td>`;
  if (typeof cell === "number") {
    return html`<td class="number">${formatValue(cell, panel.columnUnits[column] ?? "none")}</td>`;
  }
  const link = panel.columnLinks[column]?.replace("${__value.raw}", encodeURIComponent(cell));
  return html`<td>${link ? html`<a href="${link}">${cell}</a>` : cell}</td>`;
}

function cellsAsSeries({ columns, rows }: Table): Named[] {
  const row = rows[0] ?? [];
  return columns.map((legend, index) => ({ legend, labels: {}, points: [[0, Number(row[index])] as const] }));
}

function colorAt({ thresholds, baseColor }: Panel, value: number | undefined): string {
  const reached = thresholds.findLast((step) => value !== undefined && value >= step.value);
  return hex(reached?.color ?? baseColor);
}

function hex(name: string): string {
  return THRESHOLD_COLORS[name] ?? name;
}

function lastOf({ points }: Named): number | undefined {
  return points.findLast(([, value]) => Number.isFinite(value))?.[1];
}

function day(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

function clock(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(11, 16);
}

/** One rem is 16 pixels on a page of 1440, and grows with the window: a wall screen shows the same, larger. */
const STYLE = new Markup(`
html { font-size: max(13px, calc(100vw / 90)); color-scheme: dark; }
* { box-sizing: border-box; }
body { margin: 0; background: #111217; color: #ccccdc; font: .8125rem/1.5 Inter, "Helvetica Neue", "DejaVu Sans", Arial, sans-serif; }
a { color: inherit; text-decoration: none; }
header { display: flex; align-items: baseline; gap: 1rem; padding: .6rem .75rem .4rem; }
header h1 { margin: 0; font-size: 1.125rem; font-weight: 500; } header p { margin: 0; color: #8e8e9c; } header .range { margin-left: auto; }
nav { display: flex; flex-wrap: wrap; gap: .25rem; padding: 0 .5rem .5rem; border-bottom: 1px solid #23252b; }
nav a { padding: .15rem .6rem; border-radius: .25rem; color: #a0a0b0; } nav a:hover { background: #22252b; } nav a.current { background: #22252b; color: #fff; box-shadow: inset 0 -2px #f55f3e; }
main { display: grid; grid-template-columns: repeat(24, minmax(0, 1fr)); grid-auto-rows: 1.875rem; gap: .5rem; padding: .5rem; }
main h2 { margin: 0; align-self: center; font-size: .95rem; font-weight: 500; color: #ccccdc; }
section { display: flex; flex-direction: column; min-width: 0; overflow: hidden; padding: .5rem; background: #181b1f; border: 1px solid #23252b; border-radius: .2rem; }
section h3 { margin: 0 0 .35rem; font-size: .875rem; font-weight: 500; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; flex: none; }
section h3 small { margin-left: .6rem; font-size: .7rem; font-weight: 400; color: #74748a; } .stat h3 small { display: none; }
figure { margin: 0; flex: 1; min-height: 0; } figure svg { display: block; width: 100%; height: 100%; }
section ul { display: flex; flex-wrap: wrap; gap: 0 .9rem; margin: .1rem 0 0; padding: 0; list-style: none; max-height: 2.25rem; font-size: .72rem; color: #a8a8b8; white-space: nowrap; overflow: hidden; flex: none; }
section li { display: flex; align-items: center; gap: .3rem; min-width: 0; } li span { overflow: hidden; text-overflow: ellipsis; max-width: 13rem; } li b { color: #ccccdc; font-weight: 500; } li i { flex: none; width: .8rem; height: .2rem; border-radius: 1px; }
.numbers { display: flex; flex: 1; gap: .5rem; min-height: 0; } .numbers > div { flex: 1; min-width: 0; display: flex; flex-direction: column; align-items: center; justify-content: center; position: relative; }
.numbers b { font-size: 2.4rem; font-weight: 500; line-height: 1.2; white-space: nowrap; z-index: 1; } .numbers small { color: #a0a0b0; z-index: 1; max-width: 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; } .many b { font-size: 1.4rem; }
.numbers figure { position: absolute; left: 0; right: 0; bottom: 0; height: 40%; opacity: .7; }
.bars { display: grid; grid-template-columns: minmax(0, auto) 1fr auto; gap: .3rem .6rem; align-items: center; align-content: space-evenly; flex: 1; min-height: 0; overflow: auto; font-size: .75rem; }
.bars span { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; } .bars div { background: #22252b; border-radius: 2px; height: .8rem; } .bars i { display: block; height: 100%; border-radius: 2px; }
.states { display: grid; grid-template-columns: minmax(0, auto) 1fr; grid-auto-rows: minmax(0, 2rem); gap: .35rem .6rem; align-items: stretch; align-content: center; flex: 1; min-height: 0; font-size: .75rem; }
.states span { align-self: center; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; } .states div { position: relative; background: #22252b; border-radius: 2px; overflow: hidden; } .states i { position: absolute; top: 0; bottom: 0; opacity: .85; }
.scroll { flex: 1; min-height: 0; overflow: auto; } table { width: 100%; border-collapse: collapse; font-size: .75rem; }
th, td { padding: .2rem .5rem; text-align: left; border-bottom: 1px solid #23252b; white-space: nowrap; } th { position: sticky; top: 0; background: #181b1f; color: #6e9fff; font-weight: 500; } td.number { font-variant-numeric: tabular-nums; } td a { color: #6e9fff; }
.message { margin: auto; text-align: center; color: #8e8e9c; overflow: hidden; } .nothing { color: #73bf69; } .problem { color: #f2495c; }
`);
