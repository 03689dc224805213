/** A dashboard with its data as one HTML page without any external asset, laid out as Grafana does. */
import { type Html, html, Html as Markup } from "../platforms/shared/html.ts";
import type { DashboardData } from "./data.ts";
import { panelHtml } from "./panel.ts";
import { STYLE } from "./style.ts";

export interface PageOptions {
  /** Where the other dashboards are, in order. */
  readonly links: readonly { readonly title: string; readonly href: string }[];
  /** What the numbers are of, such as the stack's name. */
  readonly source: string;
  /** Seconds after which the page fetches itself again. Default: never. */
  readonly refreshSeconds?: number;
}

export function dashboardPage(data: DashboardData, options: PageOptions): string {
  const { view, range, panels } = data;
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
<main>${panels.map((panel) => panelHtml(panel, data))}</main>
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

function day(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

function clock(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(11, 16);
}
