import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import { QueryDefinition } from "@pulumi/aws/cloudwatch/queryDefinition.js";
import { ParameterGroup } from "@pulumi/aws/rds/parameterGroup.js";
import * as pulumi from "@pulumi/pulumi";
import { wantedLibraries, wantedSettings } from "./wanted-settings.ts";

export interface DatabaseInsightsArgs {
  /** Name of the parameter group, such as `agentpay-production-postgres16`. */
  parameterGroupName: string;
  /** RDS parameter group family, such as `postgres16`. */
  family: string;
  /** Statements slower than this are logged. */
  slowQueryMilliseconds: number;
  /** Plans of statements slower than this are logged as well; 0 for none. */
  autoExplainMilliseconds: number;
  /** Instance whose log is exported. @default none */
  instanceIdentifier?: string | undefined;
  /** Folder of the saved query in Logs Insights, such as `AgentPay/production`. */
  queryFolder: string;
  /** How the exported log is kept. */
  log: { retentionDays: number; kmsKeyArn: string | undefined; protect: boolean };
}

/** PostgreSQL's line for a statement that took longer than `log_min_duration_statement`. */
const slowStatements = [
  "fields @timestamp, @message",
  "filter @message like /duration: [0-9.]+ ms/",
  "parse @message /duration: (?<milliseconds>[0-9.]+) ms +(?<statement>.*)/",
  "sort milliseconds desc",
  "limit 50",
];

/**
 * PostgreSQL on RDS: slow query log, statement statistics, and the log in CloudWatch. (`ALTER SYSTEM`, which the guide
 * uses, is refused there.) The operator attaches the group to the instance, switches the export on and restarts it once.
 */
export class DatabaseInsights extends pulumi.ComponentResource {
  readonly parameterGroupName: pulumi.Output<string>;
  /** Undefined where no instance's log is kept. */
  readonly logGroupName: pulumi.Output<string> | undefined;

  constructor(name: string, args: DatabaseInsightsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:DatabaseInsights", name, {}, opts);
    const parameterGroup = new ParameterGroup(
      `${name}-parameters`,
      {
        name: args.parameterGroupName,
        family: args.family,
        description: "AgentPay: slow query log and pg_stat_statements",
        parameters: [
          ...Object.entries(wantedSettings(args)).map(([parameter, value]) => ({
            name: parameter,
            value,
            applyMethod: "immediate",
          })),
          // Only read when PostgreSQL starts.
          {
            name: "shared_preload_libraries",
            value: wantedLibraries(args).join(","),
            applyMethod: "pending-reboot",
          },
        ],
      },
      { parent: this },
    );

    this.parameterGroupName = parameterGroup.name;
    this.logGroupName =
      args.instanceIdentifier === undefined ? undefined : this.log(name, args.instanceIdentifier, args);
    this.registerOutputs({ parameterGroupName: this.parameterGroupName, logGroupName: this.logGroupName });
  }

  /** Made before RDS would make it, which keeps it for ever. */
  private log(
    name: string,
    instance: string,
    { queryFolder, log }: DatabaseInsightsArgs,
  ): pulumi.Output<string> {
    const group = new LogGroup(
      `${name}-log`,
      {
        name: `/aws/rds/instance/${instance}/postgresql`,
        retentionInDays: log.retentionDays,
        ...(log.kmsKeyArn === undefined ? {} : { kmsKeyId: log.kmsKeyArn }),
        deletionProtectionEnabled: log.protect,
      },
      { parent: this, protect: log.protect },
    );
    new QueryDefinition(
      `${name}-slow-statements`,
      {
        name: `${queryFolder}/Slow statements of the database`,
        logGroupNames: [group.name],
        queryString: slowStatements.join("\n| "),
      },
      { parent: this },
    );
    return group.name;
  }
}
