/** The exporters of AgentPay's database and Redis: one that is scraped may still not reach what it watches. */
import { metrics } from "../../catalog/metrics/index.ts";
import { failed, notConfigured, proven, some } from "../../components/shared/outcome.ts";
import type { Enabled } from "../../settings/schema.ts";
import type { Check, Context } from "./check.ts";
import { query } from "./prometheus.ts";

interface Watched {
  readonly job: "postgres" | "redis";
  readonly subject: string;
  readonly targets: (metrics: Enabled<"metrics">) => readonly string[];
  /** 1 where the exporter reaches it. */
  readonly up: { readonly name: string };
  /** What it only has of a subject that really answers. */
  readonly own: { readonly name: string };
}

function reaches({ job, subject, targets, up, own }: Watched): Check {
  return {
    id: `${job}-exporter`,
    section: "Metrics",
    title: `${subject}'s exporter reaches it`,
    platform: "metrics",
    advice:
      `It is scraped, and has nothing of ${subject}: its log says why. Are its address, its user and password, and that ` +
      "user's rights as docs/getting-started.md says?",
    async run(context) {
      if (targets(context.settings.metrics as Enabled<"metrics">).length === 0)
        return notConfigured(`metrics.${job}Targets is empty: nothing of ${subject} is scraped`);
      const scraped = await instances(context, `up{job="${job}"} == 1`);
      const answering = await instances(context, `${up.name} == 1 and on (instance) ${own.name}`);
      const blind = scraped.filter((each) => !answering.includes(each));
      if (blind.length > 0) return failed(`nothing of ${subject} through ${some(blind)}`);
      return answering.length > 0
        ? proven(`${subject} answers through ${some(answering)}`)
        : failed(`no sample of ${up.name}`);
    },
  };
}

async function instances(context: Context, expression: string): Promise<string[]> {
  const series = await query(context, expression);
  return [...new Set(series.map(({ instance = "an exporter" }) => instance))];
}

export const exporterChecks: readonly Check[] = [
  reaches({
    job: "postgres",
    subject: "PostgreSQL",
    targets: ({ postgresTargets }) => postgresTargets,
    up: metrics.pgUp,
    own: metrics.pgDatabaseBackends,
  }),
  reaches({
    job: "redis",
    subject: "Redis",
    targets: ({ redisTargets }) => redisTargets,
    up: metrics.redisUp,
    own: metrics.redisConnectedClients,
  }),
];
