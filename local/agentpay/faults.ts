/** How the simulated AgentPay breaks. */
import { z } from "zod";
import { type Fault, factor, fault, rate, ratio, seconds } from "./fault.ts";

/** Every fault, by the name that it is started with. */
export const faults = {
  "api-down": fault("The API drops every connection without an answer", {}, ({ api }) => {
    api.up = false;
  }),
  "api-hangs": fault("The API answers Prometheus, and nobody else", {}, ({ api }) => {
    api.hangs = true;
  }),
  "api-refuses": fault("The API refuses every request", {}, ({ api }) => {
    api.refuses = true;
  }),
  "api-errors": fault("The API fails a share of its requests", { ratio: ratio(0.2) }, ({ api }, given) => {
    api.errorRatio = Math.max(api.errorRatio, given.ratio);
  }),
  "route-errors": fault("One quiet route of the API fails", { ratio: ratio(0.7) }, ({ api }, given) => {
    api.routeErrorRatio = given.ratio;
  }),
  "descriptors-leaked": fault("The API leaks file descriptors", { ratio: ratio(0.9) }, ({ api }, given) => {
    api.leakedDescriptors = given.ratio;
  }),
  "redis-subject-missing": fault(
    "The exporter of Redis answers, and says nothing of Redis",
    {},
    ({ redis }) => {
      redis.described = false;
    },
  ),
  "api-slow": fault("The API answers many times slower", { factor: factor(40) }, ({ api }, given) => {
    api.latencyFactor *= given.factor;
  }),
  "healthz-failing": fault("The API's health route answers 503", {}, ({ edge }) => {
    edge.healthy = false;
  }),
  "edge-closed": fault("Nothing listens where customers connect; the API is well", {}, ({ edge }) => {
    edge.open = false;
  }),
  "handshake-refused": fault(
    "The chat's WebSocket handshake is refused; the port is open",
    {},
    ({ edge }) => {
      edge.upgrades = false;
    },
  ),
  "widget-empty": fault("The widget's script is empty", {}, ({ edge }) => {
    edge.widgetEmpty = true;
  }),
  "certificate-expiring": fault(
    "The public certificate is about to end",
    { days: z.number().gt(0).max(60).default(2) },
    ({ edge }, given) => {
      edge.certificateDays = given.days;
    },
  ),
  "visitors-gone": fault("Hardly any visitor comes", { factor: factor(0.1) }, ({ visitors }, given) => {
    visitors.factor = given.factor;
  }),
  "websocket-drops": fault("Open WebSockets break", { rate: ratio(0.03) }, ({ websocket }, given) => {
    websocket.dropRate = given.rate;
  }),
  "websocket-refused": fault("WebSockets can't be opened", { ratio: ratio(0.5) }, ({ websocket }, given) => {
    websocket.refusedRatio = given.ratio;
  }),
  "websocket-rejected": fault(
    "The application rejects WebSockets",
    { ratio: ratio(1) },
    ({ websocket }, given) => {
      websocket.rejectedRatio = given.ratio;
    },
  ),
  "checkout-failures": fault("Checkouts fail", { ratio: ratio(0.7) }, ({ checkout }, given) => {
    checkout.failureRatio = given.ratio;
  }),
  "llm-failures": fault(
    "The model fails, and so does its fallback",
    { ratio: ratio(0.8) },
    ({ llm }, given) => {
      llm.fallbackRatio = given.ratio;
      llm.fallbackFailureRatio = 1;
    },
  ),
  "llm-silent": fault("The agent calls no model any more", {}, ({ llm }) => {
    llm.silent = true;
  }),
  "ledger-dropped": fault("Rows of the cost ledger are lost", { rate: rate(0.1) }, ({ llm }, given) => {
    llm.ledgerDropRate = given.rate;
  }),
  "llm-fallback": fault(
    "The model fails, its fallback answers",
    { ratio: ratio(0.5), failureRatio: ratio(0) },
    ({ llm }, given) => {
      llm.fallbackRatio = given.ratio;
      llm.fallbackFailureRatio = given.failureRatio;
    },
  ),
  "llm-rate-limited": fault(
    "The provider's rate limit is used up",
    { ratio: ratio(0.3) },
    ({ llm }, given) => {
      llm.fallbackRatio = given.ratio;
      llm.fallbackFailureRatio = 1;
      llm.errorType = "rate_limit";
    },
  ),
  "llm-model-rejected": fault("The provider no longer knows the model", {}, ({ llm }) => {
    llm.fallbackRatio = 1;
    llm.fallbackFailureRatio = 1;
    llm.errorType = "not_found";
  }),
  "llm-slow": fault("The model answers many times slower", { factor: factor(12) }, ({ llm }, given) => {
    llm.latencyFactor = given.factor;
  }),
  "llm-truncated": fault("Replies are cut off", { ratio: ratio(0.2) }, ({ llm }, given) => {
    llm.truncatedRatio = given.ratio;
  }),
  "prompt-cache-lost": fault("The prompt cache never hits", {}, ({ llm }) => {
    llm.promptCache = false;
  }),
  "cost-spike": fault(
    "A loop sends huge prompts: about 0.25 USD a second",
    { factor: factor(4000) },
    ({ llm }, given) => {
      llm.inputFactor = given.factor;
    },
  ),
  "cost-unrecorded": fault("The cost of calls is not counted", {}, ({ llm }) => {
    llm.costRecorded = false;
  }),
  "model-unpriced": fault("The models have no price", {}, ({ llm }) => {
    llm.priced = false;
  }),
  "rag-empty": fault("Retrieval finds nothing", { ratio: ratio(0.9) }, ({ rag }, given) => {
    rag.emptyRatio = given.ratio;
  }),
  "rag-errors": fault("Retrieval fails", { ratio: ratio(0.5) }, ({ rag }, given) => {
    rag.errorRatio = given.ratio;
  }),
  "rag-slow": fault("Retrieval takes many times longer", { factor: factor(40) }, ({ rag }, given) => {
    rag.latencyFactor = given.factor;
  }),
  "tool-errors": fault("The agent's tools fail", { ratio: ratio(0.5) }, ({ tools }, given) => {
    tools.errorRatio = given.ratio;
  }),
  "stray-label": fault(
    "A metric of the API has a label that holds ids",
    { values: z.int().min(1).max(100_000).default(22_000) },
    ({ api }, given) => {
      api.strayLabelValues = given.values;
    },
  ),
  "values-refused": fault(
    "The API's instrumentation is told numbers that can't be",
    { rate: rate(0.1) },
    ({ api }, given) => {
      api.refusedValueRate = given.rate;
    },
  ),
  "worker-down": fault("The worker is gone", {}, ({ worker }) => {
    worker.up = false;
  }),
  "worker-stalled": fault("The worker lives, but works on nothing", {}, ({ worker }) => {
    worker.working = false;
  }),
  "queue-backlog": fault("Jobs come faster than they are done", { rate: rate(100) }, ({ worker }, given) => {
    worker.extraJobRate = given.rate;
  }),
  "queue-metrics-lost": fault("The worker no longer says how long its queues are", {}, ({ worker }) => {
    worker.measuresQueues = false;
  }),
  "job-failures": fault("Jobs fail", { ratio: ratio(0.3) }, ({ worker }, given) => {
    worker.failureRatio = given.ratio;
  }),
  "postgres-down": fault(
    "PostgreSQL is gone; its exporter is not",
    { errorRatio: ratio(0.9) },
    (now, given) => {
      now.postgres.up = false;
      now.api.errorRatio = Math.max(now.api.errorRatio, given.errorRatio);
    },
  ),
  "postgres-hangs": fault("PostgreSQL hangs: its exporter and all who use it get no answer", {}, (now) => {
    now.postgres.exporterUp = false;
    now.api.hangs = true;
    now.worker.working = false;
  }),
  "postgres-full": fault(
    "Every connection that PostgreSQL gives to AgentPay is taken",
    { errorRatio: ratio(0.3) },
    (now, given) => {
      now.postgres.full = true;
      now.api.errorRatio = Math.max(now.api.errorRatio, given.errorRatio);
    },
  ),
  "postgres-login-refused": fault(
    "PostgreSQL refuses its exporter's password; the exporter has an old connection",
    {},
    ({ postgres }) => {
      postgres.loginRefused = true;
    },
  ),
  "slow-calls": fault(
    "A few database calls take many seconds",
    { seconds: seconds(20) },
    ({ postgres }, given) => {
      postgres.slowCallSeconds = given.seconds;
    },
  ),
  "postgres-exporter-down": fault("The exporter of PostgreSQL is gone", {}, ({ postgres }) => {
    postgres.exporterUp = false;
  }),
  "db-pool-exhausted": fault(
    "Connections leak until the pool and the server are full",
    { connections: z.int().min(1).max(86).default(80) },
    ({ postgres, api }, given) => {
      postgres.leakedConnections = given.connections;
      api.latencyFactor *= 10;
    },
  ),
  "slow-queries": fault(
    "A database statement takes seconds",
    { seconds: seconds(3) },
    ({ postgres, api }, given) => {
      postgres.slowStatementSeconds = given.seconds;
      api.latencyFactor *= 3;
    },
  ),
  "long-transaction": fault("A transaction stays open", { seconds: seconds(900) }, ({ postgres }, given) => {
    postgres.longestTransactionSeconds = given.seconds;
  }),
  deadlocks: fault("Transactions deadlock", { rate: rate(0.1) }, ({ postgres }, given) => {
    postgres.deadlockRate = given.rate;
  }),
  "db-cache-misses": fault("The database reads from disk", { ratio: ratio(0.3) }, ({ postgres }, given) => {
    postgres.cacheHitRatio = 1 - given.ratio;
  }),
  "replica-behind": fault(
    "A replica of PostgreSQL is behind",
    { seconds: seconds(900) },
    ({ postgres }, given) => {
      postgres.replicaLagSeconds = given.seconds;
    },
  ),
  "dead-rows": fault("Autovacuum does not clean up", { ratio: ratio(0.6) }, ({ postgres }, given) => {
    postgres.deadRowRatio = given.ratio;
  }),
  "statements-unreadable": fault(
    "The exporter of PostgreSQL may not read the statements' statistics",
    {},
    ({ postgres }) => {
      postgres.statementsReadable = false;
    },
  ),
  "slot-behind": fault(
    "Nobody reads a replication slot of PostgreSQL, and it keeps its log",
    { bytes: z.int().min(1).max(1e15).default(20e9) },
    ({ postgres }, given) => {
      postgres.slotHeldBytes = given.bytes;
    },
  ),
  "transaction-ids": fault(
    "PostgreSQL freezes no rows, and uses up its transaction IDs",
    { ids: z.int().min(1).max(2e9).default(900e6) },
    ({ postgres }, given) => {
      postgres.transactionIdAge = given.ids;
    },
  ),
  "sessions-blocked": fault(
    "A lock is held on a table, and sessions pile up behind it",
    { sessions: z.int().min(1).max(50).default(12) },
    ({ postgres, api }, given) => {
      postgres.blockedSessions = given.sessions;
      api.latencyFactor *= 3;
    },
  ),
  "postgres-crashing": fault(
    "PostgreSQL crashes again and again, and is back at once",
    { seconds: seconds(180) },
    ({ postgres }, given) => {
      postgres.crashSeconds = given.seconds;
    },
  ),
  "exporter-restarting": fault(
    "The exporter of PostgreSQL restarts again and again",
    { seconds: seconds(120) },
    ({ postgres }, given) => {
      postgres.exporterRestartSeconds = given.seconds;
    },
  ),
  "redis-restarting": fault(
    "Redis restarts again and again, and is back at once",
    { seconds: seconds(180) },
    ({ redis }, given) => {
      redis.restartSeconds = given.seconds;
    },
  ),
  "redis-replica-lost": fault("Redis's replica is gone", {}, ({ redis }) => {
    redis.replicas = 0;
  }),
  "redis-busy": fault("Redis is as busy as it can be", { ratio: ratio(0.98) }, ({ redis }, given) => {
    redis.busyRatio = given.ratio;
  }),
  "redis-disk": fault("Redis can't write to its disk", {}, ({ redis }) => {
    redis.persists = false;
  }),
  "redis-down": fault("Redis is gone; its exporter is not", { errorRatio: ratio(0.3) }, (now, given) => {
    now.redis.up = false;
    now.api.errorRatio = Math.max(now.api.errorRatio, given.errorRatio);
  }),
  "redis-hangs": fault("Redis hangs: its exporter and the worker get no answer", {}, (now) => {
    now.redis.exporterUp = false;
    now.worker.working = false;
  }),
  "redis-clients": fault(
    "Redis has nearly as many clients as it takes",
    { ratio: ratio(0.95) },
    ({ redis }, given) => {
      redis.idleClients = given.ratio;
    },
  ),
  "redis-exporter-down": fault("The exporter of Redis is gone", {}, ({ redis }) => {
    redis.exporterUp = false;
  }),
  "redis-memory": fault("Redis's memory is nearly full", { ratio: ratio(0.93) }, ({ redis }, given) => {
    redis.memoryRatio = given.ratio;
  }),
  "redis-evictions": fault(
    "Redis's memory is full and it evicts keys",
    { rate: rate(5) },
    ({ redis }, given) => {
      redis.memoryRatio = 0.99;
      redis.evictionRate = given.rate;
    },
  ),
  "redis-unlimited": fault("Redis has no maxmemory", {}, ({ redis }) => {
    redis.limited = false;
  }),
  "redis-rejections": fault("Redis refuses connections", { rate: rate(1) }, ({ redis }, given) => {
    redis.rejectionRate = given.rate;
  }),
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;
