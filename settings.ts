/**
 * Stack configuration -> one frozen, typed Settings. Every mistake is reported at once, by key, with what is
 * expected and the command that sets it. Types, defaults and descriptions of the keys are in Pulumi.yaml alone.
 */
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { type AlertThresholds, alertThresholdNames } from "./catalog/alerts/index.ts";

const text = (pattern: RegExp, expected: string) => z.string(expected).regex(pattern, expected);
const optional = <T extends z.ZodType>(rule: T) => z.union([z.literal("").transform(() => undefined), rule]);
const number = (minimum: number, maximum: number) => {
  const expected = `a number from ${minimum} to ${maximum}`;
  return text(/^-?\d+(\.\d+)?$/, expected)
    .transform(Number)
    .pipe(z.number().min(minimum, expected).max(maximum, expected));
};
const integer = (minimum: number, maximum: number) => {
  const expected = `a whole number from ${minimum} to ${maximum}`;
  return text(/^\d+$/, expected)
    .transform(Number)
    .pipe(z.int().min(minimum, expected).max(maximum, expected));
};
const list = <T extends z.ZodType>(item: T, expected: string) =>
  z
    .string()
    .transform((value, context) => {
      try {
        return JSON.parse(value) as unknown;
      } catch {
        context.addIssue({ code: "custom", message: expected });
        return z.NEVER;
      }
    })
    .pipe(z.array(item, expected));

