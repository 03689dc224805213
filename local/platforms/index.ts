import { join } from "node:path";
import type { Service } from "../host/service.ts";
import { startBetterStack } from "./betterstack/api/server.ts";
import { startDatadog } from "./datadog/api/server.ts";
import { startInbox } from "./inbox/server.ts";
import { startPagerDuty } from "./pagerduty/api/server.ts";
import { startSentry } from "./sentry/api/server.ts";
import { startUptimeRobot } from "./uptimerobot/api/server.ts";

/** The simulated SaaS services that the daemon hosts. Grafana is not here: it is a process (grafana/main.ts). */
export const services: readonly Service[] = [
  {
    name: "PagerDuty",
    start: ({ stateFolder, ports }) =>
      startPagerDuty({ port: ports.pagerduty, dataFolder: join(stateFolder, "data", "pagerduty") }),
  },
  {
    name: "Sentry",
    start: ({ stateFolder, ports }) =>
      startSentry({ port: ports.sentry, dataFolder: join(stateFolder, "data", "sentry") }),
  },
  {
    name: "Inbox",
    start: ({ stateFolder, ports }) =>
      startInbox({ port: ports.inbox, mailPort: ports.mail, dataFolder: join(stateFolder, "data", "inbox") }),
  },
  {
    name: "Datadog",
    start: ({ stateFolder, ports }) =>
      startDatadog({ port: ports.datadog, dataFolder: join(stateFolder, "data", "datadog") }),
  },
  {
    name: "UptimeRobot",
    start: ({ stateFolder, ports }) =>
      startUptimeRobot({ port: ports.uptimerobot, dataFolder: join(stateFolder, "data", "uptimerobot") }),
  },
  {
    name: "Better Stack",
    start: ({ stateFolder, ports }) =>
      startBetterStack({ port: ports.betterstack, dataFolder: join(stateFolder, "data", "betterstack") }),
  },
];
