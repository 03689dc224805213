import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { cloudWatchAt } from "../../../dashboards/cloudwatch.ts";
import { answer, type Source, type Sources } from "../../../dashboards/data.ts";
import { viewOf } from "../../../dashboards/model.ts";
import { dashboardPage } from "../../../dashboards/page.ts";
import { html, page, table } from "../../shared/html.ts";
import { parameter } from "../../shared/http-server.ts";
import { decrypt } from "./encryption.ts";
import { found } from "./errors.ts";
import { type Dashboard, type DataSource, dashboardUrl, type State, type Store } from "./model.ts";
import { reachable } from "./reachable.ts";
import { senderFor } from "./send.ts";
import type { GrafanaSettings } from "./settings.ts";

const ACCENT = "#f46800";
const REFRESH_SECONDS = 10;
/** Grid of the only panel of a page: as wide as it is, and most of a screen's height. */
const WHOLE_PAGE = { x: 0, y: 0, w: 24, h: 20 };

const pageQuery = z.object({ viewPanel: z.coerce.number().int().optional().catch(undefined) });

/** The pages that a browser opens: no login, as they only show what Prometheus shows anyway. */
export function pageRoutes(app: FastifyInstance, { state }: Store, settings: GrafanaSettings): void {
  const sources = sourcesOf(state, settings);
  app.get("/", async (_request, reply) => {
    const home = state.dashboards[state.preferences.homeDashboardUID];
    return home ? reply.redirect(dashboardUrl(home)) : reply.redirect("/dashboards");
  });
  app.get("/dashboards", async (_request, reply) => reply.type("text/html").send(listPage(state)));
  app.get("/dashboards/f/:uid/:slug?", async (_request, reply) => reply.redirect("/dashboards"));
  app.get("/d/:uid/:slug?", async (request, reply) => {
    const dashboard = found(state.dashboards[parameter(request, "uid")], "Dashboard not found");
    return reply.type("text/html").send(await livePage(state, dashboard, sources, request));
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

/** All panels, or the one that a link from an alert names with `viewPanel`. */
async function livePage(
  state: State,
  dashboard: Dashboard,
  sources: Sources,
  request: FastifyRequest,
): Promise<string> {
  const view = viewOf(dashboard.model);
  const { viewPanel } = pageQuery.parse(request.query);
  const one = view.panels.find(({ id, type }) => id === viewPanel && type !== "row");
  const shown = one ? { ...view, panels: [{ ...one, position: WHOLE_PAGE }] } : view;
  return dashboardPage(await answer(shown, sources), {
    source: "live, local stack",
    refreshSeconds: REFRESH_SECONDS,
    links: [
      ...Object.values(state.dashboards).map((each) => ({
        title: each.model.title,
        href: dashboardUrl(each),
      })),
      { title: "All", href: "/dashboards" },
    ],
  });
}

/** The data sources that this service was given, as far as the pages can ask them. */
function sourcesOf(state: State, settings: GrafanaSettings): Sources {
  return (uid) => {
    const known = Object.values(state.dataSources);
    const source = uid ? state.dataSources[uid] : known.find(({ isDefault }) => isDefault);
    if (!source) throw new Error(`There is no data source ${uid || "to use as the default"}.`);
    return sourceOf(source, settings);
  };
}

const jsonData = z.looseObject({
  timeInterval: z.string().optional(),
  database: z.string().optional(),
  defaultRegion: z.string().optional(),
  endpoint: z.string().optional(),
});
const DEFAULT_SCRAPE_SECONDS = 15;

function sourceOf(source: DataSource, settings: GrafanaSettings): Source {
  const { hosts, secretKey } = settings;
  const { timeInterval, database, defaultRegion, endpoint } = jsonData.parse(source.jsonData);
  if (source.type === "prometheus") {
    const url = reachable(source.url, hosts).replace(/\/+$/, "");
    return {
      type: "prometheus",
      url,
      scrapeSeconds: Number.parseInt(timeInterval ?? "", 10) || DEFAULT_SCRAPE_SECONDS,
      send: senderFor(source, settings),
    };
  }
  if (source.type === "grafana-postgresql-datasource") {
    const [host = "", port = "5432"] = reachable(source.url, hosts).split(":");
    const { password } = source.secureJsonData;
    const connection = {
      host,
      port: Number(port),
      user: source.user,
      database: database ?? source.database,
      password: password === undefined ? undefined : decrypt(password, secretKey),
    };
    return { type: "postgres", connection };
  }
  if (source.type === "cloudwatch" && endpoint !== undefined && defaultRegion !== undefined)
    return { type: "cloudwatch", client: cloudWatchAt(reachable(endpoint, hosts), defaultRegion) };
  throw new Error(`Data sources of type ${source.type} are not drawn here.`);
}
