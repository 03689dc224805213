import { metrics } from "../metrics/index.ts";
import type { Job } from "../metrics/metric.ts";
import { restarts } from "../recording-rules/api.ts";
import type { Threshold } from "./alert.ts";

const up = (job: Job) => `${metrics.up.name}{job="${job}"}`;

/** With the host in the target's address: a host that is down says it of all that runs there. */
export function byHost(targets: string): string {
  return `label_replace(${targets}, "host", "$1", "instance", "(.+):[0-9]+")`;
}

/** No target of the job answers, or none is known: one that left discovery is as dead as one that refuses. */
export function allDown(job: Job): string {
  return `sum by (job) (${up(job)}) == 0 or absent(${up(job)})`;
}

/** A target of the job does not answer while others do, so that an outage of all is one alert, not many. */
export function someDown(job: Job): string {
  return `${byHost(up(job))} == 0 and on (job) sum by (job) (${up(job)}) > 0`;
}

/** A target of the job does not answer, or none is known. */
export function anyDown(job: Job): string {
  return `${byHost(up(job))} == 0 or absent(${up(job)})`;
}

/** Restarts in half an hour that no deployment has: two in a row are two. */
export const RESTARTS = 3;

/** A server that went away and came back more often than deployments make it. */
export function restarting(job: Job, threshold: number): string {
  return `${restarts.record}{job="${job}"} > ${threshold}`;
}

/**
 * More of a job's servers are down, or come and go, than the others can stand in for. Where all are down for good, the
 * alert that says so is enough; servers that crash again and again are all down too, for a moment.
 */
export function manyDown(job: Job, threshold: number): string {
  const crashing = restarting(job, RESTARTS);
  return (
    `count by (job) (${up(job)} == 0 or ${crashing}) / count by (job) (${up(job)}) > ${threshold}` +
    ` unless on (job) (sum by (job) (${up(job)}) == 0 unless on (job) ${crashing})`
  );
}

/** A job's servers are deployed with so much to spare. */
export const SPARE_SERVERS: Threshold = {
  default: 0.25,
  unit: "share of servers",
  source:
    "a starting point: three quarters carry the busiest hour; the guide pages for each server, which one or two of few still do",
};

/** What a target that answers says of its subject at any time; without it, nothing is known but that it answers. */
const subjects = {
  postgres: metrics.pgUp,
  redis: metrics.redisUp,
  blackbox: metrics.probeSuccess,
  prometheus: metrics.prometheusConfigReloadSuccessful,
  alertmanager: metrics.alertmanagerConfigReloadSuccessful,
  // Of workers, WorkerQueueUnknown says it.
  "agentpay-api": metrics.websocketConnections,
} as const satisfies Partial<Record<Job, { readonly name: string }>>;

/** A target answers without a word of its subject. */
export function anyWithoutSubject(): string {
  const jobs = Object.keys(subjects).join("|");
  const said = Object.values(subjects).map(({ name }) => name);
  return `${metrics.up.name}{job=~"${jobs}"} == 1 unless on (job, instance) (${said.join(" or ")})`;
}

/**
 * An exporter gives no answer, or none on its subject, as it does while what it asks hangs or the network to it swallows
 * everything, and no counter of `works`, which move only while its subject works, has moved for 5 minutes.
 */
export function unknownState(job: "postgres" | "redis", ...works: readonly string[]): string {
  const moving = works.map((series) => `sum(increase(${series}[5m]) >= 0) > 0`);
  const silent = `${up(job)} == 1 unless on (job, instance) ${subjects[job].name}`;
  return [`(${up(job)} == 0 or ${silent})`, ...moving.map((each) => `(${each})`)].join(" unless on () ");
}
