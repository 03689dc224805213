/** The settings of the pagers that a stack can choose from, by section. A new one is a file here and a line below. */
import { pagerDuty } from "./pagerduty.ts";

export const pagers = {
  pagerduty: pagerDuty,
};
export type PagerKey = keyof typeof pagers;
