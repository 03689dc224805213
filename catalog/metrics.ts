/**
 * The metric contract: every series that rules and dashboards may use, and who exposes it. A metric is declared here
 * once; everything else refers to the declaration, so that a misspelt metric is a type error and nothing can query
 * what nobody exports. The simulated AgentPay exposes the same contract.
 *
 * Whoever exposes a metric initialises each known label set at 0: without it, ratios and `absent()` misbehave before
 * the first event. No organisation, user or conversation id is ever a label: SQL and Sentry answer those questions.
 */

/** Prometheus's scrape jobs, by `job` label. */
export const jobs = [
  "agentpay-api",
  "agentpay-worker",
  "postgres",
  "redis",
  "prometheus",
  "alertmanager",
  "blackbox",
  // Of an engine elsewhere, where its rulers can be scraped.
  "ruler",
] as const;
export type Job = (typeof jobs)[number];

/** Labels that scraping puts on every series. */
export const targetLabels = ["job", "instance"] as const;

/** By which Mimir, Cortex, Loki and Thanos know a tenant. */
export const TENANT_HEADER = "X-Scope-OrgID";

/** By which an engine elsewhere tells Prometheus servers apart that send the same. One that knows it takes it off. */
export const HA_REPLICA = "__replica__";

/** A label whose values are not all known here (a model id, a route), but are few: it never holds an id. */
export interface OpenLabel {
  readonly open: string;
}
/** The only values a label takes, or what an open label holds. */
export type LabelValues = readonly string[] | OpenLabel;
export type Labels = Readonly<Record<string, LabelValues>>;

interface Description<L extends Labels> {
  readonly help: string;
  /** The scrape jobs whose targets have this metric. */
  readonly jobs: readonly Job[];
  /** What one unit of the value is. Absent: a plain number of things. */
  readonly unit?: "seconds" | "bytes" | "usd" | "timestamp" | "boolean";
  readonly labels: L;
}

interface Scalar<Type extends "counter" | "gauge", L extends Labels> extends Description<L> {
  readonly type: Type;
  /** The name as queried; a counter's includes `_total` where it has one. */
  readonly name: string;
  /** The names of its series in Prometheus. */
  readonly series: readonly string[];
  /** Whether series carry labels beyond the declared ones, as ALERTS does. */
  readonly anyLabel?: true;
}
export type Counter<L extends Labels = Labels> = Scalar<"counter", L>;
export type Gauge<L extends Labels = Labels> = Scalar<"gauge", L>;

export interface Histogram<L extends Labels = Labels> extends Description<L> {
  readonly type: "histogram";
  /** The base name, of which no series exists: query `bucket`, `sum` or `count`. */
  readonly name: string;
  readonly bucket: string;
  readonly sum: string;
  readonly count: string;
  readonly series: readonly string[];
  /** Upper bounds without +Inf, ascending, in the histogram's unit. They hold every threshold that rules use. */
  readonly buckets: readonly number[];
}

export type Metric = Counter | Gauge | Histogram;

function counter<const L extends Labels>(name: string, description: Description<L>): Counter<L> {
  return { ...description, type: "counter", name, series: [name] };
}

function gauge<const L extends Labels>(
  name: string,
  description: Description<L> & { anyLabel?: true },
): Gauge<L> {
  return { ...description, type: "gauge", name, series: [name] };
}

function histogram<const L extends Labels>(
  name: string,
  description: Description<L> & { buckets: readonly number[] },
): Histogram<L> {
  const [bucket, sum, count] = [`${name}_bucket`, `${name}_sum`, `${name}_count`] as const;
  return { ...description, type: "histogram", name, bucket, sum, count, series: [bucket, sum, count] };
}

function open(holds: string): OpenLabel {
  return { open: holds };
}

/** Prometheus 3 stores bucket bounds as floating-point numbers: `le="2"` matches nothing, `le="2.0"` does. */
export function formatBound(bound: number): string {
  return Number.isInteger(bound) ? bound.toFixed(1) : String(bound);
}

/**
 * The `le` label of the bucket that ends at a threshold.
 * @throws when no bucket ends there: the share below the threshold could not be counted.
 */
export function bucketLabel(metric: Histogram, threshold: number): string {
  if (!metric.buckets.includes(threshold)) {
    throw new Error(
      `${metric.name} has no bucket that ends at ${threshold}: choose one of ${metric.buckets.join(", ")}, ` +
        "or add it to catalog/metrics.ts and to the application",
    );
  }
  return formatBound(threshold);
}

