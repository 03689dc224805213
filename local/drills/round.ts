/** One lab's life: quiet first, then things break, ring, are mended, and end. */
import { setTimeout as delay } from "node:timers/promises";
import { type Duration, inSeconds } from "../../catalog/duration.ts";
import { publicGrafanaUrl } from "../../components/shared/addresses.ts";
import { readSettings } from "../../settings/settings-file.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import type { FaultName } from "../agentpay/faults.ts";
import { type AlertId, alertOf } from "./alert-id.ts";
import type { Drill } from "./drills/drill.ts";
import { type FaultRequest, startFault, stopFault } from "./fault-requests.ts";
import type { Lab } from "./lab.ts";
import { inLab, type LifeOptions, POLL_MILLISECONDS, settle, USUAL_HISTORY } from "./lab-life.ts";
import { newObservation, type Observation, observe } from "./observation.ts";
import { type Replayed, replayed } from "./replayed.ts";
import { Strain } from "./strain.ts";
import {
  allArrived,
  allResolved,
  type Expectations,
  falseAlarms,
  judge,
  type Ring,
  type Times,
} from "./verdict.ts";

export interface DrillResult {
  readonly drill: Drill;
  readonly rings: readonly Ring[];
}

export interface RoundResult {
  /** Of the drills that came to their end. */
  readonly results: readonly DrillResult[];
  readonly falseAlarms: readonly AlertId[];
  /** How well the machine kept up with the lab's pace: from 1 on it did not. */
  readonly strain: number;
  /** What a replay of the lab's history found, or why it could not be compared; undefined where it was not asked for. */
  readonly replayed?: Replayed | string;
  /** Where the lab broke: why, and the drills of which nothing is known. */
  readonly broken?: { readonly why: string; readonly drills: readonly Drill[] };
}

/** What machines and networks need, however fast the simulation is. */
const REAL_SECONDS = 30;

/** What came out of the drills, also where their lab breaks meanwhile. @throws where the signal says so */
export async function runRound(drills: readonly Drill[], options: LifeOptions): Promise<RoundResult> {
  const observation = newObservation();
  const strain = new Strain(options.factor);
  const runs: Run[] = [];
  const since = Date.now();
  let replay: RoundResult["replayed"];
  const why = await inLab({ ...options, aws: drills.some(({ aws }) => aws) }, async (lab) => {
    await settle(lab, observation, options, longestHistory(drills));
    const expectations = expectationsOf(lab);
    runs.push(...drills.map((drill) => new Run(drill, lab, expectations, options)));
    for (const run of runs) await run.breakIt();
    await brokenMonitoring(lab, runs);
    try {
      await untilOver(lab, runs, observation, strain, options);
    } finally {
      strain.look(0);
    }
    if (options.replay) replay = await replayed(lab, drills, options.folder, since);
  });
  const over = runs.filter(({ isOver }) => isOver);
  const known = over.map(({ drill }) => drill);
  return {
    results: over.map((run) => run.result(observation)),
    falseAlarms: falseAlarms(drills, observation),
    strain: strain.most,
    ...(replay !== undefined && { replayed: replay }),
    ...(why !== undefined && { broken: { why, drills: drills.filter((drill) => !known.includes(drill)) } }),
  };
}

function longestHistory(drills: readonly Drill[]): Duration {
  const histories = drills.map(({ history = USUAL_HISTORY }) => history);
  return histories.toSorted((a, b) => inSeconds(b) - inSeconds(a))[0] ?? USUAL_HISTORY;
}

async function untilOver(
  lab: Lab,
  runs: readonly Run[],
  observation: Observation,
  strain: Strain,
  { signal }: LifeOptions,
): Promise<void> {
  const heldBack = runs.flatMap(({ drill: { mutes = [] } }) => mutes);
  while (runs.some((run) => !run.isOver)) {
    await delay(POLL_MILLISECONDS, undefined, { signal });
    await observe(lab, observation, heldBack);
    await strain.lookAtRules(lab);
    const mended = await inOrder(runs, (run) => run.advance(observation));
    if (mended.includes(true)) await brokenMonitoring(lab, runs);
    strain.look(POLL_MILLISECONDS / 1000);
  }
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

function expectationsOf(lab: Lab): Expectations {
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
  readonly #options: LifeOptions;
  readonly #expectations: Expectations;
  #brokenAt = 0;
  #mendedAt: number | undefined;
  #over = false;

  constructor(drill: Drill, lab: Lab, expectations: Expectations, options: LifeOptions) {
    this.drill = drill;
    this.#lab = lab;
    this.#expectations = expectations;
    this.#options = options;
  }

  get #times(): Times {
    return { brokenAt: this.#brokenAt, mendedAt: this.#mendedAt };
  }

  get #faults(): readonly FaultRequest[] {
    return Object.entries(this.drill.faults ?? {}).map(([name, parameters]) => ({
      name: name as FaultName,
      ...parameters,
    }));
  }

  get isBroken(): boolean {
    return this.#mendedAt === undefined;
  }

  get isOver(): boolean {
    return this.#over;
  }

  result(observation: Observation): DrillResult {
    const rings = judge(this.drill, observation, this.#times, this.#expectations);
    return { drill: this.drill, rings };
  }

  async breakIt(): Promise<void> {
    this.#brokenAt = Date.now();
    for (const fault of this.#faults) await startFault(this.#lab.agentpay.urls.api, fault);
    await this.#alertmanager(true);
    this.#options.report(`broken: ${this.drill.title}`);
  }

  /** One look at it. Returns whether it was mended just now. */
  async advance(observation: Observation): Promise<boolean> {
    if (this.#over) return false;
    if (this.#mendedAt === undefined) {
      const arrived = allArrived(this.drill, observation, this.#times);
      if (!arrived && secondsSince(this.#brokenAt) < this.#secondsToArrive()) return false;
      await this.#mend(arrived);
      return true;
    }
    const resolved = allResolved(this.drill, observation, this.#times);
    if (!resolved && secondsSince(this.#mendedAt) < this.#secondsToResolve()) return false;
    this.#over = true;
    this.#options.report(
      resolved ? `over: ${this.drill.title}` : `given up waiting for the end: ${this.drill.title}`,
    );
    return false;
  }

  async #mend(arrived: boolean): Promise<void> {
    for (const { name } of this.#faults) await stopFault(this.#lab.agentpay.urls.api, name);
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
