/** Labels that scraping and engines put on series, and what rulers of both kinds say of a group of rules. */

import { open } from "./metric.ts";

/** Labels that scraping puts on every series. */
export const targetLabels = ["job", "instance"] as const;

/** By which an engine elsewhere tells Prometheus servers apart that send the same. One that knows it takes it off. */
export const HA_REPLICA = "__replica__";

export const ruleGroup = { rule_group: open("rule file and group name") };
