import { join } from "node:path";
import { z } from "zod";
import type { ConnectedPackage, StandInPackage } from "../../../host/resource.ts";
import type { WorkspaceEngine } from "../workspaces/engine.ts";
import { type Configuration, configuration, type Service } from "./configuration.ts";
import { Connection, missingEndpoint } from "./connection.ts";
import { getCallerIdentity, getPolicyDocument, getRegion } from "./functions.ts";
import type { AnyHandler } from "./handler.ts";
import { alarmMuteRule } from "./resources/alarm-mute-rule.ts";
import { alias } from "./resources/alias.ts";
import { anomalyMonitor } from "./resources/anomaly-monitor.ts";
import { anomalySubscription } from "./resources/anomaly-subscription.ts";
import { association } from "./resources/association.ts";
import { budget } from "./resources/budget/index.ts";
import { ssmDocument } from "./resources/document.ts";
import { emailIdentity } from "./resources/email-identity.ts";
import { lambdaFunction } from "./resources/function.ts";
import { functionEventInvokeConfig } from "./resources/function-event-invoke-config.ts";
import { healthCheck } from "./resources/health-check.ts";
import { instanceProfile } from "./resources/instance-profile.ts";
import { key } from "./resources/key.ts";
import { logGroup } from "./resources/log-group.ts";
import { logMetricFilter } from "./resources/log-metric-filter.ts";
import {
  alertManagerDefinition,
  ruleGroupNamespace,
  workspace,
  workspacePolicy,
} from "./resources/managed-prometheus.ts";
import { metricAlarm } from "./resources/metric-alarm/index.ts";
import { openIdConnectProvider } from "./resources/open-id-connect-provider.ts";
import { parameter } from "./resources/parameter.ts";
import { parameterGroup } from "./resources/parameter-group.ts";
import { policy } from "./resources/policy.ts";
import { queryDefinition } from "./resources/query-definition.ts";
import { queue } from "./resources/queue.ts";
import { role } from "./resources/role.ts";
import { rolePolicy } from "./resources/role-policy.ts";
import { rolePolicyAttachment } from "./resources/role-policy-attachment.ts";
import { schedule } from "./resources/schedule.ts";
import { secret, secretPolicy, secretVersion } from "./resources/secret.ts";
import { topic } from "./resources/topic.ts";
import { topicPolicy } from "./resources/topic-policy.ts";
import { topicSubscription } from "./resources/topic-subscription.ts";
import { Store } from "./store.ts";

export { emulatorGaps } from "./gaps.ts";

type Factory = (connection: Connection, stateFolder: string) => AnyHandler;

