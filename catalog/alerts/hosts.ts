import { metrics } from "../metrics/index.ts";
import type { Alert, AlertGroup } from "./alert.ts";
import { byHost } from "./availability.ts";

/** Who answers on AgentPay's hosts, by the host in the target's address. */
const targets = byHost(`${metrics.up.name}{job=~"agentpay-api|agentpay-worker|postgres|redis"}`);

/** One for each host, whatever the number of its targets. */
const hostDown: Alert = {
  name: "HostDown",
  severity: "critical",
  service: "hosts",
  summary: "A host is down with all that runs on it.",
  description:
    "None of the {{ $value }} jobs on {{ $labels.host }} has answered for a minute: users miss all that it serves.",
  // A host with a single target is left to that target's alert: one silent process is no dead host.
  expression: () =>
    `count by (host) (count by (host, job) (${targets} == 0)) > 1 unless on (host) ${targets} == 1`,
  // Before the alerts of what runs there, so that these are held back.
  holdFor: "1m",
  panel: { dashboard: "agentpay-meta", panel: "targetsUp" },
};

const fileDescriptorsHigh: Alert = {
  name: "FileDescriptorsHigh",
  severity: "warning",
  service: "monitoring",
  summary: "A process is running out of file descriptors.",
  description:
    "{{ $labels.instance }} ({{ $labels.job }}) has {{ $value | humanizePercentage }} of the files and connections open that it may: at the limit it accepts no connection and opens no file, and what it does fails.",
  threshold: {
    default: 0.8,
    unit: "share of the process's limit",
    source: "a starting point, between the 70% and 90% of node-mixin's NodeFileDescriptorLimit",
  },
  expression: (threshold) => `${metrics.processOpenFds.name} / ${metrics.processMaxFds.name} > ${threshold}`,
  holdFor: "15m",
  panel: { dashboard: "agentpay-technical", panel: "fileDescriptors" },
};

export const hostAlerts: AlertGroup = {
  name: "agentpay-hosts",
  interval: "30s",
  alerts: [hostDown, fileDescriptorsHigh],
};
