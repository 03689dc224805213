import { AlertManagerDefinition } from "@pulumi/aws/amp/alertManagerDefinition.js";
import { ResourcePolicy } from "@pulumi/aws/amp/resourcePolicy.js";
import { RuleGroupNamespace } from "@pulumi/aws/amp/ruleGroupNamespace.js";
import { Workspace } from "@pulumi/aws/amp/workspace.js";
import { Key } from "@pulumi/aws/kms/key.js";
import { Secret } from "@pulumi/aws/secretsmanager/secret.js";
import { SecretPolicy } from "@pulumi/aws/secretsmanager/secretPolicy.js";
import { SecretVersion } from "@pulumi/aws/secretsmanager/secretVersion.js";
import * as pulumi from "@pulumi/pulumi";
import { engineAlarms } from "../../catalog/engine-alarms.ts";
import type { RegionalTopics } from "../aws/alert-topics.ts";
import { PAGER_SECRET } from "./alertmanager-receivers.ts";
import { EngineAlarms } from "./engine-alarms.ts";

export interface ManagedPrometheusArgs {
  /** The workspace's alias, and what names begin with, such as `agentpay-production`. */
  namePrefix: string;
  /** 12 digits. */
  accountId: string;
  region: string;
  /** Rule files by file name, as every engine gets them. */
  rules: Readonly<Record<string, string>>;
  /** What its Alertmanager is told. */
  alertManagerDefinition: string;
  /** IAM role (or user) of the host that writes samples and reads them for Grafana; undefined where IAM alone decides. */
  hostRoleArn: string | undefined;
  /** What its Alertmanager pages with; undefined where the stack does not page. */
  pagerSecret: PagerSecret | undefined;
  /** Topics of the workspace's region, for alarms on the engine itself. */
  topics: RegionalTopics;
  /** Where the runbooks are published. */
  runbookBaseUrl: string;
}

/** A secret of AWS Secrets Manager that the engine reads. */
export interface PagerSecret {
  /** Its name, without the prefix. */
  readonly name: string;
  /** Whose key it is. */
  readonly pager: string;
  readonly content: Readonly<Record<string, pulumi.Output<string>>>;
}

const SERVICE = "aps.amazonaws.com";

/** Amazon Managed Service for Prometheus: where samples are kept, rules evaluated and people told. */
export class ManagedPrometheus extends pulumi.ComponentResource {
  /** Ends in a slash; `api/v1/remote_write` and the query API are below it. */
  readonly endpoint: pulumi.Output<string>;
  readonly workspaceId: pulumi.Output<string>;
  readonly workspaceArn: pulumi.Output<string>;
  /** Of the alarms on the engine itself. */
  readonly alarmNames: pulumi.Output<string[]>;

  constructor(name: string, args: ManagedPrometheusArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:ManagedPrometheus", name, {}, opts);
    const child = { parent: this };
    const workspace = new Workspace(`${name}-workspace`, { alias: args.namePrefix }, child);
    for (const [file, data] of Object.entries(args.rules)) {
      const namespace = file.replace(/\.yml$/, "");
      new RuleGroupNamespace(
        `${name}-${namespace}`,
        { workspaceId: workspace.id, name: namespace, data },
        child,
      );
    }
    const secretArn = args.pagerSecret && this.pagerSecret(name, args, args.pagerSecret, workspace.arn);
    const definition = secretArn
      ? secretArn.apply((arn) => args.alertManagerDefinition.replaceAll(PAGER_SECRET, arn))
      : args.alertManagerDefinition;
    new AlertManagerDefinition(`${name}-alertmanager`, { workspaceId: workspace.id, definition }, child);
    if (args.hostRoleArn) {
      const policyDocument = pulumi.jsonStringify(hostPolicy(workspace.arn, args.hostRoleArn));
      new ResourcePolicy(`${name}-policy`, { workspaceId: workspace.id, policyDocument }, child);
    }

    const alarms = new EngineAlarms(
      `${name}-alarms`,
      {
        alarmPrefix: args.namePrefix,
        alarms: engineAlarms,
        workspaceId: workspace.id,
        topics: args.topics,
        runbookBaseUrl: args.runbookBaseUrl,
      },
      child,
    );

    this.endpoint = workspace.prometheusEndpoint;
    this.workspaceId = workspace.id;
    this.workspaceArn = workspace.arn;
    this.alarmNames = alarms.alarmNames;
    this.registerOutputs({
      endpoint: this.endpoint,
      workspaceId: this.workspaceId,
      workspaceArn: this.workspaceArn,
      alarmNames: this.alarmNames,
    });
  }

