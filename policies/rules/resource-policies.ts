/** Policies of resources themselves, which say who may come in. */
import { allowStatements, isAnybody, isBoundToOwner, isService } from "../policy-document.ts";
import { type Requirement, resourceRule } from "../rule.ts";

/** Property that holds the policy, by the resource's module and file in AWS's package; a test holds the list complete. */
export const resourcePolicies: Readonly<Record<string, string>> = {
  "acmpca/policy": "policy",
  "amp/resourcePolicy": "policyDocument",
  "apigateway/domainName": "policy",
  "apigateway/restApi": "policy",
  "apigateway/restApiPolicy": "policy",
  "backup/vaultPolicy": "policy",
  "bedrock/agentcoreResourcePolicy": "policy",
  "cloudsearch/domainServiceAccessPolicy": "accessPolicy",
  "cloudwatch/eventBusPolicy": "policy",
  "cloudwatch/logDeliveryDestinationPolicy": "deliveryDestinationPolicy",
  "cloudwatch/logDestinationPolicy": "accessPolicy",
  "cloudwatch/logResourcePolicy": "policyDocument",
  "codeartifact/domainPermissions": "policyDocument",
  "codeartifact/repositoryPermissionsPolicy": "policyDocument",
  "codebuild/resourcePolicy": "policy",
  "dsql/clusterPolicy": "policy",
  "dynamodb/resourcePolicy": "policy",
  "ecr/registryPolicy": "policy",
  "ecr/repositoryCreationTemplate": "repositoryPolicy",
  "ecr/repositoryPolicy": "policy",
  "ecrpublic/repositoryPolicy": "policy",
  "efs/fileSystemPolicy": "policy",
  "elasticsearch/domain": "accessPolicies",
  "elasticsearch/domainPolicy": "accessPolicies",
  "glacier/vault": "accessPolicy",
  "glacier/vaultLock": "policy",
  "glue/resourcePolicy": "policy",
  "kinesis/resourcePolicy": "policy",
  "kms/externalKey": "policy",
  "kms/key": "policy",
  "kms/keyPolicy": "policy",
  "kms/replicaExternalKey": "policy",
  "kms/replicaKey": "policy",
  "lambda/resourcePolicy": "policy",
  "mediastore/containerPolicy": "policy",
  "msk/clusterPolicy": "policy",
  "networkfirewall/resourcePolicy": "policy",
  "oam/sinkPolicy": "policy",
  "opensearch/domain": "accessPolicies",
  "opensearch/domainPolicy": "accessPolicies",
  "opensearchingest/resourcePolicy": "policy",
  "pinpoint/smsvoicev2ResourcePolicy": "policy",
  "redshift/resourcePolicy": "policy",
  "redshiftserverless/resourcePolicy": "policy",
  "s3/accessPoint": "policy",
  "s3/bucket": "policy",
  "s3/bucketPolicy": "policy",
  "s3/bucketV2": "policy",
  "s3/filesFileSystemPolicy": "policy",
  "s3/vectorsVectorBucketPolicy": "policy",
  "s3control/accessGrantsInstanceResourcePolicy": "policy",
  "s3control/accessPointPolicy": "policy",
  "s3control/bucketPolicy": "policy",
  "s3control/objectLambdaAccessPointPolicy": "policy",
  "s3tables/tableBucketPolicy": "resourcePolicy",
  "s3tables/tablePolicy": "resourcePolicy",
  "sagemaker/modelPackageGroupPolicy": "resourcePolicy",
  "schemas/registryPolicy": "policy",
  "secretsmanager/secret": "policy",
  "secretsmanager/secretPolicy": "policy",
  "ses/identityPolicy": "policy",
  "sesv2/emailIdentityPolicy": "policy",
  "sqs/queue": "policy",
  "sqs/queuePolicy": "policy",
  "vpclattice/authPolicy": "policy",
  "vpclattice/resourcePolicy": "policy",
  "xray/resourcePolicy": "policyDocument",
};

/** Such as `aws:s3/bucketPolicy:BucketPolicy`. @param path module and file in AWS's package */
export function awsToken(path: string): string {
  const [, file = ""] = path.split("/");
  return `aws:${path}:${file.charAt(0).toUpperCase()}${file.slice(1)}`;
}

const pathOf = (token: string) => resourcePolicies[token.split(":")[1] ?? ""] ?? "policy";

/** What any resource's own policy must keep to, where it has one. */
export function* closedPolicy(props: object, path = "policy"): Generator<Requirement> {
  if (!(path in props)) return;
  const statements = () => allowStatements((props as Readonly<Record<string, unknown>>)[path]);
  yield { path, must: "must be a policy document", holds: () => statements() !== undefined };
  yield {
    ...{ path, must: "must not let anybody in without a condition on the account" },
    holds: () => (statements() ?? []).every((each) => !isAnybody(each) || isBoundToOwner(each)),
  };
  yield {
    ...{ path, must: "must say for whose account a service comes" },
    holds: () => (statements() ?? []).every((each) => !isService(each) || isBoundToOwner(each)),
  };
}

export const publicPolicy = resourceRule<object>({
  name: "aws-resource-disallow-public-policy",
  description: "A resource with a policy of its own lets nobody in whom that policy does not name.",
  severity: "critical",
  remediation: "Name the services or roles, and bind services to the account by aws:SourceAccount.",
  types: Object.keys(resourcePolicies).map(awsToken),
  requirements: ({ type, props }) => closedPolicy(props, pathOf(type)),
});
