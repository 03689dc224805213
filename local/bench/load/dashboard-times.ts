/** How long each dashboard's queries take. */
import { queriesOf } from "../../../catalog/dashboards/dashboard.ts";
import { dashboards } from "../../../catalog/dashboards/index.ts";
import { replaceVariables } from "../../../catalog/promql/variables.ts";

/** Seconds for all of each dashboard's queries, over the last minutes. @throws where a query is refused */
export async function dashboardTimes(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly number[]> {
  const times: number[] = [];
  for (const { panels } of dashboards) {
    const expressions = Object.values(panels).flatMap((panel) =>
      queriesOf(panel).map(({ expression }) => replaceVariables(expression)),
    );
    const start = performance.now();
    for (const expression of expressions) await askRange(url, headers, expression);
    times.push((performance.now() - start) / 1000);
  }
  return times;
}

async function askRange(
  url: string,
  headers: Readonly<Record<string, string>>,
  expression: string,
): Promise<void> {
  const end = Math.floor(Date.now() / 1000);
  const body = new URLSearchParams({
    query: expression,
    start: String(end - 300),
    end: String(end),
    step: "15",
  });
  const begun = performance.now();
  const response = await fetch(`${url}/api/v1/query_range`, { method: "POST", headers, body }).catch(
    (error: unknown) => {
      const seconds = ((performance.now() - begun) / 1000).toFixed(0);
      throw new Error(`the engine breaks off after ${seconds} s, asked for ${expression}`, { cause: error });
    },
  );
  const text = await response.text();
  if (!response.ok) throw new Error(`the engine refuses ${expression}: ${text}`);
}
