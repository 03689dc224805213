/**
 * What the simulation is subject to. Everything at its healthy value gives a quiet day: no alert's threshold is
 * crossed. Faults change some of the values for a while.
 *
 * Ratios go from 0 to 1, factors multiply, rates are per second.
 */
export interface Conditions {
  visitors: { factor: number };
  api: {
    up: boolean;
    /** Whether it stands still: it answers Prometheus and nobody else, as a process does whose threads all wait. */
    hangs: boolean;
    /** Whether it refuses every request for its key. */
    refuses: boolean;
    errorRatio: number;
    latencyFactor: number;
    /** Series that it exposes beyond its own, one for each value of a label that holds ids. */
    strayLabelValues: number;
    /** Numbers a second that its instrumentation refuses to count. */
    refusedValueRate: number;
    /** Share of the requests of one quiet route that fail, whatever the others do. */
    routeErrorRatio: number;
    /** Share of its file descriptors that are open beyond those it works with. */
    leakedDescriptors: number;
  };
  /** What customers reach, as it looks from outside. */
  edge: {
    /** Whether anything listens there. */
    open: boolean;
    /** Whether /healthz answers 200. */
    healthy: boolean;
    /** Whether a WebSocket handshake is accepted. */
    upgrades: boolean;
    widgetEmpty: boolean;
    /** For how many days the certificate is valid. */
    certificateDays: number;
  };
  websocket: {
    /** Attempts that fail. */
    refusedRatio: number;
    /** Attempts that the application rejects. */
    rejectedRatio: number;
    dropRate: number;
  };
  checkout: { failureRatio: number };
  llm: {
    /** Whether the agent calls no model at all. */
    silent: boolean;
    /** Calls a second whose row in the ledger is lost. */
    ledgerDropRate: number;
    /** Calls that fail for good, such as a malformed request. */
    failureRatio: number;
    /** Calls that the first model fails and another one is asked. */
    fallbackRatio: number;
    /** Of those, the share that the other model fails too. */
    fallbackFailureRatio: number;
    errorType: LlmError;
    latencyFactor: number;
    /** Multiplies what is sent to the model. */
    inputFactor: number;
    truncatedRatio: number;
    promptCache: boolean;
    priced: boolean;
    /** Whether the cost counter counts at all. */
    costRecorded: boolean;
  };
  rag: { emptyRatio: number; errorRatio: number; latencyFactor: number };
  tools: { errorRatio: number };
  worker: {
    up: boolean;
    working: boolean;
    /** Whether it says how long its queues are. */
    measuresQueues: boolean;
    failureRatio: number;
    extraJobRate: number;
  };
  postgres: {
    up: boolean;
    exporterUp: boolean;
    /** Whether every connection is taken but those that monitoring has to itself. */
    full: boolean;
    /** Whether its exporter can't log in, and has an old connection that lives on. */
    loginRefused: boolean;
    leakedConnections: number;
    /** Mean time of the slowest statement, seconds. */
    slowStatementSeconds: number;
    longestTransactionSeconds: number;
    /** How long the calls take that are slow now and then. */
    slowCallSeconds: number;
    deadlockRate: number;
    cacheHitRatio: number;
    /** Seconds that it is behind, where it is a replica; 0 where it is none. */
    replicaLagSeconds: number;
    /** Share of its largest table's rows that are dead. */
    deadRowRatio: number;
    /** Whether the exporter may read the statements' statistics. */
    statementsReadable: boolean;
    /** Log that it keeps for its replica's slot. */
    slotHeldBytes: number;
    /** Transaction IDs since its oldest row was frozen. */
    transactionIdAge: number;
    /** Sessions that wait for a lock. */
    blockedSessions: number;
    /** Seconds from one crash to the next; 0 where it does not crash. It is back within a second. */
    crashSeconds: number;
    /** Likewise of its exporter's restarts. */
    exporterRestartSeconds: number;
  };
  redis: {
    up: boolean;
    exporterUp: boolean;
    /** Whether its exporter says anything of it. */
    described: boolean;
    memoryRatio: number;
    /** Whether maxmemory is set. */
    limited: boolean;
    evictionRate: number;
    rejectionRate: number;
    /** Whether it can write to its disk. */
    persists: boolean;
    /** Share of maxclients that is connected beyond those who work. */
    idleClients: number;
    /** Seconds from one restart to the next; 0 where it goes on. It is back within a second. */
    restartSeconds: number;
    replicas: number;
    /** Share of time that its main thread is busy. */
    busyRatio: number;
  };
}

export type LlmError =
  | "rate_limit"
  | "overloaded"
  | "timeout"
  | "invalid_request"
  | "not_found"
  | "authentication";

export function healthyConditions(): Conditions {
  return {
    visitors: { factor: 1 },
    // An objective of 99.9% is used up by 0.1%: healthy is well below.
    api: {
      up: true,
      hangs: false,
      refuses: false,
      errorRatio: 0.0002,
      latencyFactor: 1,
      strayLabelValues: 0,
      refusedValueRate: 0,
      routeErrorRatio: 0,
      leakedDescriptors: 0,
    },
    edge: { open: true, healthy: true, upgrades: true, widgetEmpty: false, certificateDays: 90 },
    websocket: { refusedRatio: 0.0005, rejectedRatio: 0, dropRate: 0.00002 },
    checkout: { failureRatio: 0.001 },
    llm: {
      silent: false,
      ledgerDropRate: 0,
      failureRatio: 0.001,
      fallbackRatio: 0.005,
      fallbackFailureRatio: 0,
      errorType: "overloaded",
      latencyFactor: 1,
      inputFactor: 1,
      truncatedRatio: 0.003,
      promptCache: true,
      priced: true,
      costRecorded: true,
    },
    rag: { emptyRatio: 0.04, errorRatio: 0.001, latencyFactor: 1 },
    tools: { errorRatio: 0.005 },
    worker: { up: true, working: true, measuresQueues: true, failureRatio: 0.002, extraJobRate: 0 },
    postgres: {
      up: true,
      exporterUp: true,
      full: false,
      loginRefused: false,
      leakedConnections: 0,
      slowStatementSeconds: 0.04,
      longestTransactionSeconds: 0.3,
      slowCallSeconds: 0,
      deadlockRate: 0,
      cacheHitRatio: 0.994,
      replicaLagSeconds: 0,
      deadRowRatio: 0.04,
      statementsReadable: true,
      slotHeldBytes: 3e6,
      transactionIdAge: 80e6,
      blockedSessions: 0,
      crashSeconds: 0,
      exporterRestartSeconds: 0,
    },
    redis: {
      up: true,
      exporterUp: true,
      described: true,
      memoryRatio: 0.35,
      limited: true,
      evictionRate: 0,
      rejectionRate: 0,
      persists: true,
      idleClients: 0,
      restartSeconds: 0,
      replicas: 1,
      busyRatio: 0.04,
    },
  };
}
