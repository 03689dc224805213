/** What a change would cost: AWS's list prices of what is paid by the piece, and settings that decide on a bill. */
import { isObject, UNKNOWN } from "../../toolkit/property-values.ts";
import { change, differences } from "./difference.ts";
import type { Properties, Registration } from "./recording.ts";
import type { Side } from "./side.ts";

/** USD a month in us-east-1 at list price, as read in November 2026, without what is free. */
const prices: Readonly<Record<string, (inputs: Properties) => number>> = {
  // https://aws.amazon.com/cloudwatch/pricing: 0.10 for each metric of an alarm, 0.30 where it looks more than once a minute.
  "aws:cloudwatch/metricAlarm:MetricAlarm": ({ period, metricQueries }) =>
    (Number(period ?? 60) < 60 ? 0.3 : 0.1) * metricsOf(metricQueries),
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": () => 0.5,
  "aws:cloudwatch/dashboard:Dashboard": () => 3,
  // A custom metric each.
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": () => 0.3,
  // https://aws.amazon.com/route53/pricing: 0.75 outside of AWS, and 2 for each of these options.
  "aws:route53/healthCheck:HealthCheck": ({ type, requestInterval, measureLatency }) =>
    0.75 +
    2 *
      [
        String(type).startsWith("HTTPS"),
        String(type).endsWith("STR_MATCH"),
        Number(requestInterval) === 10,
        measureLatency === true,
      ].filter(Boolean).length,
  "aws:kms/key:Key": () => 1,
};

/** An alarm on an expression is paid by the metrics in it. */
function metricsOf(queries: unknown): number {
  if (!Array.isArray(queries)) return 1;
  return Math.max(1, queries.filter((query) => isObject(query) && query["metric"] !== undefined).length);
}

/** Settings that decide on a bill, and of whom. */
const costly: Readonly<Record<string, string>> = {
  "logs.retentionDays": "CloudWatch keeps logs for USD 0.03 a GB and month",
  "logs.platform": "Datadog and CloudWatch are paid by what is logged",
  "metrics.retentionDays": "disk of the monitoring host",
  "metrics.retentionSize": "disk of the monitoring host",
  "metrics.scrapeIntervalSeconds": "disk and memory of the monitoring host",
  "sentry.tracesSampleRate": "Sentry's quota of transactions",
  "sentry.profilesSampleRate": "Sentry's quota of profiles",
  "uptime.route53IntervalSeconds": "10 seconds cost USD 2 a month for each health check",
  "notifications.smsNumbers": "SMS are paid by the piece",
  "cost.monthlyBudgetUsd": "what may be spent before somebody is told",
  "cost.dailyBudgetUsd": "what may be spent before somebody is told",
};

export interface CostChange {
  /** What the pieces cost more, USD a month; negative where they cost less. */
  readonly monthlyUsd: number;
  /** For people. */
  readonly lines: readonly string[];
}

export function costChange(base: Side, head: Side): CostChange {
  const [before, after] = [pieces(base.resources), pieces(head.resources)];
  const types = [...new Set([...before.keys(), ...after.keys()])];
  const changes = types.flatMap((type) => {
    const [old, now] = [before.get(type) ?? NOTHING, after.get(type) ?? NOTHING];
    const usd = now.usd - old.usd;
    if (old.count === now.count && Math.abs(usd) < 0.005) return [];
    const name = type.split(":").at(-1);
    return [{ usd, line: `${name}: ${old.count} to ${now.count}, ${signed(usd)}` }];
  });
  const settings = differences(base.configuration, head.configuration).flatMap(({ path, ...values }) =>
    costly[path] === undefined ? [] : [`\`${path}\` ${change(values)}: ${costly[path]}`],
  );
  return {
    monthlyUsd: changes.reduce((sum, { usd }) => sum + usd, 0),
    lines: [...changes.map(({ line }) => line), ...settings],
  };
}

/** `+0.30 USD a month`. */
export function signed(usd: number): string {
  return `${usd < 0 ? "-" : "+"}${Math.abs(usd).toFixed(2)} USD a month`;
}

const NOTHING = { count: 0, usd: 0 };

function pieces(resources: readonly Registration[]): Map<string, typeof NOTHING> {
  const sums = new Map<string, typeof NOTHING>();
  for (const { type, inputs } of resources) {
    const price = prices[type];
    if (!price) continue;
    const { count, usd } = sums.get(type) ?? NOTHING;
    sums.set(type, { count: count + 1, usd: usd + price(known(inputs)) });
  }
  return sums;
}

/** What is not known yet counts as not given. */
function known(inputs: Properties): Properties {
  return Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== UNKNOWN));
}
