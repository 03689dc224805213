import { expect, test } from "vitest";
import { keysIn, knownKeys, withoutKeys } from "../../ci/secrets/known-keys.ts";
import { findingsOf, report } from "../../ci/secrets/scan.ts";
import { secret as wrapped } from "../../local/engine/values.ts";
import { sentinel } from "../support/secrets.ts";

/** Made up, in pieces: a whole one in a repository makes other scanners ring. */
const examples: Readonly<Record<string, string>> = {
  "AWS access key": `AKIA${"Z7".repeat(8)}`,
  "GitHub token": `ghp_${"a1".repeat(18)}`,
  "Pulumi access token": `pul-${"a1".repeat(20)}`,
  "Sentry auth token": `sntrys_${"a1".repeat(20)}`,
  "Sentry DSN": `https://${"a1".repeat(16)}@o1.ingest.sentry.io/7`,
  "PagerDuty integration address": `https://events.pagerduty.com/integration/${"a1".repeat(16)}/enqueue`,
  "Slack webhook": `https://hooks.slack.com/services/${"T0".repeat(4)}/${"B0".repeat(4)}/${"a1".repeat(12)}`,
  "Slack token": `xoxb-${"12".repeat(6)}-abcdef`,
  "Grafana token": `glsa_${"a1".repeat(16)}_0a1b2c3d`,
  "Datadog key": `ddp_${"a1".repeat(18)}`,
  "Anthropic key": `sk-ant-${"a1".repeat(16)}`,
  "OpenAI key": `sk-proj-${"a1".repeat(20)}`,
  "Stripe key": `sk_live_${"a1".repeat(12)}`,
  "private key": `-----BEGIN RSA ${"PRIVATE"} KEY-----`,
  "JSON web token": `eyJ${"a1".repeat(8)}.eyJ${"a1".repeat(8)}.${"a1".repeat(8)}`,
  "address with a password": `postgres://agentpay:${"a1".repeat(4)}@db.example.com/agentpay`,
};

test("every known kind of key has an example", () => {
  expect(knownKeys.map(({ name }) => name).toSorted()).toEqual(Object.keys(examples).toSorted());
});

test.each(Object.entries(examples))("%s is found in a text, and hidden", (name, example) => {
  expect(keysIn(`value: "${example}", and more`)).toContain(name);
  const hidden = withoutKeys(`one ${example} two ${example}`);
  expect(hidden).not.toContain(example);
  expect(hidden).toMatch(/^one .*\[.+\].* two .*\[.+\]/);
});

test.each([
  "arn:aws:sns:us-east-1:111122223333:agentpay-production-critical",
  "https://grafana.agentpay.com:3000/d/agentpay-slo?from=now-6h",
  "sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945",
  "ssh://deploy@monitoring.internal.agentpay.com",
  "docker.io/prom/prometheus:v3.13.4@sha256:aa",
  "the risk-score of a task-force-member-of-the-organisation-unit",
])("%s is no key", (text) => {
  expect(keysIn(text)).toEqual([]);
});

const token = `${sentinel("token")}+/"quoted`;
const stack = {
  secrets: { "pagerduty.token": token, "metrics.grafanaAdminPassword": "short" },
  outputs: { appEnvironment: { SENTRY_DSN: sentinel("dsn") } },
};
const stateOf = (outputs: object, pending: object = {}) =>
  JSON.stringify({
    version: 3,
    deployment: {
      resources: [{ urn: "urn:one", type: "t", inputs: { name: "short" }, outputs }],
      pending_operations: [{ type: "creating", resource: { urn: "urn:two", inputs: pending } }],
    },
  });

test("a state whose secrets are encrypted has none in clear", () => {
  const sealed = { ...wrapped("x"), ciphertext: `v1:${token}` };
  expect(findingsOf(stateOf({ token: sealed, list: ["a", sealed] }, { token: sealed }), stack)).toEqual([]);
  expect(findingsOf(JSON.stringify({ version: 3, deployment: null }), stack)).toEqual([]);
  expect(report("production", [])).toBe("production: no secret is in clear in its state");
});

test("a secret in clear is found by its place in each form, also in what was being made, and never repeated", () => {
  const login = Buffer.from(`admin:${token}`).toString("base64");
  const outputs = {
    plain: `Bearer ${token}`,
    json: JSON.stringify({ token }),
    nested: [{ address: `https://x.example/?key=${encodeURIComponent(token)}` }],
    header: `Basic ${login}`,
    environment: `SENTRY_DSN=${sentinel("dsn")}`,
    key: examples["Stripe key"],
  };
  const findings = findingsOf(stateOf(outputs, { token }), stack);
  expect(findings).toEqual([
    { urn: "urn:one", path: "outputs.plain", what: "pagerduty.token" },
    { urn: "urn:one", path: "outputs.json", what: "pagerduty.token" },
    { urn: "urn:one", path: "outputs.nested[0].address", what: "pagerduty.token" },
    { urn: "urn:one", path: "outputs.header", what: "pagerduty.token" },
    { urn: "urn:one", path: "outputs.environment", what: "the Sentry DSN" },
    { urn: "urn:one", path: "outputs.key", what: "Stripe key" },
    { urn: "urn:two", path: "inputs.token", what: "pagerduty.token" },
  ]);
  const text = report("production", findings);
  expect(text).toContain("outputs.nested[0].address: pagerduty.token");
  for (const value of [token, login, sentinel("dsn"), examples["Stripe key"] ?? ""]) {
    expect(text).not.toContain(value);
  }
});