const api = ["agentpay-api"] as const;
const worker = ["agentpay-worker"] as const;
const app = ["agentpay-api", "agentpay-worker"] as const;
const postgres = ["postgres"] as const;
const redis = ["redis"] as const;
const prometheus = ["prometheus"] as const;
const alertmanager = ["alertmanager"] as const;
const blackbox = ["blackbox"] as const;
const ruler = ["ruler"] as const;

const provider = ["anthropic", "openai"] as const;
const model = open("model id, as sent to the provider");
const queue = open("queue name");
const datname = open("database name");
const ruleGroup = { rule_group: open("rule file and group name") };
const llmBuckets = [0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80];

const http = {
  requests: counter("agentpay_requests_total", {
    help: "HTTP requests answered.",
    jobs: api,
    labels: {
      method: ["DELETE", "GET", "PATCH", "POST", "PUT"],
      endpoint: open("route template, or <unmatched>; never the raw path"),
      status: open("HTTP status code"),
    },
  }),
  requestLatency: histogram("agentpay_request_latency_seconds", {
    help: "Time to answer an HTTP request.",
    unit: "seconds",
    jobs: api,
    labels: {
      method: ["DELETE", "GET", "PATCH", "POST", "PUT"],
      endpoint: open("route template, or <unmatched>; never the raw path"),
    },
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30],
  }),
  websocketConnections: gauge("agentpay_websocket_connections", {
    help: "Open WebSocket connections.",
    jobs: api,
    labels: {},
  }),
  websocketConnects: counter("agentpay_websocket_connects_total", {
    help: "Attempts to open a WebSocket; rejected: the application refused it, error: it failed.",
    jobs: api,
    labels: { result: ["ok", "rejected", "error"] },
  }),
  websocketDisconnects: counter("agentpay_websocket_disconnects_total", {
    help: "WebSockets closed.",
    jobs: api,
    labels: { reason: ["normal", "shutdown", "error", "timeout"] },
  }),
};

const business = {
  activeConversations: gauge("agentpay_active_conversations", {
    help: "Conversations in progress.",
    jobs: api,
    labels: {},
  }),
  conversationsStarted: counter("agentpay_conversations_started_total", {
    help: "Conversations started.",
    jobs: api,
    labels: { channel: ["widget", "api"] },
  }),
  conversations: counter("agentpay_conversations_total", {
    help: "Conversations ended.",
    jobs: api,
    labels: { outcome: ["completed", "abandoned", "escalated", "failed"] },
  }),
  checkouts: counter("agentpay_checkouts_total", {
    help: "Checkouts that reached a result; those paid later are counted by the worker.",
    jobs: app,
    labels: { status: ["completed", "failed"] },
  }),
  checkoutRevenue: counter("agentpay_checkout_revenue_usd_total", {
    help: "Revenue of completed checkouts in US dollars.",
    unit: "usd",
    jobs: app,
    labels: {},
  }),
};

