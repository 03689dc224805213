import { metrics } from "../../../catalog/metrics/index.ts";
import { type GroupCases, level, type Phase, perMinute, type Shape, series, silent } from "../rule-case.ts";
import { up } from "./api.ts";

const exporter = { job: "redis", instance: "redis-exporter:9121" };
const { instance } = exporter;

const at = (name: string, shape: Shape) => ({ [series(name, exporter)]: shape });

const jobsDone = (shape: Shape) => ({
  [series(metrics.workerJobs.name, {
    job: "agentpay-worker",
    instance: "worker-1",
    queue: "default",
    status: "succeeded",
  })]: shape,
});
/** Seconds a minute outside of the kernel, and half as many in it. */
const busy = (...phases: (readonly [seconds: number, minutes: number])[]) => ({
  ...at(metrics.redisUserCpuSeconds.name, perMinute(...phases)),
  ...at(
    metrics.redisSystemCpuSeconds.name,
    perMinute(...phases.map(([seconds, minutes]): Phase => [seconds / 2, minutes])),
  ),
});

/** Counters of another server, behind the same address. */
const failover = level([3, 20], [5000, 20]);

export const redisCases: GroupCases = {
  RedisDown: [
    {
      title: "Redis stops answering, and comes back",
      series: at(metrics.redisUp.name, level([1, 5], [0, 5], [1, 5])),
      firing: { 6: [], 7: [exporter], 10: [exporter], 11: [] },
    },
    {
      title: "the exporter is gone: RedisExporterDown says so",
      series: at(metrics.redisUp.name, level([1, 5], ["gone", 10])),
      firing: silent(7, 15),
    },
    {
      title: "one failed attempt",
      series: at(metrics.redisUp.name, level([1, 5], [0, 0.5], [1, 9])),
      firing: silent(6, 7, 10),
    },
  ],
  RedisExporterDown: [
    {
      title: "the exporter stops answering, and comes back",
      series: { [up("redis", instance)]: level([1, 5], [0, 15], [1, 5]), ...jobsDone(perMinute([6, 25])) },
      firing: { 14: [], 17: [{ ...exporter, host: "redis-exporter" }], 21: [] },
    },
    {
      title: "and no job is done: RedisStateUnknown says so",
      series: { [up("redis", instance)]: level([1, 5], [0, 30]), ...jobsDone(perMinute([6, 5], [0, 30])) },
      firing: silent(12, 17, 20, 35),
    },
    {
      title: "the exporter leaves discovery",
      series: { [up("redis", instance)]: level([1, 5], ["gone", 15]) },
      firing: { 14: [], 17: [{ job: "redis" }] },
    },
    {
      title: "two missed minutes",
      series: { [up("redis", instance)]: level([1, 5], [0, 2], [1, 10]) },
      firing: silent(7, 11, 15),
    },
  ],
  RedisStateUnknown: [
    {
      title: "Redis hangs: its exporter gives no answer, and no job is done",
      series: {
        [up("redis", instance)]: level([1, 20], [0, 20], [1, 10]),
        ...at(metrics.redisUp.name, level([1, 20], ["gone", 20], [1, 10])),
        ...jobsDone(perMinute([6, 20], [0, 20], [6, 10])),
      },
      firing: { 20: [], 22: [], 30: [exporter], 40: [exporter], 42: [] },
    },
    {
      title: "nothing is known of jobs either",
      series: { [up("redis", instance)]: level([0, 10]) },
      firing: { 2: [], 5: [exporter] },
    },
    {
      title: "only the exporter is dead: jobs go on",
      series: {
        [up("redis", instance)]: level([1, 20], [0, 40]),
        ...jobsDone(perMinute([6, 60])),
      },
      firing: silent(25, 40, 60),
    },
    {
      title: "its exporter answers without a word of Redis, and no job is done",
      series: {
        [up("redis", instance)]: level([1, 40]),
        ...at(metrics.redisUp.name, level([1, 20], ["gone", 20])),
        ...jobsDone(perMinute([6, 20], [0, 20])),
      },
      firing: { 20: [], 22: [], 32: [exporter], 40: [exporter] },
    },
    {
      title: "two missed minutes",
      series: {
        [up("redis", instance)]: level([1, 5], [0, 2], [1, 10]),
        ...at(metrics.redisUp.name, level([1, 17])),
      },
      firing: silent(7, 10),
    },
  ],
  RedisClientsHigh: [
    {
      title: "90% of maxclients, and then few",
      series: {
        ...at(metrics.redisConnectedClients.name, level([50, 10], [900, 20], [50, 10])),
        ...at(metrics.redisMaxClients.name, level([1000, 40])),
      },
      firing: { 10: [], 14: [], 16: [exporter], 30: [exporter], 31: [] },
    },
    {
      title: "a managed Redis that does not say its maxclients",
      series: {
        ...at(metrics.redisConnectedClients.name, level([900, 40])),
        ...at(metrics.redisMaxClients.name, level([0, 40])),
      },
      firing: silent(20, 40),
    },
  ],
  RedisPersistenceFailing: [
    {
      title: "the snapshot fails, and then works",
      series: at(metrics.redisSnapshotOk.name, level([1, 10], [0, 20], [1, 10])),
      firing: { 10: [], 14: [], 16: [exporter], 30: [exporter], 31: [] },
    },
    {
      title: "the append-only file fails, the snapshot does not",
      series: {
        ...at(metrics.redisSnapshotOk.name, level([1, 40])),
        ...at(metrics.redisLogWriteOk.name, level([1, 10], [0, 30])),
      },
      firing: { 10: [], 16: [exporter], 40: [exporter] },
    },
    {
      title: "one snapshot that a fork had no memory for, and the next one succeeded",
      series: at(metrics.redisSnapshotOk.name, level([1, 10], [0, 3], [1, 20])),
      firing: silent(12, 14, 20),
    },
    {
      title: "nothing is written to disk at all, on purpose",
      series: {
        ...at(metrics.redisSnapshotOk.name, level([1, 40])),
        ...at(metrics.redisLogWriteOk.name, level([1, 40])),
      },
      firing: silent(20, 40),
    },
  ],
  RedisRestarting: [
    {
      title: "it restarts every five minutes and is back at once, and then lives",
      series: at(
        metrics.redisUserCpuSeconds.name,
        perMinute([60, 10], "restart", [60, 5], "restart", [60, 5], "restart", [60, 60]),
      ),
      firing: { 10: [], 14: [], 16: [exporter], 30: [exporter], 60: [] },
    },
    {
      title: "it is away for half a minute, again and again, and never restarts",
      series: {
        ...at(metrics.redisUserCpuSeconds.name, perMinute([60, 80])),
        ...at(metrics.redisUp.name, level([1, 10], [0, 0.5], [1, 4], [0, 0.5], [1, 65])),
      },
      firing: { 10: [], 12: [], 16: [exporter], 30: [exporter], 60: [] },
    },
    {
      title: "one restart, or a failover to a server that has counted less",
      series: at(metrics.redisUserCpuSeconds.name, perMinute([60, 20], "restart", [60, 40])),
      firing: silent(21, 30, 60),
    },
    {
      title: "a failover to a server that has counted more",
      series: at(metrics.redisUserCpuSeconds.name, level([1000, 20], [900_000, 20])),
      firing: silent(21, 30, 40),
    },
  ],
  RedisReplicaLost: [
    {
      title: "one of two replicas is gone, and comes back",
      series: {
        [up("redis", instance)]: level([1, 90]),
        ...at(metrics.redisConnectedReplicas.name, level([2, 30], [1, 30], [2, 30])),
      },
      firing: { 30: [], 38: [], 42: [{ job: "redis" }], 59: [{ job: "redis" }], 62: [] },
    },
    {
      title: "the replica takes over, and nobody is its replica",
      series: {
        [up("redis", instance)]: level([1, 60]),
        [up("redis", "redis-exporter-2:9121")]: level([1, 60]),
        ...at(metrics.redisConnectedReplicas.name, level([1, 20], [0, 40])),
        [series(metrics.redisConnectedReplicas.name, { job: "redis", instance: "redis-exporter-2:9121" })]:
          level([0, 60]),
      },
      firing: { 20: [], 40: [{ job: "redis" }] },
    },
    {
      title: "the two change places",
      series: {
        [up("redis", instance)]: level([1, 60]),
        ...at(metrics.redisConnectedReplicas.name, level([1, 20], [0, 40])),
        [series(metrics.redisConnectedReplicas.name, { job: "redis", instance: "redis-exporter-2:9121" })]:
          level([0, 20], [1, 40]),
      },
      firing: silent(25, 40, 60),
    },
    {
      title: "an exporter does not answer: RedisExporterDown says so",
      series: {
        [up("redis", instance)]: level([1, 20], [0, 40]),
        ...at(metrics.redisConnectedReplicas.name, level([1, 20], ["gone", 40])),
        [up("redis", "redis-exporter-2:9121")]: level([1, 60]),
        [series(metrics.redisConnectedReplicas.name, { job: "redis", instance: "redis-exporter-2:9121" })]:
          level([0, 60]),
      },
      firing: silent(30, 40, 60),
    },
    {
      title: "a replica reconnects",
      series: {
        [up("redis", instance)]: level([1, 60]),
        ...at(metrics.redisConnectedReplicas.name, level([1, 20], [0, 5], [1, 30])),
      },
      firing: silent(24, 31, 50),
    },
    {
      title: "there never was one",
      series: {
        [up("redis", instance)]: level([1, 60]),
        ...at(metrics.redisConnectedReplicas.name, level([0, 60])),
      },
      firing: silent(30, 60),
    },
  ],
  RedisProcessorHigh: [
    {
      title: "its thread is busy for half an hour, and then is not",
      series: busy([3, 10], [40, 30], [3, 20]),
      firing: { 10: [], 20: [], 30: [exporter], 40: [exporter], 48: [] },
    },
    { title: "a peak of five minutes", series: busy([3, 10], [40, 5], [3, 30]), firing: silent(15, 25, 40) },
    { title: "busy for 80% of the time", series: busy([32, 60]), firing: silent(30, 60) },
  ],
  RedisMemoryHigh: [
    {
      title: "90% of the memory is in use, and then half",
      series: {
        ...at(metrics.redisMemoryUsed.name, level([500, 10], [900, 20], [500, 10])),
        ...at(metrics.redisMemoryMax.name, level([1000, 40])),
      },
      firing: { 10: [], 18: [], 22: [{ instance }], 31: [] },
    },
    {
      title: "exactly 80%",
      series: {
        ...at(metrics.redisMemoryUsed.name, level([800, 40])),
        ...at(metrics.redisMemoryMax.name, level([1000, 40])),
      },
      firing: silent(20, 40),
    },
    {
      title: "no limit to compare with: RedisMaxmemoryUnset says so",
      series: {
        ...at(metrics.redisMemoryUsed.name, level([900, 40])),
        ...at(metrics.redisMemoryMax.name, level([0, 40])),
      },
      firing: silent(20, 40),
    },
    {
      title: "a peak of five minutes",
      series: {
        ...at(metrics.redisMemoryUsed.name, level([500, 10], [900, 5], [500, 20])),
        ...at(metrics.redisMemoryMax.name, level([1000, 35])),
      },
      firing: silent(14, 21, 30),
    },
  ],
  RedisEvictingKeys: [
    {
      title: "another server answers after a failover, and has evicted keys before",
      series: at(metrics.redisEvictedKeys.name, failover),
      firing: silent(21, 24, 26, 30),
    },
    {
      title: "keys are evicted for a quarter of an hour",
      series: at(metrics.redisEvictedKeys.name, perMinute([0, 10], [5, 15], [0, 15])),
      firing: { 10: [], 14: [], 17: [exporter], 25: [exporter], 31: [] },
    },
    {
      title: "a burst within a minute",
      series: at(metrics.redisEvictedKeys.name, perMinute([0, 10], [50, 1], [0, 20])),
      firing: silent(12, 15, 16, 17, 20),
    },
    {
      title: "Redis restarts and counts from 0",
      series: at(metrics.redisEvictedKeys.name, perMinute([5, 1], [0, 20], "restart", [0, 20])),
      firing: silent(20, 22, 30),
    },
    { title: "none", series: at(metrics.redisEvictedKeys.name, perMinute([0, 30])), firing: silent(30) },
  ],
  RedisMaxmemoryUnset: [
    {
      title: "the limit is missing for two hours",
      series: at(metrics.redisMemoryMax.name, level([1000, 10], [0, 120], [1000, 10])),
      firing: { 10: [], 60: [], 75: [exporter], 131: [] },
    },
    {
      title: "there is a limit",
      series: at(metrics.redisMemoryMax.name, level([1, 120])),
      firing: silent(60, 120),
    },
    {
      title: "missing for ten minutes",
      series: at(metrics.redisMemoryMax.name, level([1000, 10], [0, 10], [1000, 90])),
      firing: silent(20, 75, 100),
    },
  ],
  RedisRejectedConnections: [
    {
      title: "another server answers after a failover, and has refused some before",
      series: at(metrics.redisRejectedConnections.name, failover),
      firing: silent(21, 24, 26, 30),
    },
    {
      title: "two connections a minute are refused, and then none",
      series: at(metrics.redisRejectedConnections.name, perMinute([0, 10], [2, 15], [0, 15])),
      firing: { 10: [], 14: [], 18: [exporter], 25: [exporter], 31: [] },
    },
    {
      title: "its exporter was refused as well, and gets in again",
      series: {
        ...at(metrics.redisUp.name, level([1, 10], [0, 6], [1, 30])),
        ...at(metrics.redisStartTime.name, level([7000, 10], ["gone", 6], [7001, 30])),
        ...at(metrics.redisRejectedConnections.name, level([3, 10], ["gone", 6], [60, 30])),
      },
      firing: { 10: [], 15: [], 17: [exporter], 22: [exporter], 40: [] },
    },
    {
      title: "after an outage another server answers, and has refused some before",
      series: {
        ...at(metrics.redisUp.name, level([1, 10], [0, 6], [1, 30])),
        ...at(metrics.redisStartTime.name, level([7000, 10], ["gone", 6], [1000, 30])),
        ...at(metrics.redisRejectedConnections.name, level([3, 10], ["gone", 6], [60, 30])),
      },
      firing: silent(15, 17, 22, 40),
    },
    {
      title: "5 in 5 minutes",
      series: at(metrics.redisRejectedConnections.name, perMinute([0.98, 30])),
      firing: silent(15, 30),
    },
    {
      title: "a single one",
      series: at(metrics.redisRejectedConnections.name, perMinute([0, 10], [2, 0.5], [0, 20])),
      firing: silent(11, 13, 20),
    },
  ],
};
