import { metrics } from "../metrics/index.ts";
import type { RecordingRule, RecordingRuleGroup } from "./recording-rule.ts";

const CERTIFICATE_END = "instance_endpoint:probe_certificate_expiry:timestamp";
/** The handshake's certificate is the API's. */
const HTTP = 'endpoint!="websocket"';

/**
 * When the certificate of an endpoint ends: the chain that clients use, or, where the prober verifies none, the first of
 * those presented. A probe that fails says nothing of it, as it does once the certificate has expired: what was said
 * last holds for as long as the endpoint is probed.
 */
export const certificateEnd: RecordingRule = {
  record: CERTIFICATE_END,
  expression:
    `max by (instance, endpoint) (${metrics.probeChainExpiry.name}{${HTTP}} > 0 or ${metrics.probeCertificateExpiry.name}{${HTTP}})` +
    ` or last_over_time(${CERTIFICATE_END}[1h]) and on (instance, endpoint) ${metrics.probeSuccess.name}`,
};

export const uptimeRecordingRules: RecordingRuleGroup = {
  name: "agentpay-uptime.rules",
  interval: "30s",
  rules: [certificateEnd],
};
