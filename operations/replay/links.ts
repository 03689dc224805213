/** Where people see what an alert saw. */
import type { Firing } from "./alert-state.ts";
import type { AlertingRule } from "./rules.ts";

/** Shown before and after a firing, milliseconds; at least. */
const MARGIN = 15 * 60_000;

/** The alert's panel in Grafana at that time; Prometheus' own graph of the expression where it has none. */
export function graphUrl(
  rules: readonly AlertingRule[],
  { labels, activeAt, last }: Firing,
  prometheusUrl: string,
): string {
  const rule =
    rules.find((each) => Object.entries(each.labels).every(([name, value]) => labels[name] === value)) ??
    rules[0];
  const margin = Math.max(MARGIN, last - activeAt);
  const [from, to] = [activeAt - margin, last + margin];
  const panel = rule?.annotations["dashboard_url"];
  if (panel !== undefined && URL.canParse(panel)) {
    const url = new URL(panel);
    url.searchParams.set("from", String(from));
    url.searchParams.set("to", String(to));
    return url.href;
  }
  const parameters = new URLSearchParams({
    "g0.expr": rule?.expression ?? "",
    "g0.tab": "graph",
    "g0.range_input": `${Math.round((to - from) / 1000)}s`,
    "g0.end_input": new Date(to).toISOString().slice(0, 19).replace("T", " "),
  });
  return `${prometheusUrl}/query?${parameters}`;
}
