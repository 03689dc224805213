/** Settings that must be refused: each kind of value, the keys that hold one, and what is wrong with it. */

/** A value of a kind, and what the refusal says of it. */
type Bad = readonly [value: unknown, says: RegExp];

interface Kind {
  readonly keys: readonly string[];
  readonly bad: readonly Bad[];
}

const LONG = "x".repeat(5000);
const WRONG_TYPES: readonly Bad[] = [
  [5, /found: {4}a number/],
  [true, /found: {4}a boolean/],
  [["a"], /found: {4}a list/],
  [{ a: 1 }, /found: {4}a map/],
];

const address: readonly Bad[] = [
  ["https://shop.example.net:99999", /port is not from 1 to 65535/],
  ["https://shop.example.net:0", /port is not/],
  ["https://shop.example.net:", /port is not/],
  ["https://[", /IPv6/],
  ["https://[::1", /IPv6/],
  ["https://[::g]", /IPv6/],
  ["https://2001:db8::1", /brackets/],
  ["https://%", /host is no name/],
  ["https://a..b", /host is no name/],
  ["https://-a.example.com", /host is no name/],
  ["https://1.2.3.256", /no IPv4/],
  ["https://1.2.3", /no IPv4/],
  ["https://0.0.0.0", /no single host/],
  ["https://255.255.255.255", /no single host/],
  ["https://224.0.0.1:9090", /no single host/],
  ["https://[::]", /no single host/],
  ["https://[ff02::1]", /no single host/],
  [`https://${"a".repeat(64)}.example.com`, /host is no name/],
  ["https://user:password@shop.example.net", /login/],
  ["https://token@shop.example.net", /login/],
  ["https://{{ .Labels.x }}.example.com", /template/],
  ["https://${HOST}", /template/],
  ["https://shop.example.net?token=1", /query/],
  ["https://shop.example.net#a", /fragment/],
  ["https://exämple.com", /host is no name/],
  ["https://api example.com", /host is no name/],
  ["https://shop.example.net\nHost: x", /host is no name|path has|port is/],
  [`https://${LONG}`, /longer than/],
  ["ftp://shop.example.net", /http\(s\)/],
  ["//shop.example.net", /http\(s\)/],
  ["javascript:alert(1)", /http\(s\)/],
  ["https://", /http\(s\)/],
  ["https:///path", /http\(s\)/],
];

const host: readonly Bad[] = [
  ["db.example.com", /host:port/],
  ["db.example.com:", /port is not/],
  ["db.example.com:0", /port is not/],
  ["db.example.com:65536", /port is not/],
  ["db.example.com:http", /port is not/],
  ["db.example.com:05432", /port is not/],
  [":5432", /host:port/],
  ["::1:5432", /brackets/],
  ["[::g]:5432", /IPv6/],
  ["postgres://db:5432", /no name/],
  ["user@db:5432", /no name/],
  ["{{ host }}:5432", /no name/],
  ["db,other:5432", /no name/],
  ["db\n:5432", /no name/],
  ["300.1.1.1:5432", /no IPv4/],
  ["0.0.0.0:5432", /no single host/],
  ["[::]:5432", /no single host/],
];

const email: readonly Bad[] = [
  ["oncall", /email/],
  ["on call@agentpay.com", /email/],
  ["oncall@agentpay", /email/],
  ["a@b@agentpay.com", /email/],
  ["a,b@agentpay.com", /email/],
  ["{{a}}@agentpay.com", /email/],
  ["oncall@-agentpay.com", /email/],
  ["oncall@agentpay-.com", /email/],
  [".a@agentpay.com", /email/],
  ["a..b@agentpay.com", /email/],
  ["Ana <ana@agentpay.com>", /email/],
  ["ana@agentpay.com\nBcc: x@y.com", /email/],
  [`${"a".repeat(65)}@agentpay.com`, /64 characters before/],
  [`a@${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.${"e".repeat(60)}.${"f".repeat(20)}.com`, /254/],
];

