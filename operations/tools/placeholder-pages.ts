/**
 * Prometheus's and Alertmanager's web pages are not in their Go modules, which do not build (Alertmanager) or
 * answer with errors (Prometheus) without them. A build from source gets one page that says so and leads to the API.
 */

interface Link {
  readonly path: string;
  readonly shows: string;
}

function page(title: string, links: readonly Link[]): string {
  const items = links.map(({ path, shows }) => `<li><a href="${path}">${path}</a>: ${shows}</li>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${title}</title>
<h1>${title}</h1>
<p>This ${title} was built from source, without its web pages. All else is complete:</p>
<ul>
${items.join("\n")}
</ul>
<p>For the web pages, let <code>npm run ops -- toolchain</code> download the official release, or put one on PATH.</p>
</html>
`;
}

/** Files to add to Prometheus's module: the page, and the Go file that embeds it in place of the real ones. */
export const prometheusPages = {
  "web/ui/static/mantine-ui/index.html": page("Prometheus", [
    { path: "/api/v1/targets", shows: "what is scraped, and whether it is up" },
    { path: "/api/v1/rules", shows: "recording and alerting rules" },
    { path: "/api/v1/alerts", shows: "alerts that are pending or firing" },
    { path: "/api/v1/query?query=up", shows: "the answer to a PromQL query" },
    { path: "/metrics", shows: "metrics of Prometheus itself" },
  ]),
  "web/ui/ui.go": `package ui

import (
	"embed"
	"net/http"
)

//go:embed static
var files embed.FS

// Assets are the web pages.
var Assets = http.FS(files)
`,
};

const alertmanagerPage = page("Alertmanager", [
  { path: "/api/v2/alerts", shows: "alerts and whom they are sent to" },
  { path: "/api/v2/silences", shows: "silences" },
  { path: "/api/v2/status", shows: "the configuration in use" },
  { path: "/metrics", shows: "metrics of Alertmanager itself" },
]);

/** Files to add to Alertmanager's module: it serves its old pages at `/`, its new ones at `/ui/`, both compressed. */
export const alertmanagerPages = Object.fromEntries(
  ["elm", "mantine"].flatMap((pages) =>
    ["gz", "br"].map((encoding) => [`ui/app/dist/${pages}/index.html.${encoding}`, alertmanagerPage]),
  ),
);
