import { z } from "zod";
import { arn, json, mapOf, region, tagMap } from "./schema.ts";

/**
 * Services this stand-in plays, by the name that the provider's `endpoints` has for them. It drives the emulator for
 * all but `amp`, `costexplorer`, `lambda` and `secretsmanager`, whose resources it keeps itself.
 */
export const services = [
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
export type Service = (typeof services)[number];

const accountId = z.string().regex(/^\d{12}$/, "must be a 12-digit account id");

const loopback = z.string().superRefine((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const local = url !== undefined && ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  if (!local || !["http:", "https:"].includes(url.protocol)) {
    context.addIssue({
      code: "custom",
      message: "must be an http URL on 127.0.0.1, localhost or [::1]: the stand-in never talks to AWS itself",
    });
  }
});

/** Endpoints of services that we don't drive are the official provider's too, and must be local just the same. */
const endpoints = mapOf(
  z.string().regex(/^[a-z][a-z0-9]*$/, "must be a service name in lower case, such as sns"),
  loopback,
);

const assumeRole = z.strictObject({
  duration: z.string().optional(),
  externalId: z.string().optional(),
  policy: json.optional(),
  policyArns: z.array(arn).optional(),
  roleArn: arn.optional(),
  sessionName: z.string().optional(),
  sourceIdentity: z.string().optional(),
  tags: tagMap.optional(),
  transitiveTagKeys: z.array(z.string()).optional(),
});

const assumeRoleWithWebIdentity = z.strictObject({
  duration: z.string().optional(),
  policy: json.optional(),
  policyArns: z.array(arn).optional(),
  roleArn: arn.optional(),
  sessionName: z.string().optional(),
  webIdentityToken: z.string().optional(),
  webIdentityTokenFile: z.string().optional(),
});

const credential = z
  .string("is required: the stand-in takes no credentials from the environment")
  .min(1, "must not be empty");

/**
 * Inputs of the explicit provider, by the official names. Credentials and endpoints are required, unlike in the
 * official provider: whatever would make the SDK look elsewhere for them could end at a real account. Roles,
 * profiles and transport settings are accepted and have no effect, since the emulator has no use for them.
 */
export const configuration = z
  .strictObject({
    region: region("is required: the explicit provider reads no other configuration"),
    accessKey: credential,
    secretKey: credential,
    token: z.string().optional(),
    endpoints: z.array(endpoints).min(1, "must name the emulator's address for each service"),
    allowedAccountIds: z.array(accountId).optional(),
    forbiddenAccountIds: z.array(accountId).optional(),
    defaultTags: z.strictObject({ tags: tagMap.optional() }).optional(),
    assumeRoles: z.array(assumeRole).optional(),
    assumeRoleWithWebIdentity: assumeRoleWithWebIdentity.optional(),
    customCaBundle: z.string().optional(),
    ec2MetadataServiceEndpoint: z.string().optional(),
    ec2MetadataServiceEndpointMode: z.string().optional(),
    httpProxy: z.string().optional(),
    httpsProxy: z.string().optional(),
    ignoreTags: z
      .strictObject({ keyPrefixes: z.array(z.string()).optional(), keys: z.array(z.string()).optional() })
      .optional(),
    insecure: z.boolean().optional(),
    maxRetries: z.int().min(0).optional(),
    noProxy: z.string().optional(),
    profile: z.string().optional(),
    retryMode: z.enum(["standard", "adaptive"]).optional(),
    s3UsEast1RegionalEndpoint: z.enum(["legacy", "regional"]).optional(),
    s3UsePathStyle: z.boolean().optional(),
    sharedConfigFiles: z.array(z.string()).optional(),
    sharedCredentialsFiles: z.array(z.string()).optional(),
    skipCredentialsValidation: z.boolean().optional(),
    skipMetadataApiCheck: z.boolean().optional(),
    skipRegionValidation: z.boolean().optional(),
    skipRequestingAccountId: z.boolean().optional(),
    stsRegion: region().optional(),
    tagPolicyCompliance: z.enum(["error", "warning", "disabled"]).optional(),
    tokenBucketRateLimiterCapacity: z.int().min(0).optional(),
    useDualstackEndpoint: z.boolean().optional(),
    useFipsEndpoint: z.boolean().optional(),
    userAgents: z.array(z.string()).optional(),
  })
  .superRefine((inputs, context) => {
    if (inputs.allowedAccountIds && inputs.forbiddenAccountIds) {
      context.addIssue({
        code: "custom",
        path: ["forbiddenAccountIds"],
        message: "conflicts with allowedAccountIds: give one of them",
      });
    }
    if (inputs.endpoints.every((endpoint) => endpoint["sts"] === undefined)) {
      context.addIssue({
        code: "custom",
        path: ["endpoints"],
        message: "must name sts, which says whose account this is",
      });
    }
  });

export type Configuration = z.output<typeof configuration>;
