/** Who may come in: the policies of resources themselves. */
import type { SecurityGroupArgs } from "@pulumi/aws/ec2/securityGroup.js";
import type { SecurityGroupRuleArgs } from "@pulumi/aws/ec2/securityGroupRule.js";
import type { FunctionArgs } from "@pulumi/aws/lambda/function.js";
import type { FunctionUrlArgs } from "@pulumi/aws/lambda/functionUrl.js";
import type { PermissionArgs } from "@pulumi/aws/lambda/permission.js";
import type { BucketArgs } from "@pulumi/aws/s3/bucket.js";
import type { BucketAclArgs } from "@pulumi/aws/s3/bucketAcl.js";
import type { BucketPublicAccessBlockArgs } from "@pulumi/aws/s3/bucketPublicAccessBlock.js";
import type { ParameterArgs } from "@pulumi/aws/ssm/parameter.js";
import type { SecurityGroupIngressRuleArgs } from "@pulumi/aws/vpc/securityGroupIngressRule.js";
import { isSecretName, keysIn } from "../../settings/known-keys.ts";
import { each, resourceRule } from "../rule.ts";
import { isNarrowNetwork, publicSetting } from "./public.ts";
import { publicPolicy } from "./resource-policies.ts";
import {
  BUCKET,
  BUCKET_ACL,
  BUCKET_ACL_V2,
  BUCKET_V2,
  DEFAULT_SECURITY_GROUP,
  FUNCTION,
  FUNCTION_PERMISSION,
  FUNCTION_URL,
  INGRESS_RULE,
  PARAMETER,
  PUBLIC_ACCESS_BLOCK,
  SECURITY_GROUP,
  SECURITY_GROUP_RULE,
} from "./types.ts";

const publicFunction = resourceRule<PermissionArgs & FunctionUrlArgs>({
  name: "aws-lambda-function-disallow-public-access",
  description: "A function is invoked by this account's own services and roles, and by nobody else.",
  severity: "critical",
  remediation: "Name the role, or the service with sourceArn; give a function URL authorizationType AWS_IAM.",
  types: [FUNCTION_PERMISSION, FUNCTION_URL],
  *requirements({ type, props }) {
    if (type === FUNCTION_URL) {
      yield {
        ...{ path: "authorizationType", must: "must be AWS_IAM" },
        holds: () => props.authorizationType === "AWS_IAM",
      };
      return;
    }
    yield { path: "principal", must: "must not be anybody", holds: () => props.principal !== "*" };
    yield {
      ...{ path: "sourceArn", must: "must say for whom a service comes, or sourceAccount" },
      holds: () => {
        const isService = /\.amazonaws\.com(\.cn)?$/.test(props.principal ?? "");
        // The value may be known only once the source is made: that one is given is enough.
        return !isService || "sourceArn" in props || "sourceAccount" in props;
      },
    };
  },
});

/** What of S3 lets people in past the bucket's policy. */
const publicBucket = resourceRule<BucketArgs & BucketAclArgs & BucketPublicAccessBlockArgs>({
  name: "aws-s3-bucket-disallow-public-access",
  description:
    "A bucket is nobody's but the account's: no public list of rights, no guard of S3's switched off.",
  severity: "critical",
  remediation: "Leave acl away, and keep all four settings of the public access block on.",
  types: [BUCKET, BUCKET_V2, BUCKET_ACL, BUCKET_ACL_V2, PUBLIC_ACCESS_BLOCK],
  *requirements({ type, props }) {
    if (type === PUBLIC_ACCESS_BLOCK) {
      for (const path of PUBLIC_ACCESS_GUARDS) {
        yield { path, must: "must be on", holds: () => props[path] === true };
      }
      return;
    }
    yield { path: "acl", must: "must be private", holds: () => /^(|private)$/.test(props.acl ?? "") };
  },
});

const PUBLIC_ACCESS_GUARDS = [
  "blockPublicAcls",
  "blockPublicPolicy",
  "ignorePublicAcls",
  "restrictPublicBuckets",
] as const;

const openIngress = resourceRule<SecurityGroupArgs & SecurityGroupRuleArgs & SecurityGroupIngressRuleArgs>({
  name: "aws-ec2-securitygroup-disallow-open-ingress",
  description: "No port is open to the whole internet, nor to a half of it.",
  severity: "critical",
  remediation: "Name the network or the security group that comes in.",
  types: [SECURITY_GROUP, DEFAULT_SECURITY_GROUP, SECURITY_GROUP_RULE, INGRESS_RULE],
  *requirements({ type, props }) {
    const must = "must not be everybody";
    if (type === SECURITY_GROUP || type === DEFAULT_SECURITY_GROUP) {
      for (let index = 0; index < (props.ingress?.length ?? 0); index++) {
        const { cidrBlocks, ipv6CidrBlocks } = props.ingress?.[index] ?? {};
        yield* each(`ingress[${index}].cidrBlocks`, cidrBlocks, must, isNarrowNetwork);
        yield* each(`ingress[${index}].ipv6CidrBlocks`, ipv6CidrBlocks, must, isNarrowNetwork);
      }
    } else if (type === SECURITY_GROUP_RULE && props.type !== "egress") {
      yield* each("cidrBlocks", props.cidrBlocks, must, isNarrowNetwork);
      yield* each("ipv6CidrBlocks", props.ipv6CidrBlocks, must, isNarrowNetwork);
    } else if (type === INGRESS_RULE) {
      yield { path: "cidrIpv4", must, holds: () => isNarrowNetwork(props.cidrIpv4 ?? "10.0.0.0/8") };
      yield { path: "cidrIpv6", must, holds: () => isNarrowNetwork(props.cidrIpv6 ?? "fd00::/8") };
    }
  },
});

const visibleCredentials = resourceRule<FunctionArgs & ParameterArgs>({
  name: "aws-resource-disallow-visible-credentials",
  description:
    "A credential is in a SecureString or a secret: a function's variables and plain parameters are read by many.",
  severity: "critical",
  remediation: "Keep it as a SecureString, and hand the function the parameter's name.",
  types: [FUNCTION, PARAMETER],
  *requirements({ type, props }) {
    if (type === PARAMETER) {
      yield {
        ...{ path: "type", must: "must be SecureString, since the value looks like a key" },
        holds: () => props.type === "SecureString" || keysIn(props.value ?? "").length === 0,
      };
      return;
    }
    const variables = props.environment?.variables ?? {};
    for (const name of Object.keys(variables)) {
      yield {
        ...{ path: `environment.variables.${name}`, must: "must not hold a credential" },
        holds: () => !isSecretName(name) && keysIn(variables[name] ?? "").length === 0,
      };
    }
  },
});

export const accessRules = [
  publicPolicy,
  publicSetting,
  publicFunction,
  publicBucket,
  openIngress,
  visibleCredentials,
];
