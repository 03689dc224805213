/** What breaks in Redis and its exporter. */

import type { Drill } from "./drill.ts";
import { anyExhausted, apiErrors } from "./expected.ts";

export const redisDrills: readonly Drill[] = [
  {
    title: "Redis can't write to its disk",
    faults: { "redis-disk": {} },
    areas: ["redis"],
    rings: ["RedisPersistenceFailing"],
  },
  {
    title: "Redis restarts again and again, and is back at once",
    faults: { "redis-restarting": {} },
    areas: ["redis"],
    rings: ["RedisRestarting"],
  },
  {
    title: "Redis loses its replica",
    faults: { "redis-replica-lost": {} },
    areas: ["redis"],
    rings: ["RedisReplicaLost"],
  },
  {
    title: "Redis is as busy as it can be",
    faults: { "redis-busy": {} },
    areas: ["redis"],
    rings: ["RedisProcessorHigh"],
  },
  {
    title: "Redis is down",
    faults: { "redis-down": {} },
    rings: ["RedisDown"],
    mayRing: [...apiErrors, ...anyExhausted, "WorkerQueueStalled", "WorkerJobTooOld"],
  },
  {
    title: "Redis hangs, and with it its exporter",
    faults: { "redis-hangs": {} },
    areas: ["redis", "worker"],
    rings: ["RedisStateUnknown"],
    mutes: ["RedisExporterDown"],
    mayRing: ["WorkerQueueStalled", "WorkerJobTooOld"],
  },
  {
    title: "Redis has nearly as many clients as it takes",
    faults: { "redis-clients": {} },
    areas: ["redis"],
    rings: ["RedisClientsHigh"],
  },
  {
    title: "The exporter of Redis is down",
    faults: { "redis-exporter-down": {} },
    areas: ["redis"],
    rings: ["RedisExporterDown"],
  },
  {
    title: "Redis's memory is nearly full",
    faults: { "redis-memory": {} },
    areas: ["redis"],
    rings: ["RedisMemoryHigh"],
  },
  {
    title: "Redis evicts keys",
    faults: { "redis-evictions": {} },
    areas: ["redis"],
    rings: ["RedisEvictingKeys"],
    mayRing: ["RedisMemoryHigh"],
  },
  {
    title: "Redis has no memory limit",
    faults: { "redis-unlimited": {} },
    areas: ["redis"],
    rings: ["RedisMaxmemoryUnset"],
  },
  {
    title: "The exporter of Redis answers, and says nothing of Redis",
    faults: { "redis-subject-missing": {} },
    areas: ["redis"],
    rings: ["SubjectMissing"],
  },
  {
    title: "Redis refuses connections",
    faults: { "redis-rejections": {} },
    areas: ["redis"],
    rings: ["RedisRejectedConnections"],
  },
];
