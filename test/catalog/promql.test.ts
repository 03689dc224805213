import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { metrics } from "../../catalog/metrics/index.ts";
import { checkExpression, describeProblem } from "../../catalog/promql/check.ts";
import { replaceVariables } from "../../catalog/promql/variables.ts";

const recorded = new Set([
  "job:agentpay_requests_errors_per_requests:ratio_rate5m",
  "job_le:agentpay_request_latency_seconds_bucket:rate5m",
]);

function messages(expression: string): string[] {
  return checkExpression(expression, { recorded }).map((problem) => describeProblem(expression, problem));
}

const good: Record<string, string> = {
  "a ratio of rates": `sum(rate(agentpay_requests_total{job="agentpay-api",status=~"5.."}[5m])) / sum(rate(agentpay_requests_total[5m])) > 0.05`,
  "a quantile of buckets": `histogram_quantile(0.95, sum by (le, endpoint) (rate(agentpay_request_latency_seconds_bucket[5m])))`,
  "a quantile without the labels that differ": `histogram_quantile(0.95, sum without (instance) (rate(agentpay_request_latency_seconds_bucket[5m])))`,
  "a quantile of recorded buckets": `histogram_quantile(0.5, job_le:agentpay_request_latency_seconds_bucket:rate5m)`,
  "a bucket bound as Prometheus 3 stores it": `rate(agentpay_request_latency_seconds_bucket{le="2.0"}[5m])`,
  "a recorded series": `job:agentpay_requests_errors_per_requests:ratio_rate5m{job="agentpay-api"} > 0.05`,
  "absence of a counter": `absent(agentpay_requests_total{job="agentpay-api"})`,
  "the number of a counter's series": `count by (job) (agentpay_requests_total)`,
  "an offset and a subquery": `max_over_time((rate(agentpay_requests_total[5m] offset 1w))[1h:1m])`,
  "a target that is gone": `sum by (job) (up{job="agentpay-worker"}) == 0 or absent(up{job="agentpay-worker"})`,
  "alerts with labels of their own": `ALERTS{category="slo",alertstate="firing",slo=~"api.*"}`,
  "a counter named without _total": `rate(pg_stat_database_deadlocks{datname!~"template.*|postgres"}[10m])`,
  "a label that label_replace makes": `sum by (host) (label_replace(up, "host", "$1", "instance", "(.*):.*"))`,
  "a pattern that only RE2 knows": `agentpay_worker_queue_depth{queue=~"(?i)high.*"}`,
  "an excluded value": `sum(rate(agentpay_llm_requests_total{error_type!="nonsense"}[5m]))`,
  "no series at all": `vector(1)`,
};

