/** A lab's life, from its start to its stop: all is quiet first. */
import { setTimeout as delay } from "node:timers/promises";
import { type Duration, inSeconds } from "../../catalog/duration.ts";
import { messageOf } from "../../toolkit/error-message.ts";
import { askJson, BrokenLab } from "./ask.ts";
import { type Lab, type LabOptions, startLab } from "./lab.ts";
import { type Observation, observe } from "./observation.ts";

export interface LifeOptions extends Omit<LabOptions, "aws"> {
  /** Whether the history of a round of drills is replayed, and compared with what happened. Default: no. */
  readonly replay?: boolean;
  readonly signal: AbortSignal;
  /** One line for people about what happens. */
  readonly report: (line: string) => void;
}

/** How long it must be quiet before anything breaks: the windows of most alerts are filled then. */
export const USUAL_HISTORY: Duration = "15m";
/** How often a lab is looked at. */
export const POLL_MILLISECONDS = 200;
const LAB_START_SECONDS = 60;

/**
 * Does something in a lab, and stops it. Returns why the lab broke, undefined where it did not: whatever fails in it is
 * its own failure, never that of other labs.
 * @throws where the signal says so
 */
export async function inLab(
  options: LifeOptions & Pick<LabOptions, "aws">,
  act: (lab: Lab) => Promise<void>,
): Promise<string | undefined> {
  const { signal, report } = options;
  let lab: Lab | undefined;
  try {
    lab = await startLab(options);
    await act(lab);
    return undefined;
  } catch (error) {
    if (signal.aborted) throw error;
    return messageOf(error);
  } finally {
    await lab?.stop().catch((error: unknown) => report(`not everything stopped: ${messageOf(error)}`));
  }
}

/** @throws BrokenLab where the lab's own Watchdog does not come to Alertmanager in time. */
export async function settle(
  lab: Lab,
  observation: Observation,
  { factor, signal }: LifeOptions,
  history: Duration,
): Promise<void> {
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
      throw new BrokenLab(
        `no Watchdog came from Prometheus to Alertmanager within ${LAB_START_SECONDS} seconds. ${refusal}`,
      );
    }
  }
  const quietUntil = startedAt + (inSeconds(history) * 1000) / factor;
  while (Date.now() < quietUntil) {
    await delay(POLL_MILLISECONDS, undefined, { signal });
    await observe(lab, observation);
  }
}

/** The Watchdog's own message is a heartbeat, which a lab without an AWS has nobody for. */
async function isKnownToAlertmanager(lab: Lab, name: string): Promise<boolean> {
  const filter = encodeURIComponent(`alertname="${name}"`);
  const url = `${lab.urls.alertmanager}/api/v2/alerts?filter=${filter}`;
  return (await askJson<readonly unknown[]>("Alertmanager", url)).length > 0;
}
