/** Grafana: are the dashboards there, and do their panels show something? */
import { z } from "zod";
import { dashboards } from "../../catalog/dashboards/index.ts";
import { replaceVariables } from "../../catalog/promql/variables.ts";
import { PROMETHEUS_DATASOURCE_UID } from "../../components/grafana/panels.ts";
import { getJson } from "../../components/shared/json-api.ts";
import { failed, proven, some } from "../../components/shared/outcome.ts";
import { messageOf } from "../../toolkit/error-message.ts";
import type { Check, Context } from "./check.ts";
import { grafanaApi } from "./grafana-api.ts";
import { query } from "./prometheus.ts";

const dashboard = z.object({
  dashboard: z.object({
    title: z.string(),
    panels: z.array(
      z.object({
        title: z.string().default("(no title)"),
        // Rows have no queries, and what asks the database none that Prometheus could answer.
        targets: z.array(z.object({ expr: z.string().optional() })).default([]),
      }),
    ),
  }),
});

function ask<Schema extends z.ZodType>(context: Context, schema: Schema, path: string) {
  const { url, headers } = grafanaApi(context);
  return getJson(schema, `${url}/${path}`, { headers, signal: context.signal });
}

const readDashboards = (context: Context) =>
  Promise.all(dashboards.map(({ uid }) => ask(context, dashboard, `dashboards/uid/${uid}`)));

/** What is wrong with a panel: its first query that is refused. Empty where every query gave nothing. */
async function panelState(context: Context, title: string, expressions: readonly string[]) {
  try {
    const series = await Promise.all(expressions.map((each) => query(context, replaceVariables(each))));
    return { title, error: undefined, empty: series.flat().length === 0 };
  } catch (error) {
    context.signal.throwIfAborted();
    return { title, error: messageOf(error), empty: true };
  }
}

async function panelsAnswer(context: Context) {
  const panels = (await readDashboards(context)).flatMap(({ dashboard: { title, panels } }) =>
    panels.flatMap((panel) => {
      const expressions = panel.targets.flatMap(({ expr = [] }) => expr);
      return expressions.length > 0 ? [{ title: `${title}: ${panel.title}`, expressions }] : [];
    }),
  );
  const states = await Promise.all(
    panels.map(({ title, expressions }) => panelState(context, title, expressions)),
  );
  const refused = states.filter(({ error }) => error !== undefined);
  if (refused.length > 0) return failed(some(refused.map(({ title, error }) => `${title} (${error})`)));
  const empty = states.filter((panel) => panel.empty).map(({ title }) => title);
  const filled = states.length - empty.length;
  const detail = `${filled} of ${states.length} panels show something`;
  const told = empty.length > 0 ? `${detail}; empty: ${some(empty)}` : detail;
  return filled * 2 > states.length ? proven(told) : failed(told);
}

export const grafanaChecks: readonly Check[] = [
  {
    id: "grafana-dashboards",
    section: "Metrics",
    title: "Grafana dashboards exist",
    platform: "metrics",
    advice:
      "Run pulumi up --refresh: it makes again what somebody has deleted. 401: metrics.grafanaAdminPassword.",
    async run(context) {
      const found = await readDashboards(context);
      await ask(context, z.object({ uid: z.string() }), `datasources/uid/${PROMETHEUS_DATASOURCE_UID}`);
      return proven(`${found.length} dashboards and their datasource`);
    },
  },
  {
    id: "grafana-panels",
    section: "Metrics",
    title: "Dashboard queries answer",
    platform: "metrics",
    advice:
      "Most panels need AgentPay's metrics: see the scrape targets above. A query that is refused is a defect.",
    run: panelsAnswer,
  },
];
