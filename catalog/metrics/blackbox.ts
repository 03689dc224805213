/** What the blackbox exporter tells of the endpoints that it probes. */

import { gauge, open } from "./metric.ts";

const blackbox = ["blackbox"] as const;
const endpoint = { endpoint: open("key of the endpoint in catalog/uptime.ts") };

export const blackboxMetrics = {
  probeSuccess: gauge("probe_success", {
    help: "Whether the endpoint did all that it must.",
    unit: "boolean",
    jobs: blackbox,
    labels: endpoint,
  }),
  probeDuration: gauge("probe_duration_seconds", {
    help: "Time of the last probe.",
    unit: "seconds",
    jobs: blackbox,
    labels: endpoint,
  }),
  probeHttpStatus: gauge("probe_http_status_code", {
    help: "HTTP status of the answer, 0 where there was none.",
    jobs: blackbox,
    labels: endpoint,
  }),
  probeCertificateExpiry: gauge("probe_ssl_earliest_cert_expiry", {
    help: "When the first of the certificates presented ends, those included that no client needs.",
    unit: "timestamp",
    jobs: blackbox,
    labels: endpoint,
  }),
  probeChainExpiry: gauge("probe_ssl_last_chain_expiry_timestamp_seconds", {
    help: "When the last of the valid chains ends that clients can build; far below 0 where nothing is verified.",
    unit: "timestamp",
    jobs: blackbox,
    labels: endpoint,
  }),
};
