/** What redis_exporter tells of Redis. */

import { counter, gauge, open } from "./metric.ts";

const redis = ["redis"] as const;
const cmd = open("Redis command");

/** redis_exporter, with `--check-single-keys` for the queues' keys. */
export const redisMetrics = {
  redisUp: gauge("redis_up", {
    help: "Whether the exporter could reach Redis.",
    unit: "boolean",
    jobs: redis,
    labels: {},
  }),
  redisStartTime: gauge("redis_start_time_seconds", {
    help: "When Redis was started, give or take a second.",
    unit: "timestamp",
    jobs: redis,
    labels: {},
  }),
  redisConnectedReplicas: gauge("redis_connected_slaves", {
    help: "Replicas that are connected.",
    jobs: redis,
    labels: {},
  }),
  redisUserCpuSeconds: counter("redis_cpu_user_main_thread_seconds_total", {
    help: "Time of the thread that runs commands, outside of the kernel; from Redis 6.2 on.",
    unit: "seconds",
    jobs: redis,
    labels: {},
  }),
  redisSystemCpuSeconds: counter("redis_cpu_sys_main_thread_seconds_total", {
    help: "Likewise in the kernel.",
    unit: "seconds",
    jobs: redis,
    labels: {},
  }),
  redisMemoryUsed: gauge("redis_memory_used_bytes", {
    help: "Memory allocated by Redis.",
    unit: "bytes",
    jobs: redis,
    labels: {},
  }),
  redisMemoryMax: gauge("redis_memory_max_bytes", {
    help: "The maxmemory setting, 0 when it is unset.",
    unit: "bytes",
    jobs: redis,
    labels: {},
  }),
  redisSnapshotOk: gauge("redis_rdb_last_bgsave_status", {
    help: "Whether Redis's last snapshot was written.",
    unit: "boolean",
    jobs: redis,
    labels: {},
  }),
  redisLogWriteOk: gauge("redis_aof_last_write_status", {
    help: "Whether Redis's last write to its append-only file succeeded.",
    unit: "boolean",
    jobs: redis,
    labels: {},
  }),
  redisEvictedKeys: counter("redis_evicted_keys_total", {
    help: "Keys evicted because memory was full.",
    jobs: redis,
    labels: {},
  }),
  redisExpiredKeys: counter("redis_expired_keys_total", {
    help: "Keys that expired.",
    jobs: redis,
    labels: {},
  }),
  redisRejectedConnections: counter("redis_rejected_connections_total", {
    help: "Connections refused because maxclients was reached.",
    jobs: redis,
    labels: {},
  }),
  redisCommands: counter("redis_commands_total", {
    help: "Commands executed.",
    jobs: redis,
    labels: { cmd },
  }),
  redisCommandsDuration: counter("redis_commands_duration_seconds_total", {
    help: "Time spent executing commands.",
    unit: "seconds",
    jobs: redis,
    labels: { cmd },
  }),
  redisConnectedClients: gauge("redis_connected_clients", {
    help: "Clients connected.",
    jobs: redis,
    labels: {},
  }),
  redisMaxClients: gauge("redis_config_maxclients", {
    help: "Most clients that Redis accepts.",
    jobs: redis,
    labels: {},
  }),
  redisBlockedClients: gauge("redis_blocked_clients", {
    help: "Clients that wait in a blocking command.",
    jobs: redis,
    labels: {},
  }),
  redisKeyspaceHits: counter("redis_keyspace_hits_total", {
    help: "Key lookups that found one.",
    jobs: redis,
    labels: {},
  }),
  redisKeyspaceMisses: counter("redis_keyspace_misses_total", {
    help: "Key lookups that found none.",
    jobs: redis,
    labels: {},
  }),
  redisKeySize: gauge("redis_key_size", {
    help: "Length of a checked key.",
    jobs: redis,
    labels: { db: open("database number"), key: open("one of the checked keys") },
  }),
};
