/**
 * Stack configuration -> one frozen, typed Settings. Every mistake is reported at once, by key, with what is
 * expected and the command that sets it. Types, defaults and descriptions of the keys are in Pulumi.yaml alone.
 */
import { z } from "zod";
import { ANNOUNCEMENTS_FILE, type ReadAnnouncements } from "./announcements.ts";
import { type AlertThresholds, alerts, alertThresholdNames } from "./catalog/alerts/index.ts";
import { type Maintenance, maintenanceOf, nothingAnnounced } from "./catalog/maintenance.ts";
import {
  type Checker,
  canCheck,
  checkers,
  publicServices,
  tellerOf,
  uptimeChecks,
} from "./catalog/uptime.ts";
import { Secret } from "./secret.ts";

const text = (pattern: RegExp, expected: string) =>
  z.string(expected).regex(pattern, { error: expected, abort: true });
/** An empty value means "not set". */
const optional = <T extends z.ZodType>(rule: T) =>
  z.preprocess((value) => (value === "" ? undefined : value), rule.optional());
const integer = (minimum: number, maximum: number) => {
  const expected = `a whole number from ${minimum} to ${maximum}`;
  return z.int(expected).min(minimum, expected).max(maximum, expected);
};
/** Pulumi's configuration types know no fractions: they are written as text. */
const fraction = (minimum: number, maximum: number) => {
  const expected = `a number from ${minimum} to ${maximum}`;
  return text(/^\d+(\.\d+)?$/, expected)
    .refine((value) => Number(value) >= minimum && Number(value) <= maximum, expected)
    .transform(Number);
};

const anyText = z.string("a text");
const httpUrl = text(/^https?:\/\/[^\s/?#]+[^\s?#]*$/, "an http(s) address such as https://api.example.com");
const origin = text(
  /^https?:\/\/[^\s/?#]+$/,
  "an http(s) address without a path, such as https://api.example.com",
);
const email = text(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, "an email address");
const phoneNumber = text(/^\+[1-9]\d{6,14}$/, "a phone number such as +15550100123");
const hostAndPort = text(/^[^\s:/]+:\d{1,5}$/, "host:port");
const targets = z.array(hostAndPort, "a list of host:port");
const slug = text(/^[a-z0-9][a-z0-9-]*$/, "a slug of lower-case letters, digits and dashes");
const CHECKERS = `one of ${checkers.join(", ")}`;
const checker = anyText
  .refine((name) => (checkers as readonly string[]).includes(name), CHECKERS)
  .transform((name) => name as Checker);
const port = integer(1, 65_535);
const usd = integer(1, 100_000_000);
const ipAddress = z.union([z.ipv4(), z.ipv6()], "an IP address");
const dockerHost = text(/^(unix|tcp|ssh|npipe):\/\/\S+$/, "unix://, tcp:// or ssh:// and an address");
const secret = z
  .string("a secret value")
  .min(1, "a secret value")
  .transform((value) => new Secret(value));

/** Retention periods that CloudWatch Logs accepts (PutRetentionPolicy), days. */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const logRetention = z.literal(LOG_RETENTION_DAYS, `one of ${LOG_RETENTION_DAYS.join(", ")}`);

/** Seconds between checks that Better Stack and UptimeRobot both take; 0 for the guide's. */
const VENDOR_INTERVALS = [0, 30, 60, 120, 180, 300, 600, 900, 1800];
const vendorInterval = z.literal(VENDOR_INTERVALS, `one of ${VENDOR_INTERVALS.join(", ")}`);

/** Where the services' logs go. */
type LogPlatform = "cloudwatch" | "datadog";

const TIME_ZONE = "an IANA time zone such as Europe/Berlin";
/** Not `Intl.supportedValuesOf`: it leaves out current names, such as Asia/Kolkata, in favour of old ones. */
const timeZone = text(/^[A-Z][\w+-]*(\/[A-Z][\w+-]*)*$/, TIME_ZONE).refine((zone) => {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: zone }));
  } catch {
    return false;
  }
}, TIME_ZONE);

