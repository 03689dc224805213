/**
 * How PostgreSQL's and Redis's exporters are run: as docs/getting-started.md tells users, as the local stack runs them, and as the
 * tests hold each supported version to the metric contract.
 */

/** The role, or Redis's user, that both log in as. It reads statistics, and nothing of customers. */
export const MONITORING_USER = "agentpay_monitoring";

/** dramatiq keeps each queue as a list of this name. */
const QUEUE_KEYS = ["high_priority", "medium_priority", "low_priority"].map((queue) => `dramatiq:${queue}`);

export interface Exporter {
  readonly program: string;
  /** What the local stack gets, and what the contract was recorded from. */
  readonly version: string;
  /** Oldest that has what the contract needs. */
  readonly lowest: string;
  /** Paths are of this repository. */
  readonly flags: readonly string[];
}

export const exporters = {
  postgres: {
    program: "postgres_exporter",
    version: "0.19.1",
    // Earlier ones fail to read the statements of PostgreSQL 17, and don't say which backends are clients.
    lowest: "0.17.1",
    flags: [
      "--collector.stat_statements",
      "--collector.database_wraparound",
      "--extend.query-path=operations/database/exporter-queries.yaml",
    ],
  },
  redis: {
    program: "redis_exporter",
    version: "1.88.0",
    lowest: "1.67.0",
    flags: [
      // A Redis that hangs shows as down: by default the scrape ends first, and nothing is known of it.
      "--connection-timeout=5s",
      `--check-single-keys=${QUEUE_KEYS.map((key) => `db0=${key}`).join(",")}`,
    ],
  },
} as const satisfies Record<string, Exporter>;

/** What Redis's user may do (`ACL SETUSER agentpay_monitoring on >PASSWORD ...`): ask for statistics and lengths of queues. */
export const REDIS_RIGHTS = [
  "resetkeys",
  "~dramatiq:*",
  "-@all",
  ...[
    "ping",
    "select",
    "info",
    "config|get",
    "client|setname",
    "memory|usage",
    "slowlog|get",
    "slowlog|len",
    "latency|latest",
  ],
  ...["latency|histogram", "type", "llen", "hlen", "scard", "zcard", "strlen", "xlen", "get"],
].map((right) => (/^[~-]|^reset/.test(right) ? right : `+${right}`));
