/**
 * The part of AWS that watches costs and that the emulator lacks: budgets and cost anomaly detection. What AWS charges is
 * what somebody has put as `AWS/Billing EstimatedCharges`, as AWS itself publishes it: the month so far, in all and by
 * service. Billing alarms watch the same metric (alarms.ts).
 *
 * Other than AWS: a forecast is the month at its pace so far, and an anomaly is a service that costs more today than it
 * had cost until yesterday, by what the subscription names.
 */
import { type BudgetsClient, DescribeBudgetsCommand } from "@aws-sdk/client-budgets";
import {
  type CloudWatchClient,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
} from "@aws-sdk/client-cloudwatch";
import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import { z } from "zod";
import type { Store } from "../provider/store.ts";

const BILLING = { Namespace: "AWS/Billing", MetricName: "EstimatedCharges" };
const HOUR_SECONDS = 3600;
const DAY_MILLISECONDS = 86_400_000;

export interface CostWatchOptions {
  readonly cloudWatch: CloudWatchClient;
  readonly sns: SNSClient;
  readonly budgets: BudgetsClient;
  /** What the stand-in keeps: who is told of budgets, and the anomaly subscriptions. */
  readonly store: Store;
  readonly accountId: string;
  /** Milliseconds since 1970: the time in which charges are put. */
  readonly now: () => number;
}

const notification = z.object({
  notificationType: z.enum(["ACTUAL", "FORECASTED"]),
  threshold: z.number(),
  thresholdType: z.enum(["PERCENTAGE", "ABSOLUTE_VALUE"]),
  subscriberSnsTopicArns: z.array(z.string()).default([]),
});
type Notification = z.output<typeof notification>;
const keptBudget = z.object({ notifications: z.array(notification).default([]) });

const keptSubscription = z.object({
  name: z.string(),
  monitorArnLists: z.array(z.string()),
  subscribers: z.array(z.object({ type: z.string(), address: z.string() })),
  thresholdExpression: z.object({ dimension: z.object({ values: z.tuple([z.coerce.number()]) }) }),
});

/** Charges, USD. */
export interface Charges {
  /** Of the month so far. */
  readonly month: number;
  /** Of today. */
  readonly today: number;
  /** Of the whole month at its pace so far. */
  readonly forecast: number;
}

/** Charges to date at times, in order: what AWS publishes. */
export interface ChargesToDate {
  readonly at: number;
  readonly usd: number;
}

/** Undefined where nothing was charged this month yet. */
export function chargesOf(series: readonly ChargesToDate[], now: number): Charges | undefined {
  const date = new Date(now);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const [monthStart, monthEnd] = [Date.UTC(year, month), Date.UTC(year, month + 1)];
  const today = Math.floor(now / DAY_MILLISECONDS) * DAY_MILLISECONDS;
  const ofMonth = series.filter(({ at }) => at >= monthStart && at <= now);
  const last = ofMonth.at(-1);
  if (!last) return undefined;
  const untilYesterday = ofMonth.findLast(({ at }) => at < today)?.usd ?? 0;
  const pace = last.usd / (Math.max(now - monthStart, HOUR_SECONDS * 1000) / (monthEnd - monthStart));
  return { month: last.usd, today: Math.max(0, last.usd - untilYesterday), forecast: pace };
}

/** Whether a budget's notification is due. */
export function isDue(
  { notificationType, threshold, thresholdType }: Notification,
  timeUnit: string,
  limitUsd: number,
  { month, today, forecast }: Charges,
): boolean {
  const actual = timeUnit === "DAILY" ? today : month;
  const amount = notificationType === "ACTUAL" ? actual : forecast;
  return amount > (thresholdType === "PERCENTAGE" ? (limitUsd * threshold) / 100 : threshold);
}

export class CostWatch {
  readonly #options: CostWatchOptions;
  /** What was told, with the day or month in which it was: AWS tells each once a period. */
  readonly #told = new Set<string>();

  constructor(options: CostWatchOptions) {
    this.#options = options;
  }