const bad: Record<string, [expression: string, message: RegExp]> = {
  "an unfinished expression": ["up ==", /1:6: does not parse here: the expression ends too early/],
  "no expression": ["", /1:1: does not parse/],
  "an unknown function": ["quantile_rate(up[5m])", /does not parse/],
  "a Grafana variable": ["rate(agentpay_requests_total[$__rate_interval])", /1:30: does not parse/],
  "a metric that nobody exposes": [
    "postgres_connections_active > 1",
    /1:1: nobody exposes postgres_connections_act/,
  ],
  "a counter without its suffix": [
    "increase(agentpay_llm_cost_usd[24h])",
    /did you mean agentpay_llm_cost_usd_total/,
  ],
  "a record that no rule makes": [
    "job:agentpay_requests:rate5m",
    /no rule records job:agentpay_requests:rate5m/,
  ],
  "a histogram's base name": [
    "histogram_quantile(0.95, agentpay_request_latency_seconds)",
    /1:26: agentpay_request_latency_seconds is a histogram: use agentpay_request_latency_seconds_bucket/,
  ],
  "a quantile of no buckets": [
    "histogram_quantile(0.95, rate(agentpay_request_latency_seconds_sum[5m]))",
    /1:31: histogram_quantile needs buckets/,
  ],
  "a quantile of recorded numbers": [
    "histogram_quantile(0.95, job:agentpay_requests_errors_per_requests:ratio_rate5m)",
    /histogram_quantile needs buckets/,
  ],
  "a quantile that lost le": [
    "histogram_quantile(0.95, sum by (job) (rate(agentpay_request_latency_seconds_bucket[5m])))",
    /needs the label le/,
  ],
  "a quantile that aggregates le away": [
    "histogram_quantile(0.95, sum(rate(agentpay_request_latency_seconds_bucket[5m])))",
    /needs the label le/,
  ],
  "a quantile that removes le": [
    "histogram_quantile(0.95, sum without (le) (rate(agentpay_request_latency_seconds_bucket[5m])))",
    /needs the label le/,
  ],
  "a raw counter": ["sum(agentpay_checkouts_total) > 10", /1:5: agentpay_checkouts_total is a counter/],
  "a raw counter over time": ["max_over_time(agentpay_checkouts_total[1h])", /is a counter/],
  "a raw counter without _total": [
    "pg_stat_database_deadlocks > 5",
    /pg_stat_database_deadlocks is a counter/,
  ],
  "a raw count of a histogram": ["agentpay_request_latency_seconds_count > 5", /is a counter/],
  "a rate of a gauge": ["rate(agentpay_worker_queue_depth[5m])", /is a gauge: rate takes each decrease/],
  "a rate without a range": ["rate(agentpay_checkouts_total)", /1:1: rate needs a range/],
  "a metric chosen by name pattern": [`rate({__name__=~"agentpay_.*"}[5m])`, /1:6: name the metric/],
  "a metric named in the braces": [`{"up"}`, /name the metric/],
  "an unknown label": [
    `rate(agentpay_checkouts_total{outcome="failed"}[5m])`,
    /1:31: agentpay_checkouts_total has no label outcome, only instance, job, status/,
  ],
  "le outside a bucket": [`rate(agentpay_request_latency_seconds_count{le="2.0"}[5m])`, /has no label le/],
  "a misspelt value": [
    `rate(agentpay_llm_requests_total{status="eror"}[5m])`,
    /its values are success, error/,
  ],
  "a pattern without a match": [
    `rate(agentpay_llm_requests_total{status=~"err"}[5m])`,
    /its values are success, error/,
  ],
  "a bound as Prometheus 2 stored it": [
    `rate(agentpay_request_latency_seconds_bucket{le="2"}[5m])`,
    /no agentpay_request_latency_seconds_bucket has le="2": its values are 0.05/,
  ],
  "a job that has no such metric": [
    `rate(agentpay_requests_total{job="agentpay-worker"}[5m])`,
    /no agentpay_requests_total/,
  ],
  "an unknown label to group by": [
    "sum by (endpiont) (rate(agentpay_requests_total[5m]))",
    /1:9: nothing aggregated here has the label endpiont/,
  ],
};

describe("an expression that can return something passes", () => {
  test.each(Object.entries(good))("%s", (_, expression) => {
    expect(messages(expression)).toEqual([]);
  });
});

describe("an expression that would stay silent is refused", () => {
  test.each(Object.entries(bad))("%s", (_, [expression, message]) => {
    expect(messages(expression).join("\n")).toMatch(message);
  });
});

test("all problems are reported at once, in the order of the text", () => {
  const expression = `sum(agentpay_checkouts_total{statu="failed"})\n  / sum(no_such_metric)`;
  expect(messages(expression)).toEqual([
    expect.stringMatching(/^1:5: .* is a counter/),
    expect.stringMatching(/^1:30: .* no label statu/),
    expect.stringMatching(/^2:9: nobody exposes no_such_metric/),
  ]);
});

test("only the given metrics are known", () => {
  const known = { up: metrics.up };
  expect(checkExpression("up == 0", { known })).toEqual([]);
  expect(checkExpression("redis_up == 0", { known })).toHaveLength(1);
});

test("dashboard variables are replaced by what lets the query be checked", () => {
  const query = `rate(agentpay_requests_total{instance=~"$instance",job="\${job:regex}"}[$__rate_interval])`;
  expect(replaceVariables(query)).toBe(`rate(agentpay_requests_total{instance=~".*",job=".*"}[5m])`);
  expect(checkExpression(replaceVariables(query))).toEqual([]);
  const relabelled = 'label_replace(increase(x[$__range]), "a", "$1", "b", "(.*)")';
  expect(replaceVariables(relabelled)).toBe('label_replace(increase(x[30d]), "a", "$1", "b", "(.*)")');
});

test("any text gets an answer, never an exception", () => {
  const fragment = fc.constantFrom(
    ...[
      "sum",
      "by",
      "(",
      ")",
      "{",
      "}",
      "[5m]",
      "rate",
      "up",
      "le",
      "=",
      "=~",
      '"(["',
      ",",
      "1",
      "histogram_quantile",
    ],
  );
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 12 }), (fragments) => {
      const expression = fragments.join(" ");
      for (const { position } of checkExpression(expression)) {
        expect(position).toBeLessThanOrEqual(expression.length);
      }
    }),
  );
});
