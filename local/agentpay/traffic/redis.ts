import { metrics } from "../../../catalog/metrics/index.ts";
import type { Exposition } from "../exposition.ts";
import { queues, redisCommands } from "../world.ts";
import { isTime, type Moment } from "./moment.ts";
import type { Worker } from "./worker.ts";

const MAX_MEMORY = 512 * 1024 ** 2;
const COMMANDS_PER_REQUEST = 1.5;
const SECONDS_PER_COMMAND = 0.00006;
const HIT_RATIO = 0.93;
const CLIENTS = 14;
const MAX_CLIENTS = 10_000;

/** Redis, cache and broker, as its exporter shows it. */
export class Redis {
  readonly #exporter: Exposition;
  readonly #worker: Worker;
  #startedAt: number | undefined;

  constructor(exporter: Exposition, worker: Worker) {
    this.#exporter = exporter;
    this.#worker = worker;
  }

  initialise(): void {
    for (const cmd of redisCommands) {
      this.#exporter.add(metrics.redisCommands, { cmd }, 0);
      this.#exporter.add(metrics.redisCommandsDuration, { cmd }, 0);
    }
  }

  /** @param work how many requests and jobs used Redis in the last second. */
  tick(moment: Moment, work: number): void {
    const { conditions, random, now } = moment;
    const { up, memoryRatio, evictionRate, rejectionRate } = conditions.redis;
    const exporter = this.#exporter;
    exporter.set(metrics.redisUp, {}, up ? 1 : 0);
    if (!up) return;
    const { restartSeconds, replicas, busyRatio } = conditions.redis;
    if (isTime(now, restartSeconds)) this.#restart(now);
    this.#startedAt ??= now;
    exporter.set(metrics.redisConnectedReplicas, {}, replicas);
    exporter.add(metrics.redisUserCpuSeconds, {}, busyRatio * 0.7);
    exporter.add(metrics.redisSystemCpuSeconds, {}, busyRatio * 0.3);
    exporter.set(metrics.redisStartTime, {}, this.#startedAt);
    const wave = 0.01 * Math.sin(now / 600);
    exporter.set(metrics.redisMemoryMax, {}, conditions.redis.limited ? MAX_MEMORY : 0);
    exporter.set(metrics.redisMemoryUsed, {}, Math.round(MAX_MEMORY * (memoryRatio + wave)));
    const idle = Math.round(conditions.redis.idleClients * MAX_CLIENTS);
    exporter.set(metrics.redisMaxClients, {}, MAX_CLIENTS);
    exporter.set(metrics.redisConnectedClients, {}, idle + CLIENTS + random.poisson(moment.load));
    exporter.set(metrics.redisBlockedClients, {}, conditions.worker.up ? queues.length : 0);
    exporter.set(metrics.redisSnapshotOk, {}, conditions.redis.persists ? 1 : 0);
    exporter.set(metrics.redisLogWriteOk, {}, 1);
    exporter.add(metrics.redisEvictedKeys, {}, random.poisson(evictionRate));
    exporter.add(metrics.redisRejectedConnections, {}, random.poisson(rejectionRate));
    exporter.add(metrics.redisExpiredKeys, {}, random.poisson(work * 0.1));
    const hits = random.poisson(work * HIT_RATIO);
    exporter.add(metrics.redisKeyspaceHits, {}, hits);
    exporter.add(metrics.redisKeyspaceMisses, {}, random.poisson(work * (1 - HIT_RATIO)));
    for (const cmd of redisCommands) this.#countCommand(cmd, work, moment);
    for (const queue of queues) {
      exporter.set(metrics.redisKeySize, { db: "db0", key: `dramatiq:${queue}` }, this.#worker.depth(queue));
    }
  }

  /** It is over before anyone asks. */
  #restart(now: number): void {
    this.#startedAt = now;
    for (const counter of counters) this.#exporter.reset(counter);
  }

  #countCommand(cmd: string, work: number, { random }: Moment): void {
    const calls = random.poisson((work * COMMANDS_PER_REQUEST) / redisCommands.length);
    this.#exporter.add(metrics.redisCommands, { cmd }, calls);
    this.#exporter.add(metrics.redisCommandsDuration, { cmd }, calls * SECONDS_PER_COMMAND);
  }
}

/** What it has counted since its start. */
const counters = [
  metrics.redisCommands,
  metrics.redisCommandsDuration,
  metrics.redisUserCpuSeconds,
  metrics.redisSystemCpuSeconds,
  metrics.redisEvictedKeys,
  metrics.redisRejectedConnections,
  metrics.redisExpiredKeys,
  metrics.redisKeyspaceHits,
  metrics.redisKeyspaceMisses,
];