  async look(): Promise<void> {
    const { cloudWatch } = this.#options;
    const { Metrics = [] } = await cloudWatch.send(new ListMetricsCommand(BILLING));
    for (const { Dimensions = [] } of Metrics) {
      const service = Dimensions.find(({ Name }) => Name === "ServiceName")?.Value;
      const charges = chargesOf(await this.#series(Dimensions), this.#options.now());
      if (!charges) continue;
      if (service === undefined) await this.#tellBudgets(charges);
      else await this.#tellAnomalies(service, charges);
    }
  }

  async #series(Dimensions: { Name?: string | undefined; Value?: string | undefined }[]) {
    const now = this.#options.now();
    const command = new GetMetricStatisticsCommand({
      ...BILLING,
      Dimensions: Dimensions.map(({ Name, Value }) => ({ Name, Value })),
      StartTime: new Date(now - 32 * DAY_MILLISECONDS),
      EndTime: new Date(now + 1000),
      Period: HOUR_SECONDS,
      Statistics: ["Maximum"],
    });
    const { Datapoints = [] } = await this.#options.cloudWatch.send(command);
    return Datapoints.map(({ Timestamp, Maximum = 0 }) => ({
      at: Timestamp?.getTime() ?? 0,
      usd: Maximum,
    })).toSorted((one, other) => one.at - other.at);
  }

  async #tellBudgets(charges: Charges): Promise<void> {
    const { budgets, store, accountId: AccountId } = this.#options;
    const { Budgets = [] } = await budgets.send(new DescribeBudgetsCommand({ AccountId }));
    for (const { BudgetName = "", TimeUnit = "MONTHLY", BudgetLimit } of Budgets) {
      const kept = keptBudget.parse(store.get("budget", `${AccountId}:${BudgetName}`) ?? {});
      const limit = Number(BudgetLimit?.Amount ?? 0);
      for (const each of kept.notifications.filter((given) => isDue(given, TimeUnit, limit, charges))) {
        const period = this.#date().slice(0, TimeUnit === "DAILY" ? 10 : 7);
        const key = [BudgetName, each.notificationType, each.threshold, period].join(" ");
        await this.#once(key, each.subscriberSnsTopicArns, budgetMessage(BudgetName, limit, each, charges));
      }
    }
  }

  async #tellAnomalies(service: string, { today }: Charges): Promise<void> {
    for (const kept of this.#options.store.list("anomaly-subscription")) {
      const { name, monitorArnLists, subscribers, thresholdExpression } = keptSubscription.parse(kept);
      const [impact] = thresholdExpression.dimension.values;
      if (today < impact) continue;
      const topics = subscribers.filter(({ type }) => type === "SNS").map(({ address }) => address);
      const details = {
        name,
        monitorArn: monitorArnLists[0] ?? "",
        service,
        impact: today,
        date: this.#date(),
      };
      await this.#once(
        [name, service, this.#date().slice(0, 10)].join(" "),
        topics,
        anomalyMessage(this.#options.accountId, details),
      );
    }
  }

  #date(): string {
    return new Date(this.#options.now()).toISOString();
  }

  async #once(key: string, topics: readonly string[], message: Message): Promise<void> {
    if (this.#told.has(key)) return;
    for (const TopicArn of topics) await this.#options.sns.send(new PublishCommand({ TopicArn, ...message }));
    this.#told.add(key);
  }
}

interface Message {
  readonly Subject: string;
  readonly Message: string;
}

const usd = (amount: number) => `$${amount.toFixed(2)}`;

/** As AWS words it. */
function budgetMessage(
  budget: string,
  limit: number,
  { notificationType, threshold, thresholdType }: Notification,
  { month, today, forecast }: Charges,
): Message {
  const alert = thresholdType === "PERCENTAGE" ? `${threshold}% of ${usd(limit)}` : usd(threshold);
  const amounts = `month to date ${usd(month)}, today ${usd(today)}, forecast of the month ${usd(forecast)}`;
  return {
    Subject: `AWS Budgets: ${budget} has exceeded your alert threshold`.slice(0, 100),
    Message: [
      "AWS Budget Notification",
      "",
      `You requested that we alert you when the ${notificationType} Cost associated with your ${budget} budget is greater than ${alert}.`,
      "",
      `Budget Name: ${budget}`,
      "Budget Type: Cost",
      `Budgeted Amount: ${usd(limit)}`,
      `Alert Type: ${notificationType}`,
      `Alert Threshold: > ${alert}`,
      `Amounts: ${amounts}`,
    ].join("\n"),
  };
}

/** As AWS publishes it: JSON. */
function anomalyMessage(
  accountId: string,
  details: { name: string; monitorArn: string; service: string; impact: number; date: string },
): Message {
  return {
    Subject: `AWS Cost Management: Cost anomaly detected in ${details.service}`.slice(0, 100),
    Message: JSON.stringify({
      accountId,
      anomalyStartDate: `${details.date.slice(0, 10)}T00:00:00Z`,
      dimensionalValue: details.service,
      monitorArn: details.monitorArn,
      subscriptionName: details.name,
      impact: { maxImpact: details.impact, totalImpact: details.impact },
      rootCauses: [{ service: details.service, linkedAccount: accountId }],
    }),
  };
}