/** Resource types by token, with the service that the provider's `endpoints` must name for them. */
export const resourceTypes: Readonly<Record<string, readonly [Service, Factory]>> = {
  "aws:amp/alertManagerDefinition:AlertManagerDefinition": ["amp", alertManagerDefinition],
  "aws:amp/resourcePolicy:ResourcePolicy": ["amp", workspacePolicy],
  "aws:amp/ruleGroupNamespace:RuleGroupNamespace": ["amp", ruleGroupNamespace],
  "aws:amp/workspace:Workspace": ["amp", workspace],
  "aws:budgets/budget:Budget": ["budgets", budget],
  "aws:cloudwatch/alarmMuteRule:AlarmMuteRule": ["cloudwatch", alarmMuteRule],
  "aws:cloudwatch/logGroup:LogGroup": ["logs", logGroup],
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": ["logs", logMetricFilter],
  "aws:cloudwatch/metricAlarm:MetricAlarm": ["cloudwatch", metricAlarm],
  "aws:cloudwatch/queryDefinition:QueryDefinition": ["logs", queryDefinition],
  "aws:costexplorer/anomalyMonitor:AnomalyMonitor": ["costexplorer", anomalyMonitor],
  "aws:costexplorer/anomalySubscription:AnomalySubscription": ["costexplorer", anomalySubscription],
  "aws:iam/instanceProfile:InstanceProfile": ["iam", instanceProfile],
  "aws:iam/policy:Policy": ["iam", policy],
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": ["iam", openIdConnectProvider],
  "aws:iam/role:Role": ["iam", role],
  "aws:iam/rolePolicy:RolePolicy": ["iam", rolePolicy],
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ["iam", rolePolicyAttachment],
  "aws:kms/alias:Alias": ["kms", alias],
  "aws:kms/key:Key": ["kms", key],
  "aws:lambda/function:Function": ["lambda", lambdaFunction],
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": ["lambda", functionEventInvokeConfig],
  "aws:rds/parameterGroup:ParameterGroup": ["rds", parameterGroup],
  "aws:route53/healthCheck:HealthCheck": ["route53", healthCheck],
  "aws:scheduler/schedule:Schedule": ["scheduler", schedule],
  "aws:secretsmanager/secret:Secret": ["secretsmanager", secret],
  "aws:secretsmanager/secretPolicy:SecretPolicy": ["secretsmanager", secretPolicy],
  "aws:secretsmanager/secretVersion:SecretVersion": ["secretsmanager", secretVersion],
  "aws:ses/emailIdentity:EmailIdentity": ["ses", emailIdentity],
  "aws:sns/topic:Topic": ["sns", topic],
  "aws:sns/topicPolicy:TopicPolicy": ["sns", topicPolicy],
  "aws:sns/topicSubscription:TopicSubscription": ["sns", topicSubscription],
  "aws:sqs/queue:Queue": ["sqs", queue],
  "aws:ssm/association:Association": ["ssm", association],
  "aws:ssm/document:Document": ["ssm", ssmDocument],
  "aws:ssm/parameter:Parameter": ["ssm", parameter],
};

export interface AwsPackageOptions {
  /** Absolute path of the state folder: `data/aws/` holds what the emulator can't (`emulatorGaps`). */
  readonly stateFolder: string;
  /** Evaluates the rules of Amazon's workspaces. Default: nothing does. */
  readonly engine?: WorkspaceEngine | undefined;
}

/**
 * The stand-in for @pulumi/aws. It drives an AWS emulator on this machine, never AWS itself.
 */
export function awsPackage({ stateFolder, engine }: AwsPackageOptions): StandInPackage<Configuration> {
  return {
    name: "aws",
    version: "7.48.0",
    configuration,
    async connect(given): Promise<ConnectedPackage> {
      const store = new Store(join(stateFolder, "data", "aws", "store.json"));
      const connection = new Connection(given, store, engine);
      await checkAccount(connection, given);
      return {
        resources: resources(connection, stateFolder),
        functions: {
          "aws:index/getCallerIdentity:getCallerIdentity": getCallerIdentity(connection),
          "aws:index/getRegion:getRegion": getRegion(connection),
          "aws:iam/getPolicyDocument:getPolicyDocument": getPolicyDocument,
        },
      };
    },
  };
}

async function checkAccount(connection: Connection, given: Configuration): Promise<void> {
  const { allowedAccountIds, forbiddenAccountIds = [] } = given;
  if (given.skipRequestingAccountId && allowedAccountIds === undefined && forbiddenAccountIds.length === 0)
    return;
  const { accountId } = await connection.caller();
  const allowed = allowedAccountIds?.includes(accountId) ?? !forbiddenAccountIds.includes(accountId);
  if (!allowed) {
    const rule = allowedAccountIds
      ? `allowedAccountIds has only ${allowedAccountIds.join(", ")}`
      : "forbiddenAccountIds has it";
    throw new Error(`AWS account ID not allowed: ${accountId} (${rule})`);
  }
}

function resources(connection: Connection, stateFolder: string): Record<string, AnyHandler> {
  return Object.fromEntries(
    Object.entries(resourceTypes).map(([token, [service, make]]) => {
      const handler = make(connection, stateFolder);
      return [token, connection.endpoint(service) === undefined ? unreachable(handler, service) : handler];
    }),
  );
}

/** A resource whose service has no endpoint is refused at preview already, not when the stack is half made. */
function unreachable(handler: AnyHandler, service: Service): AnyHandler {
  return { ...handler, inputs: z.custom<never>(() => false, missingEndpoint(service)) };
}
