import { expect, test } from "vitest";
import type { Pulumi } from "../../operations/pulumi/cli.ts";
import { report, scan } from "../../operations/secrets/scan.ts";
import { keysIn, knownKeys, withoutKeys } from "../../settings/known-keys.ts";
import { secret as wrapped } from "../../toolkit/property-values.ts";
import { sentinel } from "../support/secrets.ts";

/** Made up, in pieces: a whole one in a repository makes other scanners ring. */
const [letters, hexDigits] = ["a1".repeat(40), "0a1b2c3d".repeat(16)];
const examples: Readonly<Record<string, readonly string[]>> = {
  "AWS access key": [`AKIA${"Z7".repeat(8)}`, `ASIA${"Z7".repeat(8)}`],
  "AWS Bedrock key": [`ABSK${letters}==`, `bedrock-api-key-${letters}`],
  "GitHub token": [
    ...["ghp", "gho", "ghu", "ghr"].map((prefix) => `${prefix}_${letters.slice(0, 36)}`),
    `github_pat_${letters.slice(0, 22)}_${letters.slice(0, 59)}`,
  ],
  "Pulumi access token": [`pul-${hexDigits.slice(0, 40)}`],
  "Sentry auth token": ["s", "u", "i", "a"].map((kind) => `sntry${kind}_${letters}`),
  "Sentry DSN": [`https://${hexDigits.slice(0, 32)}@o1.ingest.sentry.io/7`],
  "PagerDuty integration address": [
    `https://events.pagerduty.com/integration/${letters.slice(0, 32)}/enqueue`,
  ],
  "PagerDuty API key": [
    `Token token=${letters.slice(0, 20)}`,
    `u+${letters.slice(0, 18)}`,
    `pdus+_0XBPWQQ_${letters.slice(0, 36)}`,
  ],
  "Slack webhook": ["services", "workflows", "triggers"].map(
    (kind) => `https://hooks.slack.com/${kind}/T0T0T0T0/B0B0B0B0/${letters.slice(0, 24)}`,
  ),
  "Slack token": [
    ...["xoxb", "xoxp", "xoxc", "xoxe.xoxp"].map((prefix) => `${prefix}-121212121212-abcdef`),
    `xapp-1-A0A0A0A0A0-1212121212-${hexDigits.slice(0, 64)}`,
  ],
  "Grafana token": [`glsa_${letters.slice(0, 32)}_0a1b2c3d`, `glc_${letters}==`],
  "Grafana API key": [`eyJrIjoi${letters}==`],
  "Datadog key": [`ddp_${letters.slice(0, 36)}`],
  "UptimeRobot API key": ["u", "ur", "m"].map((kind) => `${kind}1234567-${hexDigits.slice(0, 24)}`),
  "Docker token": [`dckr_pat_${letters.slice(0, 27)}`, `dckr_oat_${letters.slice(0, 32)}`],
  "Anthropic key": [`sk-ant-api03-${letters}`],
  "OpenAI key": [`sk-proj-${letters}`, `sk-admin-${letters}`, `sk-${letters}`],
  "Groq key": [`gsk_${letters}`],
  "xAI key": [`xai-${letters}`],
  "Perplexity key": [`pplx-${letters.slice(0, 48)}`],
  "Replicate token": [`r8_${letters.slice(0, 37)}`],
  "ElevenLabs key": [`sk_${hexDigits.slice(0, 48)}`],
  "Fireworks key": [`fw_${letters.slice(0, 24)}`],
  "Tavily key": [`tvly-dev-${letters.slice(0, 32)}`],
  "Neon key": [`napi_${hexDigits.slice(0, 64)}`],
  "PlanetScale token": [`pscale_tkn_${letters.slice(0, 43)}`],
  "Netlify token": [`nfp_${letters.slice(0, 36)}`],
  "Fly.io token": [`fo1_${letters.slice(0, 43)}`, `fm2_${letters}${letters}`],
  "Doppler token": [`dp.pt.${letters.slice(0, 43)}`],
  "CircleCI token": [`CCIPAT_${letters.slice(0, 22)}_${hexDigits.slice(0, 40)}`],
  "SonarQube token": [`squ_${hexDigits.slice(0, 40)}`],
  "Sourcegraph token": [`sgp_${hexDigits.slice(0, 40)}`],
  "Airtable token": [`pat${letters.slice(0, 14)}.${hexDigits.slice(0, 64)}`],
  "Figma token": [`figd_${letters.slice(0, 40)}`],
  "Brevo key": [`xkeysib-${hexDigits.slice(0, 64)}-${letters.slice(0, 16)}`],
  "Resend key": [`re_${letters.slice(0, 8)}_${letters.slice(0, 24)}`],
  "Pinecone key": [`pcsk_${letters}`],
  "LangSmith key": [`lsv2_pt_${hexDigits.slice(0, 32)}_${hexDigits.slice(0, 10)}`],
  "Hugging Face token": [`hf_${letters.slice(0, 34)}`],
  "Google key": [`AIza${letters.slice(0, 35)}`],
  "Google token": [`ya29.${letters}`],
  "Google client secret": [`GOCSPX-${letters.slice(0, 28)}`],
  "Azure client secret": [`a1b8Q~${letters.slice(0, 34)}`],
  "Azure key": [
    `${letters.slice(0, 52)}JQQJ99${letters.slice(0, 26)}`,
    `AccountName=x;AccountKey=${letters.slice(0, 86)}==`,
  ],
  "Azure shared access signature": [`https://x.blob.core.windows.net/c?sv=2024&sig=${letters}%3D`],
  "DigitalOcean token": [`dop_v1_${hexDigits.slice(0, 64)}`],
  "Heroku key": [`HRKU-AA${letters.slice(0, 58)}`],
  "Databricks token": [`dapi${hexDigits.slice(0, 32)}`],
  "Supabase key": [`sbp_${hexDigits.slice(0, 40)}`, `sb_secret_${letters.slice(0, 31)}`],
  "Terraform Cloud token": [`${letters.slice(0, 14)}.atlasv1.${letters.slice(0, 67)}`],
  "Vault token": [`hvs.${letters}`],
  "GitLab token": ["glpat", "gldt", "glrt"].map((prefix) => `${prefix}-${letters.slice(0, 20)}`),
  "npm token": [`npm_${letters.slice(0, 36)}`],
  "PyPI token": [`pypi-AgEIcHlwaS5vcmc${letters}`, `pypi-AgENdGVzdC5weXBpLm9yZw${letters}`],
  "RubyGems key": [`rubygems_${hexDigits.slice(0, 48)}`],
  "Postman key": [`PMAK-${hexDigits.slice(0, 24)}-${hexDigits.slice(0, 34)}`],
  "Atlassian token": [`ATATT3xFfGF0${letters}=0A1B2C3D`],
  "Discord webhook": [`https://discord.com/api/webhooks/121212121212/${letters.slice(0, 68)}`],
  "Teams webhook": [
    `https://acme.webhook.office.com/webhookb2/${letters}@${letters}/IncomingWebhook/${letters}`,
  ],
  "Telegram token": [`1234567890:AA${letters.slice(0, 33)}`],
  "Linear key": [`lin_api_${letters.slice(0, 40)}`],
  "Notion token": [`ntn_12345678901${letters.slice(0, 35)}`],
  "SendGrid key": [`SG.${letters.slice(0, 22)}.${letters.slice(0, 43)}`],
  "Mailgun key": [`key-${hexDigits.slice(0, 32)}`],
  "Twilio key": [`SK${hexDigits.slice(0, 32)}`],
  "New Relic key": [`NRAK-${"A1".repeat(14)}`, `${hexDigits.slice(0, 36)}NRAL`],
  "Dynatrace token": [`dt0c01.${"A1".repeat(12)}.${"A1".repeat(32)}`],
  "Honeycomb key": [`hcaik_${letters.slice(0, 58)}`],
  "Shopify token": [`shpat_${hexDigits.slice(0, 32)}`],
  "Square token": [`sq0atp-${letters.slice(0, 22)}`],
  "Stripe signing secret": [`whsec_${letters.slice(0, 32)}`],
  "Stripe key": [`sk_live_${letters.slice(0, 24)}`, `rk_test_${letters.slice(0, 24)}`],
  "1Password token": [`ops_eyJ${letters}`],
  "private key": ["RSA ", "OPENSSH ", "ENCRYPTED ", ""].map(
    (kind) => `-----BEGIN ${kind}${"PRIVATE"} KEY-----`,
  ),
  "age key": [`AGE-SECRET-KEY-1${"A1".repeat(29)}`],
  "JSON web token": [`eyJ${letters.slice(0, 16)}.eyJ${letters.slice(0, 16)}.${letters.slice(0, 16)}`],
  "login of HTTP": [`Basic ${letters.slice(0, 20)}==`, `Bearer ${letters.slice(0, 20)}`],
  "value of a secret's name": [
    `routing_key: "${letters.slice(0, 32)}"`,
    `aws_secret_access_key=${letters.slice(0, 38)}+/`,
    `SharedAccessKey=${letters.slice(0, 42)}=`,
  ],
  "address with a password": [`postgres://agentpay:${letters.slice(0, 8)}@db.example.com/agentpay`],
};
/** One of each kind. */
const example = (kind: string) => examples[kind]?.[0] ?? "";

