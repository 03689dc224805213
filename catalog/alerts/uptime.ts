/**
 * What is seen from outside, by the blackbox exporter. Where another checker of the stack tells people of an endpoint,
 * these alerts are only recorded (see `tellerOf` in catalog/uptime.ts).
 */
import { metrics } from "../metrics.ts";
import { CERTIFICATE_DAYS, type EndpointKey, endpoints } from "../uptime.ts";
import type { Alert, AlertGroup } from "./alert.ts";
import { allDown } from "./availability.ts";

const DAY_SECONDS = 86_400;

/** Endpoints that the exporter probes by themselves; it reads certificates along the way. */
const probed = (Object.keys(endpoints) as EndpointKey[]).filter(
  (key) => endpoints[key].kind !== "certificate",
);

function endpointUnreachable(endpoint: EndpointKey): Alert {
  const { severity, whenItFails } = endpoints[endpoint];
  return {
    name: "EndpointUnreachable",
    severity,
    service: "edge",
    labels: { endpoint },
    summary: "A public endpoint fails its check from outside.",
    description: `${whenItFails} {{ $labels.instance }} has failed every check (${endpoint}) for 2 minutes.`,
    expression: () => `${metrics.probeSuccess.name}{endpoint="${endpoint}"} == 0`,
    // Longer than APIDown, which is its cause when the servers themselves are gone.
    holdFor: "150s",
    panel: { dashboard: "agentpay-uptime", panel: "endpoints" },
  };
}

/** What is left of each certificate; the handshake's is the API's. Over 5 minutes: a probe that fails brings none. */
const validFor = `max_over_time(${metrics.probeCertificateExpiry.name}{endpoint!="websocket"}[5m]) - time()`;

const certificateExpiringSoon: Alert = {
  name: "CertificateExpiringSoon",
  severity: "warning",
  service: "edge",
  summary: "A public certificate was not renewed in time.",
  description:
    "Nobody notices yet. The certificate of {{ $labels.instance }} ends in {{ $value | humanize }} days: its renewal, which should be done by now, is stuck.",
  threshold: {
    default: CERTIFICATE_DAYS.warning,
    unit: "days",
    source: "a starting point: renewals are due 30 days before the end, so this one has failed for two weeks",
  },
  expression: (threshold) => `(${validFor}) / ${DAY_SECONDS} < ${threshold}`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-uptime", panel: "certificates" },
};

const certificateAboutToExpire: Alert = {
  name: "CertificateAboutToExpire",
  severity: "critical",
  service: "edge",
  summary: "A public certificate is about to expire.",
  description:
    "The certificate of {{ $labels.instance }} ends in {{ $value | humanize }} days: from then on every browser and every merchant's server refuses the connection.",
  threshold: {
    default: CERTIFICATE_DAYS.critical,
    unit: "days",
    source: "a starting point: time to get one by hand, over a weekend",
  },
  expression: (threshold) => `(${validFor}) / ${DAY_SECONDS} < ${threshold}`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-uptime", panel: "certificates" },
};

const proberDown: Alert = {
  name: "UptimeProberDown",
  severity: "warning",
  service: "monitoring",
  summary: "The blackbox exporter does not answer.",
  description:
    "Users notice nothing, but no endpoint is probed: an outage that only shows from outside goes unseen, unless another checker has it as well.",
  expression: () => allDown("blackbox"),
  holdFor: "5m",
  panel: { dashboard: "agentpay-uptime", panel: "probers" },
};

export const uptimeAlerts: AlertGroup = {
  name: "agentpay-uptime",
  interval: "30s",
  job: "blackbox",
  alerts: [...probed.map(endpointUnreachable), certificateExpiringSoon, certificateAboutToExpire, proberDown],
};