const text: readonly Bad[] = [
  ["a\nb", /line break/],
  ["a\0b", /can't be seen/],
  ["a\u2028b", /can't be seen/],
  ["a\u202eb", /can't be seen/],
  ["a\ufeffb", /can't be seen/],
  ["a\ud800b", /can't be seen/],
  [" a", /space/],
  ["a ", /space/],
  ["{{ a }}", /template/],
  ["${a}", /template/],
  [LONG, /longer than/],
];

const secret: readonly Bad[] = [
  ["line\nbreak", /line break/],
  ["ends-with-one\n", /line break/],
  ["nul\0byte", /can't be seen/],
  ["half-\ud800-a-sign", /can't be seen/],
  ["no-width-\u200b-here", /can't be seen/],
  [" space-before", /space/],
  [LONG, /longer than/],
];

const port: readonly Bad[] = [
  [0, /from 1 to 65535/],
  [-1, /from 1 to 65535/],
  [65_536, /from 1 to 65535/],
  [1.5, /from 1 to 65535/],
  [1e300, /from 1 to 65535/],
  ["9090", /from 1 to 65535/],
];

const ip: readonly Bad[] = [
  ["localhost", /IP address/],
  ["256.0.0.1", /IP address/],
  ["1.2.3", /IP address/],
  ["[::1]", /IP address/],
  ["fe80::1%eth0", /IP address/],
  ["::ffff:0.0.0.0", /IP address/],
  ["10.0.0.0/8", /IP address/],
  ["255.255.255.255", /IP address/],
  ["224.0.0.1", /IP address/],
  ["ff02::1", /IP address/],
];

const engine: readonly Bad[] = [
  ["monitoring.example.com", /unix:\/\//],
  ["http://monitoring.example.com", /unix:\/\//],
  ["tcp://monitoring.example.com:2375", /not encrypted/],
  ["tcp://10.0.0.5:2376", /not encrypted/],
  ["tcp://localhost", /unix:\/\//],
  ["tcp://localhost:99999", /port is not/],
  ["ssh://", /unix:\/\//],
  ["ssh://deploy:password@monitoring.example.com", /password/],
  ["ssh://-oProxyCommand=x", /no name/],
  ["ssh://a b", /spaces/],
  ["unix://docker.sock", /absolute path/],
  ["unix:///../var/run/docker.sock", /absolute path/],
  ["unix:///var/run/../x y", /spaces/],
];

const account = (path: string): readonly Bad[] => [
  [path.replace("111122223333", "999988887777"), /account aws.accountId/],
  [path.replace("arn:aws:", "arn:aws-cn:"), /ARN/],
  [path.replace("111122223333", "1"), /ARN/],
  [`${path}*`, /ARN/],
  [`${path} `, /ARN/],
  ["*", /ARN/],
];

const flag: readonly Bad[] = [
  ["yes", /true or false/],
  ["true", /true or false/],
  [1, /true or false/],
];

const dollars: readonly Bad[] = [
  [0.5, /whole number/],
  [-1, /whole number/],
  ["100", /whole number/],
  [1e12, /whole number/],
  [Number.NaN, /whole number/],
];

const share: readonly Bad[] = [
  ["1.1", /from 0 to 1/],
  ["-0.1", /from 0 to 1/],
  ["1e-1", /from 0 to 1/],
  [".5", /from 0 to 1/],
  ["50%", /from 0 to 1/],
  [`0.${"1".repeat(400)}`, /from 0 to 1/],
  [0.5, /from 0 to 1/],
];

const zone: readonly Bad[] = [
  ["Mars/Olympus", /time zone/],
  ["europe/berlin", /time zone/],
  ["EUROPE/BERLIN", /time zone/],
  ["ASIA/KOLKATA", /time zone/],
  ["+01:00", /time zone/],
  ["Europe/Berlin ", /time zone/],
  ["../Europe/Berlin", /time zone/],
  // JavaScript takes them, and nobody else: BST is Bangladesh's.
  ["BST", /time zone/],
  ["IST", /time zone/],
  ["PST", /time zone/],
  ["SystemV/AST4", /time zone/],
  ["US/Pacific-New", /time zone/],
];

const words: readonly Bad[] = [
  ["", /./],
  ["other", /./],
  ["CONTAINER", /./],
];

/** By the name of the kind. Together they have every key of Pulumi.yaml. */
export const kinds: Readonly<Record<string, Kind>> = {
  "address without a path": {
    keys: [
      "docs.grafanaUrl",
      "aws.endpointUrl",
      "datadog.apiUrl",
      "uptime.apiUrl",
      "uptime.statusPageUrl",
      "pagerduty.apiUrl",
      "pagerduty.eventsUrl",
      "metrics.grafanaUrl",
    ],
    bad: [
      ...address,
      ["https://shop.example.net/", /has a path/],
      ["https://shop.example.net/v1", /has a path/],
    ],
  },
  address: {
    keys: [
      "docs.runbookBaseUrl",
      "cost.report.prometheusUrl",
      "uptime.widgetUrl",
      "uptime.uptimerobotApiUrl",
      "uptime.betterstackApiUrl",
      "metrics.remoteWriteUrl",
      "metrics.remoteQueryUrl",
      "metrics.remoteRulesUrl",
      "metrics.remoteAlertmanagerUrl",
    ],
    bad: [
      ...address,
      ["https://shop.example.net/", /slash/],
      ["https://shop.example.net/a/../b", /dotted parts/],
      ["https://shop.example.net//b", /empty/],
      ["https://shop.example.net/%zz", /escape/],
      ["https://shop.example.net/a b", /escaped/],
      ["https://shop.example.net/<b>", /escaped/],
      ["https://shop.example.net/|x", /escaped/],
    ],
  },
  "Sentry's address": {
    keys: ["sentry.apiUrl"],
    bad: [
      ["https://user:password@sentry.io/api/", /login/],
      ["https://sentry.io:99999/api/", /port is not/],
      ["https://[/api/", /IPv6/],
      ["http://sentry.example.com/api/", /https/],
      ["https://sentry.io/api", /ends in \/api\//],
    ],
  },
  path: {
    keys: ["uptime.websocketPath"],
    bad: [
      ["ws", /a path/],
      ["/", /a path/],
      ["/a b", /escaped/],
      ["/ws?token=secret", /query/],
      ["/ws\r\nX: 1", /escaped|./],
      ["/../ws", /dotted/],
      ["/{{ws}}", /template/],
      [`/${LONG}`, /longer/],
    ],
  },
  folder: {
    keys: ["logs.directory", "metrics.targetsFolder"],
    bad: [
      ["var/log", /absolute path/],
      ["/", /absolute path/],
      ["/var/log/", /absolute path/],
      ["/proc/self", /system's own/],
      ["/sys", /system's own/],
      ["/dev/shm", /system's own/],
      ["/etc", /system's own/],
      ["/var", /system's own/],
      // Where Docker's socket is.
      ["/var/run", /system's own/],
      ["/var/run/docker", /system's own/],
      ["/run/user/1000", /system's own/],
      ["/var/lib/docker/volumes", /system's own/],
      ["/root/.ssh", /system's own/],
      ["/etc/ssh", /system's own/],
      ["/etc/cron.d", /system's own/],
      ["/etc/shadow", /system's own/],
      ["/home/deploy/.ssh", /system's own/],
      ["/var/../etc", /absolute path/],
      ["/var/my logs", /absolute path/],
      ["/var/*", /absolute path/],
      ["/var/$(reboot)", /absolute path/],
      ["/var/'log", /absolute path/],
      [`/${LONG}`, /absolute path/],
      ["C:\\logs", /absolute path/],
    ],
  },
  "host and port": { keys: ["notifications.smtpHost", "metrics.databaseAddress"], bad: host },
  email: {
    keys: [
      "cost.report.sender",
      "pagerduty.engineerA",
      "pagerduty.engineerB",
      "pagerduty.engineeringManager",
      "notifications.smtpFrom",
    ],
    bad: email,
  },
  text: {
    keys: [
      "sentry.slackIntegration",
      "sentry.pagerDutyIntegration",
      "uptime.widgetKeyword",
      "notifications.smtpUsername",
      "metrics.remoteUsername",
    ],
    bad: [...text, ...WRONG_TYPES],
  },
  "database name": {
    keys: ["metrics.databaseName", "metrics.databaseUser"],
    bad: [
      ...text,
      ["1a", /a text/],
      ["a b", /a text/],
      ["a;drop", /a text/],
      ["a".repeat(64), /longer than 63/],
      ["", /a text/],
      ["rdsadmin", /a text/],
    ],
  },
  database: { keys: ["metrics.databaseName"], bad: [["template0", /a text/]] },
  "database user": {
    keys: ["metrics.databaseUser"],
    bad: [
      ["postgres", /a text/],
      ["root", /a text/],
      ["rds_superuser", /a text/],
      ["pg_monitor", /a text/],
      ["public", /a text/],
      ["none", /a text/],
    ],
  },
  network: {
    keys: ["metrics.applicationNetwork"],
    bad: [
      ["host", /a text/],
      ["none", /a text/],
      ["bridge", /a text/],
      ["-a", /a text/],
      ["a/b", /a text/],
      ...WRONG_TYPES,
    ],
  },
  tenant: {
    keys: ["metrics.remoteTenant"],
    bad: [
      ["a|b", /a text/],
      ["..", /a text/],
      ["a/b", /a text/],
      ["a".repeat(151), /longer than 150/],
      ["__mimir_cluster", /a text/],
    ],
  },
  profile: {
    keys: ["aws.profile"],
    bad: [
      ["a b", /profile/],
      ["[default]", /profile/],
      ["a\nb", /profile/],
      ["-x", /profile/],
    ],
  },
  slug: {
    keys: ["owner", "sentry.organization", "uptime.betterstackSubdomain"],
    bad: [
      ["Platform Team", /slug/],
      ["-a", /slug/],
      ["a_b", /slug/],
      ["a".repeat(300), /at most/],
      ["ä", /slug/],
      ["a\n", /slug/],
      ...WRONG_TYPES,
    ],
  },
  secret: {
    keys: [
      "sentry.token",
      "datadog.apiKey",
      "datadog.applicationKey",
      "uptime.uptimerobotApiKey",
      "uptime.betterstackApiToken",
      "pagerduty.token",
      "notifications.smtpPassword",
      "metrics.databasePassword",
      "metrics.remotePassword",
      "metrics.grafanaAdminPassword",
    ],
    bad: [...secret, ...WRONG_TYPES],
  },
  "admin's password": {
    keys: ["metrics.grafanaAdminPassword"],
    bad: [
      ["admin", /8 characters/],
      ["short", /8 characters/],
      ["aaaaaaaa", /tried first/],
      ["password", /tried first/],
      ["Grafana-2026!", /tried first/],
      ["admin12345", /tried first/],
      ["12345678901234", /tried first/],
      ["grafana-admin", /tried first/],
      ["Monitoring_Secret1", /tried first/],
    ],
  },
  "encryption key": {
    keys: ["metrics.grafanaSecretKey"],
    bad: [
      ["SW2YcwTIb9zpOOhoPsMm", /32 characters/],
      ["a".repeat(31), /32 characters/],
      ["a".repeat(64), /32 characters/],
      ["0123".repeat(8), /32 characters/],
      [`${"a".repeat(32)}\n`, /line break/],
      ...WRONG_TYPES,
    ],
  },
  token: {
    keys: ["sentry.token", "pagerduty.token"],
    bad: [
      ["two words", /no token/],
      ["tökén", /no token/],
      ...[
        "changeme",
        "<token>",
        "$TOKEN",
        "$" + "{TOKEN}",
        "{{ token }}",
        "null",
        "your-token-here",
        "xxxxxxxx",
      ].map((value) => [value, /stands for a value/] as const),
    ],
  },
  webhook: {
    keys: ["notifications.slackWebhookUrl"],
    bad: [
      ["hooks.slack.com/services/T/B/x", /http\(s\)/],
      ["http://hooks.slack.com/services/T/B/x", /https/],
      ["https://user:password@hooks.slack.com/services", /login/],
      ["https://hooks.slack.com:99999/services", /port/],
      ["https://hooks.slack.com", /no path/],
    ],
  },
  pem: {
    keys: ["uptime.statusPageCertificate", "uptime.statusPagePrivateKey"],
    bad: [
      ["MIIB", /PEM/],
      ["-----BEGIN CERTIFICATE-----", /PEM/],
      ["-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----", /PEM/],
      ["/etc/ssl/private.pem", /PEM/],
    ],
  },
  port: {
    keys: [
      "uptime.statusPagePort",
      "metrics.prometheusPort",
      "metrics.alertmanagerPort",
      "metrics.prometheusReplicaPort",
      "metrics.alertmanagerReplicaPort",
      "metrics.blackboxPort",
      "metrics.grafanaPort",
    ],
    bad: port,
  },
  "IP address": { keys: ["uptime.statusPageBindAddress", "metrics.bindAddress"], bad: ip },
  "Docker Engine": { keys: ["uptime.statusPageDockerHost", "metrics.dockerHost"], bad: engine },
  role: {
    keys: ["aws.alertingRoleArn"],
    bad: [
      ...account("arn:aws:iam::111122223333:role/monitoring"),
      ["arn:aws:iam::111122223333:root", /ARN/],
      ["arn:aws:iam::111122223333:group/x", /ARN/],
      [`arn:aws:iam::111122223333:role/${"x".repeat(65)}`, /ARN/],
    ],
  },
  boundary: {
    keys: ["ci.permissionsBoundaryArn"],
    bad: [
      ...account("arn:aws:iam::111122223333:policy/boundary"),
      ["arn:aws:iam::aws:policy/AdministratorAccess", /ARN/],
      ["arn:aws:iam::111122223333:role/x", /ARN/],
    ],
  },
  key: {
    keys: ["logs.kmsKeyArn", "ci.stateKmsKeyArn"],
    bad: [
      ...account("arn:aws:kms:eu-central-1:111122223333:key/0f4b8f3e-6f0a-4b0e-9d57-6a3c1c0d2e11"),
      ["arn:aws:kms:eu-central-1:111122223333:key/*", /KMS key/],
      ["arn:aws:kms:eu-central-1:111122223333:alias/pulumi", /KMS key/],
      ["0f4b8f3e-6f0a-4b0e-9d57-6a3c1c0d2e11", /KMS key/],
    ],
  },
  monitor: {
    keys: ["cost.anomalyMonitorArn"],
    bad: account("arn:aws:ce::111122223333:anomalymonitor/0f4b8f3e-6f0a-4b0e-9d57-6a3c1c0d2e11"),
  },
  "OIDC provider": {
    keys: ["ci.oidcProviderArn"],
    bad: [
      ...account("arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"),
      ["arn:aws:iam::111122223333:oidc-provider/evil.example.com", /ending in/],
    ],
  },
  region: {
    keys: ["aws.region"],
    bad: [
      ["Frankfurt", /region/],
      ["eu-central", /region/],
      ["cn-north-1", /region/],
      ["us-gov-west-1", /region/],
      ["eu-central-1a", /region/],
      ["us-moon-1", /region/],
    ],
  },
  account: {
    keys: ["aws.accountId"],
    bad: [
      ["1", /12 digits/],
      ["1111-2222-3333", /12 digits/],
      [111_122_223_333, /12 digits/],
      ["11112222333a", /12 digits/],
      ["000000000000", /12 digits/],
    ],
  },
  bucket: {
    keys: ["ci.stateBucket"],
    bad: [
      ["s3://bucket", /S3 bucket/],
      ["Bucket", /S3 bucket/],
      ["a", /S3 bucket/],
      ["a..b", /S3 bucket/],
      ["192.168.1.1", /S3 bucket/],
      ["xn--bucket", /S3 bucket/],
      ["bucket-s3alias", /S3 bucket/],
      ["bucket/*", /S3 bucket/],
      ["a".repeat(64), /S3 bucket/],
    ],
  },
  repository: {
    keys: ["ci.repository"],
    bad: [
      ["monitoring", /repository/],
      ["acme/*", /repository/],
      ["*/x", /repository/],
      ["acme/..", /repository/],
      ["-acme/x", /repository/],
      ["https://github.com/acme/x", /repository/],
      ["acme/x.git", /repository/],
      [`${"a".repeat(40)}/x`, /repository/],
    ],
  },
  "Sentry's number": {
    keys: ["sentry.pagerDutyService"],
    bad: [
      ["PABC123", /number/],
      ["0", /number/],
      ["1".repeat(40), /number/],
      [5, /number/],
    ],
  },
  family: {
    keys: ["database.family"],
    bad: [
      ["mysql8.0", /family/],
      ["postgres", /family/],
      ["postgres9", /family/],
      ["postgres12", /family/],
      ["postgres999", /family/],
    ],
  },
  instance: {
    keys: ["database.instanceIdentifier"],
    bad: [
      ["AgentPay", /identifier/],
      ["a--b", /identifier/],
      ["a-", /identifier/],
      ["1a", /identifier/],
      ["a".repeat(64), /identifier/],
    ],
  },
  loadBalancer: {
    keys: ["aws.loadBalancer"],
    bad: [
      ["agentpay", /Load Balancer/],
      ["net/agentpay/50dc6c495c0c9188", /Application/],
      ["app/agentpay", /Load Balancer/],
      ["app/agentpay/50DC6C495C0C9188", /Load Balancer/],
      [
        "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/agentpay/50dc6c495c0c9188",
        /end of its ARN/,
      ],
    ],
  },
  site: {
    keys: ["datadog.site"],
    bad: [
      ["", /site/],
      ["datadog", /site/],
      ["https://datadoghq.eu", /site/],
      ["datadoghq.evil.com", /site/],
      ["us3.datadoghq.eu", /site/],
      ["evil.com", /site/],
    ],
  },
  channel: {
    keys: ["notifications.slackChannel"],
    bad: [
      ["alerts", /#alerts/],
      ["#Alerts", /#alerts/],
      ["#a b", /#alerts/],
      ["#{{alerts}}", /#alerts/],
      ["#", /#alerts/],
      [`#${"a".repeat(81)}`, /#alerts/],
      ["#a.b", /#alerts/],
      ["##a", /#alerts/],
    ],
  },
  flag: {
    keys: [
      "sentry.enabled",
      "aws.enabled",
      "uptime.enabled",
      "database.enabled",
      "pagerduty.enabled",
      "metrics.enabled",
      "cost.report.enabled",
      "uptime.verifyCertificates",
      "pagerduty.groupAlerts",
      "notifications.smtpRequireTls",
    ],
    bad: flag,
  },
  dollars: {
    keys: [
      "cost.monthlyBudgetUsd",
      "cost.dailyBudgetUsd",
      "cost.anomalyImpactUsd",
      "cost.report.monthlyBudgetUsd",
    ],
    bad: dollars,
  },
  "GitHub's ids": {
    keys: ["ci.ownerId", "ci.repositoryId"],
    bad: [
      [-1, /whole number/],
      [1.5, /whole number/],
      ["acme", /whole number/],
    ],
  },
  share: { keys: ["sentry.tracesSampleRate", "sentry.profilesSampleRate"], bad: share },
  zone: { keys: ["cost.report.timeZone", "pagerduty.timeZone"], bad: zone },
  hour: {
    keys: ["cost.report.hour"],
    bad: [
      [24, /0 to 23/],
      [-1, /0 to 23/],
      ["7", /0 to 23/],
      [7.5, /0 to 23/],
    ],
  },
  "rota's start": {
    keys: ["pagerduty.rotationStart"],
    bad: [
      ["2024-01-02T00:00:00Z", /Monday/],
      ["2024-01-01", /Monday/],
      ["2021-02-29T00:00:00Z", /Monday/],
      ["0001-01-01T00:00:00Z", /Monday/],
      ["2030-01-07T00:00:00Z", /Monday/],
    ],
  },
  size: {
    keys: ["metrics.retentionSize"],
    bad: [
      ["0GB", /20GB/],
      ["1MB", /20GB/],
      ["999MB", /20GB/],
      ["20", /20GB/],
      ["-1GB", /20GB/],
      ["20 GB", /20GB/],
      ["1.5GB", /20GB/],
      ["99999999999TB", /20GB/],
      ["20gb", /20GB/],
    ],
  },
  days: {
    keys: ["metrics.retentionDays"],
    bad: [
      [31, /32/],
      [40.5, /32/],
      [1e9, /3650/],
      ["40", /32/],
    ],
  },
  retention: {
    keys: ["logs.retentionDays"],
    bad: [
      [0, /one of/],
      [31, /one of/],
      ["30", /one of/],
    ],
  },
  milliseconds: {
    keys: ["database.slowQueryMilliseconds", "database.autoExplainMilliseconds"],
    bad: [
      [-1, /whole number/],
      [0.5, /whole number/],
      ["1s", /whole number/],
      [1e10, /whole number/],
    ],
  },
  seconds: {
    keys: [
      "uptime.probeIntervalSeconds",
      "uptime.route53IntervalSeconds",
      "uptime.vendorIntervalSeconds",
      "metrics.scrapeIntervalSeconds",
    ],
    bad: [
      [-1, /found/],
      [9.5, /found/],
      [1e9, /found/],
      ["60", /found/],
    ],
  },
  replicas: {
    keys: ["metrics.replicas"],
    bad: [
      [0, /1 or 2/],
      [3, /1 or 2/],
      ["2", /1 or 2/],
    ],
  },
  word: {
    keys: ["logs.platform", "metrics.engine", "metrics.remoteRuler", "metrics.databaseTls"],
    bad: words,
  },
  threshold: {
    keys: ["alertThresholds.HighDailyCost"],
    bad: [
      [0, /above 0/],
      [-1, /above 0/],
      [1e-320, /above 0/],
      [1e300, /above 0/],
      ["1e3", /above 0/],
      [Number.POSITIVE_INFINITY, /above 0/],
      ["", /above 0/],
      [true, /above 0/],
    ],
  },
  "threshold of a share": {
    keys: ["alertThresholds.HighErrorRate"],
    bad: [
      [1, /share below 1/],
      ["5", /share below 1/],
    ],
  },
  "threshold of a percentage": {
    keys: ["alertThresholds.HostMemoryHigh", "alertThresholds.HostDiskFull"],
    bad: [
      [100, /below 100/],
      [250, /below 100/],
    ],
  },
  "minutes without a line": {
    keys: ["alertThresholds.LogsMissing"],
    bad: [
      [1441, /1440/],
      [0.5, /1440/],
      [15.5, /1440/],
    ],
  },
};

/** Lists: key, bad list, and the item that is named. */
export const lists: readonly (readonly [key: string, value: unknown, item: number, says: RegExp])[] = [
  ["notifications.emails", ["a@x.com", "A@x.com"], 1, /twice/],
  ["notifications.emails", ["a@x.com", "b"], 1, /email/],
  ["notifications.emails", "a@x.com", 0, /a list/],
  ["notifications.emails", [null], 0, /email/],
  ["notifications.smsNumbers", ["+15550100123", "+15550100124", "+15550100123"], 2, /twice/],
  ["notifications.smsNumbers", ["15550100123"], 0, /phone/],
  ["notifications.smsNumbers", ["+0550100123"], 0, /phone/],
  ["notifications.smsNumbers", ["+1 555 0100123"], 0, /phone/],
  ["notifications.smsNumbers", ["+1555010012345678"], 0, /phone/],
  ["cost.report.recipients", ["a@x.com", "a@x.com"], 1, /twice/],
  ["cost.report.recipients", [], 0, /at least one/],
  ["cost.report.recipients", Array.from({ length: 51 }, (_, index) => `a${index}@x.com`), 0, /at most 50/],
  ["cost.report.subnetIds", ["vpc-1"], 0, /subnet/],
  ["cost.report.subnetIds", ["subnet-xyz"], 0, /subnet/],
  ["cost.report.subnetIds", ["subnet-0c1a2b3d", "subnet-0c1a2b3d"], 1, /twice/],
  ["cost.report.securityGroupIds", ["default"], 0, /security group/],
  ["cost.report.securityGroupIds", ["sg-0c1a2b3d", "sg-0c1a2b3d"], 1, /twice/],
  ["uptime.checkers", ["blackbox", "blackbox"], 1, /twice/],
  ["uptime.checkers", ["pingdom"], 0, /one of/],
  ["uptime.checkers", [], 0, /at least one/],
  ["aws.targetGroups", ["agentpay-api"], 0, /target group/],
  ["aws.targetGroups", ["app/agentpay/50dc6c495c0c9188"], 0, /target group/],
  ["database.replicaIdentifiers", ["Reader"], 0, /identifier/],
  ["database.replicaIdentifiers", ["reader", "reader"], 1, /twice/],
  ["metrics.apiTargets", ["api:8000", "API:8000"], 1, /twice/],
  ["metrics.apiTargets", ["[::1]:8000", "[0:0:0:0:0:0:0:1]:8000"], 1, /twice/],
  ["metrics.apiTargets", ["api:0"], 0, /port/],
  ["metrics.apiTargets", [], 0, /at least one/],
  ["metrics.workerTargets", ["http://worker:10000"], 0, /host:port|no name/],
  ["metrics.workerTargets", ["worker:10000", "worker:10000"], 1, /twice/],
  ["metrics.postgresTargets", ["::1:9187"], 0, /brackets/],
  ["metrics.postgresTargets", ["a:1", "a:1"], 1, /twice/],
  ["metrics.redisTargets", [["redis:9121"]], 0, /host:port/],
  ["metrics.remoteRulerTargets", ["mimir"], 0, /host:port/],
  ["metrics.redisTargets", ["a:1", "a:1"], 1, /twice/],
  ["metrics.apiTargets", ["dns+api.internal"], 0, /host:port/],
  ["metrics.apiTargets", ["dns+api internal:8000"], 0, /no name/],
  ["metrics.apiTargets", ["dns+10.0.0.1:8000"], 0, /needs no DNS/],
  ["metrics.apiTargets", ["dns+api.internal:8000", "dns+API.internal:8000"], 1, /twice/],
  ["metrics.apiTargets", ["DNS+api.internal:8000"], 0, /no name/],
  ["metrics.workerTargets", ["dnssrv+_metrics._tcp.worker.internal:10000"], 0, /no name/],
  ["metrics.workerTargets", ["dnssrv+"], 0, /no name/],
  ["metrics.workerTargets", ["ec2+agentpay-worker:10000"], 0, /Tag=value:port/],
  ["metrics.workerTargets", ["ec2+Service=*:10000"], 0, /Tag=value:port/],
  ["metrics.workerTargets", ["ec2+Service=worker:0"], 0, /port/],
  ["metrics.workerTargets", ["ec2+Service=worker"], 0, /Tag=value:port/],
  ["metrics.redisTargets", ["file+../redis.json"], 0, /no folder/],
  ["metrics.redisTargets", ["file+redis.txt"], 0, /\.json/],
  ["metrics.redisTargets", ["file+*.json"], 0, /no folder/],
  ["metrics.redisTargets", ["consul+redis:9121"], 0, /no name/],
];

const KEY = "arn:aws:kms:eu-central-1:111122223333:key/0f4b8f3e-6f0a-4b0e-9d57-6a3c1c0d2e11";

/** Values that are right by themselves, and wrong together: the key that is refused, and why. */
export const combinations: readonly (readonly [
  overrides: Readonly<Record<string, unknown>>,
  key: string,
  says: RegExp,
])[] = [
  [
    { "metrics.alertmanagerPort": 9090 },
    "metrics.alertmanagerPort",
    /another port than that of metrics.prometheusPort/,
  ],
  [{ "metrics.grafanaPort": 9115 }, "metrics.grafanaPort", /metrics.blackboxPort/],
  [
    { "metrics.workerTargets": ["worker:10000", "file+workers.json"] },
    "metrics.workerTargets[1]",
    /metrics.targetsFolder/,
  ],
  [
    { "aws.endpointUrl": "https://aws.example", "metrics.apiTargets": ["ec2+Service=api:8000"] },
    "metrics.apiTargets[0]",
    /only AWS knows instances/,
  ],
  [{ "uptime.statusPagePort": 3001 }, "uptime.statusPagePort", /metrics.grafanaPort/],
  [
    { "metrics.replicas": 2, "metrics.prometheusReplicaPort": 9090 },
    "metrics.prometheusReplicaPort",
    /another port/,
  ],
  [{ "metrics.replicas": 2, "metrics.alertmanagerReplicaPort": 3001 }, "metrics.grafanaPort", /another port/],
  [
    { "cost.report.timeZone": "Europe/Berlin", "cost.report.hour": 2 },
    "cost.report.hour",
    /leaves this one out/,
  ],
  [
    { "cost.report.timeZone": "America/New_York", "cost.report.hour": 2 },
    "cost.report.hour",
    /leaves this one out/,
  ],
  [
    { "cost.report.timeZone": "Europe/London", "cost.report.hour": 1 },
    "cost.report.hour",
    /leaves this one out/,
  ],
  [
    { "cost.report.timeZone": "Africa/Cairo", "cost.report.hour": 0 },
    "cost.report.hour",
    /leaves this one out/,
  ],
  [{ "uptime.apiUrl": "http://api.agentpay.com" }, "uptime.apiUrl", /https/],
  [{ "uptime.widgetUrl": "http://cdn.agentpay.com/widget.js" }, "uptime.widgetUrl", /https/],
  [{ "uptime.statusPageUrl": "http://status.agentpay.com" }, "uptime.statusPageUrl", /https/],
  [{ "docs.grafanaUrl": "http://grafana.agentpay.com" }, "docs.grafanaUrl", /https/],
  [{ "docs.runbookBaseUrl": "http://docs.agentpay.com" }, "docs.runbookBaseUrl", /https/],
  [{ "metrics.grafanaUrl": "http://grafana.agentpay.com" }, "metrics.grafanaUrl", /a secret travels/],
  [{ "pagerduty.eventsUrl": "http://events.pagerduty.com" }, "pagerduty.eventsUrl", /a secret travels/],
  [{ "pagerduty.apiUrl": "http://api.pagerduty.com" }, "pagerduty.apiUrl", /a secret travels/],
  [{ "datadog.apiUrl": "http://api.datadoghq.eu" }, "datadog.apiUrl", /a secret travels/],
  [
    { "uptime.uptimerobotApiUrl": "http://api.uptimerobot.com/v3" },
    "uptime.uptimerobotApiUrl",
    /a secret travels/,
  ],
  [
    { "uptime.betterstackApiUrl": "http://uptime.betterstack.com/api" },
    "uptime.betterstackApiUrl",
    /a secret travels/,
  ],
  [
    { "metrics.remoteWriteUrl": "http://mimir.example.com/push" },
    "metrics.remoteWriteUrl",
    /a secret travels/,
  ],
  [
    { "metrics.remoteQueryUrl": "http://mimir.example.com/prometheus" },
    "metrics.remoteQueryUrl",
    /a secret travels/,
  ],
  [{ "metrics.databaseTls": "disable" }, "metrics.databaseTls", /require or verify-full/],
  [{ "notifications.smtpRequireTls": false }, "notifications.smtpRequireTls", /same machine/],
  [{ "uptime.verifyCertificates": false }, "uptime.verifyCertificates", /self-signed/],
  [{ "pagerduty.engineerB": "ANA@agentpay.com" }, "pagerduty.engineerB", /someone else/],
  [{ "pagerduty.engineeringManager": "ben@agentpay.com" }, "pagerduty.engineeringManager", /someone else/],
  [
    { "ci.stateKmsKeyArn": KEY.replace("111122223333", "444455556666") },
    "ci.stateKmsKeyArn",
    /touches no other/,
  ],
  [{ "logs.kmsKeyArn": KEY.replace("eu-central-1", "us-east-1") }, "logs.kmsKeyArn", /region aws.region/],
  [{ "metrics.engine": "remote" }, "metrics.remoteWriteUrl", /engine is remote/],
  [
    { "metrics.remoteUsername": "a", "metrics.remotePassword": "" },
    "metrics.remotePassword",
    /remoteUsername is set/,
  ],
  [{ "aws.alertingRoleArn": "" }, "aws.alertingRoleArn", /heartbeat/],
  [{ "uptime.checkers": ["route53"] }, "uptime.checkers[1]", /none of the chosen/],
  ...[
    "localhost",
    "127.0.0.1",
    "10.0.0.5",
    "172.20.1.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.2.1",
    "203.0.113.9",
  ].map(
    (inside) => [{ "uptime.apiUrl": `https://${inside}` }, "uptime.apiUrl", /the internet reaches/] as const,
  ),
  [{ "uptime.apiUrl": "https://[::1]" }, "uptime.apiUrl", /the internet reaches/],
  [{ "uptime.apiUrl": "https://[fd00::1]:8443" }, "uptime.apiUrl", /the internet reaches/],
  [{ "uptime.apiUrl": "https://api" }, "uptime.apiUrl", /the internet reaches/],
  [{ "uptime.widgetUrl": "https://cdn.internal/widget.js" }, "uptime.widgetUrl", /the internet reaches/],
  [{ "uptime.statusPageUrl": "https://10.1.1.1" }, "uptime.statusPageUrl", /the internet reaches/],
  [{ "uptime.statusPageUrl": "https://api.agentpay.com" }, "uptime.statusPageUrl", /when the API is not/],
  [{ notifications: null }, "notifications", /a map/],
  [{ notifications: [] }, "notifications", /a map/],
  [{ docs: "https://grafana.agentpay.com" }, "docs", /a map/],
  [{ sentry: null }, "sentry", /a map/],
  [{ uptime: true }, "uptime", /a map/],
  [{ sentry: {} }, "sentry.enabled", /true or false/],
  [{ "cost.dailyBudgetUsd": 6000 }, "cost.dailyBudgetUsd", /at most cost.monthlyBudgetUsd/],
  [{ "aws.endpointUrl": "http://aws.example.com" }, "aws.endpointUrl", /a secret travels/],
  [
    { "metrics.apiTargets": ["api:8000"], "metrics.workerTargets": ["worker:8000", "API:8000"] },
    "metrics.workerTargets[1]",
    /another target than metrics.apiTargets\[0\]/,
  ],
];

/** Names of stacks, and what is said of each. */
export const stackNames: readonly (readonly [name: string, says: RegExp])[] = [
  ["Production", /production: what guards/],
  ["PRODUCTION", /production: what guards/],
  ["prod", /production: what guards/],
  ["production2", /production: what guards/],
  ["production-eu", /production: what guards/],
  ["Staging", /lower-case letters/],
  ["", /lower-case letters/],
  ["a b", /lower-case letters/],
  ["a.b", /lower-case letters/],
  ["-a", /lower-case letters/],
  ["a".repeat(25), /at most 24/],
  ["{{a}}", /lower-case letters/],
  ["../a", /lower-case letters/],
];
