/** How long each dashboard's queries take. */
import { queriesOf } from "../../../catalog/dashboards/dashboard.ts";
import { dashboards } from "../../../catalog/dashboards/index.ts";
import { replaceVariables } from "../../../catalog/promql/variables.ts";

/**
 * Milliseconds for people: all dashboards' queries over the last minutes, and those of the slowest one. An engine may break a query
 * off: Cortex does once it has been silent for 30 s (`http_server_write_timeout`).
 * @throws where a query is refused
 */
export async function dashboardFigures(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly [all: string, slowest: string]> {
  const times: number[] = [];
  let brokenOff = 0;
  for (const { panels } of dashboards) {
    const expressions = Object.values(panels).flatMap((panel) =>
      queriesOf(panel).map(({ expression }) => replaceVariables(expression)),
    );
    const start = performance.now();
    for (const expression of expressions) {
      if (!(await isAnswered(url, headers, expression))) brokenOff += 1;
    }
    times.push(performance.now() - start);
  }
  const all = times.reduce((sum, time) => sum + time, 0).toFixed(0);
  return [
    brokenOff === 0 ? `${all} ms` : `${all} ms, and ${brokenOff} queries broken off`,
    `${Math.max(...times).toFixed(0)} ms`,
  ];
}

async function isAnswered(
  url: string,
  headers: Readonly<Record<string, string>>,
  expression: string,
): Promise<boolean> {
  const end = Math.floor(Date.now() / 1000);
  const body = new URLSearchParams({
    query: expression,
    start: String(end - 300),
    end: String(end),
    step: "15",
  });
  const request = { method: "POST", headers, body };
  const response = await fetch(`${url}/api/v1/query_range`, request).catch(() => undefined);
  if (response === undefined) return false;
  const text = await response.text();
  if (!response.ok) throw new Error(`the engine refuses ${expression}: ${text}`);
  return true;
}
