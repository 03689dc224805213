import { type Job, metrics } from "../metrics.ts";

const up = (job: Job) => `${metrics.up.name}{job="${job}"}`;

/** No target of the job answers, or none is known: one that left discovery is as dead as one that refuses. */
export function allDown(job: Job): string {
  return `sum by (job) (${up(job)}) == 0 or absent(${up(job)})`;
}

/** A target of the job does not answer while others do, so that an outage of all is one alert, not many. */
export function someDown(job: Job): string {
  return `${up(job)} == 0 and on (job) sum by (job) (${up(job)}) > 0`;
}

/** A target of the job does not answer, or none is known. */
export function anyDown(job: Job): string {
  return `${up(job)} == 0 or absent(${up(job)})`;
}