const ROTATION_START = "a Monday before 2026, such as 2024-01-01T00:00:00Z";
const rotationStart = text(/^\d{4}-\d{2}-\d{2}T00:00:00Z$/, ROTATION_START).refine((instant) => {
  const date = new Date(instant);
  const exists = date.getTime() > 0 && date.toISOString().startsWith(instant.slice(0, 10));
  return exists && date.getUTCDay() === 1 && date.getUTCFullYear() < 2026;
}, ROTATION_START);

const POSITIVE = "a number above 0";
const positive = z.union([z.number(), fraction(0, Number.MAX_SAFE_INTEGER)], POSITIVE);
/** 5 for 5% would silence the alert for good. */
const shares = alerts.filter(({ threshold }) => threshold?.unit.startsWith("share")).map(({ name }) => name);
const thresholds = z
  .record(
    anyText.refine((name) => alertThresholdNames.includes(name), {
      error: `an alert that has a threshold: ${alertThresholdNames.join(", ")}`,
    }),
    positive.refine((value) => value > 0, POSITIVE),
    "a map of alert name to number",
  )
  .superRefine((values, context) => {
    for (const name of shares.filter((share) => Number(values[share]) >= 1)) {
      context.addIssue({ code: "custom", path: [name], message: "a share below 1, such as 0.05 for 5%" });
    }
  })
  .default({})
  .transform((value): AlertThresholds => value);

/** A platform that a stack can switch off: the values of its other keys then don't matter. */
const platform = <Shape extends z.ZodRawShape>(shape: Shape) => {
  const ignored = Object.fromEntries(Object.keys(shape).map((key) => [key, z.unknown().optional()]));
  return z.discriminatedUnion(
    "enabled",
    [
      z.strictObject({ enabled: z.literal(true), ...shape }),
      z
        .strictObject({ enabled: z.literal(false), ...ignored })
        .transform(() => ({ enabled: false as const })),
    ],
    "true or false",
  );
};

/** Where samples are kept and rules evaluated. */
const metricsEngines = ["container", "amp", "remote"] as const;

