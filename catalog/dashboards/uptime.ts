import { metrics } from "../metrics/index.ts";
import { certificateEnd } from "../recording-rules/uptime.ts";
import type { Dashboard } from "./dashboard.ts";

/** What is seen from outside. */
export const uptime = {
  uid: "agentpay-uptime",
  folder: "agentpay-platform",
  range: "24h",
  title: "AgentPay / Uptime from outside",
  description:
    "Can customers reach AgentPay, how fast does it answer them, and for how long are certificates valid?",
  panels: {
    endpoints: {
      title: "Endpoints That Answer",
      description: "Whether each public endpoint did all that it must; good is all green.",
      unit: "none",
      visualization: "state-timeline",
      queries: [{ expression: metrics.probeSuccess.name, legend: "{{endpoint}}" }],
    },
    uptime30d: {
      title: "Uptime in 30 Days",
      description: "Share of each endpoint's checks that succeeded in 30 days.",
      unit: "percentunit",
      visualization: "bargauge",
      queries: [{ expression: `avg_over_time(${metrics.probeSuccess.name}[30d])`, legend: "{{endpoint}}" }],
    },
    duration: {
      title: "Probe Duration",
      description: "How long each check took, name look-up and TLS included; good is below a second.",
      unit: "s",
      visualization: "timeseries",
      queries: [{ expression: metrics.probeDuration.name, legend: "{{endpoint}}" }],
    },
    certificates: {
      title: "Days Until a Certificate Ends",
      description: "Days for which each certificate is valid; renewals are due at 30.",
      unit: "short",
      visualization: "timeseries",
      queries: [
        {
          expression: `(${certificateEnd.record} - time()) / 86400`,
          legend: "{{endpoint}}",
        },
      ],
    },
    probers: {
      title: "Probers That Answer",
      description:
        "Whether the blackbox exporter answers Prometheus; while it is down the other panels are blind.",
      unit: "none",
      visualization: "state-timeline",
      queries: [{ expression: `min(${metrics.up.name}{job="blackbox"})`, legend: "blackbox exporter" }],
    },
  },
} as const satisfies Dashboard;
