/** One lab's life: quiet first, then things break, ring, are mended, and end. */
import { setTimeout as delay } from "node:timers/promises";
import { inSeconds } from "../../catalog/duration.ts";
import { publicGrafanaUrl } from "../../render/index.ts";
import { readSettings } from "../../settings-file.ts";
import { messageOf } from "../engine/errors.ts";
import { REPOSITORY } from "../state-folder.ts";
import { type AlertId, alertOf } from "./alert-id.ts";
import type { Drill } from "./drills.ts";
import { type Lab, type LabOptions, startLab } from "./lab.ts";
import { get, newObservation, type Observation, observe } from "./observation.ts";
import { allArrived, allResolved, falseAlarms, judge, type Ring, type Times } from "./verdict.ts";

export interface RoundOptions extends Omit<LabOptions, "aws"> {
  readonly signal: AbortSignal;
  /** One line for people about what happens. */
  readonly report: (line: string) => void;
}

export interface DrillResult {
  readonly drill: Drill;
  readonly rings: readonly Ring[];
}

export interface RoundResult {
  readonly results: readonly DrillResult[];
  readonly falseAlarms: readonly AlertId[];
  /** The longest time for which the machine let nothing here run: servers that stand still look dead. */
  readonly longestStallSeconds: number;
}

/** Simulated seconds that must be quiet before anything breaks: the windows of most alerts are filled then. */
const SETTLING_SECONDS = 15 * 60;
const POLL_MILLISECONDS = 200;
const LAB_START_SECONDS = 60;
/** What machines and networks need, however fast the simulation is. */
const REAL_SECONDS = 30;

export async function runRound(drills: readonly Drill[], options: RoundOptions): Promise<RoundResult> {
  const lab = await startLab({ ...options, aws: drills.some(({ aws }) => aws) });
  try {
    const observation = newObservation();
    await settle(lab, observation, options);
    const runs = drills.map((drill) => new Run(drill, lab, options));
    for (const run of runs) await run.breakIt();
    await brokenMonitoring(lab, runs);
    let longestStallSeconds = 0;
    while (runs.some((run) => !run.isOver)) {
      longestStallSeconds = Math.max(longestStallSeconds, await pause(options.signal));
      await observe(
        lab,
        observation,
        drills.flatMap(({ mutes = [] }) => mutes),
      );
      const mended = await inOrder(runs, (run) => run.advance(observation));
      if (mended.includes(true)) await brokenMonitoring(lab, runs);
    }
    const expectations = expectationsOf(lab);
    return {
      results: runs.map(({ drill, times }) => ({
        drill,
        rings: judge(drill, observation, times, expectations),
      })),
      falseAlarms: falseAlarms(drills, observation),
      longestStallSeconds,
    };
  } finally {
    await lab.stop();
  }
}

/** Returns how many seconds later than asked for it went on. */
async function pause(signal: AbortSignal): Promise<number> {
  const before = Date.now();
  await delay(POLL_MILLISECONDS, undefined, { signal });
  return (Date.now() - before - POLL_MILLISECONDS) / 1000;
}

/** Watches a lab in which nothing is broken for some simulated seconds. */
export async function runHealthy(seconds: number, options: RoundOptions): Promise<readonly AlertId[]> {
  const lab = await startLab({ ...options, aws: false });
  try {
    const observation = newObservation();
    await settle(lab, observation, options);
    const until = Date.now() + (seconds * 1000) / options.factor;
    while (Date.now() < until) {
      await delay(POLL_MILLISECONDS, undefined, { signal: options.signal });
      await observe(lab, observation);
    }
    return falseAlarms([], observation);
  } finally {
    await lab.stop();
  }
}

/** @throws where the lab's own Watchdog does not come through in time. */
async function settle(lab: Lab, observation: Observation, { factor, signal }: RoundOptions): Promise<void> {
  const startedAt = Date.now();
  let refusal = "";
  for (let ready = false; !ready; ) {
    await delay(POLL_MILLISECONDS, undefined, { signal });
    try {
      await observe(lab, observation);
      ready = await isKnownToAlertmanager(lab, "Watchdog");
    } catch (error) {
      refusal = messageOf(error);
    }
    if (!ready && Date.now() - startedAt > LAB_START_SECONDS * 1000) {
      throw new Error(
        `no Watchdog came from Prometheus through Alertmanager within ${LAB_START_SECONDS} seconds. ${refusal}`,
      );
    }
  }
  const quietUntil = startedAt + (SETTLING_SECONDS * 1000) / factor;
  while (Date.now() < quietUntil) {
    await delay(POLL_MILLISECONDS, undefined, { signal });
    await observe(lab, observation);
  }
}

