/** The rule of every key, and the types that follow. Defaults and descriptions of the keys are in Pulumi.yaml alone. */
import { z } from "zod";
import { checkers } from "../catalog/uptime.ts";
import * as address from "./addresses.ts";
import * as amazon from "./amazon.ts";
import type { ReadAnnouncements } from "./announcements.ts";
import { pagerSections } from "./pagers/index.ts";
import { email, phoneNumber, slackChannel } from "./people.ts";
import type { Secret } from "./secret.ts";
import * as secret from "./secrets.ts";
import { platform, section } from "./section.ts";
import { sameTarget, target } from "./targets.ts";
import { thresholds } from "./thresholds.ts";
import { timeZone } from "./time.ts";
import { fraction, integer, list, name, oneOf, optional, slug, text, trueOrFalse } from "./values.ts";

/** PostgreSQL's longest name is of 63 bytes. @see https://www.postgresql.org/docs/current/sql-syntax-lexical.html */
const postgresIdentifier = /[A-Za-z_][A-Za-z0-9_$-]*$/;
/** Not PostgreSQL's own, which holds nothing of AgentPay. */
const postgresName = name(63, new RegExp(`^(?!(template[01]|rdsadmin)$)${postgresIdentifier.source}`));
/** Mimir's rule, the strictest. @see https://grafana.com/docs/mimir/latest/configure/about-tenant-ids/ */
const tenant = name(150, /^(?!\.{1,2}$|__mimir_cluster$)[A-Za-z0-9!\-_.*'()]+$/);
/** Who may do all, or everybody and nobody, which PostgreSQL keeps for itself: the dashboards want the role that `npm run database -- migrate` makes. */
const ADMINISTRATORS =
  /^(?!(public|none|postgres|root|admin|administrator|rds\w*|pg_\w*|azure_\w*|cloudsql\w*)$)/i;
const monitoringRole = name(63, new RegExp(ADMINISTRATORS.source + postgresIdentifier.source, "i"));
/** A user-defined one: those that Docker comes with know no names. */
const dockerNetwork = name(128, /^(?!(bridge|host|none)$)[a-zA-Z0-9][a-zA-Z0-9_.-]*$/);
/** Sentry's slugs. @see https://github.com/getsentry/sentry/blob/master/src/sentry/slug/patterns.py */
const sentrySlug = slug(50).regex(
  /\D/,
  "a slug of lower-case letters, digits and dashes, not of digits alone",
);
const usd = integer(1, 100_000_000);
const targets = list(target, "a list of host:port", 1000, sameTarget);
/** Of Better Stack and UptimeRobot, what both take; 0 for the guide's. */
const VENDOR_INTERVALS = [0, 30, 60, 120, 180, 300, 600, 900, 1800];

/** Every key and its rule. */
export const settingsSchema = z.strictObject({
  // AWS: a tag's value has at most 256 characters.
  owner: slug(256),
  alertThresholds: thresholds,
  docs: section({ runbookBaseUrl: address.httpUrl, grafanaUrl: optional(address.origin) }),
  sentry: platform({
    organization: sentrySlug,
    token: secret.token,
    apiUrl: address.sentryApiUrl,
    tracesSampleRate: fraction(0, 1),
    profilesSampleRate: fraction(0, 1),
    slackIntegration: optional(name(200)),
    pagerDutyIntegration: optional(name(200)),
    pagerDutyService: optional(text(/^[1-9]\d{0,18}$/, "the number that Sentry gave the PagerDuty service")),
  }),
  aws: platform({
    region: amazon.region,
    accountId: amazon.accountId,
    profile: optional(amazon.profile),
    endpointUrl: optional(address.origin),
    alertingRoleArn: optional(amazon.roleArn),
    loadBalancer: optional(amazon.loadBalancer),
    targetGroups: list(amazon.targetGroup, "a list of target groups", amazon.MOST_TARGET_GROUPS),
  }),
  logs: section({
    platform: oneOf(["cloudwatch", "datadog"], "cloudwatch or datadog"),
    directory: address.folder,
    retentionDays: amazon.logRetention,
    kmsKeyArn: optional(amazon.kmsKeyArn),
  }),
  datadog: section({
    site: text(
      /^(([a-z]{2}\d\.)?(datadoghq|ddog-gov)\.com|datadoghq\.eu)$/,
      "a Datadog site such as datadoghq.eu",
    ),
    apiUrl: optional(address.origin),
    apiKey: optional(secret.token),
    applicationKey: optional(secret.token),
  }),
  cost: section({
    monthlyBudgetUsd: usd,
    dailyBudgetUsd: usd,
    anomalyImpactUsd: usd,
    anomalyMonitorArn: optional(amazon.anomalyMonitorArn),
    report: platform({
      recipients: list(email, "a list of email addresses", amazon.MOST_RECIPIENTS).min(
        1,
        "at least one email address",
      ),
      sender: email,
      timeZone,
      hour: integer(0, 23),
      monthlyBudgetUsd: integer(0, 100_000_000),
      prometheusUrl: optional(address.httpUrl),
      subnetIds: list(amazon.subnetId, "a list of subnets", amazon.MOST_SUBNETS),
      securityGroupIds: list(
        amazon.securityGroupId,
        "a list of security groups",
        amazon.MOST_SECURITY_GROUPS,
      ),
    }),
  }),
  uptime: platform({
    checkers: list(oneOf(checkers), "a list of checkers").min(1, `at least one of ${checkers.join(", ")}`),
    apiUrl: address.origin,
    websocketPath: address.path,
    widgetUrl: address.httpUrl,
    verifyCertificates: trueOrFalse,
    // Prometheus forgets a sample after 5 minutes, and an alert wants at least two.
    probeIntervalSeconds: integer(10, 120),
    route53IntervalSeconds: z.literal([10, 30], "10 or 30"),
    vendorIntervalSeconds: z.literal(VENDOR_INTERVALS, `one of ${VENDOR_INTERVALS.join(", ")}`),
    widgetKeyword: name(255),
    uptimerobotApiUrl: address.httpUrl,
    uptimerobotApiKey: optional(secret.token),
    betterstackApiUrl: address.httpUrl,
    betterstackApiToken: optional(secret.token),
    // The label of a domain.
    betterstackSubdomain: optional(slug(63)),
    statusPageUrl: optional(address.origin),
    statusPagePort: address.port,
    statusPageBindAddress: address.ipAddress,
    statusPageDockerHost: optional(address.dockerHost),
    statusPageCertificate: optional(secret.certificate),
    statusPagePrivateKey: optional(secret.privateKey),
  }),
  ci: section({
    // GitHub: owners of at most 39 characters, repositories of at most 100.
    repository: optional(
      text(
        /^(?=[^/]{1,39}\/)[A-Za-z0-9](-?[A-Za-z0-9])*\/(?!\.{1,2}$)(?!.*\.git$)[\w.-]{1,100}$/,
        "a GitHub repository such as acme/agentpay-monitoring",
      ),
    ),
    ownerId: integer(0, Number.MAX_SAFE_INTEGER),
    repositoryId: integer(0, Number.MAX_SAFE_INTEGER),
    oidcProviderArn: optional(amazon.oidcProviderArn),
    stateBucket: optional(amazon.bucket),
    stateKmsKeyArn: optional(amazon.kmsKeyArn),
    permissionsBoundaryArn: optional(amazon.policyArn),
  }),
  database: platform({
    family: amazon.parameterGroupFamily,
    slowQueryMilliseconds: integer(1, 3_600_000),
    autoExplainMilliseconds: integer(0, 3_600_000),
    instanceIdentifier: optional(amazon.instanceIdentifier),
    replicaIdentifiers: list(amazon.instanceIdentifier, "a list of RDS instances", amazon.MOST_REPLICAS),
  }),
  ...pagerSections,
  notifications: section({
    emails: list(email, "a list of email addresses"),
    smsNumbers: list(phoneNumber, "a list of phone numbers"),
    slackWebhookUrl: optional(secret.webhookUrl),
    slackChannel,
    smtpHost: optional(address.hostAndPort),
    smtpFrom: optional(email),
    smtpUsername: optional(name(255)),
    smtpPassword: optional(secret.password),
    smtpRequireTls: trueOrFalse,
  }),
  metrics: platform({
    dockerHost: address.dockerHost,
    engine: oneOf(["container", "amp", "remote"]),
    remoteWriteUrl: optional(address.httpUrl),
    remoteQueryUrl: optional(address.httpUrl),
    // RFC 7617: a user's name has no colon.
    remoteUsername: optional(name(255, /^[^:]+$/)),
    remotePassword: optional(secret.password),
    remoteTenant: optional(tenant),
    remoteRuler: oneOf(["prometheus", "vmalert"], "prometheus or vmalert"),
    remoteRulesUrl: optional(address.httpUrl),
    remoteAlertmanagerUrl: optional(address.httpUrl),
    remoteRulerTargets: targets,
    replicas: z.literal([1, 2], "1 or 2"),
    bindAddress: address.ipAddress,
    prometheusPort: address.port,
    alertmanagerPort: address.port,
    prometheusReplicaPort: address.port,
    alertmanagerReplicaPort: address.port,
    blackboxPort: address.port,
    grafanaPort: address.port,
    grafanaUrl: optional(address.origin),
    grafanaAdminPassword: secret.adminPassword,
    grafanaSecretKey: secret.encryptionKey,
    databaseAddress: optional(address.hostAndPort),
    databaseName: postgresName,
    databaseUser: monitoringRole,
    databasePassword: optional(secret.password),
    databaseTls: oneOf(["disable", "require", "verify-full"], "disable, require or verify-full"),
    applicationNetwork: optional(dockerNetwork),
    // Objectives look back 30 days: with less than 32 days of samples their numbers are silently wrong.
    retentionDays: integer(32, 3650),
    // 0 would be no limit; Prometheus counts in 64 bits.
    retentionSize: text(/^[1-9](\d{0,4}(GB|TB)|\d{3,4}MB)$/, "a size such as 20GB, of a gigabyte or more"),
    scrapeIntervalSeconds: integer(1, 60),
    apiTargets: targets.min(1, "at least one host:port"),
    workerTargets: targets,
    postgresTargets: targets,
    redisTargets: targets,
    targetsFolder: optional(address.folder),
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

/** The sections that are right by themselves. */
export type Sections = Partial<Parsed>;

type NamesOfSecrets<Section> = Section extends object
  ? {
      [Name in keyof Section & string]: NonNullable<Section[Name]> extends Secret ? Name : never;
    }[keyof Section & string]
  : never;
export type SecretKey = {
  [Name in keyof Parsed & string]: `${Name}.${NamesOfSecrets<Parsed[Name]>}`;
}[keyof Parsed & string];

/** Keys whose values are secret: the command that sets them says so, and no message may show a value. */
export const secretKeys = secret.secretKeysOf(settingsSchema) as readonly SecretKey[];
