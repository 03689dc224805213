import { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
import { Association } from "@pulumi/aws/ssm/association.js";
import { Document } from "@pulumi/aws/ssm/document.js";
import { Parameter } from "@pulumi/aws/ssm/parameter.js";
import { LogsCustomPipeline } from "@pulumi/datadog/logsCustomPipeline.js";
import * as pulumi from "@pulumi/pulumi";
import { hostTargets, REPEATED, shortHash } from "../aws/host-agent.ts";
import { documentActions } from "../aws/host-policy.ts";
import { apiKeyParameterName, installDocument, LOG_SOURCE, pipelineProcessors } from "./agent-files.ts";

export interface DatadogLogsArgs {
  /** Prefix of names, such as `agentpay-production`. */
  namePrefix: string;
  environment: string;
  /** What the agents on the hosts send with. */
  apiKey: pulumi.Output<string>;
  /** Files of the agent, by path below its folder. */
  agentFiles: Readonly<Record<string, string>>;
  /** Tags that AgentPay's instances have. */
  hostTags: Readonly<Record<string, string>>;
  /** The hosts' role, which may then read the key. */
  hostRoleName: pulumi.Input<string>;
}

/**
 * Logs in Datadog: its agent on every instance with the stack's tags, installed by Systems Manager, and the pipeline by
 * which Datadog reads the lines. The key lies in SSM, encrypted; the hosts' role reads it, nothing else holds it.
 */
export class DatadogLogs extends pulumi.ComponentResource {
  readonly pipelineId: pulumi.Output<string>;
  readonly associationId: pulumi.Output<string>;

  constructor(name: string, args: DatadogLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:DatadogLogs", name, {}, opts);
    const apiKey = this.apiKey(name, args);
    const association = this.agent(name, args, apiKey);
    const pipeline = this.pipeline(name, args);

    this.pipelineId = pipeline.id;
    this.associationId = association.associationId;
    this.registerOutputs({ pipelineId: this.pipelineId, associationId: this.associationId });
  }

  private apiKey(name: string, { environment, apiKey }: DatadogLogsArgs): Parameter {
    return new Parameter(
      `${name}-api-key`,
      {
        name: apiKeyParameterName(environment),
        description: "Datadog API key of the agents on AgentPay's hosts",
        type: "SecureString",
        value: apiKey,
      },
      { parent: this },
    );
  }

  /** Installs the agent on every host, and again on each that comes. */
  private agent(name: string, args: DatadogLogsArgs, apiKey: Parameter): Association {
    const { namePrefix } = args;
    const content = installDocument(args.agentFiles);
    const document = new Document(
      `${name}-install-document`,
      {
        name: `${namePrefix}-install-datadog`,
        documentType: "Command",
        documentFormat: "JSON",
        targetType: "/AWS::EC2::Instance",
        content,
      },
      { parent: this },
    );
    const permission = new RolePolicy(
      `${name}-host-policy`,
      {
        name: "datadog-agent",
        role: args.hostRoleName,
        policy: pulumi.jsonStringify(agentPolicy(apiKey.arn, document.arn)),
      },
      { parent: this },
    );
    return new Association(
      `${name}-install`,
      {
        // With a hash, as the CloudWatch agent's: an edited document alone would wait for the next day.
        associationName: `${namePrefix}-datadog-${shortHash(content)}`,
        name: document.name,
        documentVersion: "$LATEST",
        targets: hostTargets(args.hostTags),
        scheduleExpression: REPEATED,
      },
      { parent: this, dependsOn: [apiKey, permission] },
    );
  }

  private pipeline(name: string, { namePrefix, environment }: DatadogLogsArgs): LogsCustomPipeline {
    return new LogsCustomPipeline(
      `${name}-pipeline`,
      {
        name: namePrefix,
        isEnabled: true,
        filters: [{ query: `source:${LOG_SOURCE} env:${environment}` }],
        processors: pipelineProcessors,
      },
      { parent: this },
    );
  }
}

/** The hosts read the key and the document, beside what they may already. */
function agentPolicy(apiKeyArn: pulumi.Output<string>, documentArn: pulumi.Output<string>) {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "ReadApiKey",
        Effect: "Allow",
        Action: ["ssm:GetParameter", "ssm:GetParameters"],
        Resource: apiKeyArn,
      },
      {
        Sid: "RunInstallDocument",
        Effect: "Allow",
        Action: documentActions,
        Resource: documentArn,
      },
    ],
  };
}
