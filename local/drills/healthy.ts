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

/** Lives some simulated seconds of ordinary days. @throws where the lab breaks by itself */
export async function runHealthy(seconds: number, options: LifeOptions): Promise<HealthyResult> {
  const observation = newObservation();
  const strain = new Strain(options.factor);
  const events = ordinaryEvents(seconds);
  const why = await inLab({ ...options, aws: false, clock: ORDINARY_DAYS_BEGIN }, async (lab) => {
    await settle(lab, observation, options, USUAL_HISTORY);
    strain.look(0);
    const startedAt = Date.now();
    for (const { at, title, fault } of events) {
      await watchUntil(startedAt + (at * 1000) / options.factor, lab, observation, strain, options);
      await startFault(lab.agentpay.urls.api, fault);
      options.report(title);
    }
    await watchUntil(startedAt + (seconds * 1000) / options.factor, lab, observation, strain, options);
  });
  if (why !== undefined) throw new BrokenLab(why);
  return {
    falseAlarms: falseAlarms([ordinaryDays], observation),
    strain: strain.most,
    happened: events.map(({ title }) => title),
  };
}

async function watchUntil(
  until: number,
  lab: Lab,
  observation: Observation,
  strain: Strain,
  { signal }: LifeOptions,
): Promise<void> {
  while (Date.now() < until) {
    await delay(POLL_MILLISECONDS, undefined, { signal });
    await observe(lab, observation);
    await strain.lookAtRules(lab);
    strain.look(POLL_MILLISECONDS / 1000);
  }
}
