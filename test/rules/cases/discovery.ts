import { metrics } from "../../../catalog/metrics/index.ts";
import { type GroupCases, level, type Phase, perMinute, series, silent } from "../rule-case.ts";
import { up } from "./api.ts";

const prometheus = { job: "prometheus", instance: "localhost:9090" };

export const discoveryCases: GroupCases = {
  PrometheusTargetSyncFailure: [
    {
      title: "a relabelling makes a bad target of each that is found, until it is mended",
      series: {
        [series(metrics.prometheusTargetSyncFailures.name, { ...prometheus, scrape_job: "redis" })]:
          perMinute([0, 10], [1, 20], [0, 60]),
      },
      firing: {
        10: [],
        13: [],
        20: [{ ...prometheus, scrape_job: "redis" }],
        55: [{ ...prometheus, scrape_job: "redis" }],
        65: [],
      },
    },
    {
      title: "never",
      series: {
        [series(metrics.prometheusTargetSyncFailures.name, { ...prometheus, scrape_job: "redis" })]:
          perMinute([0, 40]),
      },
      firing: silent(20, 40),
    },
  ],
  PrometheusDiscoveryFailing: [
    ...[
      series(metrics.prometheusNameLookupFailures.name, prometheus),
      series(metrics.prometheusTargetFileErrors.name, prometheus),
      series(metrics.prometheusDiscoveryFailures.name, { ...prometheus, mechanism: "ec2", config: "redis" }),
    ].map((failures) => ({
      title: `${failures} for an hour, and no more`,
      series: { [failures]: perMinute([0, 10], [2, 60], [0, 30]) },
      firing: { 10: [], 25: [], 40: [prometheus], 70: [prometheus], 85: [] },
    })),
    {
      title: "a name server that is restarted",
      series: {
        [series(metrics.prometheusNameLookupFailures.name, prometheus)]: perMinute([0, 10], [2, 2], [0, 40]),
      },
      firing: silent(12, 20, 30, 45),
    },
    {
      title: "two ways at once are one alert",
      series: {
        [series(metrics.prometheusNameLookupFailures.name, prometheus)]: perMinute([2, 60]),
        [series(metrics.prometheusTargetFileErrors.name, prometheus)]: perMinute([1, 60]),
      },
      firing: { 10: [], 40: [prometheus] },
    },
  ],
  TargetsVanished: [
    {
      title: "nine of ten servers end, and their addresses with them; then new ones come",
      series: {
        ...Object.fromEntries(
          Array.from({ length: 9 }, (_, index) => [
            up("agentpay-api", `10.0.0.${index}:8000`),
            level([1, 10], ["gone", 40], [1, 20]),
          ]),
        ),
        [up("agentpay-api", "10.0.1.1:8000")]: level([1, 70]),
      },
      firing: { 9: [], 13: [], 17: [{ job: "agentpay-api" }], 49: [{ job: "agentpay-api" }], 53: [] },
    },
    {
      title: "an autoscaler takes two of ten away",
      series: Object.fromEntries(
        Array.from({ length: 10 }, (_, index) => [
          up("agentpay-api", `10.0.0.${index}:8000`),
          index < 2 ? level([1, 10], ["gone", 60]) : level([1, 70]),
        ]),
      ),
      firing: silent(12, 20, 60),
    },
    {
      title: "a deployment replaces each server by one with another address",
      series: Object.fromEntries(
        Array.from({ length: 4 }, (_, index) => [
          [up("agentpay-worker", `10.0.0.${index}:10000`), level([1, 10 + index], ["gone", 60])],
          [up("agentpay-worker", `10.0.1.${index}:10000`), level(["gone", 10 + index], [1, 60])],
        ]).flat(),
      ),
      firing: silent(12, 15, 20, 40, 60),
    },
    {
      title: "one that was taken out for good is forgotten after an hour",
      series: {
        [up("redis", "redis-1:9121")]: level([1, 10], ["gone", 120]),
        [up("redis", "redis-2:9121")]: level([1, 10], ["gone", 120]),
        [up("redis", "redis-3:9121")]: level([1, 130]),
      },
      firing: { 9: [], 20: [{ job: "redis" }], 60: [{ job: "redis" }], 75: [] },
    },
  ],
  SubjectMissing: [
    ...(
      [
        ["postgres", metrics.pgUp],
        ["redis", metrics.redisUp],
        ["blackbox", metrics.probeSuccess],
        ["prometheus", metrics.prometheusConfigReloadSuccessful],
        ["alertmanager", metrics.alertmanagerConfigReloadSuccessful],
        ["agentpay-api", metrics.websocketConnections],
      ] as const
    ).map(([job, { name }]) => ({
      title: `${job} answers without ${name}, and has it again`,
      series: {
        [up(job, "10.0.0.1:9000")]: level([1, 50]),
        [series(name, { job, instance: "10.0.0.1:9000" })]: level([1, 10], ["gone", 25], [1, 15]),
      },
      firing: {
        10: [],
        18: [],
        26: [{ job, instance: "10.0.0.1:9000" }],
        34: [{ job, instance: "10.0.0.1:9000" }],
        37: [],
      },
    })),
    {
      title: "an exporter that does not answer says so by itself",
      series: { [up("redis", "10.0.0.1:9121")]: level([1, 10], [0, 40]) },
      firing: silent(15, 25, 50),
    },
    {
      title: "Redis is gone, and its exporter says so",
      series: {
        [up("redis", "10.0.0.1:9121")]: level([1, 50]),
        [series(metrics.redisUp.name, { job: "redis", instance: "10.0.0.1:9121" })]: level([1, 10], [0, 40]),
      },
      firing: silent(15, 25, 50),
    },
    {
      title: "a target that is none of ours",
      series: { [up("node", "10.0.0.1:9100")]: level([1, 50]) },
      firing: silent(25, 50),
    },
  ],
  PrometheusSamplesRefused: [
    metrics.prometheusDuplicateSamples,
    metrics.prometheusUnorderedSamples,
    metrics.prometheusUnboundedSamples,
  ].flatMap(({ name: refused }) => {
    const counted = (...phases: Phase[]) =>
      Object.fromEntries(
        [
          metrics.prometheusDuplicateSamples,
          metrics.prometheusUnorderedSamples,
          metrics.prometheusUnboundedSamples,
        ].map(({ name }) => [
          series(name, prometheus),
          name === refused ? perMinute(...phases) : perMinute([0, 60]),
        ]),
      );
    return [
      {
        title: `two targets say they are the same, until they no longer do (${refused})`,
        series: counted([0, 10], [40, 30], [0, 20]),
        firing: { 10: [], 18: [], 24: [prometheus], 40: [prometheus], 48: [] },
      },
      {
        title: `once, at a restart (${refused})`,
        series: counted([0, 10], [40, 0.5], [0, 49.5]),
        firing: silent(12, 20, 30),
      },
    ];
  }),
};
