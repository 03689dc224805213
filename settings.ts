/**
 * Stack configuration -> one frozen, typed Settings. Every mistake is reported at once, by key, with what is
 * expected and the command that sets it. Types, defaults and descriptions of the keys are in Pulumi.yaml alone.
 */
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { type AlertThresholds, alertThresholdNames } from "./catalog/alerts/index.ts";

const text = (pattern: RegExp, expected: string) => z.string(expected).regex(pattern, expected);
/** An empty value means "not set". */
const optional = <T extends z.ZodType>(rule: T) => z.union([z.literal("").transform(() => undefined), rule]);
const integer = (minimum: number, maximum: number) => {
  const expected = `a whole number from ${minimum} to ${maximum}`;
  return z.int(expected).min(minimum, expected).max(maximum, expected);
};
/** Pulumi's configuration types know no fractions: they are written as text. */
const fraction = (minimum: number, maximum: number) => {
  const expected = `a number from ${minimum} to ${maximum}`;
  return text(/^\d+(\.\d+)?$/, expected)
    .transform(Number)
    .pipe(z.number().min(minimum, expected).max(maximum, expected));
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
const port = integer(1, 65_535);
const secret = z
  .string("a secret value")
  .min(1, "a secret value")
  .transform((value) => pulumi.secret(value));

/** Retention periods that CloudWatch Logs accepts (PutRetentionPolicy), days. */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const logRetention = z.literal(LOG_RETENTION_DAYS, `one of ${LOG_RETENTION_DAYS.join(", ")}`);

const timeZones: ReadonlySet<string> = new Set([...Intl.supportedValuesOf("timeZone"), "UTC", "Etc/UTC"]);
const timeZone = anyText.refine((zone) => timeZones.has(zone), "an IANA time zone such as Europe/Berlin");

const ROTATION_START = "a Monday before 2026, such as 2024-01-01T00:00:00Z";
const rotationStart = text(/^\d{4}-\d{2}-\d{2}T00:00:00Z$/, ROTATION_START).refine((instant) => {
  const date = new Date(instant);
  return date.getUTCDay() === 1 && date.getUTCFullYear() < 2026;
}, ROTATION_START);

const POSITIVE = "a number above 0";
const positive = z.union([z.number(), fraction(0, Number.MAX_SAFE_INTEGER)], POSITIVE);
const thresholds = z
  .record(
    anyText.refine((name) => alertThresholdNames.includes(name), {
      error: `an alert that has a threshold: ${alertThresholdNames.join(", ")}`,
    }),
    positive.refine((value) => value > 0, POSITIVE),
    "a map of alert name to number",
  )
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

const settingsSchema = z.strictObject({
  owner: slug,
  alertThresholds: thresholds,
  docs: z.strictObject({ runbookBaseUrl: httpUrl, grafanaUrl: optional(origin) }),
  sentry: platform({
    organization: slug,
    token: secret,
    apiUrl: text(/^https?:\/\/\S+\/api\/$/, "an address that ends in /api/"),
    tracesSampleRate: fraction(0, 1),
    profilesSampleRate: fraction(0, 1),
  }),
  aws: platform({
    region: text(/^[a-z]{2}(-[a-z]+)+-\d$/, "an AWS region such as eu-central-1"),
    accountId: text(/^\d{12}$/, "an AWS account id, 12 digits"),
    profile: optional(anyText),
    endpointUrl: optional(origin),
  }),
  logs: z.strictObject({
    directory: text(/^\/\S*[^/\s]$/, "an absolute path without a trailing slash"),
    retentionDays: logRetention,
  }),
  cost: z.strictObject({ monthlyBudgetUsd: integer(1, 100_000_000) }),
  uptime: platform({ apiUrl: origin, widgetUrl: httpUrl }),
  database: platform({
    family: text(/^postgres\d+$/, "an RDS family such as postgres16"),
    slowQueryMilliseconds: integer(1, 3_600_000),
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
  }),
  metrics: platform({
    dockerHost: text(/^(unix|tcp|ssh|npipe):\/\/\S+$/, "unix://, tcp:// or ssh:// and an address"),
    bindAddress: z.union([z.ipv4(), z.ipv6()], "an IP address"),
    prometheusPort: port,
    alertmanagerPort: port,
    grafanaPort: port,
    grafanaUrl: optional(origin),
    grafanaAdminPassword: secret,
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

export type Settings = Readonly<Parsed & { environment: string; isProduction: boolean }>;

interface Problem {
  /** Path of the key, such as `metrics.retentionDays`. */
  readonly key: string;
  readonly expected: string;
  /** True where the key itself is the mistake. */
  readonly unknown?: boolean;
}

/** Rules between keys: what one key's value makes another need. */
function crossFieldProblems({ aws, database, metrics, notifications, uptime }: Parsed): Problem[] {
  const problems: Problem[] = [];
  const { emails, slackWebhookUrl, smtpHost, smtpFrom, smtpUsername, smtpPassword } = notifications;
  if (smtpHost && !smtpFrom) {
    problems.push({ key: "notifications.smtpFrom", expected: "the sender's address, since smtpHost is set" });
  }
  if (smtpUsername && !smtpPassword) {
    const expected = "a secret value, since notifications.smtpUsername is set";
    problems.push({ key: "notifications.smtpPassword", expected });
  }
  if (metrics.enabled && !slackWebhookUrl && !(smtpHost && emails.length > 0)) {
    const expected =
      "a Slack webhook, or else notifications.smtpHost and notifications.emails: warnings must reach someone";
    problems.push({ key: "notifications.slackWebhookUrl", expected });
  }
  for (const [name, { enabled }] of Object.entries({ database, uptime })) {
    if (enabled && !aws.enabled) {
      problems.push({ key: `${name}.enabled`, expected: "false where aws.enabled is false" });
    }
  }
  return problems;
}

/** Keys whose values are secret: the command that sets them says so, and no message may show a value. */
export const secretKeys = [
  "sentry.token",
  "pagerduty.token",
  "notifications.slackWebhookUrl",
  "notifications.smtpPassword",
  "metrics.grafanaAdminPassword",
] as const;

/** The stack's configuration has problems; the message lists them all. */
export class SettingsError extends pulumi.RunError {}

function explain(environment: string, problems: readonly Problem[]): string {
  const lines = problems.map(({ key, expected, unknown }) => {
    if (unknown)
      return `  ${key}\n      ${expected}\n      remove: pulumi config rm --stack ${environment} --path ${key}`;
    const flags = (secretKeys as readonly string[]).includes(key) ? "--secret --path" : "--path";
    return `  ${key}\n      expected: ${expected}\n      set it:   pulumi config set --stack ${environment} ${flags} ${key} <value>`;
  });
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return `The configuration of stack "${environment}" has ${count}:\n${lines.join("\n")}`;
}

function problemsOf(error: z.ZodError): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    const path = issue.path.map(String);
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        key: [...path, key].join("."),
        expected: "there is no such key (Pulumi.yaml lists them all)",
        unknown: true,
      }));
    }
    if (issue.code === "invalid_key") {
      const expected = issue.issues[0]?.message ?? issue.message;
      return [
        { key: path.join("."), expected: `there is no such alert; expected ${expected}`, unknown: true },
      ];
    }
    return [{ key: path.join("."), expected: issue.message }];
  });
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || pulumi.Output.isInstance(value)) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}

/**
 * @param environment the stack's name: `production`, `staging`, `local`, ...
 * @param configuration the project's configuration, its defaults included: `{ metrics: { retentionDays: 40 } }`
 * @throws SettingsError that lists every problem
 */
export function parseSettings(
  environment: string,
  configuration: Readonly<Record<string, unknown>>,
): Settings {
  const result = settingsSchema.safeParse(configuration);
  const problems = result.success ? crossFieldProblems(result.data) : problemsOf(result.error);
  if (!result.success || problems.length > 0) throw new SettingsError(explain(environment, problems));
  return deepFreeze({ ...result.data, environment, isProduction: environment === "production" });
}

/** Settings of the stack that Pulumi is running. */
export function loadSettings(): Settings {
  const prefix = `${pulumi.getProject()}:`;
  const configuration = Object.entries(pulumi.runtime.allConfig())
    .filter(([key]) => key.startsWith(prefix))
    // Pulumi hands maps to the program as JSON.
    .map(([key, value]) => [key.slice(prefix.length), value.startsWith("{") ? JSON.parse(value) : value]);
  return parseSettings(pulumi.getStack(), Object.fromEntries(configuration));
}
