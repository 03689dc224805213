/** AWS's provider of a stack. Default providers are off: no account is picked up from the environment by accident. */
import { Provider } from "@pulumi/aws/provider.js";
import type { Enabled, Settings } from "../../settings/schema.ts";
import { tags } from "../shared/tags.ts";

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

/** By which the AWS SDK in a program is told where its credentials file is. */
export const CREDENTIALS_VARIABLE = "AWS_SHARED_CREDENTIALS_FILE";

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
export function awsProvider(name: string, settings: Settings, platform: Enabled<"aws">): Provider {
  return new Provider(name, {
    region: platform.region,
    allowedAccountIds: [platform.accountId],
    defaultTags: { tags: tags(settings) },
    ...(platform.profile === undefined ? {} : { profile: platform.profile }),
    ...(platform.endpointUrl === undefined ? {} : emulator(platform.endpointUrl)),
  });
}
