/** Catalogue -> the blackbox exporter's modules, and the scrape job that has each endpoint probed. */
import { handshakeOf, hostAndPort, isSecure, type UptimeCheck } from "../../catalog/uptime.ts";
import { toYaml } from "../shared/yaml.ts";

export interface ProbeSettings {
  /** What the exporter probes; certificates come with the `http` endpoints that present them. */
  readonly checks: readonly UptimeCheck[];
  readonly intervalSeconds: number;
  /** False where endpoints have self-signed certificates. */
  readonly verifyCertificates: boolean;
  /** host:port of the exporter. */
  readonly exporter: string;
}

/** Longer than any answer that people would wait for, shorter than the shortest interval. */
const TIMEOUT = "9s";

/** blackbox.yml: a module for each endpoint, by its key. */
export function blackboxConfiguration({ checks, verifyCertificates }: ProbeSettings): string {
  const modules = probed(checks).map((check) => [
    check.key,
    { timeout: TIMEOUT, ...proberOf(check, { insecure_skip_verify: !verifyCertificates }) },
  ]);
  return toYaml({ modules: Object.fromEntries(modules) });
}

/** The scrape job: a target for each endpoint, whose address is the exporter's, and whose `instance` is its own. */
export function probeJob({ checks, intervalSeconds, exporter }: ProbeSettings) {
  return {
    job_name: "blackbox",
    scrape_interval: `${intervalSeconds}s`,
    metrics_path: "/probe",
    static_configs: probed(checks).map(({ key, kind, url }) => ({
      targets: [exporter],
      labels: {
        instance: url,
        endpoint: key,
        __param_module: key,
        __param_target: kind === "http" ? url : hostAndPort(url),
      },
    })),
  };
}

function probed(checks: readonly UptimeCheck[]): readonly UptimeCheck[] {
  return checks.filter(({ kind }) => kind !== "certificate");
}

/** A redirect is not what an endpoint must bring, and behind one the certificate seen is somebody else's. */
const REDIRECTS = { follow_redirects: false };

function proberOf({ kind, url, content }: UptimeCheck, tls: { insecure_skip_verify: boolean }) {
  const ip = { preferred_ip_protocol: "ip4" };
  if (kind === "http") {
    const script = {
      fail_if_header_not_matches: [{ header: "Content-Type", regexp: "^(application|text)/javascript" }],
      fail_if_body_not_matches_regexp: ["\\S"],
    };
    const secure = isSecure(url) ? { fail_if_not_ssl: true, tls_config: tls } : {};
    return {
      prober: "http",
      http: {
        valid_status_codes: [200],
        ...REDIRECTS,
        ...secure,
        ...(content === "script" && script),
        ...ip,
      },
    };
  }
  if (kind === "port") return { prober: "tcp", tcp: ip };
  const { request, acceptKey } = handshakeOf(url);
  return {
    prober: "tcp",
    tcp: {
      ...(isSecure(url) && { tls: true, tls_config: tls }),
      query_response: [
        // The exporter ends each line with a line feed only.
        ...request.map((line) => ({ send: `${line}\r` })),
        { expect: "^HTTP/1.1 101" },
        { expect: `^(?i:Sec-WebSocket-Accept): ${acceptKey.replaceAll("+", "\\+")}` },
      ],
      ...ip,
    },
  };
}
