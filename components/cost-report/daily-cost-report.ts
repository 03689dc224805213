import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm.js";
import { Role } from "@pulumi/aws/iam/role.js";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
import { Function as LambdaFunction } from "@pulumi/aws/lambda/function.js";
import { FunctionEventInvokeConfig } from "@pulumi/aws/lambda/functionEventInvokeConfig.js";
import { Schedule } from "@pulumi/aws/scheduler/schedule.js";
import { EmailIdentity } from "@pulumi/aws/ses/emailIdentity.js";
import { Queue } from "@pulumi/aws/sqs/queue.js";
import { Parameter } from "@pulumi/aws/ssm/parameter.js";
import * as pulumi from "@pulumi/pulumi";
import {
  costReportFailed,
  costReportMissing,
  type ReportAlarm,
  SILENT_HOURS,
} from "../../catalog/report-alarms.ts";
import type { RegionalTopics } from "../aws/alert-topics.ts";
import { assumedBy, functionPolicy, schedulePolicy } from "./daily-cost-report-policy.ts";
import { BUNDLE_FILE, HANDLER, RUNTIME } from "./function/bundle.ts";
import type { Edition } from "./function/calendar.ts";
import { type ReportSettings, SENT_METRIC, SETTINGS_VARIABLE, sentDimensions } from "./function/settings.ts";

/** The database that the reports are made of, through its read-only role. */
export interface ReportDatabase extends Omit<NonNullable<ReportSettings["database"]>, "passwordParameter"> {
  readonly password: pulumi.Output<string>;
}

/** The Prometheus that they are made of where there is no database: of the stack, or an engine elsewhere. */
export interface ReportPrometheus {
  readonly url: pulumi.Input<string>;
  /** Undefined where it asks for none. */
  readonly user?: { readonly name: string; readonly password: pulumi.Output<string> } | undefined;
  /** Undefined where it has none. */
  readonly tenant?: string | undefined;
  /** Region for which requests are signed with the function's role, and what that may then ask. */
  readonly signedFor?: string;
  readonly workspaceArn?: pulumi.Output<string>;
}

export interface DailyCostReportArgs {
  /** ARN of the policy beyond which the report's roles may not go. Default: none. */
  permissionsBoundary?: pulumi.Input<string> | undefined;
  /** Prefix of names, such as `agentpay-production`. */
  namePrefix: string;
  accountId: string;
  region: string;
  /** Path of the function's bundle. */
  bundle: Promise<string>;
  /** What the function is told, but for where it asks. */
  settings: Omit<ReportSettings, "database" | "prometheusUrl" | "engine">;
  /** Undefined where Prometheus answers for it. */
  database: ReportDatabase | undefined;
  /** Undefined where the database answers, or nobody does. */
  prometheus: ReportPrometheus | undefined;
  /** Where the function lives; empty for no network of ours. */
  subnetIds: readonly string[];
  securityGroupIds: readonly string[];
  /** Zone and hour, 0 to 23, at which reports are due. */
  timeZone: string;
  hour: number;
  /** Of the function's own log, and its key. */
  logRetentionDays: number;
  kmsKeyArn: string | undefined;
  /** Whether that log must not go with a slip of the hand. */
  protectLog: boolean;
  /** Topics of the home region. */
  topics: RegionalTopics;
  /** Where the runbooks are published. */
  runbookBaseUrl: string;
}

/** The days on which each edition is due, in cron's fields: day of month, month, day of week, year. */
const due: Readonly<Record<Edition, string>> = {
  daily: "* * ? *",
  weekly: "? * MON *",
  // The 2nd: wherever people live, the last day of the month is over in UTC, and AWS has worked out its costs.
  monthly: "2 * ? *",
};

/**
 * What language models and AWS cost, by email: yesterday, each Monday the week, and the month once it is over. Lambda tries
 * a report three times within a few minutes; what then failed is kept in a queue, and an alarm tells. Another one
 * tells when no report was sent, for whatever reason.
 */
