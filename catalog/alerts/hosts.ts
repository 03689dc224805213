import { metrics } from "../metrics.ts";
import type { Alert, AlertGroup } from "./alert.ts";

/** Who answers on AgentPay's hosts, by the host in the target's address. */
const targets = `label_replace(${metrics.up.name}{job=~"agentpay-api|agentpay-worker|postgres|redis"}, "host", "$1", "instance", "(.+):[0-9]+")`;

/** One for each job with a target there: what is about such a job is muted by it. */
const hostDown: Alert = {
  name: "HostDown",
  severity: "critical",
  service: "hosts",
  summary: "A host is down with all that runs on it.",
  description:
    "Nothing on {{ $labels.host }} has answered for a minute, {{ $labels.job }} neither: users miss all that it serves.",
  // A host with a single target is left to that target's alert: one silent process is no dead host.
  expression: () =>
    `count by (host, job) (${targets} == 0) unless on (host) ${targets} == 1` +
    ` and on (host) count by (host) (count by (host, job) (${targets})) > 1`,
  // Before the alerts of what runs there, so that they are muted when they come.
  holdFor: "1m",
  panel: { dashboard: "agentpay-meta", panel: "targetsUp" },
};

export const hostAlerts: AlertGroup = { name: "agentpay-hosts", interval: "30s", alerts: [hostDown] };