const llm = {
  llmRequests: counter("agentpay_llm_requests_total", {
    help: "Calls of an LLM, each counted once after its own retries; a fallback is a call of its own.",
    jobs: app,
    labels: {
      provider,
      model,
      // Cancelled: the caller left before the end. It is no failure, and has no error type.
      status: ["success", "error", "cancelled"],
      error_type: [
        "none",
        "rate_limit",
        "overloaded",
        "timeout",
        "connection",
        "server_error",
        "invalid_request",
        "not_found",
        "authentication",
        "permission",
        // The account can't pay: no call succeeds until a person acts.
        "billing",
        "other",
      ],
    },
  }),
  llmRequestDuration: histogram("agentpay_llm_request_duration_seconds", {
    help: "Time to the last token of an LLM response.",
    unit: "seconds",
    jobs: app,
    labels: { provider, model },
    buckets: llmBuckets,
  }),
  llmTimeToFirstToken: histogram("agentpay_llm_time_to_first_token_seconds", {
    help: "Time to the first token of a streamed LLM response.",
    unit: "seconds",
    jobs: app,
    labels: { provider, model },
    buckets: llmBuckets,
  }),
  llmTokens: counter("agentpay_llm_tokens_total", {
    help: "Tokens used; input leaves out those read from or written to the prompt cache.",
    jobs: app,
    labels: { provider, model, type: ["input", "output", "cache_read", "cache_write"] },
  }),
  llmCost: counter("agentpay_llm_cost_usd_total", {
    help: "Estimated cost of LLM requests in US dollars.",
    unit: "usd",
    jobs: app,
    labels: { model },
  }),
  llmUnpricedRequests: counter("agentpay_llm_unpriced_requests_total", {
    help: "LLM requests of unknown cost, counted as costing nothing: no price of the model, or a reply without usage.",
    jobs: app,
    labels: { model },
  }),
  llmFallbacks: counter("agentpay_llm_fallbacks_total", {
    help: "Failed calls of an LLM that another model was asked to make good, by what came of that.",
    jobs: app,
    labels: { from_model: model, to_model: model, outcome: ["succeeded", "failed"] },
  }),
  llmResponses: counter("agentpay_llm_responses_total", {
    help: "LLM responses by the reason they ended.",
    jobs: app,
    labels: {
      model,
      stop_reason: [
        "end_turn",
        "tool_use",
        "stop_sequence",
        "max_tokens",
        "refusal",
        "pause_turn",
        "model_context_window_exceeded",
        "other",
      ],
    },
  }),
  llmRateLimitRemaining: gauge("agentpay_llm_ratelimit_remaining", {
    help: "What is left of the provider's rate limit, from its last response.",
    jobs: app,
    labels: { provider, kind: ["requests", "input_tokens", "output_tokens"] },
  }),
  llmRateLimit: gauge("agentpay_llm_ratelimit_limit", {
    help: "The provider's rate limit, from its last response.",
    jobs: app,
    labels: { provider, kind: ["requests", "input_tokens", "output_tokens"] },
  }),
  llmLedgerDropped: counter("agentpay_llm_ledger_dropped_total", {
    help: "Rows of the table llm_metrics that could not be written, and are lost.",
    jobs: app,
    labels: {},
  }),
  toolCalls: counter("agentpay_tool_calls_total", {
    help: "Tools called by the agent.",
    jobs: api,
    labels: { tool: open("tool name"), status: ["success", "error"] },
  }),
  ragQueryDuration: histogram("agentpay_rag_query_duration_seconds", {
    help: "Time of one stage of a knowledge retrieval.",
    unit: "seconds",
    jobs: api,
    labels: { stage: ["embed", "search", "rerank"] },
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5],
  }),
  ragQueries: counter("agentpay_rag_queries_total", {
    help: "Knowledge retrievals.",
    jobs: api,
    labels: { status: ["ok", "empty", "error"] },
  }),
};

const work = {
  workerQueueDepth: gauge("agentpay_worker_queue_depth", {
    help: "Jobs that wait in a queue.",
    jobs: worker,
    labels: { queue },
  }),
  workerOldestJobAge: gauge("agentpay_worker_oldest_job_age_seconds", {
    help: "Age of the oldest job that waits in a queue, 0 when none does.",
    unit: "seconds",
    jobs: worker,
    labels: { queue },
  }),
  workerJobs: counter("agentpay_worker_jobs_total", {
    help: "Jobs worked off.",
    jobs: worker,
    labels: { queue, status: ["succeeded", "failed"] },
  }),
  dbPoolConnections: gauge("agentpay_db_pool_connections", {
    help: "Connections of the process's own database pool.",
    jobs: app,
    labels: { state: ["checked_out", "checked_in"] },
  }),
  dbPoolLimit: gauge("agentpay_db_pool_limit", {
    help: "Most connections that the process's database pool may open.",
    jobs: app,
    labels: {},
  }),
};

const instrumentation = {
  instrumentationFaults: counter("agentpay_instrumentation_faults_total", {
    help: "What the instrumentation could not count: its own faults, values it refused, files it could not read.",
    jobs: app,
    labels: { kind: ["accounting", "value", "file"] },
  }),
};

const activity = {
  datname,
  usename: open("database user"),
  application_name: open("what the client calls itself"),
  backend_type: open("client backend, autovacuum worker, ..."),
  state: [
    "active",
    "idle",
    "idle in transaction",
    "idle in transaction (aborted)",
    "fastpath function call",
    "disabled",
  ],
  wait_event: open("what the backend waits for"),
  wait_event_type: open("kind of wait"),
} as const;
const statement = {
  datname,
  user: open("database user"),
  queryid: open("hash of the normalised statement; the top 100"),
};
const database = { datid: open("database oid"), datname };
const table = { datname, schemaname: open("schema"), relname: open("table") };

