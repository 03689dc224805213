import { describe, expect, test } from "vitest";
import { services, teams } from "../../catalog/services.ts";
import {
  affectedBy,
  canCheck,
  type EndpointKey,
  endpoints,
  handshakeOf,
  hostAndPort,
  publicServices,
  tellerOf,
  uptimeChecks,
} from "../../catalog/uptime.ts";

const addresses = {
  apiUrl: "https://api.example.com",
  websocketPath: "/api/v1/agent/conversations/test/ws",
  widgetUrl: "https://cdn.example.com/w.js",
  statusPageUrl: "https://status.example.com",
};
const checkOf = (key: EndpointKey) =>
  uptimeChecks(addresses).find((check) => check.key === key) ?? missing(key);
const missing = (key: EndpointKey): never => {
  throw new Error(`there is no endpoint ${key}`);
};

test("a stack has each endpoint at its address", () => {
  expect(Object.fromEntries(uptimeChecks(addresses).map(({ key, url }) => [key, url]))).toEqual({
    api: "https://api.example.com/healthz",
    websocket: "wss://api.example.com/api/v1/agent/conversations/test/ws",
    "websocket-port": "https://api.example.com",
    widget: "https://cdn.example.com/w.js",
    "api-certificate": "https://api.example.com",
    "widget-certificate": "https://cdn.example.com/w.js",
    "status-page": "https://status.example.com",
  });
});

test("without TLS there is no certificate, without Gatus no status page", () => {
  const plain = {
    ...addresses,
    apiUrl: "http://api",
    widgetUrl: "http://cdn/w.js",
    statusPageUrl: undefined,
  };
  expect(uptimeChecks(plain).map(({ key }) => key)).toEqual(["api", "websocket", "websocket-port", "widget"]);
});

test("API and chat page, the widget warns; everything has an owner, and what people feel", () => {
  const severities = Object.entries(endpoints).map(([key, { severity }]) => [key, severity]);
  expect(Object.fromEntries(severities)).toMatchObject({
    api: "critical",
    websocket: "critical",
    widget: "warning",
    "status-page": "warning",
  });
  for (const { owner, whenItFails } of Object.values(endpoints)) {
    expect(teams).toContain(owner);
    expect(whenItFails).toMatch(/^[A-Z].*\.$/);
  }
});

test("customers see the API, the chat and the widget by names of their own", () => {
  expect(publicServices).toEqual(["api", "websocket", "widget"]);
  const names = uptimeChecks(addresses).flatMap(({ public: shown }) => shown?.name ?? []);
  expect(names).toEqual([...new Set(names)]);
});

describe("who tells people", () => {
  test.each([
    ["api", ["route53", "blackbox", "gatus"], "route53"],
    ["websocket", ["route53", "blackbox", "gatus"], "blackbox"],
    ["websocket-port", ["route53", "blackbox"], "route53"],
    ["api-certificate", ["route53", "gatus"], "gatus"],
    ["status-page", ["gatus", "blackbox"], "blackbox"],
    ["websocket", ["route53"], undefined],
    ["websocket-port", ["gatus", "route53"], "route53"],
    ["api", ["betterstack", "uptimerobot"], "betterstack"],
    ["websocket", ["uptimerobot", "betterstack", "gatus"], "gatus"],
    ["api-certificate", ["uptimerobot", "betterstack"], "betterstack"],
  ] as const)("of %s, of %j: %s", (key, chosen, teller) => {
    expect(tellerOf(checkOf(key), chosen)).toBe(teller);
  });

  test("Gatus does not vouch for itself, nor has it what customers don't see", () => {
    expect(canCheck("gatus", checkOf("status-page"))).toBe(false);
    expect(canCheck("gatus", checkOf("websocket-port"))).toBe(false);
  });
});

test("work on the chat affects its endpoints and what is behind them, and nothing of the monitoring", () => {
  expect(affectedBy("websocket")).toEqual({
    endpoints: ["websocket", "websocket-port"],
    services: ["websocket", "conversations"],
  });
  for (const service of publicServices) {
    const { services: parts } = affectedBy(service);
    expect(parts.filter((part) => !(part in services))).toEqual([]);
    expect(parts).not.toContain("monitoring");
    expect(parts).not.toContain("edge");
  }
});

test.each([
  ["https://example.com/a", "example.com:443"],
  ["wss://example.com:8443/a", "example.com:8443"],
  ["http://example.com", "example.com:80"],
  ["ws://example.com", "example.com:80"],
])("%s is at %s", (url, expected) => {
  expect(hostAndPort(url)).toBe(expected);
});

test("a handshake is a whole request, and its answer is known", () => {
  const { request, acceptKey } = handshakeOf("wss://api.example.com:8443/ws");
  expect(request.slice(0, 3)).toEqual([
    "GET /ws HTTP/1.1",
    "Host: api.example.com:8443",
    "Origin: https://api.example.com:8443",
  ]);
  expect(request.at(-1)).toBe("");
  expect(acceptKey).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
});
