import { increase, rate, sustained } from "../counting.ts";
import { metrics } from "../metrics/index.ts";
import { redisMemoryRatio } from "../recording-rules/data.ts";
import { type Alert, type AlertGroup, MINIMUM_FAILURES, OUTAGE_INTERVAL } from "./alert.ts";
import { anyDown, unknownState } from "./availability.ts";

const redisDown: Alert = {
  name: "RedisDown",
  severity: "critical",
  service: "redis",
  summary: "Redis does not answer.",
  description:
    "The exporter of {{ $labels.instance }} answers, Redis does not, or takes no more clients (maxclients): no job is queued or worked off, and everything cached is slow or fails.",
  expression: () => `${metrics.redisUp.name} == 0`,
  holdFor: "1m",
  evaluatedEach: OUTAGE_INTERVAL,
  panel: { dashboard: "agentpay-data", panel: "databasesUp" },
};

const redisExporterDown: Alert = {
  name: "RedisExporterDown",
  severity: "warning",
  service: "redis",
  summary: "The exporter of Redis does not answer.",
  description:
    "Users notice nothing, but whatever happens to Redis now goes unseen: its exporter has been unreachable or unknown for 10 minutes.",
  expression: () => anyDown("redis"),
  // After RedisStateUnknown, which looks back over 5 minutes: "users notice nothing" would be wrong then.
  holdFor: "10m",
  panel: { dashboard: "agentpay-data", panel: "exportersUp" },
};

const redisStateUnknown: Alert = {
  name: "RedisStateUnknown",
  severity: "critical",
  service: "redis",
  summary: "Nothing is known of Redis, and nothing shows that it works.",
  description:
    "The exporter of {{ $labels.instance }} gives no answer, and no job was done in 5 minutes: Redis hangs, or the network to it swallows everything, or there was no job and only the exporter is dead.",
  expression: () => unknownState("redis", metrics.workerJobs.name),
  holdFor: "3m",
  panel: { dashboard: "agentpay-data", panel: "exportersUp" },
};

const redisClientsHigh: Alert = {
  name: "RedisClientsHigh",
  severity: "warning",
  service: "redis",
  summary: "Redis is running out of connections.",
  description:
    "{{ $labels.instance }} has {{ $value | humanizePercentage }} of the clients that it takes (maxclients): beyond that it refuses everybody, workers and its exporter as well.",
  threshold: { default: 0.8, unit: "share of maxclients", source: "a starting point; leaves time to react" },
  expression: (threshold) =>
    `${metrics.redisConnectedClients.name} / (${metrics.redisMaxClients.name} > 0) > ${threshold}`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-data", panel: "redisClients" },
};

const redisMemoryHigh: Alert = {
  name: "RedisMemoryHigh",
  severity: "warning",
  service: "redis",
  summary: "Redis is running out of memory.",
  description:
    "{{ $labels.instance }} uses {{ $value | humanizePercentage }} of its maxmemory: when that is full, Redis throws keys away or refuses to write, and jobs are lost.",
  threshold: { default: 0.8, unit: "share of maxmemory", source: "a starting point; leaves time to react" },
  expression: (threshold) => `${redisMemoryRatio.record} > ${threshold}`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-data", panel: "redisMemory" },
};

const evicted = metrics.redisEvictedKeys.name;

const redisEvictingKeys: Alert = {
  name: "RedisEvictingKeys",
  severity: "critical",
  service: "redis",
  summary: "Redis throws keys away because its memory is full.",
  description:
    "{{ $labels.instance }} evicted {{ $value | humanize }} keys in 5 minutes, and others before. Redis also holds the queues: payments and webhooks among them may be lost for good.",
  expression: () => sustained(evicted, 0, "job, instance"),
  holdFor: "1m",
  panel: { dashboard: "agentpay-data", panel: "redisEvictions" },
};

const redisPersistenceFailing: Alert = {
  name: "RedisPersistenceFailing",
  severity: "critical",
  service: "redis",
  summary: "Redis can't write to its disk.",
  description:
    "{{ $labels.instance }} can't write its snapshot or its append-only file: by default it refuses every write then, and what it holds, jobs among it, is lost when it restarts.",
  // As awesome-prometheus-alerts have it, of both ways to persist. Each is 1 where it is switched off.
  expression: () => `${metrics.redisSnapshotOk.name} == 0 or ${metrics.redisLogWriteOk.name} == 0`,
  holdFor: "5m",
  panel: { dashboard: "agentpay-data", panel: "redisPersistence" },
};

