/** The function that makes the reports and sends them, with all that it needs: its log, sender, password and role. */
import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import { Function as LambdaFunction } from "@pulumi/aws/lambda/function.js";
import { FunctionEventInvokeConfig } from "@pulumi/aws/lambda/functionEventInvokeConfig.js";
import { EmailIdentity } from "@pulumi/aws/ses/emailIdentity.js";
import type { Queue } from "@pulumi/aws/sqs/queue.js";
import { Parameter } from "@pulumi/aws/ssm/parameter.js";
import * as pulumi from "@pulumi/pulumi";
import { functionPolicy } from "./daily-cost-report-policy.ts";
import { BUNDLE_FILE, HANDLER, RUNTIME } from "./function/bundle.ts";
import { type ReportSettings, SETTINGS_VARIABLE } from "./function/settings.ts";
import { type ReportRoleArgs, reportPolicy, reportRole } from "./report-role.ts";

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

export interface ReporterArgs extends ReportRoleArgs {
  /** Prefix of names, such as `agentpay-production`. */
  namePrefix: string;
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
  /** Of the function's own log, and its key. */
  logRetentionDays: number;
  kmsKeyArn: string | undefined;
  /** Whether that log must not go with a slip of the hand. */
  protectLog: boolean;
}

/**
 * The function, which Lambda tries three times.
 * @param failures where an event goes with which it failed each time
 */
export function reporterFunction(
  parent: pulumi.Resource,
  name: string,
  args: ReporterArgs,
  failures: Queue,
): LambdaFunction {
  const functionName = `${args.namePrefix}-cost-report`;
  const { sender } = args.settings;
  const logGroup = functionLog(parent, name, functionName, args);
  const identity = new EmailIdentity(`${name}-sender`, { email: sender }, { parent });
  const password = passwordParameter(parent, name, args);
  const role = reportRole(parent, name, functionName, "lambda", args);
  const permission = reportPolicy(
    parent,
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
      environment: { variables: variables(args, password) },
      loggingConfig: { logFormat: "JSON", logGroup: logGroup.name },
      ...network(args),
    },
    { parent, dependsOn: [permission] },
  );
  retries(parent, name, reporter, failures);
  return reporter;
}

function functionLog(
  parent: pulumi.Resource,
  name: string,
  functionName: string,
  { logRetentionDays, kmsKeyArn, protectLog }: ReporterArgs,
): LogGroup {
  return new LogGroup(
    `${name}-log`,
    {
      name: `/aws/lambda/${functionName}`,
      retentionInDays: logRetentionDays,
      ...(kmsKeyArn === undefined ? {} : { kmsKeyId: kmsKeyArn }),
      deletionProtectionEnabled: protectLog,
    },
    { parent, protect: protectLog },
  );
}

function network({ subnetIds, securityGroupIds }: ReporterArgs) {
  if (subnetIds.length === 0) return {};
  return { vpcConfig: { subnetIds: [...subnetIds], securityGroupIds: [...securityGroupIds] } };
}

/** Lambda tries again itself, twice; then the event is kept. */
function retries(parent: pulumi.Resource, name: string, reporter: LambdaFunction, failures: Queue): void {
  new FunctionEventInvokeConfig(
    `${name}-retries`,
    {
      functionName: reporter.name,
      maximumRetryAttempts: 2,
      maximumEventAgeInSeconds: 6 * 3600,
      destinationConfig: { onFailure: { destination: failures.arn } },
    },
    { parent },
  );
}

function variables({ settings, database, prometheus }: ReporterArgs, password: Parameter | undefined) {
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
function passwordParameter(
  parent: pulumi.Resource,
  name: string,
  { settings, database, prometheus }: ReporterArgs,
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
    { parent },
  );
}
