/** What AWS costs: the alarms and budgets that say so. */
import {
  BudgetsClient,
  DescribeBudgetCommand,
  DescribeNotificationsForBudgetCommand,
} from "@aws-sdk/client-budgets";
import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { CostExplorerClient, GetAnomalySubscriptionsCommand } from "@aws-sdk/client-cost-explorer";
import { GetScheduleCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { SILENT_HOURS } from "../../catalog/report-alarms.ts";
import { GLOBAL_REGION } from "../../catalog/topics.ts";
import { SENT_METRIC, sentDimensions } from "../../components/cost-report/function/settings.ts";
import { failed, notConfigured, proven, required, some } from "../../components/shared/outcome.ts";
import type { Enabled } from "../../settings/schema.ts";
import { alarmProblems, clientOptions, UP } from "./aws.ts";
import type { Check, Context } from "./check.ts";

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

/** The schedule is on, its alarms would ring, and a report was sent of late, if one was due. */
async function dailyReport(context: Context) {
  const { settings, outputs, signal } = context;
  if (!settings.cost.report.enabled) return notConfigured("cost.report.enabled is false");
  const { region } = settings.aws as Enabled<"aws">;
  const problems = await alarmProblems(
    context,
    required(outputs.costReportAlarmNames, "costReportAlarmNames"),
    region,
  );
  const Name = required(outputs.costReportScheduleNames, "costReportScheduleNames")["daily"];
  const scheduler = new SchedulerClient(clientOptions(context));
  const schedule = await scheduler.send(new GetScheduleCommand({ Name }), { abortSignal: signal });
  if (schedule.State !== "ENABLED") problems.push(`${Name} is switched off`);
  if (problems.length > 0) return failed(some(problems));
  const now = Date.now();
  const window = SILENT_HOURS * 3_600_000;
  const sent = await lastReport(context, now - window, now);
  if (sent !== undefined) return proven(`last sent at ${sent.toISOString()}`);
  const { CreationDate = new Date(0), ScheduleExpressionTimezone: zone = "UTC" } = schedule;
  const { hour } = settings.cost.report;
  return now - CreationDate.getTime() < window
    ? notConfigured(`none was due yet: the first comes at ${hour}:00, ${zone}`)
    : failed(`none was sent for ${SILENT_HOURS} hours`, "Follow runbooks/CostReportMissing.md.");
}

async function lastReport(context: Context, from: number, to: number): Promise<Date | undefined> {
  const dimensions = sentDimensions(context.settings.environment, "daily");
  const command = new GetMetricStatisticsCommand({
    Namespace: SENT_METRIC.namespace,
    MetricName: SENT_METRIC.name,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    StartTime: new Date(from),
    EndTime: new Date(to),
    Period: 60,
    Statistics: ["Sum"],
  });
  const client = new CloudWatchClient(clientOptions(context));
  const { Datapoints = [] } = await client.send(command, { abortSignal: context.signal });
  return Datapoints.filter(({ Sum = 0 }) => Sum > 0)
    .flatMap(({ Timestamp }) => Timestamp ?? [])
    .toSorted((one, other) => other.getTime() - one.getTime())[0];
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
  {
    id: "daily-report",
    section: "Costs",
    title: "Daily cost report ran",
    platform: "aws",
    advice: UP,
    run: dailyReport,
  },
];
