/** The settings of a lab: the local stack's, with the lab's addresses and intervals. */

import type { Settings } from "../../settings/schema.ts";
import { readSettings } from "../../settings/settings-file.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import type { RunningAgentPay } from "../agentpay/index.ts";

/** Simulated: a scrape has a real half second at 60 times the pace, also on a busy machine. */
export const SCRAPE_INTERVAL_SECONDS = 30;
/** Two of them in the time that an endpoint may fail before it rings. */
const PROBE_INTERVAL_SECONDS = 60;

/** The local stack's settings with the lab's addresses. */
export function labSettings(
  agentpay: RunningAgentPay,
  {
    statusPagePort,
    eventsUrl,
    smtpHost,
    replicas,
    scrapeIntervalSeconds,
    remoteWriteUrl,
    thresholds = {},
  }: {
    statusPagePort: number;
    eventsUrl: string;
    smtpHost: string;
    replicas: 1 | 2;
    scrapeIntervalSeconds: number;
    remoteWriteUrl: string | undefined;
    /** By alert, in the place of the local stack's. */
    thresholds?: Settings["alertThresholds"];
  },
): Settings {
  const settings = readSettings(REPOSITORY, "local");
  if (!settings.metrics.enabled || !settings.pagerduty.enabled || !settings.uptime.enabled) {
    throw new Error("Pulumi.local.yaml must enable metrics, pagerduty and uptime: drills are about them");
  }
  // By another name than Prometheus has for itself: AgentPay has a host of its own.
  const target = (name: keyof RunningAgentPay["urls"]) => [`localhost:${new URL(agentpay.urls[name]).port}`];
  return {
    ...settings,
    alertThresholds: { ...settings.alertThresholds, ...thresholds },
    pagerduty: { ...settings.pagerduty, eventsUrl },
    notifications: { ...settings.notifications, smtpHost },
    uptime: {
      ...settings.uptime,
      // Gatus only shows: it lives by the real time.
      checkers: ["blackbox", "gatus"],
      statusPagePort,
      statusPageUrl: undefined,
      apiUrl: agentpay.urls.edge,
      widgetUrl: `${agentpay.urls.edge}/widget/v1/agentpay-chat.js`,
      probeIntervalSeconds: PROBE_INTERVAL_SECONDS,
    },
    metrics: {
      ...settings.metrics,
      replicas,
      engine: remoteWriteUrl === undefined ? "container" : "remote",
      remoteWriteUrl,
      scrapeIntervalSeconds,
      apiTargets: target("api"),
      workerTargets: target("worker"),
      postgresTargets: target("postgres"),
      redisTargets: target("redis"),
    },
  };
}
