/** What opens a thing of AWS to the internet, or shares it with everybody, by one setting and no policy. */
import { type Requirement, resourceRule } from "../rule.ts";
import { awsToken } from "./resource-policies.ts";

/** A setting that must be as it says; unknown values throw where they are read. */
interface Guard {
  /** Such as `vpcConfig.endpointPublicAccess`. */
  readonly path: string;
  readonly must: string;
  readonly isClosed: (value: unknown, props: object) => boolean;
}

/** Open where somebody says so. */
const off = (path: string): Guard => ({
  ...{ path, must: "must be off" },
  isClosed: (value) => value !== true && value !== "true",
});

/** Open where nobody says otherwise: the vendor's default. */
const switchedOff = (path: string): Guard => ({
  ...{ path, must: "must be switched off" },
  isClosed: (value) => value === false,
});

const on = (path: string): Guard => ({
  ...{ path, must: "must be on" },
  isClosed: (value) => value === true,
});

const oneOf = (path: string, must: string, ...values: readonly (string | undefined)[]): Guard => ({
  ...{ path, must },
  isClosed: (value) => values.includes(value as string | undefined),
});

const AUTHENTICATED = "must ask who comes";
const BLOCKED = "must block what is public";

const notWithAll = (path: string): Guard => ({
  ...{ path, must: "must not be shared with everybody" },
  isClosed: (value) => !listOf(value).some((each) => /^(all|\*)$/i.test(String(each))),
});

/** No network that anybody has to himself is larger than 10.0.0.0/8 or fc00::/7. */
export function isNarrowNetwork(network: string): boolean {
  const [, size = "0"] = network.split("/");
  return Number(size) >= (network.includes(":") ? 7 : 8);
}

/** Groups of S3's that anybody, or anybody with an account of AWS, is in. */
const EVERYBODY = /\/groups\/global\//;
const grantedToNobody = (path: string, uriOf: (grant: object) => unknown): Guard => ({
  ...{ path, must: "must not name everybody" },
  isClosed: (value) => !listOf(value).some((grant) => EVERYBODY.test(String(uriOf(Object(grant))))),
});

const privateOnly = oneOf("acl", "must be private", undefined, "", "private");
const BLOCK = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

