/** What the cost report's function and its schedules may do in AWS. */
import * as pulumi from "@pulumi/pulumi";
import { SENT_METRIC } from "./function/settings.ts";

export function assumedBy(service: "lambda" | "scheduler", accountId: string) {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: `${service}.amazonaws.com` },
        Action: "sts:AssumeRole",
        // AWS runs both for everybody: nobody else's may take the role.
        Condition: { StringEquals: { "aws:SourceAccount": accountId } },
      },
    ],
  };
}

export interface FunctionPolicyArgs {
  readonly accountId: string;
  readonly region: string;
  readonly logGroupArn: pulumi.Input<string>;
  readonly failuresArn: pulumi.Input<string>;
  readonly identityArn: pulumi.Input<string>;
  readonly sender: string;
  /** Undefined where the function needs no password. */
  readonly passwordParameterArn: pulumi.Input<string> | undefined;
  /** Of Amazon's engine; undefined where the function does not ask it. */
  readonly workspaceArn: pulumi.Input<string> | undefined;
  /** Empty where the function is in no network of ours. */
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
}

export function functionPolicy(args: FunctionPolicyArgs) {
  const { passwordParameterArn, workspaceArn, subnetIds } = args;
  const askEngine = { Sid: "AskEngine", Effect: "Allow", Action: "aps:QueryMetrics", Resource: workspaceArn };
  const readPassword = {
    Sid: "ReadPassword",
    Effect: "Allow",
    Action: "ssm:GetParameter",
    Resource: passwordParameterArn,
  };
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "WriteLogs",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: pulumi.interpolate`${args.logGroupArn}:*`,
      },
      { Sid: "KeepFailures", Effect: "Allow", Action: "sqs:SendMessage", Resource: args.failuresArn },
      {
        Sid: "SendReports",
        Effect: "Allow",
        Action: "ses:SendRawEmail",
        Resource: args.identityArn,
        Condition: { StringEquals: { "ses:FromAddress": args.sender } },
      },
      // IAM knows no resources for these two; of the metric, the namespace is as narrow.
      { Sid: "ReadCosts", Effect: "Allow", Action: "ce:GetCostAndUsage", Resource: "*" },
      {
        Sid: "CountReports",
        Effect: "Allow",
        Action: "cloudwatch:PutMetricData",
        Resource: "*",
        Condition: { StringEquals: { "cloudwatch:namespace": SENT_METRIC.namespace } },
      },
      ...(passwordParameterArn === undefined ? [] : [readPassword]),
      ...(workspaceArn === undefined ? [] : [askEngine]),
      ...(subnetIds.length === 0 ? [] : joinNetwork(args)),
    ],
  };
}

/** Lambda makes the function's network interfaces under its role, and takes them away again. */
function joinNetwork({ accountId, region, subnetIds, securityGroupIds }: FunctionPolicyArgs) {
  const inAccount = (resource: string) => `arn:aws:ec2:${region}:${accountId}:${resource}`;
  const interfaces = inAccount("network-interface/*");
  return [
    {
      Sid: "JoinNetwork",
      Effect: "Allow",
      Action: "ec2:CreateNetworkInterface",
      Resource: [
        interfaces,
        ...subnetIds.map((id) => inAccount(`subnet/${id}`)),
        ...securityGroupIds.map((id) => inAccount(`security-group/${id}`)),
      ],
    },
    {
      Sid: "LeaveNetwork",
      Effect: "Allow",
      Action: [
        "ec2:AssignPrivateIpAddresses",
        "ec2:DeleteNetworkInterface",
        "ec2:UnassignPrivateIpAddresses",
      ],
      Resource: interfaces,
    },
    // IAM knows no resources for what only describes.
    {
      Sid: "SeeNetwork",
      Effect: "Allow",
      Action: [
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
      ],
      Resource: "*",
    },
  ];
}

export function schedulePolicy(functionArn: pulumi.Input<string>, failuresArn: pulumi.Input<string>) {
  return {
    Version: "2012-10-17",
    Statement: [
      { Sid: "RunReport", Effect: "Allow", Action: "lambda:InvokeFunction", Resource: functionArn },
      { Sid: "KeepFailures", Effect: "Allow", Action: "sqs:SendMessage", Resource: failuresArn },
    ],
  };
}
