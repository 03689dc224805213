/** Faults of the platform, each in a lab of its own. */
import path from "node:path";
import { SILENT_MINUTES } from "../../../catalog/dead-mans-switch.ts";
import { messageOf } from "../../engine/errors.ts";
import { startLab } from "../lab.ts";
import { limited } from "../limited.ts";
import type { RoundOptions } from "../round.ts";
import type { PlatformFault } from "./faults.ts";
import { Scene } from "./scene.ts";

export type PlatformOutcome = "held" | "did not hold" | "not tried";

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
  optionsOf: (name: string) => RoundOptions,
): Promise<readonly PlatformResult[]> {
  return await limited(faults, parallel, (fault) => runOne(fault, optionsOf(fault.name)));
}

async function runOne(fault: PlatformFault, options: RoundOptions): Promise<PlatformResult> {
  const impossible = fault.impossible?.();
  if (impossible !== undefined) return { fault, outcome: "not tried", happened: impossible };
  options.report(fault.title);
  const { aws = false, smallDisk = false, replicas = 1, remoteEngine = false } = fault;
  const folder = path.join(options.folder, fault.name);
  const lab = await startLab({ ...options, aws, smallDisk, replicas, remoteEngine, folder });
  try {
    const scene = new Scene(lab, options.factor, options.signal);
    await scene.until("Prometheus with its targets", 5, async () => {
      const servers = [...Object.values(lab.servers).flat(), lab.ruler];
      await Promise.all(servers.map((server) => server.ready()));
      return (await scene.query("up{job='redis'}")).includes(1);
    });
    // The heartbeat has been heard for as long as its silence has to last.
    if (aws) await scene.pass(SILENT_MINUTES + 1);
    const happened = await fault.run(scene);
    options.report(`held: ${happened}`);
    return { fault, outcome: "held", happened };
  } catch (error) {
    if (options.signal.aborted) throw error;
    options.report(`did not hold: ${messageOf(error)}`);
    return { fault, outcome: "did not hold", happened: messageOf(error) };
  } finally {
    await lab.stop();
  }
}