/** By the resource's module and file in AWS's package. */
export const publicSettings: Readonly<Record<string, readonly Guard[]>> = {
  // Databases, brokers and machines with an address of the internet.
  "dms/instanceProfile": [switchedOff("publiclyAccessible")],
  "dms/replicationInstance": [switchedOff("publiclyAccessible")],
  "lightsail/database": [off("publiclyAccessible")],
  "m2/environment": [off("publiclyAccessible")],
  "mq/broker": [off("publiclyAccessible")],
  "neptune/clusterInstance": [off("publiclyAccessible")],
  "neptunegraph/graph": [off("publicConnectivity")],
  "rds/clusterInstance": [off("publiclyAccessible")],
  "rds/instance": [off("publiclyAccessible")],
  "rds/shardGroup": [off("publiclyAccessible")],
  "redshift/cluster": [off("publiclyAccessible")],
  "redshiftserverless/workgroup": [off("publiclyAccessible")],
  "timestreaminfluxdb/dbCluster": [off("publiclyAccessible")],
  "timestreaminfluxdb/dbInstance": [off("publiclyAccessible")],
  "drs/replicationConfigurationTemplate": [off("createPublicIp")],
  "ec2/instance": [off("associatePublicIpAddress")],
  "ec2/launchConfiguration": [off("associatePublicIpAddress")],
  "ec2/spotInstanceRequest": [off("associatePublicIpAddress")],
  "ec2/subnet": [off("mapPublicIpOnLaunch")],
  "ec2/defaultSubnet": [off("mapPublicIpOnLaunch")],
  "ecs/service": [off("networkConfiguration.assignPublicIp")],
  // Endpoints.
  "alb/loadBalancer": [on("internal")],
  "lb/loadBalancer": [on("internal")],
  "elb/loadBalancer": [on("internal")],
  "apprunner/service": [switchedOff("networkConfiguration.ingressConfiguration.isPubliclyAccessible")],
  "eks/cluster": [switchedOff("vpcConfig.endpointPublicAccess")],
  "lightsail/containerServiceDeploymentVersion": [
    { path: "publicEndpoint", must: "must not be given", isClosed: (value) => value === undefined },
  ],
  "msk/cluster": [
    oneOf("brokerNodeGroupInfo.connectivityInfo.publicAccess.type", "must be off", undefined, "DISABLED"),
  ],
  "transfer/server": [oneOf("endpointType", "must be in a network of the account", "VPC", "VPC_ENDPOINT")],
  "elasticsearch/domain": [
    {
      path: "vpcOptions",
      must: "must be in a network of the account",
      isClosed: (value) => value !== undefined,
    },
  ],
  "opensearch/domain": [
    {
      path: "vpcOptions",
      must: "must be in a network of the account",
      isClosed: (value) => value !== undefined,
    },
  ],
  "opensearch/serverlessSecurityPolicy": [
    {
      path: "policy",
      must: "must not allow what comes from the internet",
      isClosed: (value) => !/"AllowFromPublic"\s*:\s*true/i.test(String(value)),
    },
  ],
  // Who may call what.
  "apigateway/method": [oneOf("authorization", AUTHENTICATED, "AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS")],
  "apigatewayv2/route": [oneOf("authorizationType", AUTHENTICATED, "AWS_IAM", "CUSTOM", "JWT")],
  "appsync/graphQLApi": [
    oneOf(
      "authenticationType",
      AUTHENTICATED,
      ...["AWS_IAM", "AMAZON_COGNITO_USER_POOLS", "OPENID_CONNECT", "AWS_LAMBDA"],
    ),
  ],
  "cognito/identityPool": [off("allowUnauthenticatedIdentities")],
  "vpclattice/service": [oneOf("authType", AUTHENTICATED, "AWS_IAM")],
  "vpclattice/serviceNetwork": [oneOf("authType", AUTHENTICATED, "AWS_IAM")],
  "lambda/layerVersionPermission": [
    {
      path: "principal",
      must: "must not be anybody, but for an organization's",
      isClosed: (value, props) => value !== "*" || "organizationId" in props,
    },
  ],
  // Copies that everybody may have.
  "codebuild/project": [oneOf("projectVisibility", "must not be public", undefined, "PRIVATE")],
  "ec2/amiLaunchPermission": [notWithAll("group")],
  "rds/clusterSnapshot": [notWithAll("sharedAccounts")],
  "rds/clusterSnapshotCopy": [notWithAll("sharedAccounts")],
  "rds/snapshot": [notWithAll("sharedAccounts")],
  "rds/snapshotCopy": [notWithAll("sharedAccounts")],
  "ssm/document": [
    {
      path: "permissions.account_ids",
      must: "must not be shared with everybody",
      isClosed: (value) => !/\ball\b|\*/i.test(String(value ?? "")),
    },
  ],
  "s3/bucketObject": [privateOnly],
  "s3/bucketObjectv2": [privateOnly],
  "s3/objectCopy": [privateOnly],
  "s3/bucket": [grantedToNobody("grants", (grant) => Reflect.get(grant, "uri"))],
  "s3/bucketV2": [grantedToNobody("grants", (grant) => Reflect.get(grant, "uri"))],
  "s3/bucketAcl": [grantedToNobody("accessControlPolicy.grants", granteeUri)],
  "s3/bucketAclV2": [grantedToNobody("accessControlPolicy.grants", granteeUri)],
  // Guards of a whole account or of an access point, switched off.
  "ebs/snapshotBlockPublicAccess": [oneOf("state", BLOCKED, "block-all-sharing")],
  "ec2/imageBlockPublicAccess": [oneOf("state", BLOCKED, "block-new-sharing")],
  "ec2/vpcBlockPublicAccessOptions": [
    oneOf("internetGatewayBlockMode", BLOCKED, "block-bidirectional", "block-ingress"),
  ],
  "emr/blockPublicAccessConfiguration": [on("blockPublicSecurityGroupRules")],
  "s3/accountPublicAccessBlock": BLOCK.map(on),
  "s3/accessPoint": BLOCK.map((name) => ({
    ...on(`publicAccessBlockConfiguration.${name}`),
    isClosed: (value: unknown, props: object) =>
      !("publicAccessBlockConfiguration" in props) || value !== false,
  })),
};

/** What is public whatever it says. */
const ALWAYS = ["ecrpublic/repository", "lightsail/instancePublicPorts"];

function granteeUri(grant: object): unknown {
  return Reflect.get(Object(Reflect.get(grant, "grantee")), "uri");
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** What is at a path such as `a.b`; undefined where a part of it is missing. */
function at(props: object, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (value, name) => (Object(value) === value ? Reflect.get(Object(value), name) : undefined),
      props,
    );
}

export const publicSetting = resourceRule<object>({
  name: "aws-resource-disallow-public-access",
  description: "Nothing is open to the internet, or everybody's to use or copy, by one of its settings.",
  severity: "critical",
  remediation:
    "Keep it in a network of the account, ask who comes, and share it with accounts by their number.",
  types: [...Object.keys(publicSettings), ...ALWAYS].map(awsToken),
  *requirements({ type, props }): Generator<Requirement> {
    const guards = publicSettings[type.split(":")[1] ?? ""];
    if (!guards) {
      yield { path: "type", must: "must not be used: it is public by nature", holds: () => false };
      return;
    }
    for (const { path, must, isClosed } of guards) {
      yield { path, must, holds: () => isClosed(at(props, path), props) };
    }
  },
});
