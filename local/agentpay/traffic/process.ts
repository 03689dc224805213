import { metrics } from "../../../catalog/metrics/index.ts";
import type { Exposition } from "../exposition.ts";
import type { Moment } from "./moment.ts";

const MAX_FDS = 65_536;

/** What the client library of a process says about it, which is not this process. */
export interface ProcessShape {
  /** Memory at rest, bytes. */
  readonly memory: number;
  /** CPU seconds of one request or job. */
  readonly cpu: number;
  /** Share of its file descriptors that a leak keeps open. Default: none. */
  readonly leakedDescriptors?: number;
}

export function tickProcess(
  exposition: Exposition,
  { memory, cpu, leakedDescriptors = 0 }: ProcessShape,
  { random }: Moment,
  work: number,
): void {
  exposition.set(metrics.processResidentMemory, {}, Math.round(memory * (1 + 0.03 * random.uniform())));
  exposition.set(
    metrics.processOpenFds,
    {},
    40 + random.poisson(10) + Math.round(leakedDescriptors * MAX_FDS),
  );
  exposition.set(metrics.processMaxFds, {}, MAX_FDS);
  exposition.add(metrics.processCpuSeconds, {}, 0.004 + work * cpu);
}
