/** The products that a stack can page through. A new one is a folder of components/, its settings in settings/pagers/, and a line here. */
import { pagerDuty } from "../pagerduty/pager.ts";
import type { PagerProduct } from "../shared/pager.ts";

export const pagerProducts: readonly PagerProduct[] = [pagerDuty];
