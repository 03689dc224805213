/**
 * The most that a role of a stack may ever do, whatever its policies say. CI makes roles, and writes their policies: with
 * no boundary it could give one of them the whole account, and use it.
 */
import { type Scope, stackResources } from "../../catalog/ci-resources.ts";
import { associationDocumentArns } from "../../catalog/host-documents.ts";
import { documentActions, hostActions } from "./host-policy.ts";

const namelessActions = [
  ...[...hostActions.managed, "cloudwatch:PutMetricData", "ce:GetCostAndUsage"],
  ...["NetworkInterfaces", "SecurityGroups", "Subnets", "Vpcs"].map((what) => `ec2:Describe${what}`),
];

/** What Lambda does with a role in a network of ours. */
const networkActions = [
  "AssignPrivateIpAddresses",
  "CreateNetworkInterface",
  "DeleteNetworkInterface",
  "UnassignPrivateIpAddresses",
].map((action) => `ec2:${action}`);

/** @returns a managed policy's document */
export function roleBoundary(scope: Scope) {
  const { accountId, region } = scope;
  const own = stackResources(scope);
  const inAccount = (service: string, resource: string) =>
    `arn:aws:${service}:${region}:${accountId}:${resource}`;
  const allow = (Action: readonly string[], Resource: readonly string[]) => ({
    ...{ Effect: "Allow", Action, Resource },
  });
  return {
    Version: "2012-10-17",
    Statement: [
      allow(
        ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        own.logGroups.map((arn) => `${arn}:*`),
      ),
      allow(["sqs:SendMessage"], own.queues),
      allow(["lambda:InvokeFunction"], own.functions),
      allow(["ssm:GetParameter", "ssm:GetParameters"], own.parameters),
      allow(
        [...documentActions, ...hostActions.associations],
        [
          inAccount("ec2", "instance/*"),
          inAccount("ssm", "association/*"),
          ...own.documents,
          ...associationDocumentArns(region),
        ],
      ),
      allow(["ses:SendRawEmail"], [inAccount("ses", "identity/*")]),
      // IAM knows no resources for these.
      { Sid: "BoundNameless", ...allow(namelessActions, ["*"]) },
      allow(
        networkActions,
        ["network-interface/*", "subnet/*", "security-group/*"].map((resource) => inAccount("ec2", resource)),
      ),
    ],
  };
}
