/** Sections 9, 14 and 15 of the guide, and what its alarms need: logs, what counts in them, who is told, what it costs. */
import { BudgetsClient, CreateBudgetCommand } from "@aws-sdk/client-budgets";
import { CloudWatchClient, PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  PutMetricFilterCommand,
  PutRetentionPolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { CreateHealthCheckCommand, Route53Client } from "@aws-sdk/client-route-53";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { type Accounts, GLOBAL, HOME } from "./accounts.ts";

export interface AwsByHand {
  readonly topic: string;
  readonly subscription: string;
  /** Two that check the same: one was made twice. */
  readonly widgetChecks: readonly string[];
}

const ACCOUNT = "123456789012";

/** Other retention and thresholds; the api's errors are counted and alarm nobody. */
export async function awsByHand(accounts: Accounts): Promise<AwsByHand> {
  const sns = new SNSClient(accounts.aws(HOME));
  const { TopicArn: topic = "" } = await sns.send(
    new CreateTopicCommand({ Name: "agentpay-local-critical" }),
  );
  const { SubscriptionArn: subscription = "" } = await sns.send(
    new SubscribeCommand({ TopicArn: topic, Protocol: "email", Endpoint: "oncall@agentpay.example" }),
  );
  await sns.send(new CreateTopicCommand({ Name: "website-alerts" }));
  await logs(accounts);
  await alarms(accounts, topic);
  await new BudgetsClient(accounts.aws(GLOBAL)).send(
    new CreateBudgetCommand({
      AccountId: ACCOUNT,
      Budget: {
        ...{ BudgetName: "agentpay-local-monthly", BudgetType: "COST", TimeUnit: "MONTHLY" },
        BudgetLimit: { Amount: "50", Unit: "USD" },
      },
    }),
  );
  return { topic, subscription, widgetChecks: await checks(accounts) };
}

async function logs(accounts: Accounts): Promise<void> {
  const client = new CloudWatchLogsClient(accounts.aws(HOME));
  for (const service of ["api", "worker"]) {
    const logGroupName = `/agentpay/${service}`;
    const metricName = `agentpay-local-${service}-errors`;
    await client.send(new CreateLogGroupCommand({ logGroupName }));
    await client.send(
      new PutMetricFilterCommand({
        ...{ logGroupName, filterName: metricName, filterPattern: "ERROR" },
        metricTransformations: [{ metricName, metricNamespace: "AgentPay/Logs", metricValue: "1" }],
      }),
    );
  }
  await client.send(new PutRetentionPolicyCommand({ logGroupName: "/agentpay/api", retentionInDays: 7 }));
  await client.send(new CreateLogGroupCommand({ logGroupName: "/website/access" }));
}

async function alarms(accounts: Accounts, topic: string): Promise<void> {
  const common = { EvaluationPeriods: 1, ComparisonOperator: "GreaterThanThreshold" } as const;
  await new CloudWatchClient(accounts.aws(HOME)).send(
    new PutMetricAlarmCommand({
      ...{ AlarmName: "agentpay-local-worker-errors", MetricName: "agentpay-local-worker-errors" },
      ...{ Namespace: "AgentPay/Logs", Statistic: "Sum", Period: 60, Threshold: 99, AlarmActions: [topic] },
      ...common,
    }),
  );
  await new CloudWatchClient(accounts.aws(GLOBAL)).send(
    new PutMetricAlarmCommand({
      ...{ AlarmName: "agentpay-local-billing-100-percent", MetricName: "EstimatedCharges" },
      ...{ Namespace: "AWS/Billing", Statistic: "Maximum", Period: 21_600, Threshold: 50 },
      Dimensions: [{ Name: "Currency", Value: "USD" }],
      ...common,
    }),
  );
}

async function checks(accounts: Accounts): Promise<string[]> {
  const client = new Route53Client(accounts.aws(GLOBAL));
  const { agentpayEdge: port } = accounts.ports();
  const make = async (reference: string, path: string) => {
    const asked = {
      Type: "HTTPS",
      FullyQualifiedDomainName: "localhost",
      Port: port,
      ResourcePath: path,
    } as const;
    const command = new CreateHealthCheckCommand({
      CallerReference: reference,
      HealthCheckConfig: { ...asked, RequestInterval: 30, FailureThreshold: 5 },
    });
    return (await client.send(command)).HealthCheck?.Id ?? "";
  };
  await make("api", "/healthz");
  const widget = "/widget/v1/agentpay-chat.js";
  return [await make("widget", widget), await make("widget again", widget)];
}
