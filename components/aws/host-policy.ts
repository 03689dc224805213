/** What AgentPay's hosts may do in AWS: what the agents on them need to be managed and to report. */
import * as pulumi from "@pulumi/pulumi";
import { associationDocumentArns } from "../../catalog/host-documents.ts";
import { HOST_NAMESPACE } from "../../catalog/hosts.ts";

export interface HostPolicyArgs {
  /** The hosts' account, 12 digits, and region. */
  readonly accountId: string;
  readonly region: string;
  /** SSM parameter that holds the CloudWatch agent's configuration. */
  readonly parameterArn: pulumi.Input<string>;
  /** Log groups that the agent writes. */
  readonly logGroupArns: readonly pulumi.Input<string>[];
}

/** What an association needs of the document that it runs. */
export const documentActions = [
  "ssm:DescribeAssociation",
  "ssm:DescribeDocument",
  "ssm:GetDocument",
  "ssm:UpdateAssociationStatus",
] as const;

export const assumedByInstances = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
};

/**
 * What Systems Manager's agent and the CloudWatch agent do, and no more. AWS's managed policies for them would let the
 * hosts read every parameter of the account, and write any log and metric.
 */
export function hostPolicy(args: HostPolicyArgs) {
  return { Version: "2012-10-17", Statement: [beManaged, runAssociations(args), ...report(args)] };
}

/** What Systems Manager's agent asks for. */
export const hostActions = {
  /** IAM knows no resources for these: an agent only ever sees what is meant for its own instance. */
  managed: [
    "ec2messages:AcknowledgeMessage",
    "ec2messages:DeleteMessage",
    "ec2messages:FailMessage",
    "ec2messages:GetEndpoint",
    "ec2messages:GetMessages",
    "ec2messages:SendReply",
    "ssm:GetManifest",
    "ssm:PutComplianceItems",
    "ssm:PutConfigurePackageResult",
    "ssm:PutInventory",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
  ],
  associations: [
    "ssm:ListInstanceAssociations",
    "ssm:UpdateInstanceAssociationStatus",
    "ssm:UpdateInstanceInformation",
  ],
} as const;

const beManaged = { Sid: "BeManaged", Effect: "Allow", Action: hostActions.managed, Resource: "*" };

function runAssociations({ accountId, region }: HostPolicyArgs) {
  return {
    Sid: "RunAssociations",
    Effect: "Allow",
    Action: [...documentActions, ...hostActions.associations],
    Resource: [
      `arn:aws:ec2:${region}:${accountId}:instance/*`,
      `arn:aws:ssm:${region}:${accountId}:association/*`,
      ...associationDocumentArns(region),
    ],
  };
}

function report({ parameterArn, logGroupArns }: HostPolicyArgs) {
  const writeLogs = {
    Sid: "WriteLogs",
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
    Resource: logGroupArns.map((arn) => pulumi.interpolate`${arn}:*`),
  };
  return [
    {
      Sid: "ReadAgentConfiguration",
      Effect: "Allow",
      Action: "ssm:GetParameter",
      Resource: parameterArn,
    },
    {
      Sid: "WriteHostMetrics",
      Effect: "Allow",
      Action: "cloudwatch:PutMetricData",
      // IAM knows no resources for it; the namespace is as narrow.
      Resource: "*",
      Condition: { StringEquals: { "cloudwatch:namespace": HOST_NAMESPACE } },
    },
    ...(logGroupArns.length > 0 ? [writeLogs] : []),
  ];
}
