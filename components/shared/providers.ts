/**
 * The only place where providers are made. Each stack file disables default providers, so a resource that was not
 * handed one of these is an error, and no account can be picked up from the environment by accident.
 */
import { Provider as AwsProvider } from "@pulumi/aws/provider.js";
import { Provider as DatadogProvider } from "@pulumi/datadog/provider.js";
import { Provider as DockerProvider } from "@pulumi/docker/provider.js";
import { Provider as PagerDutyProvider } from "@pulumi/pagerduty/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { Provider as GrafanaProvider } from "@pulumiverse/grafana/provider.js";
import { Provider as SentryProvider } from "@pulumiverse/sentry/provider.js";
import { pagerDutyPlugin } from "../../catalog/provider-plugins.ts";
import type { Secret } from "../../settings/secret.ts";
import type { Enabled, Settings } from "../../settings/settings.ts";
import { pulumiSecret } from "../../settings/stack-settings.ts";
import { datadogApiUrl } from "../datadog/agent-files.ts";

/** Tags of every AWS resource. */
export function tags(settings: Settings) {
  return {
    application: "agentpay",
    environment: settings.environment,
    owner: settings.owner,
    "managed-by": "pulumi",
  };
}

/** AWS services whose endpoint moves with `aws.endpointUrl`. */
const AWS_SERVICES = [
  "amp",
  "budgets",
  "cloudwatch",
  "costexplorer",
  "iam",
  "kms",
  "lambda",
  "logs",
  "rds",
  "route53",
  "scheduler",
  "secretsmanager",
  "ses",
  "sns",
  "sqs",
  "ssm",
  "sts",
] as const;

/** An emulator takes any credentials. */
const EMULATOR_KEY = "emulator";

/** The same credentials for a program that reads AWS's shared credentials file. */
export const emulatorCredentialsFile = `[default]\naws_access_key_id = ${EMULATOR_KEY}\naws_secret_access_key = ${EMULATOR_KEY}\n`;

/** What the AWS provider needs to talk to an emulator. */
function emulator(endpointUrl: string) {
  return {
    accessKey: EMULATOR_KEY,
    secretKey: EMULATOR_KEY,
    endpoints: [Object.fromEntries(AWS_SERVICES.map((service) => [service, endpointUrl]))],
    skipMetadataApiCheck: true,
  };
}

/** Refuses every account but the stack's own. */
export function awsProvider(name: string, settings: Settings, platform: Enabled<"aws">): AwsProvider {
  return new AwsProvider(name, {
    region: platform.region,
    allowedAccountIds: [platform.accountId],
    defaultTags: { tags: tags(settings) },
    ...(platform.profile === undefined ? {} : { profile: platform.profile }),
    ...(platform.endpointUrl === undefined ? {} : emulator(platform.endpointUrl)),
  });
}

/** @param keys what `settings.datadog` may lack where the logs go elsewhere */
export function datadogProvider(
  name: string,
  datadog: Settings["datadog"],
  { apiKey, applicationKey }: { apiKey: Secret; applicationKey: Secret },
): DatadogProvider {
  return new DatadogProvider(name, {
    apiKey: pulumiSecret(apiKey),
    appKey: pulumiSecret(applicationKey),
    apiUrl: datadogApiUrl(datadog),
  });
}

export function pagerDutyProvider(name: string, platform: Enabled<"pagerduty">): PagerDutyProvider {
  return new PagerDutyProvider(
    name,
    {
      token: pulumiSecret(platform.token),
      ...(platform.apiUrl === undefined ? {} : { apiUrlOverride: platform.apiUrl }),
    },
    { version: pagerDutyPlugin },
  );
}

export function sentryProvider(name: string, platform: Enabled<"sentry">): SentryProvider {
  return new SentryProvider(name, { token: pulumiSecret(platform.token), baseUrl: platform.apiUrl });
}

/** @param host of the Docker Engine; undefined for the provider's own default */
export function dockerProvider(name: string, host: string | undefined): DockerProvider {
  return new DockerProvider(name, host === undefined ? {} : { host });
}

/**
 * @param url known only once Grafana runs: its resources wait for it
 * @param after what must be done before the password opens it
 */
export function grafanaProvider(
  name: string,
  url: pulumi.Input<string>,
  adminPassword: Secret,
  after: readonly pulumi.Resource[],
): GrafanaProvider {
  return new GrafanaProvider(
    name,
    {
      url,
      auth: pulumiSecret(adminPassword).apply((password) => `admin:${password}`),
      storeDashboardSha256: false,
    },
    { dependsOn: [...after] },
  );
}

/** Where a vendor's REST objects (components/shared/rest-object.ts) are kept, and the key to them: in no object, and nowhere in clear. */
export class VendorProvider extends pulumi.ProviderResource {
  constructor(name: string, { url, key }: { url: string; key: Secret }) {
    super("pulumi-nodejs", name, { "vendor:url": url, "vendor:key": pulumiSecret(key) });
  }
}

/** Where the methods of a dynamic resource run that gets all that it needs from its own inputs. */
export class LocalMethods extends pulumi.ProviderResource {
  constructor(name: string) {
    super("pulumi-nodejs", name, {});
  }
}
