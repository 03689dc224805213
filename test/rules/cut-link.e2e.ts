/** The way to the engine that has the rules is cut, at every pace of scrapes: MetricsNotArriving rings, and nothing else. */
import { beforeAll, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { alertGroups } from "../../catalog/alerts/index.ts";
import { findsMissing } from "../../catalog/inhibitions.ts";
import { metrics } from "../../catalog/metrics/index.ts";
import { type Job, jobs } from "../../catalog/metrics/metric.ts";
import { ruleFiles } from "../../components/prometheus/prometheus.ts";
import { promtoolFolder } from "./promtool-folder.ts";

const { write, complaints } = promtoolFolder();

/** Those that have MetricsNotArriving, or take missing samples for an outage. Others look at what is there. */
const groups = alertGroups.filter(({ alerts }) =>
  alerts.some((alert) => alert.name === "MetricsNotArriving" || findsMissing(alert)),
);

beforeAll(() => {
  const links = { runbookBaseUrl: "https://runbooks.example", grafanaUrl: "https://grafana.example" };
  const rendered = ruleFiles({}, links);
  for (const { name } of groups) {
    write(`${name}.yml`, stringify(parse(rendered[`${name}.yml`] ?? "")));
  }
});

/** promtool's samples, one a second: the value at each scrape until the cut. */
function scrapedUntil(cutSecond: number, intervalSeconds: number, phase: number, value: 0 | 1): string {
  const values: string[] = phase > 0 ? [`_x${phase}`] : [];
  for (let second = phase; second <= cutSecond; second += intervalSeconds) {
    values.push(`${value} _x${intervalSeconds - 1}`);
  }
  return values.join(" ");
}

const FIRING = 'ALERTS{alertstate="firing",alertname!="Watchdog"}';
/**
 * Engines evaluate groups at moments of their own, up to an interval apart: what begins before MetricsNotArriving may fire
 * before it. Objectives are not measured here at all, and take half an hour.
 */
const TOO_EARLY =
  'ALERTS{alertname!~"Watchdog|MetricsNotArriving|SLOMetricMissing"} unless on () ALERTS{alertname="MetricsNotArriving"}';

/**
 * Prometheus scrapes its targets at different moments: itself last, and the link is cut before any other comes again, so that
 * its last sample is nearly an interval younger than that of the first target.
 * @param shift seconds by which scrapes, and so the cut, are shifted against the evaluations
 */
function cutAfter(intervalSeconds: number, shift: number) {
  const cutSecond = shift + Math.ceil(600 / intervalSeconds) * intervalSeconds - 1;
  const phaseOf = (job: Job) =>
    shift + (job === "prometheus" ? intervalSeconds - 1 : jobs.indexOf(job) % intervalSeconds);
  const scraped = (name: string, job: Job, value: 0 | 1) => ({
    series: `${name}{job="${job}",instance="${job}:1"}`,
    values: scrapedUntil(cutSecond, intervalSeconds, phaseOf(job), value),
  });
  return {
    name: `scrapes each ${intervalSeconds} s, cut at ${cutSecond} s`,
    interval: "1s",
    input_series: [
      ...jobs.map((job) => scraped(metrics.up.name, job, 1)),
      scraped(metrics.workerQueueDepth.name, "agentpay-worker", 0),
      scraped(metrics.pgUp.name, "postgres", 1),
      scraped(metrics.pgDatabaseBackends.name, "postgres", 1),
      scraped(metrics.redisUp.name, "redis", 1),
    ],
    promql_expr_test: [
      {
        expr: `count by (alertname) (max_over_time(${FIRING}[20m]))`,
        eval_time: "25m",
        exp_samples: [{ labels: '{alertname="MetricsNotArriving"}', value: 1 }],
      },
      {
        expr: `count by (alertname) (max_over_time((${TOO_EARLY})[15m:30s]))`,
        eval_time: "25m",
        exp_samples: [],
      },
    ],
  };
}

/** Up to the longest that settings allow. */
test.each([5, 15, 30, 60])("scrapes each %i seconds", async (intervalSeconds) => {
  const tests = [0, 8, 16, 24].map((shift) => cutAfter(intervalSeconds, shift));
  const rule_files = groups.map(({ name }) => `${name}.yml`);
  const document = stringify({ rule_files, evaluation_interval: "30s", tests });
  expect(await complaints(["test", "rules", write(`${intervalSeconds}.test.yml`, document)])).toBe("");
});
