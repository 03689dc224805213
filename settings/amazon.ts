/** Values of AWS, as its services define them. All of them are of the partition `aws`: our own ARNs name it. */
import { z } from "zod";
import { text } from "./values.ts";

const ACCOUNT = String.raw`\d{12}`;
const REGION = String.raw`[a-z]{2}-(north|south|east|west|central|northeast|northwest|southeast|southwest)-\d`;
const UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

/**
 * A region of the partition `aws`: China's and those of US authorities are others.
 * @see https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-partitions.html
 */
export const region = text(new RegExp(`^(?!cn-)${REGION}$`), "an AWS region such as eu-central-1");

export const accountId = text(new RegExp(`^(?!0{12})${ACCOUNT}$`), "an AWS account id, 12 digits");

/** Section of the shared configuration file. */
export const profile = text(/^[A-Za-z0-9_][\w.@+=,-]{0,127}$/, "a text: the name of a profile");

/** IAM: names of at most 64 of these signs, paths before them. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const roleArn = text(
  new RegExp(String.raw`^arn:aws:iam::${ACCOUNT}:(role|user)/([\w+=,.@-]+/)*[\w+=,.@-]{1,64}$`),
  "an ARN such as arn:aws:iam::111122223333:role/monitoring",
);

export const policyArn = text(
  new RegExp(String.raw`^arn:aws:iam::${ACCOUNT}:policy/([\w+=,.@-]+/)*[\w+=,.@-]{1,128}$`),
  "the ARN of a policy such as arn:aws:iam::111122223333:policy/boundary",
);

/** One key by its id: an alias can be moved to another key, and `key/*` is every key of the account. */
export const kmsKeyArn = text(
  new RegExp(`^arn:aws:kms:${REGION}:${ACCOUNT}:key/(${UUID}|mrk-[0-9a-f]{32})$`),
  "the ARN of a KMS key, not of an alias, such as arn:aws:kms:eu-central-1:111122223333:key/<its id>",
);

export const anomalyMonitorArn = text(
  new RegExp(String.raw`^arn:aws:ce::${ACCOUNT}:anomalymonitor/[\w-]{1,64}$`),
  "the ARN of an anomaly monitor",
);

/** GitHub's, which the trust policies name. */
export const oidcProviderArn = text(
  new RegExp(
    String.raw`^arn:aws:iam::${ACCOUNT}:oidc-provider/token\.actions\.githubusercontent\.com(/[\w-]+)?$`,
  ),
  "the ARN of an IAM OIDC provider, ending in oidc-provider/token.actions.githubusercontent.com",
);

const BUCKET = "the name of an S3 bucket";
/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export const bucket = text(/^[a-z0-9](?!.*\.\.)[a-z0-9.-]{1,61}[a-z0-9]$/, BUCKET)
  .refine((value) => !/^\d+\.\d+\.\d+\.\d+$/.test(value), BUCKET)
  .refine(
    (value) => !/^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(value),
    BUCKET,
  );

/** Ids were of 8 digits once, and are of 17. */
const ID = "([0-9a-f]{8}|[0-9a-f]{17})";
export const subnetId = text(new RegExp(`^subnet-${ID}$`), "a subnet (subnet-...)");
export const securityGroupId = text(new RegExp(`^sg-${ID}$`), "a security group (sg-...)");
/** @see https://docs.aws.amazon.com/lambda/latest/api/API_VpcConfig.html */
export const MOST_SUBNETS = 16;
export const MOST_SECURITY_GROUPS = 5;
/** Of one message. @see https://docs.aws.amazon.com/ses/latest/dg/quotas.html */
export const MOST_RECIPIENTS = 50;

/** Versions of which RDS has a family; older ones lack columns of pg_stat_statements that the dashboards read. */
export const parameterGroupFamily = text(/^postgres1[3-9]$/, "an RDS family such as postgres16");

/** @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html */
export const instanceIdentifier = text(
  /^(?=.{1,63}$)[a-z](-?[a-z0-9])*$/,
  "the identifier of an RDS instance such as agentpay-production",
);

/** @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html */
export const MOST_REPLICAS = 15;

const ELB_NAME = "[A-Za-z0-9](-?[A-Za-z0-9]){0,31}";
/** As CloudWatch names them: the last part of their ARNs. @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html */
export const loadBalancer = text(
  new RegExp(`^app/${ELB_NAME}/[0-9a-f]{16}$`),
  "an Application Load Balancer such as app/agentpay/50dc6c495c0c9188, the end of its ARN",
);
export const targetGroup = text(
  new RegExp(`^targetgroup/${ELB_NAME}/[0-9a-f]{16}$`),
  "a target group such as targetgroup/agentpay-api/73e2d6bc24d8a067, the end of its ARN",
);
/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html */
export const MOST_TARGET_GROUPS = 100;

/** Retention periods that CloudWatch Logs accepts (PutRetentionPolicy), days. */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
export const logRetention = z.literal(LOG_RETENTION_DAYS, `one of ${LOG_RETENTION_DAYS.join(", ")}`);

/** The account that an ARN is of, and its region where it names one. */
export function placeOf(arn: string): { readonly account: string; readonly region: string } {
  const [, , , region = "", account = ""] = arn.split(":");
  return { account, region };
}