export class DailyCostReport extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;
  readonly scheduleNames: Record<Edition, pulumi.Output<string>>;
  readonly alarmNames: pulumi.Output<string[]>;

  constructor(name: string, args: DailyCostReportArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:DailyCostReport", name, {}, opts);
    const failures = this.failures(name, args);
    const reporter = this.reporter(name, args, failures);
    const role = this.role(`${name}-schedule`, `${args.namePrefix}-cost-report-schedule`, "scheduler", args);
    const permission = this.policy(`${name}-schedule`, role, schedulePolicy(reporter.arn, failures.arn));
    const schedule = (edition: Edition) =>
      this.schedule(name, edition, { ...args, reporter, role, failures, permission });

    this.functionName = reporter.name;
    this.scheduleNames = {
      daily: schedule("daily"),
      weekly: schedule("weekly"),
      monthly: schedule("monthly"),
    };
    this.alarmNames = pulumi.all([
      this.alarm(`${name}-missing-alarm`, "missing", costReportMissing, args, {
        namespace: SENT_METRIC.namespace,
        metricName: SENT_METRIC.name,
        dimensions: sentDimensions(args.settings.environment, "daily"),
        statistic: "Sum",
        period: 3600,
        evaluationPeriods: SILENT_HOURS,
        comparisonOperator: "LessThanThreshold",
        threshold: 1,
        // Nothing counted is the very case.
        treatMissingData: "breaching",
      }),
      this.alarm(`${name}-failed-alarm`, "failed", costReportFailed, args, {
        namespace: "AWS/SQS",
        metricName: "ApproximateNumberOfMessagesVisible",
        dimensions: { QueueName: failures.name },
        statistic: "Maximum",
        period: 300,
        evaluationPeriods: 1,
        comparisonOperator: "GreaterThanThreshold",
        threshold: 0,
        treatMissingData: "notBreaching",
      }),
    ]);
    this.registerOutputs({
      functionName: this.functionName,
      scheduleNames: this.scheduleNames,
      alarmNames: this.alarmNames,
    });
  }

  /** What could not be reported, for two weeks. */
  private failures(name: string, { namePrefix }: DailyCostReportArgs): Queue {
    return new Queue(
      `${name}-failures`,
      {
        name: `${namePrefix}-cost-report-failures`,
        messageRetentionSeconds: 14 * 86_400,
        sqsManagedSseEnabled: true,
      },
      { parent: this },
    );
  }

  private reporter(name: string, args: DailyCostReportArgs, failures: Queue): LambdaFunction {
    const functionName = `${args.namePrefix}-cost-report`;
    const { sender } = args.settings;
    const logGroup = new LogGroup(
      `${name}-log`,
      {
        name: `/aws/lambda/${functionName}`,
        retentionInDays: args.logRetentionDays,
        ...(args.kmsKeyArn === undefined ? {} : { kmsKeyId: args.kmsKeyArn }),
        deletionProtectionEnabled: args.protectLog,
      },
      { parent: this, protect: args.protectLog },
    );
    const identity = new EmailIdentity(`${name}-sender`, { email: sender }, { parent: this });
    const password = this.password(name, args);
    const role = this.role(name, functionName, "lambda", args);
    const permission = this.policy(
      name,
      role,
      functionPolicy({
        ...args,
        sender,
        logGroupArn: logGroup.arn,
        failuresArn: failures.arn,
        identityArn: identity.arn,
        passwordParameterArn: password?.arn,
        workspaceArn: args.prometheus?.workspaceArn,
      }),
    );
    const reporter = new LambdaFunction(
      `${name}-function`,
      {
        name: functionName,
        description: "Emails what language models and AWS cost",
        runtime: RUNTIME,
        handler: HANDLER,
        code: new pulumi.asset.AssetArchive({ [BUNDLE_FILE]: new pulumi.asset.FileAsset(args.bundle) }),
        role: role.arn,
        // Each source may take 20 s, the parameter and SES beside them.
        timeout: 120,
        memorySize: 512,
        environment: { variables: this.variables(args, password) },
        loggingConfig: { logFormat: "JSON", logGroup: logGroup.name },
        ...(args.subnetIds.length > 0 && {
          vpcConfig: { subnetIds: [...args.subnetIds], securityGroupIds: [...args.securityGroupIds] },
        }),
      },
      { parent: this, dependsOn: [permission] },
    );
    new FunctionEventInvokeConfig(
      `${name}-retries`,
      {
        functionName: reporter.name,
        maximumRetryAttempts: 2,
        maximumEventAgeInSeconds: 6 * 3600,
        destinationConfig: { onFailure: { destination: failures.arn } },
      },
      { parent: this },
    );
    return reporter;
  }

  private variables(
    { settings, database, prometheus }: DailyCostReportArgs,
    password: Parameter | undefined,
  ) {
    const { password: _secret, ...address } = database ?? {};
    const { url, user, tenant, signedFor } = prometheus ?? {};
    const engine = {
      ...(user && password && { user: { name: user.name, passwordParameter: password.name } }),
      ...(tenant && { tenant }),
      ...(signedFor && { signedFor }),
    };
    return {
      [SETTINGS_VARIABLE]: pulumi.jsonStringify({
        ...settings,
        ...(database && password && { database: { ...address, passwordParameter: password.name } }),
        ...(url !== undefined && { prometheusUrl: url }),
        ...(Object.keys(engine).length > 0 && { engine }),
      }),
      // Lambda's own store knows the certificates of RDS; Node.js only those of the public authorities.
      NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem",
    };
  }

  /** Of whom it asks: undefined where that wants none. */
  private password(
    name: string,
    { settings, database, prometheus }: DailyCostReportArgs,
  ): Parameter | undefined {
    const value = database?.password ?? prometheus?.user?.password;
    if (value === undefined) return undefined;
    const [of, description] = database
      ? ["database", "Password of the read-only role with which the cost report reads AgentPay's database"]
      : ["engine", "Password with which the cost report reads from the engine that has the metrics"];
    return new Parameter(
      `${name}-${of}-password`,
      {
        name: `/agentpay/${settings.environment}/cost-report/${of}-password`,
        description,
        type: "SecureString",
        value,
      },
      { parent: this },
    );
  }

  private role(
    name: string,
    roleName: string,
    service: Parameters<typeof assumedBy>[0],
    { accountId, permissionsBoundary }: DailyCostReportArgs,
  ): Role {
    return new Role(
      `${name}-role`,
      {
        name: roleName,
        description: "AgentPay's cost report",
        assumeRolePolicy: pulumi.jsonStringify(assumedBy(service, accountId)),
        ...(permissionsBoundary && { permissionsBoundary }),
      },
      { parent: this },
    );
  }

  private policy(name: string, role: Role, policy: object): RolePolicy {
    return new RolePolicy(
      `${name}-policy`,
      { name: "cost-report", role: role.name, policy: pulumi.jsonStringify(policy) },
      { parent: this },
    );
  }

  private schedule(
    name: string,
    edition: Edition,
    { namePrefix, hour, timeZone, reporter, role, failures, permission }: DailyCostReportArgs & Target,
  ): pulumi.Output<string> {
    return new Schedule(
      `${name}-${edition}`,
      {
        name: `${namePrefix}-cost-report-${edition}`,
        description: `The ${edition} cost report`,
        scheduleExpression: `cron(0 ${hour} ${due[edition]})`,
        scheduleExpressionTimezone: timeZone,
        flexibleTimeWindow: { mode: "OFF" },
        target: {
          arn: reporter.arn,
          roleArn: role.arn,
          // EventBridge puts the time in.
          input: JSON.stringify({ edition, scheduledAt: "<aws.scheduler.scheduled-time>" }),
          // Until Lambda has taken the event. From there on Lambda tries again itself.
          retryPolicy: { maximumRetryAttempts: 5, maximumEventAgeInSeconds: 6 * 3600 },
          deadLetterConfig: { arn: failures.arn },
        },
      },
      { parent: this, dependsOn: [permission] },
    ).name;
  }

  private alarm(
    resourceName: string,
    key: string,
    { name, description }: ReportAlarm,
    { namePrefix, topics, runbookBaseUrl }: DailyCostReportArgs,
    condition: Condition,
  ): pulumi.Output<string> {
    const actions = [topics.warningArn];
    return new MetricAlarm(
      resourceName,
      {
        name: `${namePrefix}-cost-report-${key}`,
        alarmDescription: `${description} Runbook: ${runbookBaseUrl}/${name}.md`,
        ...condition,
        alarmActions: actions,
        okActions: actions,
      },
      { parent: this },
    ).name;
  }
}

/** What a schedule needs to run the function. */
interface Target {
  readonly reporter: LambdaFunction;
  readonly role: Role;
  readonly failures: Queue;
  readonly permission: RolePolicy;
}

/** What an alarm watches. */
interface Condition {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Record<string, pulumi.Input<string>>;
  readonly statistic: "Sum" | "Maximum";
  readonly period: number;
  readonly evaluationPeriods: number;
  readonly comparisonOperator: "LessThanThreshold" | "GreaterThanThreshold";
  readonly threshold: number;
  readonly treatMissingData: "breaching" | "notBreaching";
}