const httpUrl = text(/^https?:\/\/[^\s/?#]+[^\s?#]*$/, "an http(s) address such as https://api.example.com");
const origin = text(
  /^https?:\/\/[^\s/?#]+$/,
  "an http(s) address without a path, such as https://api.example.com",
);
const email = text(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, "an email address");
const hostAndPort = text(/^[^\s:/]+:\d{1,5}$/, "host:port");
const target = text(/^[^\s:/]+:\d{1,5}$/, "a list of host:port");
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
const logRetention = integer(1, 3653).refine((days) => LOG_RETENTION_DAYS.includes(days), {
  error: `one of ${LOG_RETENTION_DAYS.join(", ")}`,
});

const timeZone = z
  .string()
  .refine(
    (zone) => Intl.supportedValuesOf("timeZone").includes(zone) || zone === "Etc/UTC" || zone === "UTC",
    {
      error: "an IANA time zone such as Europe/Berlin",
    },
  );
const pastMonday = text(/^\d{4}-\d{2}-\d{2}T00:00:00Z$/, "a past Monday such as 2024-01-01T00:00:00Z").refine(
  (instant) => new Date(instant).getUTCDay() === 1 && new Date(instant).getTime() < Date.UTC(2026, 0, 1),
  { error: "a Monday before 2026, such as 2024-01-01T00:00:00Z" },
);

const thresholds = z
  .string()
  .default("{}")
  .transform((value, context): unknown => {
    try {
      return JSON.parse(value);
    } catch {
      context.addIssue({ code: "custom", message: "a map of alert name to number" });
      return z.NEVER;
    }
  })
  .pipe(
    z.record(
      z.string().refine((name) => alertThresholdNames.includes(name), {
        error: `an alert that has a threshold: ${alertThresholdNames.join(", ")}`,
      }),
      z.number("a number above 0").positive("a number above 0"),
      "a map of alert name to number",
    ),
  )
  .transform((value): AlertThresholds => value);

/** A platform that a stack can switch off: its other keys then don't matter. */
const platform = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.discriminatedUnion(
    "enabled",
    [
      z.object({ enabled: z.literal("false").transform(() => false as const) }),
      z.object({ enabled: z.literal("true").transform(() => true as const), ...shape }),
    ],
    "true or false",
  );

const settingsSchema = z.object({
  owner: slug,
  alertThresholds: thresholds,
  docs: z.object({ runbookBaseUrl: httpUrl, grafanaUrl: optional(origin) }),
  sentry: platform({
    organization: slug,
    token: secret,
    apiUrl: text(/^https?:\/\/\S+\/api\/$/, "an address that ends in /api/"),
    tracesSampleRate: number(0, 1),
    profilesSampleRate: number(0, 1),
  }),
  aws: platform({
    region: text(/^[a-z]{2}(-[a-z]+)+-\d$/, "an AWS region such as eu-central-1"),
    accountId: text(/^\d{12}$/, "12 digits"),
    profile: optional(z.string()),
    endpointUrl: optional(origin),
  }),
  uptime: platform({ apiUrl: origin, widgetUrl: httpUrl }),
  logs: z.object({
    directory: text(/^\/\S*[^/\s]$/, "an absolute path without a trailing slash"),
    retentionDays: logRetention,
  }),
  cost: z.object({ monthlyBudgetUsd: integer(1, 100_000_000) }),
  database: platform({
    family: text(/^(aurora-)?postgres(ql)?\d+$/, "an RDS family such as postgres16"),
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
    rotationStart: pastMonday,
  }),
  notifications: z.object({
    emails: list(email, "a list of email addresses"),
    smsNumbers: list(
      text(/^\+[1-9]\d{6,14}$/, "a phone number such as +15550100123"),
      "a list of phone numbers",
    ),
    slackWebhookUrl: optional(secret),
    slackChannel: text(/^#\S+$/, "a channel such as #alerts"),
    smtpHost: optional(hostAndPort),
    smtpFrom: optional(email),
    smtpUsername: optional(z.string()),
    smtpPassword: optional(secret),
  }),
  metrics: platform({
    dockerHost: text(/^(unix|tcp|ssh|npipe):\/\/\S+$/, "unix://, tcp:// or ssh:// and an address"),
    bindAddress: text(/^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:]*)$/, "an IP address"),
    prometheusPort: port,
    alertmanagerPort: port,
    grafanaPort: port,
    grafanaUrl: optional(origin),
    grafanaAdminPassword: secret,
    applicationNetwork: optional(z.string()),
    retentionDays: integer(32, 3650),
    retentionSize: text(/^\d+(MB|GB|TB)$/, "a size such as 20GB"),
    scrapeIntervalSeconds: integer(1, 60),
    apiTargets: list(target, "a list of host:port").pipe(
      z.array(z.string()).min(1, "at least one host:port"),
    ),
    workerTargets: list(target, "a list of host:port"),
    postgresTargets: list(target, "a list of host:port"),
    redisTargets: list(target, "a list of host:port"),
  }),
});

type Parsed = z.output<typeof settingsSchema>;

/** Settings of a platform that is switched on. */
export type Enabled<Platform extends "sentry" | "aws" | "uptime" | "database" | "pagerduty" | "metrics"> =
  Extract<Parsed[Platform], { enabled: true }>;

export type Settings = Readonly<Parsed & { environment: string; isProduction: boolean }>;

interface Problem {
  readonly key: string;
  readonly expected: string;
}

/** Rules between keys: what one key's value makes another need. */
function crossFieldProblems(settings: Parsed): Problem[] {
  const problems: Problem[] = [];
  const require = (present: unknown, key: string, expected: string) => {
    if (present === undefined) problems.push({ key, expected });
  };
  const { smtpHost, smtpFrom, smtpUsername, smtpPassword } = settings.notifications;
  if (smtpHost)
    require(smtpFrom, "notifications.smtpFrom", "the sender of warning emails, since smtpHost is set");
  if (smtpUsername)
    require(smtpPassword, "notifications.smtpPassword", "a secret value, since smtpUsername is set");
  const { slackWebhookUrl, emails } = settings.notifications;
  if (settings.metrics.enabled && !slackWebhookUrl && !(smtpHost && emails.length > 0)) {
    const expected =
      "a Slack webhook, or else notifications.smtpHost and notifications.emails: warnings must reach someone";
    problems.push({ key: "notifications.slackWebhookUrl", expected });
  }
  for (const platform of ["database", "uptime"] as const) {
    if (settings[platform].enabled && !settings.aws.enabled) {
      problems.push({ key: `${platform}.enabled`, expected: "false where aws.enabled is false" });
    }
  }
  return problems;
}

/** Keys whose values are secret: the message that sets them must use --secret, and no message may show a value. */
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
  const lines = problems.map(({ key, expected }) => {
    const flag = (secretKeys as readonly string[]).includes(key) ? "--secret " : "";
    const command = key.startsWith("alertThresholds.")
      ? `pulumi config set --stack ${environment} --path ${key} <number>`
      : `pulumi config set --stack ${environment} ${flag}${key} <value>`;
    return `  ${key}\n      expected: ${expected}\n      set it:   ${command}`;
  });
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return `The configuration of stack "${environment}" has ${count}:\n${lines.join("\n")}`;
}

/** `{ "a.b": "1" }` -> `{ a: { b: "1" } }` */
function nest(values: Readonly<Record<string, string>>): Record<string, unknown> {
  const nested: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(values)) {
    const [group = key, name] = key.split(".");
    if (name === undefined) nested[group] = value;
    else nested[group] = { ...(nested[group] as object | undefined), [name]: value };
  }
  return nested;
}

function deepFreeze<T>(value: T): T {
  if (pulumi.Output.isInstance(value)) return value;
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}

/**
 * @param environment the stack's name: `production`, `staging`, `local`, ...
 * @param values configuration by key without the project's prefix, project defaults included
 * @throws SettingsError that lists every problem
 */
export function parseSettings(environment: string, values: Readonly<Record<string, string>>): Settings {
  const result = settingsSchema.safeParse(nest(values));
  if (!result.success) {
    const problems = result.error.issues.map((issue) => ({
      key: issue.path.join("."),
      expected: issue.message,
    }));
    throw new SettingsError(explain(environment, problems));
  }
  const problems = crossFieldProblems(result.data);
  if (problems.length > 0) throw new SettingsError(explain(environment, problems));
  return deepFreeze({ ...result.data, environment, isProduction: environment === "production" });
}

/** Settings of the stack that Pulumi is running. */
export function loadSettings(): Settings {
  const prefix = `${pulumi.getProject()}:`;
  const values = Object.entries(pulumi.runtime.allConfig())
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), value] as const);
  return parseSettings(pulumi.getStack(), Object.fromEntries(values));
}