test("every known kind of key has an example", () => {
  expect(knownKeys.map(({ name }) => name).toSorted()).toEqual(Object.keys(examples).toSorted());
});

const eachExample = Object.entries(examples).flatMap(([name, all]) =>
  all.map((one) => [name, one.slice(0, 12), one] as const),
);
test.each(eachExample)("%s (%s...) is found in a text, and hidden", (name, _begin, one) => {
  expect(keysIn(`value: "${one}", and more`)).toContain(name);
  const hidden = withoutKeys(`one ${one} two ${one}`);
  expect(hidden).not.toContain(one);
  expect(hidden).toMatch(/^one .*\[.+\].* two .*\[.+\]/);
});

test.each([
  ["of old", `ghs_${"a1".repeat(18)}`],
  ["of today", `ghs_1234567_eyJ${"a1".repeat(40)}.eyJ${"a_".repeat(120)}.${"-1".repeat(86)}`],
])("a GitHub token of a job, %s, is hidden whole", (_when, example) => {
  expect(keysIn(`token: ${example}`)).toContain("GitHub token");
  expect(withoutKeys(`https://x-access-token:${example}/`)).not.toMatch(/a1a1|-1-1/);
  expect(withoutKeys(`one ${example} two`)).toBe("one [GitHub token] two");
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

/** A state with these outputs of one resource, and these inputs of another that was being made. */
const stateOf = (outputs: object, pending: object = {}) => ({
  version: 3,
  deployment: {
    resources: [
      {
        urn: "urn:one",
        type: "t",
        custom: true,
        id: `${"f".repeat(60)}0a1b`,
        inputs: { name: "short" },
        outputs,
      },
    ],
    pending_operations: [{ type: "creating", resource: { urn: "urn:two", inputs: pending } }],
  },
});

const token = `${sentinel("token")}+/"quoted`;
const dsn = sentinel("dsn");
const stack = {
  secrets: { "pagerduty.token": token, "metrics.grafanaAdminPassword": "short" },
  outputs: { appEnvironment: { SENTRY_DSN: dsn } },
};

/** What the scan prints of a state, as its places; and whether it found it clean. */
async function scanned(state: object, open: object = state) {
  const pulumi: Pulumi = async (args) => ({
    code: 0,
    stdout: JSON.stringify(args.includes("--show-secrets") ? open : state),
    stderr: "",
  });
  const result = await scan("production", pulumi, stack);
  const clean = result.status === "clean";
  const text = report(result);
  const found = text.split("\n").flatMap((line) => /^ {4}(.*)$/.exec(line)?.[1] ?? []);
  return { clean, found, text };
}

test("a state whose secrets are encrypted has none in clear", async () => {
  const sealed = { ...wrapped("x"), ciphertext: `v1:${token}` };
  const state = stateOf({ token: sealed, list: ["a", sealed] }, { token: sealed });
  expect(await scanned(state)).toEqual({
    clean: true,
    found: [],
    text: "production: no secret is in clear in its state",
  });
});

test.each([
  ["no deployment", { version: 3, deployment: null }],
  ["no resource", { deployment: { resources: [] } }],
  [
    "the stack alone",
    { deployment: { resources: [{ urn: "urn:s", type: "pulumi:pulumi:Stack", outputs: {} }] } },
  ],
])("a state with %s has nothing to look at, which is not clean", async (_what, state) => {
  const { clean, text } = await scanned(state);
  expect(clean).toBe(false);
  expect(text).toContain("production has no resources");
});

const login = (before: string) => Buffer.from(`${before}${token}`).toString("base64");

test("a secret in clear is found by its place in each form, also in what was being made, and never repeated", async () => {
  const outputs = {
    plain: `Bearer ${token}`,
    json: JSON.stringify({ token }),
    nested: [{ address: `https://x.example/?key=${encodeURIComponent(token)}` }],
    header: `Basic ${login("admin:")}`,
    environment: `SENTRY_DSN=${dsn}`,
    key: example("Stripe key"),
    within: JSON.stringify({ auths: [{ auth: login("somebody-else:") }] }),
    [`a ${token}`]: "the value is harmless",
  };
  const { clean, found, text } = await scanned(stateOf(outputs, { token }));
  expect(clean).toBe(false);
  expect(found).toEqual([
    "outputs.plain: pagerduty.token",
    "outputs.json.token: pagerduty.token",
    "outputs.nested[0].address: pagerduty.token",
    "outputs.header: pagerduty.token",
    "outputs.environment: the Sentry DSN",
    "outputs.key: Stripe key",
    "outputs.within.auths[0].auth: pagerduty.token",
    "outputs.[hidden] (the name): pagerduty.token",
    "inputs.token: pagerduty.token",
  ]);
  for (const value of [token, login("admin:"), dsn, example("Stripe key")]) {
    expect(text).not.toContain(value);
  }
});

/** As platforms make them, of several lengths. */
const made = "u1kd93mzq8f7h2jx5n0bv4tw6yr1sa3c";
const hex = (length: number) => "9f8e7d6c5b4a39281706f5e4d3c2b1a0".repeat(3).slice(0, length);

test.each([
  ["a key of PagerDuty's integration", { integrationKey: made }, "integrationKey"],
  ["the same under a name that says nothing", { value: made }, "value"],
  ["a key of 32 hex digits", { apiKey: hex(32) }, "apiKey"],
  ["one of 40", { applicationKey: hex(40) }, "applicationKey"],
  ["one of 64 under a name that says nothing", { answer: hex(64) }, "answer"],
  ["one of 24, by its name", { clientSecret: hex(24) }, "clientSecret"],
  ["one below such a name", { tokens: { sentry: hex(48) } }, "tokens.sentry"],
  ["one in a file", { content: `routing_key: '${made}'\n` }, "content"],
  ["one in a container's environment", { envs: [`PAGERDUTY_TOKEN=${made}`] }, "envs[0]"],
  ["one as the key of a map", { members: { [made]: "x" } }, "members.[hidden] (the name)"],
  ["one in JSON", { document: JSON.stringify({ auth: { password: hex(20) } }) }, "document.auth.password"],
  ["one in an address", { endpoint: `https://events.pagerduty.com/integration/${made}/enqueue` }, "endpoint"],
  [
    "one in base64 in JSON",
    {
      config: JSON.stringify({
        data: Buffer.from(`AWS_KEY=${example("AWS access key")}`).toString("base64"),
      }),
    },
    "config.data",
  ],
])("%s is found", async (_what, outputs, path) => {
  const { found, text } = await scanned(stateOf(outputs));
  expect(found.map((line) => line.split(": ")[0])).toEqual([`outputs.${path}`]);
  expect(text).not.toContain(made);
});

test("what one resource keeps secret is found where another has it in clear", async () => {
  const key = `R0${made.slice(2, 22)}`;
  const sealed = wrapped("x");
  const clear = { note: `ask with ${key}` };
  const state = stateOf({ other: { ...sealed, ciphertext: "v1:x" }, ...clear });
  const open = stateOf({
    other: { ...sealed, plaintext: JSON.stringify({ deep: key, environment: "production" }) },
    ...clear,
  });
  expect((await scanned(state, open)).found).toEqual(["outputs.note: what urn:one keeps secret"]);
});

test.each([
  { imageId: `sha256:${hex(64)}`, repoDigest: `prom/prometheus@sha256:${hex(64)}`, containerId: hex(64) },
  { network: `${"f".repeat(60)}0a1b` },
  { sourceCodeHash: hex(64), etag: hex(32), thumbprintLists: [hex(40)], revisionId: hex(32) },
  { secretsProvider: "awskms://alias/pulumi", tokenUrl: "https://auth.example/v2/token/1a2b3c4d5e6f" },
  { passwordFile: "/run/secrets/grafana-1a2b3c4d", envs: ["GF_PASSWORD_FILE=/run/secrets/a1b2c3d4e5f6a7b8"] },
  {
    token: "agentpay-production-1",
    secret: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:x1y2z3",
  },
  { policy: JSON.stringify({ Statement: [{ Action: ["secretsmanager:GetSecretValue"], Resource: "*" }] }) },
  { metricQueries: "max_over_time(agentpay_llm_tokens_total[5m])", tokens_in: 12, tokens: "12 of 16" },
])("%o is no secret", async (outputs) => {
  expect((await scanned(stateOf(outputs))).found).toEqual([]);
});
