/** Faults of the platform, each in a lab of its own. */
import path from "node:path";
import { setInterval as ticks } from "node:timers/promises";
import { SILENT_MINUTES } from "../../../catalog/dead-mans-switch.ts";
import { messageOf } from "../../../toolkit/error-message.ts";
import { BrokenLab } from "../ask.ts";
import { MOST_ATTEMPTS } from "../attempts.ts";
import { type Lab, startLab } from "../lab.ts";
import type { LifeOptions } from "../lab-life.ts";
import { limited } from "../limited.ts";
import { Strain, Tempo } from "../strain.ts";
import type { PlatformFault } from "./faults/fault.ts";
import { Scene } from "./scene.ts";

export type PlatformOutcome = "held" | "did not hold" | "not tried" | "lab broke" | "machine did not keep up";

/** What says nothing of the platform, and is worth another try. */
export const unproven: readonly PlatformOutcome[] = ["lab broke", "machine did not keep up"];

export interface PlatformResult {
  readonly fault: PlatformFault;
  readonly outcome: PlatformOutcome;
  /** In a sentence. */
  readonly happened: string;
}

/** @param optionsOf what a fault's lab is started with, by the fault's name */
export async function runPlatformFaults(
  faults: readonly PlatformFault[],
  parallel: number,
  optionsOf: (name: string) => LifeOptions,
): Promise<readonly PlatformResult[]> {
  return await limited(faults, parallel, (fault) => attempts(fault, optionsOf(fault.name)));
}

/** A lab that breaks, or a machine that stands still, says nothing of the fault: it is tried again, slower, as drills are. */
async function attempts(fault: PlatformFault, options: LifeOptions): Promise<PlatformResult> {
  const impossible = fault.impossible?.();
  if (impossible !== undefined) return { fault, outcome: "not tried", happened: impossible };
  options.report(fault.title);
  const tempo = new Tempo(options.factor);
  let { factor } = tempo;
  for (let attempt = 1; ; attempt++) {
    const folder = path.join(options.folder, `attempt ${attempt}`);
    const result = await runOne(fault, { ...options, factor, folder });
    options.report(`${result.outcome}: ${result.happened}`);
    if (!unproven.includes(result.outcome) || attempt === MOST_ATTEMPTS) return result;
    factor = tempo.slowerThan(factor);
    options.report(`once more, 1 second stands for ${factor}`);
  }
}

async function runOne(fault: PlatformFault, options: LifeOptions): Promise<PlatformResult> {
  const { aws = false, smallDisk = false, replicas = 1, remoteEngine = false } = fault;
  let lab: Lab | undefined;
  const strain = new Strain(options.factor);
  const over = new AbortController();
  try {
    lab = await startLab({ ...options, aws, smallDisk, replicas, remoteEngine });
    const scene = new Scene(lab, options.factor, options.signal);
    const servers = [...Object.values(lab.servers).flat(), lab.ruler];
    await scene.until("Prometheus with its targets", 5, async () => {
      await Promise.all(servers.map((server) => server.ready()));
      return (await scene.query("up{job='redis'}")).includes(1);
    });
    // The heartbeat has been heard for as long as its silence has to last.
    if (aws) await scene.pass(SILENT_MINUTES + 1);
    void watch(strain, lab, over.signal);
    return { fault, outcome: "held", happened: await fault.run(scene) };
  } catch (error) {
    if (options.signal.aborted) throw error;
    const happened = messageOf(error);
    if (error instanceof BrokenLab || lab === undefined) return { fault, outcome: "lab broke", happened };
    if (strain.most < 1) return { fault, outcome: "did not hold", happened };
    const times = `${strain.most.toFixed(1)} times what the pace bears`;
    return { fault, outcome: "machine did not keep up", happened: `${times}: ${happened}` };
  } finally {
    over.abort();
    await lab
      ?.stop()
      .catch((error: unknown) => options.report(`not everything stopped: ${messageOf(error)}`));
  }
}

const LOOK_MILLISECONDS = 1000;

/** Looks at how well the machine keeps up, for as long as the fault is tried. */
async function watch(strain: Strain, lab: Lab, signal: AbortSignal): Promise<void> {
  strain.look(0);
  try {
    for await (const _ of ticks(LOOK_MILLISECONDS, undefined, { signal })) {
      strain.look(LOOK_MILLISECONDS / 1000);
      // Not waited for: a Prometheus that the fault took away says nothing of the machine.
      strain.lookAtRules(lab).catch(() => {});
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
