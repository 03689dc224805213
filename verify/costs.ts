/** What AWS costs: the alarms and budgets that say so. */
import {
  BudgetsClient,
  DescribeBudgetCommand,
  DescribeNotificationsForBudgetCommand,
} from "@aws-sdk/client-budgets";
import { CostExplorerClient, GetAnomalySubscriptionsCommand } from "@aws-sdk/client-cost-explorer";
import { GLOBAL_REGION } from "../catalog/topics.ts";
import type { Enabled } from "../settings.ts";
import { alarmProblems, clientOptions, UP } from "./aws.ts";
import { type Check, type Context, failed, notConfigured, proven, required, some } from "./check.ts";

async function billingAlarms(context: Context) {
  const names = required(context.outputs.billingAlarmNames, "billingAlarmNames");
  const problems = await alarmProblems(context, names);
  return problems.length > 0 ? failed(some(problems)) : proven(some(names));
}

async function budgets(context: Context) {
  const { accountId: AccountId } = context.settings.aws as Enabled<"aws">;
  const client = new BudgetsClient(clientOptions(context, GLOBAL_REGION));
  const found = await Promise.all(
    required(context.outputs.budgetNames, "budgetNames").map(async (BudgetName) => {
      const target = { AccountId, BudgetName };
      const options = { abortSignal: context.signal };
      const { Budget } = await client.send(new DescribeBudgetCommand(target), options);
      const { Notifications } = await client.send(new DescribeNotificationsForBudgetCommand(target), options);
      const { Amount = "0", Unit = "USD" } = Budget?.BudgetLimit ?? {};
      return {
        name: BudgetName,
        limit: `${Number(Amount)} ${Unit}`,
        notifications: Notifications?.length ?? 0,
      };
    }),
  );
  const silent = found.filter(({ notifications }) => notifications === 0);
  return silent.length > 0
    ? failed(some(silent.map(({ name }) => `${name} tells nobody`)))
    : proven(some(found.map(({ name, limit }) => `${name} (${limit})`)));
}

async function anomalies(context: Context) {
  if ((context.settings.aws as Enabled<"aws">).endpointUrl !== undefined) {
    return notConfigured("an emulator detects no anomalies");
  }
  const arn = required(context.outputs.anomalySubscriptionArn, "anomalySubscriptionArn");
  const client = new CostExplorerClient(clientOptions(context, GLOBAL_REGION));
  const command = new GetAnomalySubscriptionsCommand({ SubscriptionArnList: [arn] });
  const answer = await client.send(command, { abortSignal: context.signal });
  const [subscription] = answer.AnomalySubscriptions ?? [];
  if (!subscription) return failed(`${arn} is missing`);
  const reached = subscription.Subscribers?.filter(({ Status }) => Status !== "DECLINED") ?? [];
  const { SubscriptionName: name = arn } = subscription;
  return reached.length > 0 ? proven(name) : failed(`${name} tells nobody`);
}

export const costChecks: readonly Check[] = [
  {
    id: "billing-alarms",
    section: "Costs",
    title: "Billing alarms exist and ring somewhere",
    platform: "aws",
    advice: UP,
    run: billingAlarms,
  },
  {
    id: "budgets",
    section: "Costs",
    title: "Budgets exist and tell somebody",
    platform: "aws",
    advice: UP,
    run: budgets,
  },
  {
    id: "cost-anomalies",
    section: "Costs",
    title: "Cost anomalies are told to somebody",
    platform: "aws",
    advice: UP,
    run: anomalies,
  },
];