/** postgres_exporter, with `--collector.stat_statements`. Its pg_stat_database_* counters have no `_total`. */
const postgresExporter = {
  pgUp: gauge("pg_up", {
    help: "Whether the exporter could connect to PostgreSQL.",
    unit: "boolean",
    jobs: postgres,
    labels: {},
  }),
  pgStatActivityCount: gauge("pg_stat_activity_count", {
    help: "Connections by state.",
    jobs: postgres,
    labels: activity,
  }),
  pgStatActivityMaxTxDuration: gauge("pg_stat_activity_max_tx_duration", {
    help: "Age of the oldest transaction, by connection state.",
    unit: "seconds",
    jobs: postgres,
    labels: activity,
  }),
  pgMaxConnections: gauge("pg_settings_max_connections", {
    help: "Most connections that the server accepts.",
    jobs: postgres,
    labels: {},
  }),
  pgReservedConnections: gauge("pg_settings_superuser_reserved_connections", {
    help: "Connections kept free for superusers.",
    jobs: postgres,
    labels: {},
  }),
  pgReservedForRoles: gauge("pg_settings_reserved_connections", {
    help: "Connections kept free for roles with pg_use_reserved_connections; from PostgreSQL 16 on.",
    jobs: postgres,
    labels: {},
  }),
  pgStatStatementsSeconds: counter("pg_stat_statements_seconds_total", {
    help: "Time spent in a statement.",
    unit: "seconds",
    jobs: postgres,
    labels: statement,
  }),
  pgStatStatementsCalls: counter("pg_stat_statements_calls_total", {
    help: "Executions of a statement.",
    jobs: postgres,
    labels: statement,
  }),
  pgCollectorSuccess: gauge("pg_scrape_collector_success", {
    help: "Whether a part of the exporter could read what it is for.",
    unit: "boolean",
    jobs: postgres,
    labels: { collector: open("database, replication, stat_database, stat_statements, ...") },
  }),
  pgIsReplica: gauge("pg_replication_is_replica", {
    help: "Whether the server replays what another one wrote.",
    unit: "boolean",
    jobs: postgres,
    labels: {},
  }),
  pgReplicationLag: gauge("pg_replication_lag_seconds", {
    help: "Age of the last transaction that a replica replayed; grows also while nobody writes.",
    unit: "seconds",
    jobs: postgres,
    labels: {},
  }),
  pgDeadRows: gauge("pg_stat_user_tables_n_dead_tup", {
    help: "Rows of a table that nobody sees any more and autovacuum has not removed, estimated.",
    jobs: postgres,
    labels: table,
  }),
  pgLiveRows: gauge("pg_stat_user_tables_n_live_tup", {
    help: "Rows of a table, estimated.",
    jobs: postgres,
    labels: table,
  }),
  pgDatabaseBackends: gauge("pg_stat_database_numbackends", {
    help: "Backends connected to a database.",
    jobs: postgres,
    labels: database,
  }),
  pgDatabaseCommits: counter("pg_stat_database_xact_commit", {
    help: "Transactions committed.",
    jobs: postgres,
    labels: database,
  }),
  pgDatabaseRollbacks: counter("pg_stat_database_xact_rollback", {
    help: "Transactions rolled back.",
    jobs: postgres,
    labels: database,
  }),
  pgDatabaseBlocksHit: counter("pg_stat_database_blks_hit", {
    help: "Blocks found in the buffer cache.",
    jobs: postgres,
    labels: database,
  }),
  pgDatabaseBlocksRead: counter("pg_stat_database_blks_read", {
    help: "Blocks read from disk.",
    jobs: postgres,
    labels: database,
  }),
  pgDatabaseDeadlocks: counter("pg_stat_database_deadlocks", {
    help: "Deadlocks detected.",
    jobs: postgres,
    labels: database,
  }),
  pgDatabaseSize: gauge("pg_database_size_bytes", {
    help: "Disk space of a database.",
    unit: "bytes",
    jobs: postgres,
    labels: { datname },
  }),
};

const cmd = open("Redis command");