  /** Where the engine reads the pager's key. Returns the secret's ARN, once the key is in it and may be read. */
  private pagerSecret(
    name: string,
    { namePrefix, accountId, region }: ManagedPrometheusArgs,
    { name: ownName, pager, content }: PagerSecret,
    workspaceArn: pulumi.Output<string>,
  ): pulumi.Output<string> {
    const child = { parent: this };
    const key = new Key(
      `${name}-key`,
      {
        description: `${pager}'s routing key for ${namePrefix}: AWS's own key can't be lent to a service`,
        enableKeyRotation: true,
        policy: JSON.stringify(keyPolicy(accountId, region)),
      },
      child,
    );
    const secret = new Secret(
      `${name}-routing-key`,
      { name: `${namePrefix}-${ownName}`, kmsKeyId: key.arn },
      child,
    );
    const version = new SecretVersion(
      `${name}-routing-key-value`,
      { secretId: secret.id, secretString: pulumi.jsonStringify(content) },
      { ...child, additionalSecretOutputs: ["secretString"] },
    );
    const policy = new SecretPolicy(
      `${name}-routing-key-policy`,
      {
        secretArn: secret.arn,
        policy: pulumi.jsonStringify(secretPolicy(secret.arn, workspaceArn, accountId)),
      },
      child,
    );
    return pulumi.all([secret.arn, version.id, policy.id]).apply(([arn]) => arn);
  }
}

/** What the host of Prometheus and Grafana does in the workspace: write samples, ask for them, and see the rules. */
function hostPolicy(workspaceArn: pulumi.Input<string>, roleArn: string) {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "WriteAndQuery",
        Effect: "Allow",
        Principal: { AWS: roleArn },
        Action: [
          ...["aps:RemoteWrite", "aps:QueryMetrics"],
          ...["aps:GetLabels", "aps:GetSeries", "aps:GetMetricMetadata"],
          // What Grafana shows of alerts, and `verify` asks for.
          "aps:ListRules",
        ],
        Resource: workspaceArn,
      },
    ],
  };
}

function secretPolicy(
  secretArn: pulumi.Input<string>,
  workspaceArn: pulumi.Input<string>,
  accountId: string,
) {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "EngineReadsRoutingKey",
        Effect: "Allow",
        Principal: { Service: SERVICE },
        Action: "secretsmanager:GetSecretValue",
        Resource: secretArn,
        Condition: {
          StringEquals: { "aws:SourceAccount": accountId },
          ArnEquals: { "aws:SourceArn": workspaceArn },
        },
      },
    ],
  };
}

/** In a key's own policy, `*` is the key. Without the account's statement nobody could ever change it. */
function keyPolicy(accountId: string, region: string) {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AccountManagesKey",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${accountId}:root` },
        Action: [
          ...["kms:DescribeKey", "kms:GetKeyPolicy", "kms:PutKeyPolicy", "kms:UpdateKeyDescription"],
          ...["kms:EnableKeyRotation", "kms:DisableKeyRotation", "kms:GetKeyRotationStatus"],
          ...["kms:TagResource", "kms:UntagResource", "kms:ListResourceTags", "kms:EnableKey"],
          ...["kms:DisableKey", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"],
          ...["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"],
        ],
        Resource: "*",
      },
      {
        Sid: "EngineReadsSecret",
        Effect: "Allow",
        Principal: { Service: SERVICE },
        Action: "kms:Decrypt",
        Resource: "*",
        Condition: {
          StringEquals: {
            "aws:SourceAccount": accountId,
            "kms:ViaService": `secretsmanager.${region}.amazonaws.com`,
          },
        },
      },
    ],
  };
}