/** The Watchdog's own message is a heartbeat, which a lab without an AWS has nobody for. */
async function isKnownToAlertmanager(lab: Lab, name: string): Promise<boolean> {
  const filter = encodeURIComponent(`alertname="${name}"`);
  const alerts = await get<readonly unknown[]>(`${lab.urls.alertmanager}/api/v2/alerts?filter=${filter}`);
  return alerts.length > 0;
}

/** What is broken in the monitoring by all of a round's drills together. */
async function brokenMonitoring(lab: Lab, runs: readonly Run[]): Promise<void> {
  const touched = runs.flatMap(({ drill }) => (drill.prometheus ? [drill.prometheus] : []));
  if (touched.length === 0) return;
  await lab.breakPrometheus(
    runs.flatMap(({ drill, isBroken }) => (isBroken && drill.prometheus ? [drill.prometheus] : [])),
  );
}

async function inOrder<Item, Result>(
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await act(item));
  return results;
}

function expectationsOf(lab: Lab) {
  const settings = readSettings(REPOSITORY, "local");
  return {
    pagerDutyService: lab.pagerDutyService,
    runbookBaseUrl: settings.docs.runbookBaseUrl,
    grafanaUrl: settings.metrics.enabled ? publicGrafanaUrl(settings, settings.metrics) : "",
  };
}

/** One drill under way. */
class Run {
  readonly drill: Drill;
  readonly #lab: Lab;
  readonly #options: RoundOptions;
  #brokenAt = 0;
  #mendedAt: number | undefined;
  #over = false;

  constructor(drill: Drill, lab: Lab, options: RoundOptions) {
    this.drill = drill;
    this.#lab = lab;
    this.#options = options;
  }

  get times(): Times {
    return { brokenAt: this.#brokenAt, mendedAt: this.#mendedAt };
  }

  get isBroken(): boolean {
    return this.#mendedAt === undefined;
  }

  get isOver(): boolean {
    return this.#over;
  }

  async breakIt(): Promise<void> {
    this.#brokenAt = Date.now();
    for (const [name, parameters] of Object.entries(this.drill.faults ?? {})) {
      await this.#fault("POST", "", { name, ...parameters });
    }
    await this.#alertmanager(true);
    this.#options.report(`broken: ${this.drill.title}`);
  }

  /** One look at it. Returns whether it was mended just now. */
  async advance(observation: Observation): Promise<boolean> {
    if (this.#over) return false;
    if (this.#mendedAt === undefined) {
      const arrived = allArrived(this.drill, observation, this.times);
      if (!arrived && secondsSince(this.#brokenAt) < this.#secondsToArrive()) return false;
      await this.#mend(arrived);
      return true;
    }
    const resolved = allResolved(this.drill, observation, this.times);
    if (!resolved && secondsSince(this.#mendedAt) < this.#secondsToResolve()) return false;
    this.#over = true;
    this.#options.report(
      resolved ? `over: ${this.drill.title}` : `given up waiting for the end: ${this.drill.title}`,
    );
    return false;
  }

  async #mend(arrived: boolean): Promise<void> {
    for (const name of Object.keys(this.drill.faults ?? {})) await this.#fault("DELETE", `/${name}`);
    await this.#alertmanager(false);
    this.#mendedAt = Date.now();
    this.#options.report(
      arrived
        ? `rang, mended: ${this.drill.title}`
        : `given up after ${Math.round(this.#secondsToArrive())} seconds, mended: ${this.drill.title}`,
    );
  }

  async #alertmanager(broken: boolean): Promise<void> {
    if (this.drill.alertmanager === "refused configuration") await this.#lab.breakAlertmanager(broken);
    if (this.drill.alertmanager === "revoked Slack webhook") await this.#lab.breakSlack(broken);
    if (this.drill.alertmanager === "announced work on the API") await this.#lab.announceWork(broken);
    if (this.drill.statusPage) await this.#lab.breakStatusPage(broken);
  }

  async #fault(method: "POST" | "DELETE", path: string, body?: object): Promise<void> {
    const response = await fetch(`${this.#lab.agentpay.urls.api}/faults${path}`, {
      method,
      signal: AbortSignal.timeout(30_000),
      ...(body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`the simulated AgentPay refused a fault: ${await response.text()}`);
  }

  /** An alert's hold time, twice for what comes and goes, after an hour in which its windows fill. */
  #secondsToArrive(): number {
    const { rings, mutes = [] } = this.drill;
    const longest = Math.max(...[...rings, ...mutes].map((id) => inSeconds(alertOf(id).holdFor)));
    return (2 * longest + 3600) / this.#options.factor + REAL_SECONDS;
  }

  /** The longest of the short windows is 2 hours. */
  #secondsToResolve(): number {
    return (2.5 * 3600) / this.#options.factor + REAL_SECONDS;
  }
}

function secondsSince(time: number): number {
  return (Date.now() - time) / 1000;
}