/** Every key and its rule. */
export const settingsSchema = z.strictObject({
  owner: slug,
  alertThresholds: thresholds,
  docs: z.strictObject({ runbookBaseUrl: httpUrl, grafanaUrl: optional(origin) }),
  sentry: platform({
    organization: slug,
    token: secret,
    apiUrl: text(/^https?:\/\/\S+\/api\/$/, "an address that ends in /api/"),
    tracesSampleRate: fraction(0, 1),
    profilesSampleRate: fraction(0, 1),
    slackIntegration: optional(anyText),
    pagerDutyIntegration: optional(anyText),
    pagerDutyService: optional(text(/^\d+$/, "the number that Sentry gave the PagerDuty service")),
  }),
  aws: platform({
    region: text(/^[a-z]{2}(-[a-z]+)+-\d$/, "an AWS region such as eu-central-1"),
    accountId: text(/^\d{12}$/, "an AWS account id, 12 digits"),
    profile: optional(anyText),
    endpointUrl: optional(origin),
    alertingRoleArn: optional(
      text(
        /^arn:aws:iam::\d{12}:(role|user)\/\S+$/,
        "an ARN such as arn:aws:iam::111122223333:role/monitoring",
      ),
    ),
  }),
  logs: z.strictObject({
    platform: text(/^(cloudwatch|datadog)$/, "cloudwatch or datadog").transform(
      (name): LogPlatform => (name === "datadog" ? name : "cloudwatch"),
    ),
    directory: text(/^\/\S*[^/\s]$/, "an absolute path without a trailing slash"),
    retentionDays: logRetention,
    kmsKeyArn: optional(
      text(/^arn:aws:kms:[a-z0-9-]+:\d{12}:key\/\S+$/, "the ARN of a KMS key, not of an alias"),
    ),
  }),
  datadog: z.strictObject({
    site: text(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, "a Datadog site such as datadoghq.eu"),
    apiUrl: optional(origin),
    apiKey: optional(secret),
    applicationKey: optional(secret),
  }),
  cost: z.strictObject({
    monthlyBudgetUsd: usd,
    dailyBudgetUsd: usd,
    anomalyImpactUsd: usd,
    anomalyMonitorArn: optional(
      text(/^arn:aws:ce::\d{12}:anomalymonitor\/\S+$/, "the ARN of an anomaly monitor"),
    ),
    report: platform({
      recipients: z.array(email, "a list of email addresses").min(1, "at least one email address"),
      sender: email,
      timeZone,
      hour: integer(0, 23),
      monthlyBudgetUsd: integer(0, 100_000_000),
      prometheusUrl: optional(httpUrl),
      subnetIds: z.array(text(/^subnet-[0-9a-z]+$/, "a subnet (subnet-...)"), "a list of subnets"),
      securityGroupIds: z.array(
        text(/^sg-[0-9a-z]+$/, "a security group (sg-...)"),
        "a list of security groups",
      ),
    }),
  }),
  uptime: platform({
    checkers: z.array(checker, "a list of checkers").min(1, `at least ${CHECKERS}`),
    apiUrl: origin,
    websocketPath: text(/^\/\S*$/, "a path such as /api/v1/agent/conversations/test/ws"),
    widgetUrl: httpUrl,
    verifyCertificates: z.boolean("true or false"),
    // Prometheus forgets a sample after 5 minutes, and an alert wants at least two.
    probeIntervalSeconds: integer(10, 120),
    route53IntervalSeconds: z.literal([10, 30], "10 or 30"),
    vendorIntervalSeconds: vendorInterval,
    widgetKeyword: anyText.min(1, "a text"),
    uptimerobotApiUrl: httpUrl,
    uptimerobotApiKey: optional(secret),
    betterstackApiUrl: httpUrl,
    betterstackApiToken: optional(secret),
    betterstackSubdomain: optional(slug),
    statusPageUrl: optional(origin),
    statusPagePort: port,
    statusPageBindAddress: ipAddress,
    statusPageDockerHost: optional(dockerHost),
    statusPageCertificate: optional(secret),
    statusPagePrivateKey: optional(secret),
  }),
  ci: z.strictObject({
    repository: optional(text(/^[\w.-]+\/[\w.-]+$/, "a GitHub repository such as acme/agentpay-monitoring")),
    ownerId: integer(0, Number.MAX_SAFE_INTEGER),
    repositoryId: integer(0, Number.MAX_SAFE_INTEGER),
    oidcProviderArn: optional(
      text(/^arn:aws:iam::\d{12}:oidc-provider\/\S+$/, "the ARN of an IAM OIDC provider"),
    ),
    stateBucket: optional(text(/^[a-z0-9][a-z0-9.-]{2,62}$/, "the name of an S3 bucket")),
    stateKmsKeyArn: optional(
      text(/^arn:aws:kms:[a-z0-9-]+:\d{12}:key\/\S+$/, "the ARN of a KMS key, not of an alias"),
    ),
  }),
  database: platform({
    family: text(/^postgres\d+$/, "an RDS family such as postgres16"),
    slowQueryMilliseconds: integer(1, 3_600_000),
    autoExplainMilliseconds: integer(0, 3_600_000),
    instanceIdentifier: optional(
      text(/^[a-z](-?[a-z0-9])*$/, "the identifier of an RDS instance such as agentpay-production"),
    ),
  }),
  pagerduty: platform({
    token: secret,
    apiUrl: optional(origin),
    eventsUrl: origin,
    engineerA: email,
    engineerB: email,
    engineeringManager: email,
    timeZone,
    rotationStart,
    groupAlerts: z.boolean("true or false"),
  }),
  notifications: z.strictObject({
    emails: z.array(email, "a list of email addresses"),
    smsNumbers: z.array(phoneNumber, "a list of phone numbers"),
    slackWebhookUrl: optional(secret),
    slackChannel: text(/^#\S+$/, "a channel such as #alerts"),
    smtpHost: optional(hostAndPort),
    smtpFrom: optional(email),
    smtpUsername: optional(anyText),
    smtpPassword: optional(secret),
    smtpRequireTls: z.boolean("true or false"),
  }),
  metrics: platform({
    dockerHost,
    engine: z.enum(metricsEngines, `one of ${metricsEngines.join(", ")}`),
    remoteWriteUrl: optional(httpUrl),
    remoteQueryUrl: optional(httpUrl),
    remoteUsername: optional(anyText),
    remotePassword: optional(secret),
    remoteTenant: optional(anyText),
    replicas: z.literal([1, 2], "1 or 2"),
    bindAddress: ipAddress,
    prometheusPort: port,
    alertmanagerPort: port,
    prometheusReplicaPort: port,
    alertmanagerReplicaPort: port,
    blackboxPort: port,
    grafanaPort: port,
    grafanaUrl: optional(origin),
    grafanaAdminPassword: secret,
    databaseAddress: optional(hostAndPort),
    databaseName: anyText,
    databaseUser: anyText,
    databasePassword: optional(secret),
    databaseTls: z.enum(["disable", "require", "verify-full"], "disable, require or verify-full"),
    applicationNetwork: optional(anyText),
    // Objectives look back 30 days: with less than 32 days of samples their numbers are silently wrong.
    retentionDays: integer(32, 3650),
    retentionSize: text(/^\d+(MB|GB|TB)$/, "a size such as 20GB"),
    scrapeIntervalSeconds: integer(1, 60),
    apiTargets: targets.min(1, "at least one host:port"),
    workerTargets: targets,
    postgresTargets: targets,
    redisTargets: targets,
  }),
});

type Parsed = z.output<typeof settingsSchema>;
type PlatformName = {
  [Key in keyof Parsed]: Parsed[Key] extends { enabled: boolean } ? Key : never;
}[keyof Parsed];

/** Settings of a platform that is switched on. */
export type Enabled<Platform extends PlatformName> = Extract<Parsed[Platform], { enabled: true }>;

/** Settings of the cost reports, where they are switched on. */
export type ReportSettings = Extract<Parsed["cost"]["report"], { enabled: true }>;

export type Settings = Readonly<
  Parsed & { environment: string; isProduction: boolean; announcements: ReadAnnouncements["announcements"] }
>;

interface Problem {
  /** Path of the key as Pulumi writes it, such as `metrics.apiTargets[0]`. */
  readonly key: string;
  readonly expected: string;
  /**
   * Whether the value is a text; false for a number or a boolean; "unknown" where the key itself is the mistake, or
   * its value is for a person to remove; "file" where the value is in maintenance.yaml.
   */
  readonly text: boolean | "unknown" | "file";
}

/** The sections that are right by themselves. */
type Sections = Partial<Parsed>;

/** Rules between keys: what one key's value makes another need. A section that is wrong by itself is left out. */
function crossFieldProblems(
  environment: string,
  sections: Sections,
  { announcements }: ReadAnnouncements,
): Problem[] {
  return [
    ...notificationProblems(sections),
    ...platformProblems(sections),
    ...engineProblems(sections),
    ...logProblems(sections),
    ...coverageProblems(sections),
    ...uptimeProblems(environment, sections),
    ...reportProblems(sections),
    ...ciProblems(sections),
    ...windowProblems(sections, announcements.maintenance),
    ...pagingProblems(environment, sections),
  ];
}

function notificationProblems({ metrics, notifications }: Sections): Problem[] {
  if (!notifications) return [];
  const problems: Problem[] = [];
  const { emails, slackWebhookUrl, smtpHost, smtpFrom, smtpUsername, smtpPassword } = notifications;
  if (smtpHost && !smtpFrom) {
    const expected = "the sender's address, since notifications.smtpHost is set";
    problems.push({ key: "notifications.smtpFrom", expected, text: true });
  }
  if (smtpUsername && !smtpPassword) {
    const expected = "a secret value, since notifications.smtpUsername is set";
    problems.push({ key: "notifications.smtpPassword", expected, text: true });
  }
  if (metrics?.enabled && !slackWebhookUrl && !(smtpHost && emails.length > 0)) {
    const expected =
      "a Slack webhook, or else notifications.smtpHost and notifications.emails: warnings must reach someone";
    problems.push({ key: "notifications.slackWebhookUrl", expected, text: true });
  }
  return problems;
}

function platformProblems({ aws, database, metrics, sentry }: Sections): Problem[] {
  const problems: Problem[] = [];
  if (sentry?.enabled && sentry.pagerDutyIntegration && !sentry.pagerDutyService) {
    const expected =
      "the number that Sentry gave the PagerDuty service, since sentry.pagerDutyIntegration is set";
    problems.push({ key: "sentry.pagerDutyService", expected, text: true });
  }
  if (aws?.enabled && metrics?.enabled && !aws.endpointUrl && !aws.alertingRoleArn) {
    const expected = "the ARN of the role under which Alertmanager's host publishes its heartbeat";
    problems.push({ key: "aws.alertingRoleArn", expected, text: true });
  }
  if (metrics?.enabled && metrics.databaseAddress && !metrics.databasePassword) {
    const expected = "a secret value, since metrics.databaseAddress is set";
    problems.push({ key: "metrics.databasePassword", expected, text: true });
  }
  if (database?.enabled && aws?.enabled === false) {
    problems.push({ key: "database.enabled", expected: "false where aws.enabled is false", text: false });
  }
  return problems;
}

/** Checkers that are somebody else's service, with the keys of their secret and address. */
const VENDORS = [
  { checker: "uptimerobot", key: "uptimerobotApiKey", address: "uptimerobotApiUrl" },
  { checker: "betterstack", key: "betterstackApiToken", address: "betterstackApiUrl" },
] as const;

function isLoopback(url: string): boolean {
  return ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
}

/** What an engine other than this stack's own Prometheus needs. */
function engineProblems({ aws, metrics, notifications }: Sections): Problem[] {
  if (!metrics?.enabled) return [];
  const problems: Problem[] = [];
  if (metrics.engine === "remote") {
    for (const key of ["remoteWriteUrl", "remoteQueryUrl"] as const) {
      if (metrics[key]) continue;
      const expected = "an http(s) address, since metrics.engine is remote";
      problems.push({ key: `metrics.${key}`, expected, text: true });
    }
  }
  if (metrics.remoteUsername && !metrics.remotePassword) {
    const expected = "a secret value, since metrics.remoteUsername is set";
    problems.push({ key: "metrics.remotePassword", expected, text: true });
  }
  if (metrics.engine === "amp" && aws?.enabled === false) {
    const expected = "container or remote where aws.enabled is false: amp is AWS's";
    problems.push({ key: "metrics.engine", expected, text: true });
  }
  if (metrics.engine === "amp" && notifications && notifications.emails.length === 0) {
    const expected = "an address: where metrics.engine is amp, warnings go by email alone";
    problems.push({ key: "notifications.emails[0]", expected, text: true });
  }
  return problems;
}

/** What customers use must be checked by one of those that were chosen, whichever platform is switched off. */
function coverageProblems({ uptime }: Sections): Problem[] {
  if (!uptime?.enabled) return [];
  const unchecked = uptimeChecks({ ...uptime, statusPageUrl: undefined }).filter(
    (check) => check.public && !tellerOf(check, uptime.checkers),
  );
  if (unchecked.length === 0) return [];
  const able = checkers.filter((checker) => unchecked.every((check) => canCheck(checker, check)));
  const expected = `${able.join(" or ")}: none of the chosen checks ${unchecked.map(({ key }) => key).join(", ")}`;
  return [{ key: `uptime.checkers[${uptime.checkers.length}]`, expected, text: true }];
}

function uptimeProblems(environment: string, { uptime }: Sections): Problem[] {
  if (!uptime?.enabled) return [];
  const problems: Problem[] = [];
  for (const [key, other] of [
    ["statusPageCertificate", "statusPagePrivateKey"],
    ["statusPagePrivateKey", "statusPageCertificate"],
  ] as const) {
    if (uptime[key] || !uptime[other]) continue;
    const expected = `a secret value, since uptime.${other} is set`;
    problems.push({ key: `uptime.${key}`, expected, text: true });
  }
  if (environment === "production" && !uptime.verifyCertificates) {
    const expected = "true: production has no self-signed certificate";
    problems.push({ key: "uptime.verifyCertificates", expected, text: false });
  }
  for (const { checker, key, address } of VENDORS) {
    if (!uptime.checkers.includes(checker)) continue;
    if (!uptime[key]) {
      const expected = `a secret value, since uptime.checkers has ${checker}`;
      problems.push({ key: `uptime.${key}`, expected, text: true });
    }
    if (environment === "local" && !isLoopback(uptime[address])) {
      const expected = "an address of this machine: the local stack calls nobody else";
      problems.push({ key: `uptime.${address}`, expected, text: true });
    }
  }
  return problems;
}

function reportProblems({ cost }: Sections): Problem[] {
  if (!cost?.report.enabled) return [];
  const { subnetIds, securityGroupIds } = cost.report;
  if (subnetIds.length === 0 || securityGroupIds.length > 0) return [];
  const expected = "at least one security group, since cost.report.subnetIds is set";
  return [{ key: "cost.report.securityGroupIds[0]", expected, text: true }];
}

/** GitHub's tokens have both ids or neither. */
function ciProblems({ ci }: Sections): Problem[] {
  if (!ci || (ci.ownerId === 0) === (ci.repositoryId === 0)) return [];
  const [key, other] = ci.ownerId === 0 ? ["ownerId", "repositoryId"] : ["repositoryId", "ownerId"];
  return [{ key: `ci.${key}`, expected: `GitHub's id, since ci.${other} is set`, text: false }];
}

/** What a monitor of Better Stack can't keep. */
function windowProblems({ uptime }: Sections, maintenance: readonly Maintenance[]): Problem[] {
  if (!uptime?.enabled || !uptime.checkers.includes("betterstack")) return [];
  return publicServices
    .filter((service) => maintenanceOf(service, maintenance).length > 1)
    .map((service) => ({
      key: `${ANNOUNCEMENTS_FILE}: maintenance of ${service}`,
      expected: "one entry that is not over, since Better Stack knows one window for each monitor",
      text: "file",
    }));
}

function logProblems({ aws, datadog, logs }: Sections): Problem[] {
  if (logs?.platform !== "datadog") return [];
  const problems: Problem[] = [];
  if (aws?.enabled === false) {
    const expected = "cloudwatch where aws.enabled is false: Datadog's agent is installed through AWS";
    problems.push({ key: "logs.platform", expected, text: true });
  }
  for (const key of ["apiKey", "applicationKey"] as const) {
    if (datadog && !datadog[key]) {
      const expected = "a secret value, since logs.platform is datadog";
      problems.push({ key: `datadog.${key}`, expected, text: true });
    }
  }
  return problems;
}

function pagingProblems(environment: string, { notifications, pagerduty }: Sections): Problem[] {
  const problems: Problem[] = [];
  if (pagerduty?.enabled && pagerduty.engineerA === pagerduty.engineerB) {
    const expected =
      "someone else than pagerduty.engineerA: the second level must not be the first one again";
    problems.push({ key: "pagerduty.engineerB", expected, text: true });
  }
  if (environment === "staging" && pagerduty?.enabled) {
    problems.push({ key: "pagerduty.enabled", expected: "false: staging never pages", text: false });
  }
  if (environment === "staging" && notifications && notifications.smsNumbers.length > 0) {
    const expected = "no phone number: staging wakes nobody";
    problems.push({ key: "notifications.smsNumbers", expected, text: "unknown" });
  }
  return problems;
}

/** Keys whose values are secret: the command that sets them says so, and no message may show a value. */
export const secretKeys = [
  "sentry.token",
  "uptime.uptimerobotApiKey",
  "uptime.betterstackApiToken",
  "uptime.statusPageCertificate",
  "uptime.statusPagePrivateKey",
  "pagerduty.token",
  "datadog.apiKey",
  "datadog.applicationKey",
  "notifications.slackWebhookUrl",
  "notifications.smtpPassword",
  "metrics.grafanaAdminPassword",
  "metrics.databasePassword",
  "metrics.remotePassword",
] as const;

/** The stack's configuration has problems; the message lists them all. */
export class SettingsError extends Error {}

function explain(environment: string, problems: readonly Problem[]): string {
  const paragraphs = problems.map(({ key, expected, text }) => {
    if (text === "file") return [key, `    expected: ${expected}`];
    const path = key.includes("[") ? `'${key}'` : key;
    return text === "unknown"
      ? [key, `    ${expected}`, `    remove:   pulumi config rm --stack ${environment} --path ${path}`]
      : [key, `    expected: ${expected}`, `    set it:   ${setCommand(environment, path, text)}`];
  });
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const lines = paragraphs.flat().map((line) => `  ${line}`);
  return [`The configuration of stack "${environment}" has ${count}:`, ...lines].join("\n");
}

/** Without `--type string`, Pulumi makes a number of an account id, and loses the + of a phone number. */
function setCommand(environment: string, path: string, text: boolean): string {
  const set = `pulumi config set --stack ${environment}`;
  // Pulumi asks for the value: as an argument it would stay in the shell's history.
  if ((secretKeys as readonly string[]).includes(path)) return `${set} --secret --path ${path}`;
  if (path.startsWith("alertThresholds.")) return `${set} --type float --path ${path} <value>`;
  return `${set} ${text ? "--type string " : ""}--path ${path} <value>`;
}

function problemsOf(error: z.ZodError): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    const key = pulumiPath(issue.path);
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((name) => ({ ...unknownKey([...issue.path, name]), text: "unknown" }));
    }
    if (issue.code === "invalid_key") {
      const expected = `there is no such alert; expected ${issue.issues[0]?.message ?? issue.message}`;
      return [{ key, expected, text: "unknown" }];
    }
    return [{ key: isList(issue) ? `${key}[0]` : key, expected: issue.message, text: isText(issue) }];
  });
}

