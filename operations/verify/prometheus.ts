/** Prometheus and Alertmanager: do they see everything, know every rule, and can they tell? */
import { parse } from "yaml";
import { z } from "zod";
import { metrics } from "../../catalog/metrics/index.ts";
import { PROMETHEUS_DATASOURCE_UID } from "../../components/grafana/panels.ts";
import { engineNotifies } from "../../components/prometheus/files.ts";
import { getJson, getText } from "../../components/shared/json-api.ts";
import { failed, notConfigured, proven, required, some } from "../../components/shared/outcome.ts";
import type { Settings } from "../../settings/schema.ts";
import { renderAll } from "../render/index.ts";
import type { Check, Context } from "./check.ts";
import { grafanaApi } from "./grafana-api.ts";

const REACHABLE =
  "Is it running, and reachable from here? Its ports listen on metrics.bindAddress of the Docker host: " +
  "run this there, or through ssh -L.";

/** The `data` of an answer of Prometheus's API: of the one that scrapes, or of whatever has the samples and rules. */
async function ask<Data extends z.ZodType>(
  context: Context,
  path: string,
  data: Data,
  of: "scraper" | "engine" = "engine",
): Promise<z.output<Data>> {
  const { signal, outputs } = context;
  // An engine elsewhere asks for credentials. Grafana has them.
  const { url, headers } =
    of === "engine" && engineOf(context.settings) !== "container"
      ? throughGrafana(context)
      : { url: required(outputs.prometheusUrl, "prometheusUrl"), headers: {} };
  const answer = getJson(z.object({ data: z.unknown() }), `${url}/api/v1/${path}`, { headers, signal });
  return data.parse((await answer).data);
}

function engineOf({ metrics }: Settings) {
  return metrics.enabled ? metrics.engine : "container";
}

function throughGrafana(context: Context) {
  const { url, headers } = grafanaApi(context);
  return { url: `${url}/datasources/proxy/uid/${PROMETHEUS_DATASOURCE_UID}`, headers };
}

const vector = z.object({ result: z.array(z.object({ metric: z.record(z.string(), z.string()) })) });

/** Labels of each series that an instant query gives. */
export async function query(context: Context, expression: string): Promise<Record<string, string>[]> {
  const path = `query?query=${encodeURIComponent(expression)}`;
  return (await ask(context, path, vector)).result.map(({ metric }) => metric);
}

async function ready(name: string, url: string, signal: AbortSignal) {
  await getText(`${url}/-/ready`, { signal });
  return proven(`${name} is ready at ${url}`);
}

const targets = z.object({
  activeTargets: z.array(
    z.object({ labels: z.record(z.string(), z.string()), health: z.string(), lastError: z.string() }),
  ),
});

async function targetsUp(context: Context) {
  const data = await ask(context, "targets?state=active", targets, "scraper");
  const down = data.activeTargets.filter(({ health }) => health !== "up");
  const seen = new Set(data.activeTargets.map(({ labels }) => labels["job"]));
  const unseen = jobsOf(context.settings).filter((job) => !seen.has(job));
  if (unseen.length > 0) return failed(`no target of ${some(unseen)}`);
  const told = down.map(
    ({ labels, health, lastError }) =>
      `${labels["job"]} (${labels["instance"]}): ${lastError || `health ${health}`}`,
  );
  return down.length > 0 ? failed(some(told)) : proven(`${data.activeTargets.length} of ${seen.size} jobs`);
}

const files = new WeakMap<Settings, Record<string, string>>();

/** The files of these settings, which several checks compare with what is there. */
function rendered(settings: Settings, path: RegExp): string[] {
  const all = files.get(settings) ?? renderAll(settings);
  files.set(settings, all);
  return Object.entries(all)
    .filter(([name]) => path.test(name))
    .map(([, text]) => text);
}

const scrapeConfiguration = z.object({ scrape_configs: z.array(z.object({ job_name: z.string() })) });

function jobsOf(settings: Settings): string[] {
  return rendered(settings, /^prometheus\/prometheus\.yml$/).flatMap((text) =>
    scrapeConfiguration.parse(parse(text)).scrape_configs.map(({ job_name }) => job_name),
  );
}

const ruleFile = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(z.object({ alert: z.string().optional(), record: z.string().optional() })),
    }),
  ),
});
const liveRules = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(z.object({ name: z.string(), health: z.string(), lastError: z.string().optional() })),
    }),
  ),
});

async function rulesLoaded(context: Context) {
  const wanted = rendered(context.settings, /^prometheus\/rules\//).flatMap((text) =>
    ruleFile
      .parse(parse(text))
      .groups.flatMap(({ name, rules }) => rules.map((rule) => `${name}/${rule.alert ?? rule.record}`)),
  );
  const data = await ask(context, "rules", liveRules);
  const live = data.groups.flatMap(({ name, rules }) => rules.map((rule) => `${name}/${rule.name}`));
  const missing = wanted.filter((name) => !live.includes(name));
  const unknown = live.filter((name) => !wanted.includes(name));
  const broken = data.groups.flatMap(({ rules }) => rules).filter(({ health }) => health === "err");
  const problems = [
    ...(missing.length > 0 ? [`missing: ${some(missing)}`] : []),
    ...(unknown.length > 0 ? [`not ours: ${some(unknown)}`] : []),
    ...broken.slice(0, 5).map(({ name, lastError }) => `${name}: ${lastError}`),
  ];
  return problems.length > 0 ? failed(problems.join("; ")) : proven(`${live.length} rules, as rendered`);
}

