import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkers } from "../../catalog/uptime.ts";
import { SettingsError } from "../../settings/messages.ts";
import { secretKeys } from "../../settings/schema.ts";
import { Secret } from "../../settings/secret.ts";
import { parseSettings } from "../../settings/settings.ts";
import { type Configuration, readConfiguration, setPath } from "../../settings/settings-file.ts";
import { configurationOf, type Overrides, REPOSITORY, stacks } from "../support/program.ts";
import { leaks, sentinel } from "../support/secrets.ts";

const PLATFORMS = ["sentry", "aws", "uptime", "database", "pagerduty", "metrics"] as const;

function parse(overrides: Overrides = {}) {
  return parseSettings("production", configurationOf("production", overrides));
}

/** The message of the SettingsError that a configuration gives. */
function refusal(configuration: Configuration): string {
  try {
    parseSettings("production", configuration);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  throw new Error("the configuration was accepted");
}

function refusalOf(overrides: Overrides): string {
  return refusal(configurationOf("production", overrides));
}

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function without(configuration: Configuration, path: string): Configuration {
  const copy = structuredClone(configuration);
  const [group = "", name = ""] = path.split(".");
  const holder = name ? (copy[group] as Configuration) : copy;
  delete holder[name || group];
  return copy;
}

describe("good configuration", () => {
  test.each(stacks)("%s parses", (stack) => {
    const settings = parseSettings(stack, configurationOf(stack));
    expect(settings.environment).toBe(stack);
    expect(settings.isProduction).toBe(stack === "production");
  });

  test("values arrive as the types that the program works with", () => {
    const { logs, cost, sentry, aws, docs, metrics } = parse();
    expect({ logs, cost }).toEqual({
      logs: {
        platform: "cloudwatch",
        directory: "/var/log/agentpay",
        retentionDays: 30,
        kmsKeyArn: undefined,
      },
      cost: {
        monthlyBudgetUsd: 5000,
        dailyBudgetUsd: 250,
        anomalyImpactUsd: 100,
        anomalyMonitorArn: undefined,
        report: {
          enabled: true,
          recipients: ["finance@agentpay.com"],
          sender: "reports@agentpay.com",
          timeZone: "Etc/UTC",
          hour: 7,
          monthlyBudgetUsd: 8000,
          prometheusUrl: undefined,
          subnetIds: ["subnet-0c1a2b3d4e5f60718"],
          securityGroupIds: ["sg-0f9e8d7c6b5a49382"],
        },
      },
    });
    expect(sentry).toMatchObject({ enabled: true, tracesSampleRate: 0.1 });
    expect(aws).toMatchObject({ accountId: "111122223333" });
    expect(docs.grafanaUrl).toBe("https://grafana.agentpay.com");
    expect(metrics).toMatchObject({
      prometheusPort: 9090,
      workerTargets: ["worker-1.internal.agentpay.com:10000"],
    });
  });

  test("an empty value means not set", () => {
    const { aws, metrics } = parse({ "metrics.applicationNetwork": "", "aws.profile": "" });
    expect(aws).toMatchObject({ profile: undefined, endpointUrl: undefined });
    expect(metrics).toMatchObject({ applicationNetwork: undefined });
  });

  test("alert thresholds may be texts, as the CLI stores fractions", () => {
    const { alertThresholds } = parse({
      "alertThresholds.HighErrorRate": "0.1",
      "alertThresholds.HighDailyCost": 250,
    });
    expect(alertThresholds).toEqual({ HighErrorRate: 0.1, HighDailyCost: 250 });
  });

  test.each([
    "Asia/Kolkata",
    "Asia/Calcutta",
    "Europe/Berlin",
    "America/Argentina/Buenos_Aires",
    "Etc/UTC",
    "UTC",
  ])("%s is a time zone", (zone) => {
    expect(parse({ "pagerduty.timeZone": zone }).pagerduty).toMatchObject({ timeZone: zone });
  });

  test.each(secretKeys)("%s is a secret", (key) => {
    const [group = "", name = ""] = key.split(".");
    const value = (parse() as unknown as Record<string, Configuration>)[group]?.[name];
    expect(value).toBeInstanceOf(Secret);
  });

  test("settings are frozen, all the way down", () => {
    const settings = parse();
    expect(() => Object.assign(settings, { owner: "growth" })).toThrow(TypeError);
    expect(() => Object.assign(settings.logs, { retentionDays: 1 })).toThrow(TypeError);
    expect(() => (settings.notifications.emails as string[]).push("eve@example.com")).toThrow(TypeError);
  });
});

describe("switched-off platforms", () => {
  const everythingOff = Object.fromEntries(PLATFORMS.map((name) => [`${name}.enabled`, false]));

  test("a stack without any needs no secret and no account", () => {
    const configuration = Object.entries(everythingOff).reduce(
      (result, [path, value]) => setPath(result, path, value),
      readConfiguration(REPOSITORY, "production"),
    );
    const settings = parseSettings("production", without(configuration, "notifications.smtpUsername"));
    for (const name of PLATFORMS) expect(settings[name]).toEqual({ enabled: false });
  });

  test.each(PLATFORMS)("%s: nothing else of it is looked at, but its keys must exist", (name) => {
    const off = { ...(name === "aws" ? everythingOff : {}), [`${name}.enabled`]: false };
    const [key = ""] = Object.keys(configurationOf("production")[name] as object).filter(
      (each) => each !== "enabled",
    );
    expect(parse({ ...off, [`${name}.${key}`]: { any: "thing" } })[name]).toEqual({ enabled: false });
    expect(refusalOf({ ...off, [`${name}.${key}x`]: "1" })).toContain(`${name}.${key}x`);
  });
});

/** Key, bad values of it, what the message expects, and the flag of the command that it suggests. */
const TEXT = "--type string ";
const SECRET = "--secret ";
const bad: readonly (readonly [key: string, values: readonly unknown[], expected: string, flag: string])[] = [
  ["owner", ["Platform Team", "", 5, null], "a slug of lower-case letters, digits and dashes", TEXT],
  ["docs.runbookBaseUrl", ["", "ftp://example.com", "example.com"], "an http(s) address", TEXT],
  [
    "docs.grafanaUrl",
    ["https://example.com/grafana", "example.com", 3001],
    "an http(s) address without a path",
    TEXT,
  ],
  ["sentry.enabled", ["maybe", "", 1, null, "true"], "true or false", ""],
  ["sentry.organization", ["", "Agent Pay"], "a slug", TEXT],
  ["sentry.token", ["", 5, undefined], "a secret value", SECRET],
  ["sentry.apiUrl", ["https://sentry.io", "https://sentry.io/api"], "an address that ends in /api/", TEXT],
  ["sentry.tracesSampleRate", ["1.1", "-0.1", "", "most", 0.5], "a number from 0 to 1", TEXT],
  ["sentry.profilesSampleRate", ["2", "1e-1"], "a number from 0 to 1", TEXT],
  ["sentry.slackIntegration", [5], "a text", TEXT],
  ["sentry.pagerDutyIntegration", [5], "a text", TEXT],
  ["sentry.pagerDutyService", ["PABC123", 5], "the number that Sentry gave the PagerDuty service", TEXT],
  ["aws.enabled", ["yes"], "true or false", ""],
  ["aws.region", ["", "Frankfurt", "eu-central"], "an AWS region such as eu-central-1", TEXT],
  ["aws.accountId", ["", "12345", "1111-2222-3333", 111122223333], "an AWS account id, 12 digits", TEXT],
  ["aws.profile", [5], "a text", TEXT],
  ["aws.endpointUrl", ["localhost:8103"], "an http(s) address without a path", TEXT],
  [
    "aws.alertingRoleArn",
    ["monitoring", "arn:aws:iam::1:role/x", "arn:aws:iam::111122223333:group/x", 5],
    "an ARN such as arn:aws:iam::111122223333:role/monitoring",
    TEXT,
  ],
  ["logs.directory", ["var/log", "/var/log/", "/", "/var/my logs"], "an absolute path", TEXT],
  ["metrics.targetsFolder", ["targets", "/", "/srv/targets/"], "an absolute path", TEXT],
  ["logs.retentionDays", [0, 31, "30", 10_000], "one of 1, 3, 5, 7, 14, 30, 60", ""],
  ["logs.platform", ["", "splunk", true], "cloudwatch or datadog", TEXT],
  [
    "logs.kmsKeyArn",
    ["alias/logs", "arn:aws:kms:eu-central-1:111122223333:alias/logs"],
    "the ARN of a KMS key",
    TEXT,
  ],
  ["datadog.site", ["", "https://datadoghq.eu", "datadog"], "a Datadog site", TEXT],
  ["datadog.apiUrl", ["api.datadoghq.eu", "https://api.datadoghq.eu/v1"], "an http(s) address", TEXT],
  ["datadog.apiKey", [1], "a secret value", SECRET],
  ["datadog.applicationKey", [1], "a secret value", SECRET],
  ["cost.monthlyBudgetUsd", [0, -5, 10.5, "5000"], "a whole number from 1 to 100000000", ""],
  ["cost.dailyBudgetUsd", [0, 1.5], "a whole number from 1 to 100000000", ""],
  ["cost.anomalyImpactUsd", [0, "50"], "a whole number from 1 to 100000000", ""],
  [
    "cost.anomalyMonitorArn",
    ["services", "arn:aws:ce::1:anomalymonitor/x"],
    "the ARN of an anomaly monitor",
    TEXT,
  ],
  ["cost.report.enabled", ["yes"], "true or false", ""],
  ["cost.report.sender", ["", "finance"], "an email address", TEXT],
  ["cost.report.timeZone", ["Mars/Olympus", ""], "an IANA time zone", TEXT],
  ["cost.report.hour", [24, -1, "7"], "a whole number from 0 to 23", ""],
  ["cost.report.monthlyBudgetUsd", [-1, "100"], "a whole number from 0 to 100000000", ""],
  ["cost.report.prometheusUrl", ["prometheus:9090"], "an http(s) address", TEXT],
  ["uptime.enabled", [0], "true or false", ""],
  ["uptime.apiUrl", ["", "https://example.com/api"], "an http(s) address without a path", TEXT],
  ["uptime.websocketPath", ["", "ws", "/a b"], "a path such as", TEXT],
  ["uptime.verifyCertificates", ["yes"], "true or false", ""],
  ["uptime.probeIntervalSeconds", [5, 300, "60"], "a whole number from 10 to 120", ""],
  ["uptime.route53IntervalSeconds", [20, "30"], "10 or 30", ""],
  ["uptime.vendorIntervalSeconds", [29, 400, "60"], "one of 0, 30, 60, 120", ""],
  ["uptime.widgetKeyword", [""], "a text", TEXT],
  ["uptime.uptimerobotApiUrl", ["", "api.uptimerobot.com"], "an http(s) address", TEXT],
  ["uptime.uptimerobotApiKey", [5], "a secret value", SECRET],
  ["uptime.betterstackApiUrl", ["", "uptime.betterstack.com/api"], "an http(s) address", TEXT],
  ["uptime.betterstackApiToken", [5], "a secret value", SECRET],
  ["uptime.betterstackSubdomain", ["Agent Pay"], "a slug", TEXT],
  ["uptime.statusPageUrl", ["status.example.com", "https://example.com/status"], "an http(s) address", TEXT],
  ["uptime.statusPagePort", [0], "a whole number from 1 to 65535", ""],
  ["uptime.statusPageBindAddress", ["", "localhost"], "an IP address", TEXT],
  ["uptime.statusPageDockerHost", ["docker.example.com"], "unix://, tcp:// or ssh://", TEXT],
  ["uptime.statusPageCertificate", [5], "a secret value", SECRET],
  ["uptime.statusPagePrivateKey", [5], "a secret value", SECRET],
  ["uptime.widgetUrl", ["", "/widget.js", "https://example.com/widget.js?v=1"], "an http(s) address", TEXT],
  ["database.enabled", [{}], "true or false", ""],
  ["database.family", ["mysql8.0", "postgres"], "an RDS family such as postgres16", TEXT],
  ["database.autoExplainMilliseconds", [-1, "500"], "a whole number from 0 to 3600000", ""],
  ["database.instanceIdentifier", ["AgentPay", "a b"], "the identifier of an RDS instance", TEXT],
  ["aws.loadBalancer", ["agentpay"], "an Application Load Balancer", TEXT],
  ["database.slowQueryMilliseconds", [0, "1s"], "a whole number from 1 to 3600000", ""],
  ["pagerduty.enabled", [[]], "true or false", ""],
  ["pagerduty.token", [""], "a secret value", SECRET],
  ["pagerduty.apiUrl", ["api.pagerduty.com"], "an http(s) address without a path", TEXT],
  ["pagerduty.eventsUrl", ["", "https://events.pagerduty.com/v2"], "an http(s) address without a path", TEXT],
  ["pagerduty.engineerA", ["", "ana"], "an email address", TEXT],
  ["pagerduty.engineerB", ["ben@localhost"], "an email address", TEXT],
  ["pagerduty.engineeringManager", ["maya @agentpay.com"], "an email address", TEXT],
  [
    "pagerduty.timeZone",
    ["", "Berlin", "+01:00", "europe/berlin", "Mars/Olympus_Mons"],
    "an IANA time zone",
    TEXT,
  ],
  ["pagerduty.groupAlerts", ["yes", 1, "true"], "true or false", ""],
  [
    "pagerduty.rotationStart",
    [
      "2024-01-02T00:00:00Z",
      "2024-01-01",
      "2021-02-29T00:00:00Z",
      "2026-01-05T00:00:00Z",
      "2024-13-01T00:00:00Z",
    ],
    "a Monday before 2026, such as 2024-01-01T00:00:00Z",
    TEXT,
  ],
  ["notifications.slackWebhookUrl", [5], "a secret value", SECRET],
  ["notifications.slackChannel", ["", "alerts"], "a channel such as #alerts", TEXT],
  ["notifications.smtpHost", ["smtp.example.com", "smtp://example.com:25"], "host:port", TEXT],
  ["notifications.smtpFrom", ["alerts"], "an email address", TEXT],
  ["notifications.smtpUsername", [false], "a text", TEXT],
  ["notifications.smtpPassword", [5], "a secret value", SECRET],
  ["notifications.smtpRequireTls", ["no", 0], "true or false", ""],
  [
    "ci.repository",
    ["monitoring", "https://github.com/acme/monitoring"],
    "a GitHub repository such as",
    TEXT,
  ],
  ["ci.ownerId", [-1, "198765432", 1.5], "a whole number from 0", ""],
  ["ci.repositoryId", [-1, "agentpay"], "a whole number from 0", ""],
  ["ci.oidcProviderArn", ["token.actions.githubusercontent.com"], "the ARN of an IAM OIDC provider", TEXT],
  ["ci.permissionsBoundaryArn", ["arn:aws:iam::aws:policy/x"], "the ARN of a policy", TEXT],
  ["ci.stateBucket", ["s3://bucket", "B"], "the name of an S3 bucket", TEXT],
  ["ci.stateKmsKeyArn", ["alias/pulumi"], "the ARN of a KMS key, not of an alias", TEXT],
  ["metrics.enabled", ["on"], "true or false", ""],
  ["metrics.dockerHost", ["", "monitoring.example.com"], "unix://, tcp:// or ssh://", TEXT],
  ["metrics.engine", ["", "mimir"], "one of container, amp, remote", TEXT],
  ["metrics.remoteWriteUrl", ["mimir:9009"], "an http(s) address", TEXT],
  ["metrics.remoteQueryUrl", ["mimir:9009"], "an http(s) address", TEXT],
  ["metrics.remoteUsername", [5], "a text", TEXT],
  ["metrics.remotePassword", [5], "a secret value", SECRET],
  ["metrics.remoteTenant", [5], "a text", TEXT],
  ["metrics.remoteRuler", ["", "mimir"], "prometheus or vmalert", TEXT],
  ["metrics.remoteRulesUrl", ["mimir:9009"], "an http(s) address", TEXT],
  ["metrics.remoteAlertmanagerUrl", ["mimir:9009"], "an http(s) address", TEXT],
  ["metrics.replicas", [0, 3, "2"], "1 or 2", ""],
  ["metrics.prometheusReplicaPort", [0], "a whole number from 1 to 65535", ""],
  ["metrics.alertmanagerReplicaPort", [65_536], "a whole number from 1 to 65535", ""],
  ["metrics.bindAddress", ["", "localhost", "256.0.0.1"], "an IP address", TEXT],
  ["metrics.prometheusPort", [0, 65_536, "9090"], "a whole number from 1 to 65535", ""],
  ["metrics.blackboxPort", [0], "a whole number from 1 to 65535", ""],
  ["metrics.alertmanagerPort", [-1], "a whole number from 1 to 65535", ""],
  ["metrics.grafanaPort", [1.5], "a whole number from 1 to 65535", ""],
  ["metrics.grafanaUrl", ["grafana"], "an http(s) address without a path", TEXT],
  ["metrics.grafanaAdminPassword", [""], "a secret value", SECRET],
  ["metrics.grafanaSecretKey", [""], "a secret value", SECRET],
  ["metrics.databaseAddress", ["db.example.com", "postgres://db:5432"], "host:port", TEXT],
  ["metrics.databaseName", [5], "a text", TEXT],
  ["metrics.databaseUser", [5], "a text", TEXT],
  ["metrics.databasePassword", [5], "a secret value", SECRET],
  ["metrics.databaseTls", ["", "on"], "disable, require or verify-full", TEXT],
  ["metrics.applicationNetwork", [5], "a text", TEXT],
  ["metrics.retentionDays", [31, "40", 4000], "a whole number from 32 to 3650", ""],
  ["metrics.retentionSize", ["", "20", "20 GB", "lots"], "a size such as 20GB", TEXT],
  ["metrics.scrapeIntervalSeconds", [0, 61], "a whole number from 1 to 60", ""],
];

/** Key of a list, a bad list, the item that the message names. */
const badLists: readonly (readonly [key: string, value: unknown, item: string, expected: string])[] = [
  ["notifications.emails", "oncall@agentpay.com", "[0]", "a list of email addresses"],
  ["notifications.emails", ["oncall@agentpay.com", "nobody"], "[1]", "an email address"],
  ["cost.report.recipients", [], "[0]", "at least one email address"],
  ["cost.report.recipients", ["finance@agentpay.com", "cfo"], "[1]", "an email address"],
  ["cost.report.subnetIds", ["vpc-1"], "[0]", "a subnet (subnet-...)"],
  ["cost.report.securityGroupIds", ["default"], "[0]", "a security group (sg-...)"],
  [
    "cost.report.securityGroupIds",
    [],
    "[0]",
    "at least one security group, since cost.report.subnetIds is set",
  ],
  ["aws.targetGroups", "targetgroup/agentpay-api/73e2d6bc24d8a067", "[0]", "a list of target groups"],
  ["database.replicaIdentifiers", ["Reader"], "[0]", "the identifier of an RDS instance"],
  ["uptime.checkers", "route53", "[0]", "a list of checkers"],
  ["uptime.checkers", [], "[0]", `at least one of ${checkers.join(", ")}`],
  ["uptime.checkers", ["route53", "pingdom"], "[1]", `one of ${checkers.join(", ")}`],
  ["notifications.smsNumbers", { a: 1 }, "[0]", "a list of phone numbers"],
  ["notifications.smsNumbers", [15_550_100_123], "[0]", "a phone number such as +15550100123"],
  ["metrics.apiTargets", [], "[0]", "at least one host:port"],
  ["metrics.apiTargets", ["http://api:8000"], "[0]", "host:port"],
  ["metrics.workerTargets", "worker:10000", "[0]", "a list of host:port"],
  ["metrics.postgresTargets", ["postgres"], "[0]", "host:port"],
  ["metrics.redisTargets", [["redis:9121"]], "[0]", "host:port"],
  ["metrics.remoteRulerTargets", [["mimir:9009"]], "[0]", "host:port"],
];

describe("bad configuration", () => {
  const cases = bad.flatMap(([key, values, expected, flag]) =>
    values.map((value) => ({ key, value, shown: JSON.stringify(value) ?? "nothing", expected, flag })),
  );

  test.each(cases)("$key: $shown", ({ key, value: given, expected, flag }) => {
    const lines = refusalOf({ [key]: given }).split("\n");
    expect(lines[0]).toBe('The configuration of stack "production" (Pulumi.production.yaml) has 1 problem:');
    expect(lines[1]).toBe(`  ${key}`);
    expect(lines[2]).toMatch(/^ {6}found: {4}(a|an|nothing)( |$)/);
    expect(lines[3]).toContain(`expected: ${expected}`);
    const argument = flag === SECRET ? "" : " <value>";
    const command = `pulumi config set --stack production ${flag}--path ${key}${argument}`;
    expect(lines[4]).toBe(`      set it:   ${command}`);
    expect(lines).toHaveLength(5);
  });

  test.each(badLists)("%s: %j", (key, value, item, expected) => {
    const message = refusalOf({ [key]: value });
    expect(message).toMatch(
      new RegExp(
        `  ${literally(`${key}${item}`)}\\n      found: .*\\n      expected: ${literally(expected)}`,
      ),
    );
    expect(message).toContain(`config set --stack production --type string --path '${key}${item}' <value>`);
  });

  test("every key of the project has a bad value above, except those that take any text", () => {
    const tried = new Set([...bad.map(([key]) => key), ...badLists.map(([key]) => key)]);
    const keysOf = (value: unknown, path: string): readonly string[] =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.entries(value).flatMap(([key, inner]) => keysOf(inner, path ? `${path}.${key}` : key))
        : [path];
    const all = keysOf(configurationOf("production"), "");
    expect(all.filter((key) => !tried.has(key))).toEqual([]);
  });

  test("all problems are reported at once", () => {
    const overrides = Object.fromEntries(
      bad.filter(([key]) => !key.endsWith(".enabled")).map(([key, [value]]) => [key, value]),
    );
    const message = refusalOf(overrides);
    expect(message).toContain(`has ${Object.keys(overrides).length} problems:`);
    for (const key of Object.keys(overrides)) expect(message).toContain(`\n  ${key}\n`);
  });

  test("a new stack is told what it needs", () => {
    const folder = mkdtempSync(join(tmpdir(), "settings-"));
    try {
      copyFileSync(join(REPOSITORY, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
      writeFileSync(join(folder, "Pulumi.production.yaml"), "config: {}");
      expect(refusal(readConfiguration(folder, "production"))).toMatchInlineSnapshot(`
        "The configuration of stack "production" (Pulumi.production.yaml) has 13 problems:
          sentry.organization
              found:    an empty text
              expected: a slug of lower-case letters, digits and dashes
              set it:   pulumi config set --stack production --type string --path sentry.organization <value>
          sentry.token
              found:    an empty text
              expected: a secret value
              set it:   pulumi config set --stack production --secret --path sentry.token
          aws.region
              found:    an empty text
              expected: an AWS region such as eu-central-1
              set it:   pulumi config set --stack production --type string --path aws.region <value>
          aws.accountId
              found:    an empty text
              expected: an AWS account id, 12 digits
              set it:   pulumi config set --stack production --type string --path aws.accountId <value>
          cost.report.recipients[0]
              found:    nothing
              expected: at least one email address
              set it:   pulumi config set --stack production --type string --path 'cost.report.recipients[0]' <value>
          cost.report.sender
              found:    an empty text
              expected: an email address
              set it:   pulumi config set --stack production --type string --path cost.report.sender <value>
          uptime.apiUrl
              found:    an empty text
              expected: an http(s) address without a path, such as https://api.example.com
              set it:   pulumi config set --stack production --type string --path uptime.apiUrl <value>
          pagerduty.token
              found:    an empty text
              expected: a secret value
              set it:   pulumi config set --stack production --secret --path pagerduty.token
          pagerduty.engineerA
              found:    an empty text
              expected: an email address
              set it:   pulumi config set --stack production --type string --path pagerduty.engineerA <value>
          pagerduty.engineerB
              found:    an empty text
              expected: an email address
              set it:   pulumi config set --stack production --type string --path pagerduty.engineerB <value>
          pagerduty.engineeringManager
              found:    an empty text
              expected: an email address
              set it:   pulumi config set --stack production --type string --path pagerduty.engineeringManager <value>
          metrics.grafanaAdminPassword
              found:    an empty text
              expected: a secret value
              set it:   pulumi config set --stack production --secret --path metrics.grafanaAdminPassword
          metrics.grafanaSecretKey
              found:    an empty text
              expected: a secret value
              set it:   pulumi config set --stack production --secret --path metrics.grafanaSecretKey"
      `);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each(Object.keys(configurationOf("production")).filter((key) => key !== "alertThresholds"))(
    "%s is required",
    (key) => {
      expect(refusal(without(configurationOf("production"), key))).toContain(`\n  ${key}`);
    },
  );
});

describe("rules between keys", () => {
  test.each([
    ["pagerduty.enabled", { "pagerduty.enabled": true }],
    ["notifications.smsNumbers", { "notifications.smsNumbers": ["+15550100123"] }],
  ])("staging never pages: %s", (key, overrides) => {
    const people = { "pagerduty.engineerA": "a@x.com", "pagerduty.engineerB": "b@x.com" };
    const manager = { "pagerduty.engineeringManager": "m@x.com" };
    const configuration = configurationOf("staging", { ...people, ...manager, ...overrides });
    expect(() => parseSettings("staging", configuration)).toThrow(`has 1 problem:\n  ${key}\n`);
  });

  test("an emulator, and a stack without metrics, need no publisher", () => {
    for (const overrides of [{ "aws.endpointUrl": "http://127.0.0.1:8103" }, { "metrics.enabled": false }]) {
      expect(() => parse({ "aws.alertingRoleArn": "", ...overrides })).not.toThrow();
    }
  });

  const cases: readonly (readonly [why: string, overrides: Overrides, key: string, expected: RegExp])[] = [
    [
      "the heartbeat needs a publisher",
      { "aws.alertingRoleArn": "" },
      "aws.alertingRoleArn",
      /the ARN of the role/,
    ],
    [
      "a mail server needs a sender",
      { "notifications.smtpFrom": "" },
      "notifications.smtpFrom",
      /smtpHost is set/,
    ],
    [
      "a mail user needs a password",
      { "notifications.smtpPassword": "" },
      "notifications.smtpPassword",
      /smtpUsername is set/,
    ],
    [
      "a database needs a password",
      { "metrics.databasePassword": "" },
      "metrics.databasePassword",
      /databaseAddress is set/,
    ],
    [
      "warnings must reach someone",
      { "notifications.slackWebhookUrl": "", "notifications.emails": [] },
      "notifications.slackWebhookUrl",
      /warnings must reach someone/,
    ],
    [
      "someone must open the WebSocket, and look at certificates",
      { "uptime.checkers": ["route53"] },
      "uptime.checkers[1]",
      /blackbox or gatus: none of the chosen checks websocket, api-certificate, widget-certificate/,
    ],
    [
      "what one vendor checks, the other need not",
      { "uptime.checkers": ["uptimerobot", "betterstack"] },
      "uptime.checkers[2]",
      /blackbox or gatus: none of the chosen checks websocket(?!,)/,
    ],
    [
      "UptimeRobot needs a key",
      { "uptime.checkers": ["uptimerobot", "blackbox"], "uptime.uptimerobotApiKey": "" },
      "uptime.uptimerobotApiKey",
      /checkers has uptimerobot/,
    ],
    [
      "Better Stack needs a token",
      { "uptime.checkers": ["betterstack", "gatus"], "uptime.betterstackApiToken": "" },
      "uptime.betterstackApiToken",
      /checkers has betterstack/,
    ],
    [
      "a certificate needs its key",
      { "uptime.statusPagePrivateKey": "" },
      "uptime.statusPagePrivateKey",
      /statusPageCertificate is set/,
    ],
    [
      "production's certificates are trusted",
      { "uptime.verifyCertificates": false },
      "uptime.verifyCertificates",
      /no self-signed certificate/,
    ],
    [
      "the database is AWS's",
      { "aws.enabled": false, "uptime.enabled": false },
      "database.enabled",
      /false where aws/,
    ],
    [
      "two levels are two people",
      { "pagerduty.engineerA": "ana@agentpay.com", "pagerduty.engineerB": "ana@agentpay.com" },
      "pagerduty.engineerB",
      /someone else than pagerduty.engineerA/,
    ],
    [
      "GitHub's tokens have both ids or neither",
      { "ci.repositoryId": 0 },
      "ci.repositoryId",
      /since ci.ownerId is set/,
    ],
    ["the owner's id is none by itself", { "ci.ownerId": 0 }, "ci.ownerId", /since ci.repositoryId is set/],
  ];
  test.each(cases)("%s", (_why, overrides, key, expected) => {
    const message = refusalOf(overrides);
    expect(message).toContain("has 1 problem:");
    expect(message).toContain(`\n  ${key}\n`);
    expect(message).toMatch(expected);
  });
});

describe("keys that nobody knows", () => {
  test.each([
    ["metrics.retentionDay", "--path metrics.retentionDay"],
    ["metric", "--path metric"],
    ["notifications.email", "--path notifications.email"],
    ["owner2", "--path owner2"],
  ])("%s is refused, with the command that removes it", (key, argument) => {
    const message = refusalOf({ [key]: "1" });
    expect(message).toContain(`\n  ${key}\n      there is no such key (Pulumi.yaml lists them all)\n`);
    expect(message).toContain(`remove:   pulumi config rm --stack production ${argument}`);
  });

  test("a key that was set without --path", () => {
    const message = refusal({ ...configurationOf("production"), "metrics.retentionDays": "40" });
    expect(message).toContain("use --path to set metrics.retentionDays");
    expect(message).toContain(`pulumi config rm --stack production --path '["metrics.retentionDays"]'`);
  });

  test.each(["__proto__", "constructor", "toString"])("a threshold of %s, which every object has", (name) => {
    const alertThresholds: unknown = JSON.parse(`{"${name}": 1, "HighErrorRate": "0.05"}`);
    expect(() =>
      parseSettings("production", { ...configurationOf("production"), alertThresholds } as Configuration),
    ).toThrow(
      new RegExp(`has 1 problem:\n {2}alertThresholds.${name}\n +there is no such alert; expected an alert`),
    );
  });

  test("a threshold of an alert that does not exist, or that has none", () => {
    const message = refusalOf({ "alertThresholds.HighErrorRat": 0.1, "alertThresholds.APIDown": 1 });
    expect(message).toContain("has 2 problems");
    expect(message).toMatch(
      /alertThresholds.HighErrorRat\n\s+there is no such alert; expected .*HighErrorRate, /,
    );
    expect(message).toContain("remove:   pulumi config rm --stack production --path alertThresholds.APIDown");
  });

  test.each([0, -1, "0", "a lot", true, null])("alertThresholds.HighErrorRate: %j", (value) => {
    const message = refusalOf({ "alertThresholds.HighErrorRate": value });
    expect(message).toMatch(/ {2}alertThresholds.HighErrorRate\n\s+found: .*\n\s+expected: a number above 0/);
    expect(message).toContain(
      "pulumi config set --stack production --type float --path alertThresholds.HighErrorRate <value>",
    );
  });

  test.each([1, 5, "5"])("alertThresholds.HighErrorRate: %j, which no share of requests exceeds", (value) => {
    const message = refusalOf({ "alertThresholds.HighErrorRate": value, "alertThresholds.HighDailyCost": 5 });
    expect(message).toContain("has 1 problem:\n  alertThresholds.HighErrorRate\n");
    expect(message).toContain("expected: a share below 1, such as 0.05 for 5%");
  });
});

describe("any garbage", () => {
  const keys = bad.map(([key]) => key);
  const garbage = fc.oneof(fc.string(), fc.double(), fc.jsonValue(), fc.constant(undefined));

  test("parses, or is refused by its key", () => {
    fc.assert(
      fc.property(fc.constantFrom(...keys, ...badLists.map(([key]) => key)), garbage, (key, value) => {
        // Switching a platform off is no garbage.
        fc.pre(value !== false || !key.endsWith(".enabled"));
        try {
          // With what garbage that happens to be a name would need beside it.
          parse({ "sentry.pagerDutyService": "1", [key]: value });
        } catch (error) {
          expect(error).toBeInstanceOf(SettingsError);
          expect((error as Error).message).toContain(`\n  ${key}`);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("in place of the whole configuration never gives anything but a SettingsError", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.oneof(fc.constantFrom(...PLATFORMS, "owner", "__proto__"), fc.string()), garbage),
        (map) => {
          expect(refusal(map)).toContain("The configuration of stack");
        },
      ),
    );
  });

  test("as a key is refused by its name", () => {
    const group = fc.constantFrom("sentry", "aws", "logs", "metrics", "docs");
    fc.assert(
      fc.property(group, fc.stringMatching(/^[a-zA-Z]{1,20}$/), (name, key) => {
        fc.pre(!(key in (configurationOf("production")[name] as object)));
        expect(refusalOf({ [`${name}.${key}`]: "1" })).toContain(`\n  ${name}.${key}\n`);
      }),
    );
  });

  test("is never repeated: it may be a secret in the wrong place", () => {
    const shape = fc.constantFrom(
      (text: string) => text,
      (text: string) => [text],
      (text: string) => ({ [text.length]: text }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...keys), shape, fc.string(), (key, wrap, text) => {
        const overrides = { [key]: wrap(`${sentinel("garbage")} ${text}`), "cost.monthlyBudgetUsd": 0 };
        expect(leaks(refusalOf(overrides))).toBe(false);
      }),
    );
  });
});

test.each([
  [{ "datadog.apiKey": "" }, "datadog.apiKey"],
  [{ "datadog.applicationKey": "" }, "datadog.applicationKey"],
  [{ "aws.enabled": false, "uptime.enabled": false, "database.enabled": false }, "logs.platform"],
] as const)("logs in Datadog with %j need something at %s", (overrides, key) => {
  const message = refusalOf({ "logs.platform": "datadog", ...overrides });
  expect(message).toContain(`has 1 problem:\n  ${key}\n`);
});

test("a value that is wrong by itself does not hide what another key lacks", () => {
  const message = refusalOf({ "logs.retentionDays": 31, "notifications.smtpFrom": "" });
  expect(message).toContain("2 problems");
  expect(message).toContain("logs.retentionDays");
  expect(message).toContain("notifications.smtpFrom");
});
