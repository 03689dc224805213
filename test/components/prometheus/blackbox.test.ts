import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { uptimeChecks } from "../../../catalog/uptime.ts";
import { blackboxConfiguration, probeJob } from "../../../components/prometheus/blackbox.ts";

const settings = {
  checks: uptimeChecks({
    apiUrl: "https://api.example.com",
    websocketPath: "/ws",
    widgetUrl: "https://cdn.example.com/w.js",
    statusPageUrl: "http://status.example.com:8080",
  }),
  intervalSeconds: 60,
  verifyCertificates: true,
  exporter: "blackbox:9115",
};
const { modules } = parse(blackboxConfiguration(settings));

test("each endpoint has a module and a target; certificates come with what presents them", () => {
  const job = probeJob(settings);
  const keys = ["api", "websocket", "websocket-port", "widget", "status-page"];
  expect(Object.keys(modules)).toEqual(keys);
  const labels = job.static_configs.map((each) => each.labels);
  expect(labels.map(({ endpoint, __param_module }) => [endpoint, __param_module])).toEqual(
    keys.map((key) => [key, key]),
  );
  expect(labels.map(({ __param_target }) => __param_target)).toEqual([
    "https://api.example.com/healthz",
    "api.example.com:443",
    "api.example.com:443",
    "https://cdn.example.com/w.js",
    "http://status.example.com:8080",
  ]);
  expect(job).toMatchObject({ metrics_path: "/probe", scrape_interval: "60s" });
});

describe("modules", () => {
  test("HTTP asks for 200 over a trusted TLS, and of the widget for a script that is not empty", () => {
    expect(modules.api.http).toEqual({
      valid_status_codes: [200],
      follow_redirects: false,
      fail_if_not_ssl: true,
      tls_config: { insecure_skip_verify: false },
      preferred_ip_protocol: "ip4",
    });
    expect(modules.widget.http).toMatchObject({
      fail_if_header_not_matches: [{ header: "Content-Type", regexp: "^(application|text)/javascript" }],
      fail_if_body_not_matches_regexp: ["\\S"],
    });
    expect(modules["status-page"].http).not.toHaveProperty("fail_if_not_ssl");
  });

  test("the WebSocket shakes hands, and checks the answer's key", () => {
    const { tls, query_response: dialogue } = modules.websocket.tcp;
    expect(tls).toBe(true);
    expect(dialogue[0]).toEqual({ send: "GET /ws HTTP/1.1\r" });
    expect(dialogue.at(-3)).toEqual({ send: "\r" });
    expect(dialogue.at(-2)).toEqual({ expect: "^HTTP/1.1 101" });
    const key = new RegExp(
      dialogue.at(-1).expect.replace("(?i:Sec-WebSocket-Accept)", "Sec-WebSocket-Accept"),
    );
    expect(key.test("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")).toBe(true);
  });

  test("certificates are only not verified where the stack says so", () => {
    const lax = parse(blackboxConfiguration({ ...settings, verifyCertificates: false })).modules;
    expect(lax.api.http.tls_config.insecure_skip_verify).toBe(true);
    expect(lax.websocket.tcp.tls_config.insecure_skip_verify).toBe(true);
  });
});
