import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import { Parameter } from "@pulumi/aws/ssm/parameter.js";
import * as pulumi from "@pulumi/pulumi";
import {
  cloudWatchAgentConfiguration,
  type LoggingService,
  logGroupName,
  loggingServices,
} from "../render/cloudwatch-agent.ts";

export interface LogAggregationArgs {
  /** Part of the agent parameter's name, such as `production`. */
  environment: string;
  /** Folder on the AgentPay hosts of `<service>.log`, without a trailing slash. */
  logDirectory: string;
  /** Days that log events are kept; one of CloudWatch's periods. */
  retentionDays: number;
}

/** CloudWatch Logs: a group for each service, and the agent's configuration where the hosts fetch it. */
export class LogAggregation extends pulumi.ComponentResource {
  readonly logGroupNames: Record<LoggingService, pulumi.Output<string>>;
  /** SSM parameter that `amazon-cloudwatch-agent-ctl -c ssm:<name>` reads. */
  readonly agentParameterName: pulumi.Output<string>;

  constructor(name: string, args: LogAggregationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:LogAggregation", name, {}, opts);

    const logGroup = (service: LoggingService) =>
      new LogGroup(
        `${name}-${service}`,
        { name: logGroupName(service), retentionInDays: args.retentionDays },
        { parent: this },
      ).name;
    const agentParameter = new Parameter(
      `${name}-agent`,
      {
        // CloudWatchAgentServerPolicy only lets instances read parameters with this prefix.
        name: `AmazonCloudWatch-agentpay-${args.environment}`,
        description: "CloudWatch agent configuration of AgentPay's hosts",
        type: "String",
        // Not `value`, which previews mask: a reviewer must see what changes. There is no secret in it.
        insecureValue: cloudWatchAgentConfiguration(args.logDirectory),
      },
      { parent: this },
    );

    const [api, worker] = loggingServices;
    this.logGroupNames = { [api]: logGroup(api), [worker]: logGroup(worker) };
    this.agentParameterName = agentParameter.name;
    this.registerOutputs({ logGroupNames: this.logGroupNames, agentParameterName: this.agentParameterName });
  }
}