/** redis_exporter, with `--check-single-keys` for the queues' keys. */
const redisExporter = {
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

/** What every client library exports. A Python application in multiprocess mode does not: no rule may depend on it. */
const processes = {
  processResidentMemory: gauge("process_resident_memory_bytes", {
    help: "Resident memory of the process.",
    unit: "bytes",
    jobs,
    labels: {},
  }),
  processCpuSeconds: counter("process_cpu_seconds_total", {
    help: "CPU time of the process.",
    unit: "seconds",
    jobs,
    labels: {},
  }),
  processOpenFds: gauge("process_open_fds", { help: "Open file descriptors.", jobs, labels: {} }),
  processMaxFds: gauge("process_max_fds", { help: "Most file descriptors allowed.", jobs, labels: {} }),
  processStartTime: gauge("process_start_time_seconds", {
    help: "When the process started.",
    unit: "timestamp",
    jobs,
    labels: {},
  }),
};

/** What Prometheus writes itself about each target and alert. */
const synthetic = {
  up: gauge("up", {
    help: "Whether the last scrape succeeded.",
    unit: "boolean",
    jobs,
    // Probes say which endpoint they are of; replicas, which of them they are, until the engine takes it off.
    labels: {
      endpoint: open("key of the endpoint in catalog/uptime.ts"),
      cluster: open("name of the stack"),
      [HA_REPLICA]: open("name of the Prometheus"),
    },
  }),
  scrapeDuration: gauge("scrape_duration_seconds", {
    help: "Time of the last scrape.",
    unit: "seconds",
    jobs,
    labels: {},
  }),
  scrapeSamples: gauge("scrape_samples_scraped", {
    help: "Samples that the target exposed.",
    jobs,
    labels: {},
  }),
  scrapeSamplesKept: gauge("scrape_samples_post_metric_relabeling", {
    help: "Samples left after relabelling.",
    jobs,
    labels: {},
  }),
  scrapeSeriesAdded: gauge("scrape_series_added", {
    help: "New series in the last scrape.",
    jobs,
    labels: {},
  }),
  alerts: gauge("ALERTS", {
    help: "1 for each pending or firing alert, with the alert's labels.",
    unit: "boolean",
    jobs: [],
    labels: { alertname: open("alert name"), alertstate: ["pending", "firing"] },
    anyLabel: true,
  }),
  alertsForState: gauge("ALERTS_FOR_STATE", {
    help: "Since when each alert has been active, with the alert's labels.",
    unit: "timestamp",
    jobs: [],
    labels: { alertname: open("alert name") },
    anyLabel: true,
  }),
};

const remoteEngine = { remote_name: open("name in prometheus.yml"), url: open("where samples are sent") };

const prometheusServer = {
  prometheusConfigReloadSuccessful: gauge("prometheus_config_last_reload_successful", {
    help: "Whether the last configuration reload succeeded.",
    unit: "boolean",
    jobs: prometheus,
    labels: {},
  }),
  prometheusConfigReloadTime: gauge("prometheus_config_last_reload_success_timestamp_seconds", {
    help: "When the configuration was last reloaded.",
    unit: "timestamp",
    jobs: prometheus,
    labels: {},
  }),
  prometheusRuleFailures: counter("prometheus_rule_evaluation_failures_total", {
    help: "Rule evaluations that failed.",
    jobs: prometheus,
    labels: ruleGroup,
  }),
  prometheusRuleIterationsMissed: counter("prometheus_rule_group_iterations_missed_total", {
    help: "Rule group evaluations skipped because the previous one was too slow.",
    jobs: prometheus,
    labels: ruleGroup,
  }),
  prometheusRuleGroupDuration: gauge("prometheus_rule_group_last_duration_seconds", {
    help: "Time of a rule group's last evaluation.",
    unit: "seconds",
    jobs: prometheus,
    labels: ruleGroup,
  }),
  prometheusAlertmanagersDiscovered: gauge("prometheus_notifications_alertmanagers_discovered", {
    help: "Alertmanagers configured or discovered; says nothing of whether they live.",
    jobs: prometheus,
    labels: {},
  }),
  prometheusNotificationsSent: counter("prometheus_notifications_sent_total", {
    help: "Alerts sent to an Alertmanager.",
    jobs: prometheus,
    labels: { alertmanager: open("Alertmanager URL") },
  }),
  prometheusNotificationErrors: counter("prometheus_notifications_errors_total", {
    help: "Alerts that failed to be sent to an Alertmanager.",
    jobs: prometheus,
    labels: { alertmanager: open("Alertmanager URL") },
  }),
  prometheusNotificationsDropped: counter("prometheus_notifications_dropped_total", {
    help: "Alerts given up because they could not be sent.",
    jobs: prometheus,
    labels: { alertmanager: open("Alertmanager URL") },
  }),
  prometheusSamplesAppended: counter("prometheus_tsdb_head_samples_appended_total", {
    help: "Samples stored.",
    jobs: prometheus,
    labels: { type: ["float", "histogram"] },
  }),
  prometheusReloadFailures: counter("prometheus_tsdb_reloads_failures_total", {
    help: "Times that blocks could not be loaded from disk.",
    jobs: prometheus,
    labels: {},
  }),
  prometheusCompactionFailures: counter("prometheus_tsdb_compactions_failed_total", {
    help: "Compactions that failed.",
    jobs: prometheus,
    labels: {},
  }),
  prometheusSampleLimitHits: counter("prometheus_target_scrapes_exceeded_sample_limit_total", {
    help: "Scrapes of which everything was dropped, since there were too many samples.",
    jobs: prometheus,
    labels: {},
  }),
  prometheusTargetSyncFailures: counter("prometheus_target_sync_failed_total", {
    help: "Times that a job's targets, as found, could not be made into what is scraped.",
    jobs: prometheus,
    labels: { scrape_job: open("name of the job") },
  }),
  prometheusNameLookupFailures: counter("prometheus_sd_dns_lookup_failures_total", {
    help: "Lookups of targets by DNS that no name server answered; an unknown name is an answer.",
    jobs: prometheus,
    labels: {},
  }),
  prometheusTargetFileErrors: counter("prometheus_sd_file_read_errors_total", {
    help: "Files of targets that could not be read.",
    jobs: prometheus,
    labels: {},
  }),
  prometheusDiscoveryFailures: counter("prometheus_sd_refresh_failures_total", {
    help: "Lookups of targets that failed, DNS's and files' left out; only where targets are looked up.",
    jobs: prometheus,
    labels: { mechanism: open("ec2, dns, ..."), config: open("job") },
  }),
  prometheusHeadSeries: gauge("prometheus_tsdb_head_series", {
    help: "Series held in memory.",
    jobs: prometheus,
    labels: {},
  }),
  prometheusLowestTimestamp: gauge("prometheus_tsdb_lowest_timestamp_seconds", {
    help: "Time of the oldest sample stored.",
    unit: "timestamp",
    jobs: prometheus,
    labels: {},
  }),
  // The following only where it ships its samples to an engine elsewhere.
  prometheusRemoteSamples: counter("prometheus_remote_storage_samples_total", {
    help: "Samples sent to the engine elsewhere, taken or not.",
    jobs: prometheus,
    labels: remoteEngine,
  }),
  prometheusRemoteSamplesFailed: counter("prometheus_remote_storage_samples_failed_total", {
    help: "Samples that the engine elsewhere refused for good: they are lost.",
    jobs: prometheus,
    labels: remoteEngine,
  }),
  prometheusRemoteHighestTimestamp: gauge("prometheus_remote_storage_queue_highest_timestamp_seconds", {
    help: "Time of the newest sample that is to be sent.",
    unit: "timestamp",
    jobs: prometheus,
    labels: remoteEngine,
  }),
  prometheusRemoteHighestSent: gauge("prometheus_remote_storage_queue_highest_sent_timestamp_seconds", {
    help: "Time of the newest sample that the engine elsewhere took.",
    unit: "timestamp",
    jobs: prometheus,
    labels: remoteEngine,
  }),
};

/** Those of Cortex and Mimir; the rulers of Thanos have Prometheus's own names. All of the stack's own tenant. */
const engineRuler = {
  engineRuleFailures: counter("cortex_prometheus_rule_evaluation_failures_total", {
    help: "Rule evaluations that failed in the engine elsewhere.",
    jobs: ruler,
    labels: { ...ruleGroup, user: open("tenant") },
  }),
  engineRuleIterationsMissed: counter("cortex_prometheus_rule_group_iterations_missed_total", {
    help: "Rule group evaluations that the engine elsewhere skipped because the previous one was too slow.",
    jobs: ruler,
    labels: { ...ruleGroup, user: open("tenant") },
  }),
  engineNotificationsSent: counter("cortex_prometheus_notifications_sent_total", {
    help: "Alerts that the engine elsewhere sent to an Alertmanager.",
    jobs: ruler,
    labels: { alertmanager: open("Alertmanager URL"), user: open("tenant") },
  }),
  engineNotificationErrors: counter("cortex_prometheus_notifications_errors_total", {
    help: "Alerts that the engine elsewhere failed to send to an Alertmanager.",
    jobs: ruler,
    labels: { alertmanager: open("Alertmanager URL"), user: open("tenant") },
  }),
  engineDiscardedSamples: counter("cortex_discarded_samples_total", {
    help: "Samples that the engine elsewhere refused, by its reason.",
    jobs: ruler,
    labels: { reason: open("per_user_series_limit, rate_limited, ..."), user: open("tenant") },
  }),
};

/** Alertmanager's, since 0.35: 0.34 took `authError` (401, 403) and `rateLimited` (429) out of `clientError`. */
const notificationFailures = [
  "authError",
  "clientError",
  "configError",
  "contextCanceled",
  "contextDeadlineExceeded",
  "encodingError",
  "fileReadError",
  "missingContext",
  "other",
  "rateLimited",
  "requestError",
  "serverError",
  "templateError",
] as const;

const alertmanagerServer = {
  alertmanagerConfigReloadSuccessful: gauge("alertmanager_config_last_reload_successful", {
    help: "Whether the last configuration reload succeeded.",
    unit: "boolean",
    jobs: alertmanager,
    labels: {},
  }),
  alertmanagerNotifications: counter("alertmanager_notifications_total", {
    help: "Notifications attempted.",
    jobs: alertmanager,
    labels: { integration: open("pagerduty, email, slack, ...") },
  }),
  alertmanagerNotificationsFailed: counter("alertmanager_notifications_failed_total", {
    help: "Notifications that failed.",
    jobs: alertmanager,
    labels: { integration: open("pagerduty, email, slack, ..."), reason: notificationFailures },
  }),
  alertmanagerAlerts: gauge("alertmanager_alerts", {
    help: "Alerts held by Alertmanager.",
    jobs: alertmanager,
    labels: { state: ["active", "suppressed", "unprocessed"] },
  }),
  alertmanagerSilences: gauge("alertmanager_silences", {
    help: "Silences.",
    jobs: alertmanager,
    labels: { state: ["active", "pending", "expired"] },
  }),
  alertmanagerClusterMembers: gauge("alertmanager_cluster_members", {
    help: "Alertmanagers that this one knows of, itself included; only where there are several.",
    jobs: alertmanager,
    labels: {},
  }),
};

const endpoint = { endpoint: open("key of the endpoint in catalog/uptime.ts") };

const blackboxExporter = {
  probeSuccess: gauge("probe_success", {
    help: "Whether the endpoint did all that it must.",
    unit: "boolean",
    jobs: blackbox,
    labels: endpoint,
  }),
  probeDuration: gauge("probe_duration_seconds", {
    help: "Time of the last probe.",
    unit: "seconds",
    jobs: blackbox,
    labels: endpoint,
  }),
  probeHttpStatus: gauge("probe_http_status_code", {
    help: "HTTP status of the answer, 0 where there was none.",
    jobs: blackbox,
    labels: endpoint,
  }),
  probeCertificateExpiry: gauge("probe_ssl_earliest_cert_expiry", {
    help: "When the first of the certificates presented ends, those included that no client needs.",
    unit: "timestamp",
    jobs: blackbox,
    labels: endpoint,
  }),
  probeChainExpiry: gauge("probe_ssl_last_chain_expiry_timestamp_seconds", {
    help: "When the last of the valid chains ends that clients can build; far below 0 where nothing is verified.",
    unit: "timestamp",
    jobs: blackbox,
    labels: endpoint,
  }),
};

const exposed = {
  ...http,
  ...business,
  ...llm,
  ...work,
  ...instrumentation,
  ...postgresExporter,
  ...redisExporter,
  ...processes,
  ...prometheusServer,
  ...engineRuler,
  ...alertmanagerServer,
  ...blackboxExporter,
};

/** The contract, by the name that rules and dashboards use in code. */
export const metrics = { ...exposed, ...synthetic };

/** The metrics that a job's targets expose themselves, in the order of the contract. */
export function exposedBy(job: Job): readonly Metric[] {
  return Object.values<Metric>(exposed).filter((metric) => metric.jobs.includes(job));
}
