import { ParameterGroup } from "@pulumi/aws/rds/parameterGroup.js";
import * as pulumi from "@pulumi/pulumi";

export interface DatabaseInsightsArgs {
  /** Name of the parameter group, such as `agentpay-production-postgres16`. */
  parameterGroupName: string;
  /** RDS parameter group family, such as `postgres16`. */
  family: string;
  /** Statements slower than this are logged. */
  slowQueryMilliseconds: number;
}

/**
 * PostgreSQL on RDS: slow query log and statement statistics. (`ALTER SYSTEM`, which the guide uses, is refused
 * there.) The operator attaches the group to the instance and restarts it once.
 */
export class DatabaseInsights extends pulumi.ComponentResource {
  readonly parameterGroupName: pulumi.Output<string>;

  constructor(name: string, args: DatabaseInsightsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:DatabaseInsights", name, {}, opts);

    const parameterGroup = new ParameterGroup(
      `${name}-parameters`,
      {
        name: args.parameterGroupName,
        family: args.family,
        description: "AgentPay: slow query log and pg_stat_statements",
        parameters: [
          {
            name: "log_min_duration_statement",
            value: String(args.slowQueryMilliseconds),
            applyMethod: "immediate",
          },
          // Only read when PostgreSQL starts.
          { name: "shared_preload_libraries", value: "pg_stat_statements", applyMethod: "pending-reboot" },
          { name: "pg_stat_statements.track", value: "TOP", applyMethod: "immediate" },
        ],
      },
      { parent: this },
    );

    this.parameterGroupName = parameterGroup.name;
    this.registerOutputs({ parameterGroupName: this.parameterGroupName });
  }
}