const redisRestarting: Alert = {
  name: "RedisRestarting",
  severity: "warning",
  service: "redis",
  summary: "Redis keeps restarting.",
  description:
    "{{ $labels.instance }} was started, or went away and came back, {{ $value | humanize }} times in half an hour: each time every connection breaks, and after a start the jobs that were not on its disk are lost. It is back too soon for RedisDown.",
  threshold: {
    default: 1,
    unit: "restarts in 30 minutes",
    source: "a starting point; a failover, or an update, is one",
  },
  // What it counts begins at 0 again. Its start is known to a second only, and would seem to change.
  expression: (threshold) =>
    `max by (job, instance) (resets(${metrics.redisUserCpuSeconds.name}[30m])` +
    ` or label_replace(changes(${metrics.redisUp.name}[30m]) / 2, "by", "up", "", "")) > ${threshold}`,
  holdFor: "0m",
  panel: { dashboard: "agentpay-data", panel: "databaseRestarts" },
};

/** Of all that are watched: after a failover another server has them. */
const replicas = `sum by (job) (${metrics.redisConnectedReplicas.name})`;

const redisReplicaLost: Alert = {
  name: "RedisReplicaLost",
  severity: "warning",
  service: "redis",
  summary: "Redis has lost a replica.",
  description:
    "{{ $value | humanize }} replicas of Redis are connected, and more were within the last 6 hours: users notice nothing, but there may be nobody to take over when the primary fails.",
  // What can't be asked has not lost its replicas: RedisDown and RedisExporterDown say that.
  expression: () =>
    `${replicas} < max_over_time(${replicas}[6h:1m])` +
    ` unless on (job) (${metrics.up.name}{job="redis"} == 0 or ${metrics.redisUp.name} == 0)`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-data", panel: "redisReplicas" },
};

const redisProcessorHigh: Alert = {
  name: "RedisProcessorHigh",
  severity: "warning",
  service: "redis",
  summary: "Redis is as busy as it can be.",
  description:
    "The thread of {{ $labels.instance }} that runs all commands is busy {{ $value | humanizePercentage }} of the time: everybody waits for it, and a larger host with more cores would not help.",
  threshold: {
    default: 0.9,
    unit: "share of a processor",
    source: "Amazon's recommended alarm on EngineCPUUtilization of ElastiCache",
  },
  expression: (threshold) =>
    `(${rate(metrics.redisUserCpuSeconds.name, "5m")}) + (${rate(metrics.redisSystemCpuSeconds.name, "5m")}) > ${threshold}`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-data", panel: "redisProcessor" },
};

const redisMaxmemoryUnset: Alert = {
  name: "RedisMaxmemoryUnset",
  severity: "info",
  service: "redis",
  summary: "Redis has no memory limit.",
  description:
    "{{ $labels.instance }} has no maxmemory: nothing warns before it fills its host, and RedisMemoryHigh can't ring.",
  expression: () => `${metrics.redisMemoryMax.name} == 0`,
  holdFor: "1h",
  panel: { dashboard: "agentpay-data", panel: "redisMemoryLimit" },
};

/** A restart, or a failover to a server that counted before, moves this by more than clocks differ. */
const SAME_SERVER_SECONDS = 60;

/**
 * Redis at maxclients refuses its exporter as well, which has nothing to show until it gets in again: what was refused
 * meanwhile is the difference to what the same server said before.
 */
function refusedExporter(threshold: number): string {
  const counted = `sum by (job, instance) (${increase(metrics.redisRejectedConnections.name, "15m")})`;
  const startTime = metrics.redisStartTime.name;
  return (
    `(${counted} > ${threshold} and on (job, instance) min_over_time(${metrics.redisUp.name}[15m]) == 0` +
    ` and on (job, instance) max_over_time(${startTime}[15m]) - min_over_time(${startTime}[15m]) < ${SAME_SERVER_SECONDS})`
  );
}

const redisRejectedConnections: Alert = {
  name: "RedisRejectedConnections",
  severity: "warning",
  service: "redis",
  summary: "Redis refuses connections.",
  description:
    "{{ $labels.instance }} refused {{ $value | humanize }} connections in the last minutes, because maxclients is or was reached: requests and jobs that needed one failed.",
  threshold: {
    default: MINIMUM_FAILURES,
    unit: "refused connections in 5 minutes, twice in a row",
    source: "a starting point; clients try again after one",
  },
  expression: (threshold) =>
    `${sustained(metrics.redisRejectedConnections.name, threshold, "job, instance")} or ${refusedExporter(threshold)}`,
  holdFor: "0m",
  panel: { dashboard: "agentpay-data", panel: "redisRejections" },
};

export const redisAlerts: AlertGroup = {
  name: "agentpay-redis",
  interval: "30s",
  job: "redis",
  alerts: [
    redisDown,
    redisExporterDown,
    redisStateUnknown,
    redisClientsHigh,
    redisMemoryHigh,
    redisEvictingKeys,
    redisPersistenceFailing,
    redisRestarting,
    redisReplicaLost,
    redisProcessorHigh,
    redisMaxmemoryUnset,
    redisRejectedConnections,
  ],
};
