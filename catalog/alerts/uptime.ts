/**
 * What is seen from outside, by the blackbox exporter. Where another checker of the stack tells people of an endpoint,
 * these alerts are only recorded (see `tellerOf` in catalog/uptime.ts).
 */
import { metrics } from "../metrics/index.ts";
import { certificateEnd } from "../recording-rules/uptime.ts";
import { CERTIFICATE_DAYS, type EndpointKey, endpoints } from "../uptime.ts";
import { type Alert, type AlertGroup, OUTAGE_INTERVAL } from "./alert.ts";
import { anyDown, RESTARTS } from "./availability.ts";

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
    expression: () => {
      const of = `endpoint="${endpoint}"`;
      const up = (more = "") => `${metrics.up.name}{job="blackbox"${more}}`;
      return (
        `${metrics.probeSuccess.name}{${of}} == 0 unless on (instance) ${answered(`{${of}}`)}` +
        // A probe that hangs brings no result at all; a prober that is dead brings none of any endpoint.
        ` or ${up(`,${of}`)} == 0 and on () sum(${up()}) > 0`
      );
    },
    // Longer than APIDown, which is its cause when the servers themselves are gone.
    holdFor: "150s",
    evaluatedEach: OUTAGE_INTERVAL,
    panel: { dashboard: "agentpay-uptime", panel: "endpoints" },
  };
}

const answering = probed.filter((key) => endpoints[key].kind === "http");

/** With what checkers that read only the status take an endpoint for well. */
const answered = (selector: string) => `${metrics.probeHttpStatus.name}${selector} >= 200 < 400`;

function endpointWrongAnswer(endpoint: EndpointKey): Alert {
  return {
    name: "EndpointWrongAnswer",
    severity: endpoints[endpoint].severity,
    service: "edge",
    labels: { endpoint },
    summary: "A public endpoint answers, but not with what it must bring.",
    description: `${endpoints[endpoint].whenItFails} {{ $labels.instance }} (${endpoint}) answers, and what it answers is wrong: a redirect, an empty script, another type. Checkers that read only the status take it for well.`,
    expression: () =>
      `${metrics.probeSuccess.name}{endpoint="${endpoint}"} == 0 and on (instance) ${answered(`{endpoint="${endpoint}"}`)}`,
    holdFor: "150s",
    panel: { dashboard: "agentpay-uptime", panel: "endpoints" },
  };
}

const endpointSlow: Alert = {
  name: "EndpointSlow",
  severity: "warning",
  service: "edge",
  summary: "A public endpoint answers slowly.",
  description:
    "{{ $labels.instance }} ({{ $labels.endpoint }}) takes {{ $value | humanizeDuration }} from outside on average: whatever the servers measure, visitors wait.",
  threshold: {
    default: 2,
    unit: "seconds, mean of 10 minutes",
    source: "the guide's limit for the API; a health route takes a tenth of that",
  },
  expression: (threshold) =>
    `avg_over_time(${metrics.probeDuration.name}[10m]) > ${threshold} and on (instance, endpoint) ${metrics.probeSuccess.name} == 1`,
  holdFor: "10m",
  panel: { dashboard: "agentpay-uptime", panel: "duration" },
};

const endpointUnsteady: Alert = {
  name: "EndpointUnsteady",
  severity: "warning",
  service: "edge",
  summary: "A public endpoint fails its check again and again, and is back each time.",
  description:
    "{{ $labels.instance }} ({{ $labels.endpoint }}) failed its check and passed it again {{ $value | humanize }} times in half an hour: some visitors get nothing, and it is back too soon for EndpointUnreachable.",
  threshold: {
    default: RESTARTS,
    unit: "failures in 30 minutes that ended",
    source: "a starting point; as many as restarts of a server, whose deployments stay below it",
  },
  expression: (threshold) => `changes(${metrics.probeSuccess.name}[30m]) / 2 > ${threshold}`,
  holdFor: "0m",
  panel: { dashboard: "agentpay-uptime", panel: "endpoints" },
};

const validFor = `${certificateEnd.record} - time()`;

const certificateExpiringSoon: Alert = {
  name: "CertificateExpiringSoon",
  severity: "warning",
  service: "edge",
  summary: "A public certificate was not renewed in time.",
  description:
    "The certificate of {{ $labels.instance }} ends in {{ $value | humanize }} days (below 0: it has ended): its renewal, which should be done by now, is stuck.",
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
    "The certificate of {{ $labels.instance }} ends in {{ $value | humanize }} days (below 0: it has ended): from then on every browser and every merchant's server refuses the connection.",
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
    "Users notice nothing, but one endpoint, or every one, is no longer probed: an outage that only shows from outside goes unseen, unless another checker has it as well.",
  expression: () => anyDown("blackbox"),
  holdFor: "5m",
  panel: { dashboard: "agentpay-uptime", panel: "probers" },
};

export const uptimeAlerts: AlertGroup = {
  name: "agentpay-uptime",
  interval: "30s",
  job: "blackbox",
  alerts: [
    ...probed.map(endpointUnreachable),
    ...answering.map(endpointWrongAnswer),
    endpointSlow,
    endpointUnsteady,
    certificateExpiringSoon,
    certificateAboutToExpire,
    proberDown,
  ],
};