const alertmanagerFile = z.object({
  receivers: z.array(z.object({ name: z.string() })),
  inhibit_rules: z.array(z.unknown()).default([]),
});

async function alertmanagerConfigured({ settings, outputs, signal }: Context) {
  const url = required(outputs.alertmanagerUrl, "alertmanagerUrl");
  const { config } = await getJson(
    z.object({ config: z.object({ original: z.string() }) }),
    `${url}/api/v2/status`,
    { signal },
  );
  const facts = (text: string) => {
    const { receivers, inhibit_rules: inhibitions } = alertmanagerFile.parse(parse(text));
    const names = receivers.map(({ name }) => name).toSorted();
    return `receivers ${names.join(", ")}; ${inhibitions.length} inhibitions`;
  };
  const [wanted = ""] = rendered(settings, /^alertmanager\/alertmanager\.yml$/).map(facts);
  const live = facts(config.original);
  return live === wanted ? proven(live) : failed(`it has ${live}; rendered are ${wanted}`);
}

/** Channels that failed in the last hour, but for those that have delivered since, and nothing failed. */
function failingChannels(): string {
  const total = (name: string, window: string) => `sum by (integration) (increase(${name}[${window}])) > 0`;
  const sent = metrics.alertmanagerNotifications.name;
  const failed = metrics.alertmanagerNotificationsFailed.name;
  return `${total(failed, "1h")} unless (${total(sent, "5m")} unless ${total(failed, "5m")})`;
}

async function deliveries(context: Context) {
  const channels = (await query(context, failingChannels())).map(({ integration = "" }) => integration);
  if (channels.length > 0) return failed(`the last notifications failed: ${some(channels)}`);
  const known = await query(context, metrics.alertmanagerNotifications.name);
  return known.length > 0
    ? proven("none failed in the last hour, or was followed by others that did not")
    : failed("Alertmanager's own metrics are not there");
}

/** An item that holds where Prometheus has a metric. */
function arrives(
  item: Pick<Check, "id" | "section" | "title" | "advice">,
  metric: { readonly name: string },
): Check {
  return {
    ...item,
    platform: "metrics",
    async run(context) {
      const series = await query(context, metric.name);
      return series.length > 0
        ? proven(`${series.length} series of ${metric.name}`)
        : failed(`no sample of ${metric.name}`);
    },
  };
}

const server = { section: "Metrics", platform: "metrics" } as const;

/** A check of the stack's own Alertmanager: an engine elsewhere may have another, which whoever runs it looks after. */
function ofOwnAlertmanager(run: Check["run"]): Check["run"] {
  return async (context) => {
    const { metrics } = context.settings;
    if (!metrics.enabled || !engineNotifies(metrics)) return run(context);
    return notConfigured(
      metrics.engine === "amp"
        ? "metrics.engine is amp: its Alertmanager is Amazon's"
        : "metrics.remoteAlertmanagerUrl is set: the engine's Alertmanager tells people",
    );
  };
}

export const prometheusChecks: readonly Check[] = [
  {
    ...server,
    id: "prometheus-ready",
    title: "Prometheus runs",
    advice: REACHABLE,
    run: ({ outputs, signal }) =>
      ready("Prometheus", required(outputs.prometheusUrl, "prometheusUrl"), signal),
  },
  {
    ...server,
    id: "prometheus-targets",
    title: "Every scrape target is up",
    advice: "Does the target serve /metrics to Prometheus's host, at the address in metrics.*Targets?",
    run: targetsUp,
  },
  {
    ...server,
    id: "prometheus-rules",
    title: "Alert rules are loaded",
    advice: "Run pulumi up; then see Status, Configuration in Prometheus, and its log.",
    run: rulesLoaded,
  },
  {
    ...server,
    id: "alertmanager-ready",
    title: "Alertmanager runs",
    advice: REACHABLE,
    run: ofOwnAlertmanager(({ outputs, signal }) =>
      ready("Alertmanager", required(outputs.alertmanagerUrl, "alertmanagerUrl"), signal),
    ),
  },
  {
    ...server,
    id: "alertmanager-configuration",
    title: "Alertmanager has its routes",
    advice: "Run pulumi up; Alertmanager's log says why it refused a configuration.",
    run: ofOwnAlertmanager(alertmanagerConfigured),
  },
  {
    ...server,
    id: "alertmanager-deliveries",
    title: "Notifications are delivered",
    advice: "See runbooks/AlertmanagerNotificationsFailing.md.",
    run: ofOwnAlertmanager(deliveries),
  },
];

/** What AgentPay and its exporters must send. */
export const trackingChecks: readonly Check[] = [
  arrives(
    {
      id: "query-statistics",
      section: "Performance",
      title: "Query statistics arrive (pg_stat_statements)",
      advice:
        "Attach the parameter group, restart the database once, and run the exporter with stat_statements.",
    },
    metrics.pgStatStatementsCalls,
  ),
  arrives(
    {
      id: "llm-tracking",
      section: "Performance",
      title: "LLM performance is tracked",
      advice: "AgentPay must export this metric; see the metric contract in catalog/metrics/.",
    },
    metrics.llmRequests,
  ),
  arrives(
    {
      id: "cost-tracking",
      section: "Costs",
      title: "LLM cost is tracked",
      advice: "AgentPay must export this metric; see the metric contract in catalog/metrics/.",
    },
    metrics.llmCost,
  ),
];
