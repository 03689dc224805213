import type { FastifyInstance } from "fastify";
import { type Html, html, page, table } from "../html.ts";
import { parameter } from "../http-server.ts";
import { found } from "./errors.ts";
import { type Dashboard, dashboardUrl, type State, type Store } from "./model.ts";
import { legendOf, type Panel, panelsOf, type Query } from "./panels.ts";
import { queryRange, RANGE_SECONDS, reachable, type Series } from "./prometheus.ts";
import { formatValue } from "./units.ts";

const ACCENT = "#f46800";
/** Lines that one chart shows. */
const SHOWN_SERIES = 12;

/** The pages that a browser opens: no login, as they only show what Prometheus shows anyway. */
export function pageRoutes(app: FastifyInstance, { state }: Store, hosts: ReadonlyMap<string, string>): void {
  app.get("/", async (_request, reply) => reply.type("text/html").send(listPage(state)));
  app.get("/dashboards/f/:uid/:slug?", async (_request, reply) => reply.redirect("/"));
  app.get("/d/:uid/:slug?", async (request, reply) => {
    const dashboard = found(state.dashboards[parameter(request, "uid")], "Dashboard not found");
    return reply.type("text/html").send(await dashboardPage(state, dashboard, hosts));
  });
}

function listPage(state: State): string {
  const dashboards = Object.values(state.dashboards).map((dashboard) => [
    html`<a href="${dashboardUrl(dashboard)}">${dashboard.model.title}</a>`,
    state.folders[dashboard.folderUid]?.title ?? "Dashboards",
    dashboard.version,
    dashboard.updated,
  ]);
  const sources = Object.values(state.dataSources).map(({ name, type, url, isDefault }) => [
    html`${name} ${isDefault && html`<small>default</small>`}`,
    type,
    html`<code>${url}</code>`,
  ]);
  return page({
    title: "Grafana (stand-in)",
    subtitle: "Local stack without a container engine: the real Grafana's API, simple pages",
    accent: ACCENT,
    body: html`
<h2>Dashboards</h2>${table(["Dashboard", "Folder", "Version", "Updated"], dashboards, "No dashboard yet.")}
<h2>Data sources</h2>${table(["Name", "Type", "Address"], sources, "No data source yet.")}`,
  });
}

async function dashboardPage(
  state: State,
  dashboard: Dashboard,
  hosts: ReadonlyMap<string, string>,
): Promise<string> {
  const panels = await Promise.all(panelsOf(dashboard).map((panel) => panelHtml(state, panel, hosts)));
  return page({
    title: dashboard.model.title,
    subtitle: `Last ${RANGE_SECONDS / 60} minutes`,
    accent: ACCENT,
    refresh: 15,
    body: html`<div class="grid">${panels}</div>`,
  });
}

async function panelHtml(state: State, panel: Panel, hosts: ReadonlyMap<string, string>): Promise<Html> {
  if (panel.type === "row") return html`<h2 class="wide">${panel.title}</h2>\n`;
  const results = await Promise.all(panel.queries.map((query) => run(state, query, hosts)));
  const series = results
    .flatMap((result) => (typeof result === "string" ? [] : result))
    .slice(0, SHOWN_SERIES);
  const problems = results.filter((result) => typeof result === "string");
  return html`<section class="panel"><h3>${panel.title}</h3>
${panel.description && html`<p><small>${panel.description}</small></p>`}
${panel.content && html`<p>${panel.content}</p>`}
${problems.map((problem) => html`<p class="empty">${problem}</p>`)}
${panel.queries.length > 0 && problems.length === 0 && series.length === 0 && html`<p class="empty">No data</p>`}
${series.length > 0 && chart(series)}
<ul>${series.map(
    ({ legend, points }, index) =>
      html`<li><span style="color: ${colour(index)}">${legend}</span><b>${formatValue(points.at(-1)?.[1], panel.unit)}</b></li>`,
  )}</ul></section>\n`;
}

type Drawn = Series & { readonly legend: string };

/** The series of a query, or in words why there are none. */
async function run(
  state: State,
  query: Query,
  hosts: ReadonlyMap<string, string>,
): Promise<Drawn[] | string> {
  const sources = Object.values(state.dataSources);
  const source = query.dataSourceUid
    ? state.dataSources[query.dataSourceUid]
    : sources.find(({ isDefault }) => isDefault);
  if (!source) return `There is no data source ${query.dataSourceUid || "to use as the default"}.`;
  if (source.type !== "prometheus") return `Data sources of type ${source.type} are not drawn here.`;
  try {
    const series = await queryRange(reachable(source.url, hosts), query.expression);
    return series.map((one) => ({ ...one, legend: legendOf(query, one.labels) }));
  } catch (error) {
    return `${source.name} gives no answer: ${error instanceof Error ? error.message : String(error)}`;
  }
}

const WIDTH = 300;
const HEIGHT = 60;

function chart(series: readonly Drawn[]): Html {
  const points = series.flatMap((one) => one.points.filter(([, value]) => Number.isFinite(value)));
  const times = points.map(([time]) => time);
  const values = points.map(([, value]) => value);
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const [low, high] = [Math.min(0, ...values), Math.max(...values)];
  const x = (time: number) => (((time - from) / (to - from || 1)) * WIDTH).toFixed(1);
  const y = (value: number) => (HEIGHT - ((value - low) / (high - low || 1)) * HEIGHT).toFixed(1);
  const line = (one: Drawn) =>
    one.points
      .filter(([, value]) => Number.isFinite(value))
      .map(([time, value]) => `${x(time)},${y(value)}`)
      .join(" ");
  return html`<svg viewBox="0 -2 ${WIDTH} ${HEIGHT + 4}" preserveAspectRatio="none" role="img">${series.map(
    (one, index) =>
      html`<polyline points="${line(one)}" fill="none" stroke="${colour(index)}" stroke-width="1.5" vector-effect="non-scaling-stroke"/>`,
  )}</svg>`;
}

function colour(index: number): string {
  return `hsl(${(index * 67 + 140) % 360} 60% 45%)`;
}