function unknownKey(path: readonly PropertyKey[]): Omit<Problem, "text"> {
  const [name = ""] = path.map(String);
  if (path.length === 1 && name.includes(".")) {
    return { key: `["${name}"]`, expected: `this is one key with a dot in it: use --path to set ${name}` };
  }
  return { key: pulumiPath(path), expected: "there is no such key (Pulumi.yaml lists them all)" };
}

function pulumiPath(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .slice(1);
}

/** Whether a list is expected. All of ours are lists of texts, and Pulumi sets them item by item. */
function isList(issue: z.core.$ZodIssue): boolean {
  return (
    (issue.code === "invalid_type" && issue.expected === "array") ||
    (issue.code === "too_small" && issue.origin === "array")
  );
}

function isText(issue: z.core.$ZodIssue): boolean {
  if (issue.code === "invalid_type") return issue.expected === "string" || isList(issue);
  return ["invalid_format", "custom"].includes(issue.code) || isList(issue);
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}

/** Each section by itself: what is wrong in one must not hide what others lack. */
function sectionsOf(configuration: Readonly<Record<string, unknown>>): Sections {
  const sections = Object.entries(settingsSchema.shape).flatMap(([name, rule]) => {
    const { success, data } = rule.safeParse(configuration[name]);
    return success ? [[name, data]] : [];
  });
  return Object.fromEntries(sections);
}

/**
 * @param environment the stack's name: `production`, `staging`, `local`, ...
 * @param configuration the project's configuration, its defaults included: `{ metrics: { retentionDays: 40 } }`
 * @param announced what is in maintenance.yaml; nothing by default
 * @throws SettingsError that lists every problem
 */
export function parseSettings(
  environment: string,
  configuration: Readonly<Record<string, unknown>>,
  announced: ReadAnnouncements = { announcements: nothingAnnounced, problems: [] },
): Settings {
  const result = settingsSchema.safeParse(configuration);
  const sections = result.success ? result.data : sectionsOf(configuration);
  const problems = [
    ...(result.success ? [] : problemsOf(result.error)),
    ...crossFieldProblems(environment, sections, announced),
    ...announced.problems.map((mistake) => ({ ...mistake, text: "file" as const })),
  ];
  if (!result.success || problems.length > 0) throw new SettingsError(explain(environment, problems));
  const isProduction = environment === "production";
  return deepFreeze({ ...result.data, environment, isProduction, announcements: announced.announcements });
}
