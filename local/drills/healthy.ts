/** Ordinary days in a lab: nothing is broken, and nobody is to be told. */
import { setTimeout as delay } from "node:timers/promises";
import type { AlertId } from "./alert-id.ts";
import { BrokenLab } from "./ask.ts";
import type { Drill } from "./drills/drill.ts";
import { startFault } from "./fault-requests.ts";
import type { Lab } from "./lab.ts";
import { inLab, type LifeOptions, POLL_MILLISECONDS, settle, USUAL_HISTORY } from "./lab-life.ts";
import { newObservation, type Observation, observe } from "./observation.ts";
import { ORDINARY_DAYS_BEGIN, ordinaryEvents, toldInYoungLabs } from "./ordinary-days.ts";
import { Strain } from "./strain.ts";
import { falseAlarms } from "./verdict.ts";

/** What a lab in which nothing is broken has told, and how well the machine kept up with it. */
export interface HealthyResult {
  readonly falseAlarms: readonly AlertId[];
  /** From 1 on the machine did not keep up: what rang may be its doing. */
  readonly strain: number;
  /** Titles of what happened, as it does on any day. */
  readonly happened: readonly string[];
}

const ordinaryDays: Drill = { title: "Ordinary days", rings: [], mayRing: toldInYoungLabs };

/** What is seen while the days are lived. */
interface Watch {
  readonly observation: Observation;
  readonly strain: Strain;
  /** Alerts that were said to ring. */
  readonly said: Set<AlertId>;
}

/** Lives some simulated seconds of ordinary days. @throws where the lab breaks by itself */
export async function runHealthy(seconds: number, options: LifeOptions): Promise<HealthyResult> {
  const watch: Watch = { observation: newObservation(), strain: new Strain(options.factor), said: new Set() };
  const events = ordinaryEvents(seconds);
  const why = await inLab({ ...options, aws: false, clock: ORDINARY_DAYS_BEGIN }, async (lab) => {
    await settle(lab, watch.observation, options, USUAL_HISTORY);
    watch.strain.look(0);
    const startedAt = Date.now();
    const until = (at: number) => watchUntil(startedAt + (at * 1000) / options.factor, lab, watch, options);
    for (const { at, title, fault } of events) {
      await until(at);
      await startFault(lab.agentpay.urls.api, fault);
      options.report(title);
    }
    await until(seconds);
  });
  if (why !== undefined) throw new BrokenLab(why);
  return {
    falseAlarms: falseAlarms([ordinaryDays], watch.observation),
    strain: watch.strain.most,
    happened: events.map(({ title }) => title),
  };
}

async function watchUntil(until: number, lab: Lab, watch: Watch, options: LifeOptions): Promise<void> {
  const { observation, strain } = watch;
  while (Date.now() < until) {
    await delay(POLL_MILLISECONDS, undefined, { signal: options.signal });
    const before = strain.most;
    await observe(lab, observation);
    await strain.lookAtRules(lab);
    strain.look(POLL_MILLISECONDS / 1000);
    sayWhatIsNew(before, watch, options);
  }
}

/** When something rings tells what of the machine's or of the days' doing it is. */
function sayWhatIsNew(before: number, { observation, strain, said }: Watch, { report }: LifeOptions): void {
  if (strain.most > Math.max(1, before)) {
    report(`the machine did not keep up: ${strain.most.toFixed(1)} times what the pace bears`);
  }
  for (const id of falseAlarms([ordinaryDays], observation).filter((each) => !said.has(each))) {
    said.add(id);
    report(`rings, though nothing is broken: ${id}`);
  }
}
