import { metrics } from "../../catalog/metrics/index.ts";
import { type Broker, noBroker } from "./broker.ts";
import type { Conditions } from "./conditions.ts";
import { Exposition } from "./exposition.ts";
import { FaultBoard } from "./fault-board.ts";
import { type Ledger, noLedger } from "./ledger.ts";
import { type Random, seededRandom } from "./random.ts";
import { Agent } from "./traffic/agent.ts";
import { loadAt, type Moment } from "./traffic/moment.ts";
import { Postgres } from "./traffic/postgres.ts";
import { tickProcess } from "./traffic/process.ts";
import { Redis } from "./traffic/redis.ts";
import { Visitors } from "./traffic/visitors.ts";
import { Web } from "./traffic/web.ts";
import { Worker } from "./traffic/worker.ts";

/** Lets visitors gather before anyone looks, so that no gauge starts at 0. */
const WARM_UP_SECONDS = 300;
/** After a longer pause of the machine, what happened in between is left out. */
const LONGEST_GAP_SECONDS = 300;

const shapes = {
  api: { memory: 310e6, cpu: 0.006 },
  worker: { memory: 240e6, cpu: 0.01 },
  exporter: { memory: 28e6, cpu: 0 },
};

/**
 * AgentPay and its databases as Prometheus sees them: discrete events, second by second, from a seeded source of
 * chance. The same seed, start and faults give the same numbers.
 */
export class Simulation {
  readonly faults = new FaultBoard();
  readonly api = new Exposition("agentpay-api");
  readonly worker = new Exposition("agentpay-worker");
  readonly postgres = new Exposition("postgres");
  readonly redis = new Exposition("redis");
  readonly #random: Random;
  readonly #web = new Web(this.api);
  readonly #agent: Agent;
  readonly #jobs: Worker;
  readonly #visitors: Visitors;
  readonly #postgres = new Postgres(this.postgres, this.api, this.worker);
  readonly #redis: Redis;
  readonly #ledger: Ledger;
  readonly #broker: Broker;
  #conditions: Conditions;
  #now: number;

  /**
   * @param now seconds since 1970
   * @param ledger hears what AgentPay does in its database. Default: it has none
   * @param broker hears what AgentPay does in its Redis. Default: it has none
   */
  constructor(seed: number, now: number, ledger: Ledger = noLedger, broker: Broker = noBroker) {
    this.#ledger = ledger;
    this.#broker = broker;
    this.#agent = new Agent(this.api, ledger);
    this.#jobs = new Worker(this.worker, ledger, broker);
    this.#redis = new Redis(this.redis, this.#jobs);
    this.#visitors = new Visitors(this.api, this.#web, this.#agent, this.#jobs, ledger);
    this.#random = seededRandom(seed);
    this.#now = now - WARM_UP_SECONDS;
    this.#conditions = this.faults.conditions(this.#now);
    this.#startApi();
    this.#startWorker();
    for (const exporter of [this.postgres, this.redis]) exporter.set(metrics.processStartTime, {}, this.#now);
    this.#postgres.initialise();
    this.#redis.initialise();
    while (this.#now < now) this.#tick();
  }

  /** The conditions of the second that was simulated last, so that servers and numbers agree. */
  get conditions(): Readonly<Conditions> {
    return this.#conditions;
  }

  /** Lets time pass. @param now seconds since 1970 */
  advance(now: number): void {
    this.#now = Math.max(this.#now, now - LONGEST_GAP_SECONDS);
    while (this.#now + 1 <= now) this.#tick();
  }

  #tick(): void {
    this.#now++;
    const before = this.#conditions;
    const conditions = this.faults.conditions(this.#now);
    this.#conditions = conditions;
    if (conditions.api.up && !before.api.up) this.#startApi();
    if (conditions.worker.up && !before.worker.up) this.#startWorker();
    this.#happen({ now: this.#now, load: loadAt(this.#now), conditions, random: this.#random });
  }

  #happen(moment: Moment): void {
    const { api } = moment.conditions;
    if (api.up && !api.hangs) this.#serve(moment);
    this.#jobs.tick(moment);
    const requests = this.#web.takeRequests();
    const work = requests + this.#jobs.done;
    this.#ledger.work(work);
    this.#broker.work(work);
    this.#postgres.tick(moment, work);
    this.#redis.tick(moment, work);
    const { leakedDescriptors } = moment.conditions.api;
    tickProcess(this.api, { ...shapes.api, leakedDescriptors }, moment, requests);
    tickProcess(this.worker, shapes.worker, moment, this.#jobs.done);
    tickProcess(this.postgres, shapes.exporter, moment, 0);
    tickProcess(this.redis, shapes.exporter, moment, 0);
  }

  #serve(moment: Moment): void {
    this.#visitors.tick(moment);
    this.#web.tick(moment);
    this.#agent.tick(moment);
  }

  #startApi(): void {
    this.api.restart(this.#now);
    this.#visitors.leave();
    for (const part of [this.#web, this.#agent, this.#visitors]) part.initialise();
  }

  #startWorker(): void {
    this.worker.restart(this.#now);
    this.#jobs.initialise();
  }
}
