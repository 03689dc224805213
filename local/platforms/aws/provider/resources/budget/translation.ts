/** A budget's inputs as AWS Budgets takes them, and a budget that it has as inputs. */
import type { Budget, CostTypes, Notification, NotificationWithSubscribers } from "@aws-sdk/client-budgets";
import { type BudgetNotification, costTypeEntries, type Inputs, noEnd } from "./inputs.ts";
import { asDate, asMoment, thisMonth } from "./moment.ts";

export function request(BudgetName: string, inputs: Inputs): Budget {
  const { costTypes: costs, timePeriodStart, timePeriodEnd } = inputs;
  const period = timePeriodStart !== undefined || timePeriodEnd !== noEnd;
  return {
    BudgetName,
    BudgetType: inputs.budgetType,
    TimeUnit: inputs.timeUnit,
    ...(inputs.limitAmount === undefined
      ? { PlannedBudgetLimits: Object.fromEntries((inputs.plannedLimits ?? []).map(planned)) }
      : { BudgetLimit: { Amount: inputs.limitAmount, Unit: inputs.limitUnit } }),
    ...(inputs.costFilters === undefined
      ? {}
      : { CostFilters: Object.fromEntries(inputs.costFilters.map(({ name, values }) => [name, values])) }),
    ...(costs === undefined
      ? {}
      : { CostTypes: Object.fromEntries(costTypeEntries.map(([name]) => [capital(name), costs[name]])) }),
    ...(period
      ? {
          TimePeriod: {
            Start: timePeriodStart ? asDate(timePeriodStart) : thisMonth(),
            End: asDate(timePeriodEnd),
          },
        }
      : {}),
  } as Budget;
}

function planned(limit: { amount: string; startTime: string; unit: string }) {
  return [String(asDate(limit.startTime).getTime() / 1000), { Amount: limit.amount, Unit: limit.unit }];
}

export function response(live: Budget): Partial<Inputs> {
  return {
    budgetType: live.BudgetType as Inputs["budgetType"],
    timeUnit: live.TimeUnit as Inputs["timeUnit"],
    limitAmount: live.BudgetLimit?.Amount,
    limitUnit: live.BudgetLimit?.Unit,
    costFilters: Object.entries(live.CostFilters ?? {}).map(([name, values]) => ({ name, values })),
    costTypes: live.CostTypes && costTypesResponse(live.CostTypes),
    plannedLimits: Object.entries(live.PlannedBudgetLimits ?? {}).map(
      ([start, { Amount = "", Unit = "" }]) => ({
        amount: Amount,
        startTime: asMoment(new Date(Number(start) * 1000)),
        unit: Unit,
      }),
    ),
    timePeriodStart: live.TimePeriod?.Start && asMoment(live.TimePeriod.Start),
    timePeriodEnd: live.TimePeriod?.End && asMoment(live.TimePeriod.End),
  };
}

function costTypesResponse(live: CostTypes): Inputs["costTypes"] {
  const values = live as Record<string, boolean | undefined>;
  const entries = costTypeEntries.map(([name, standard]) => [name, values[capital(name)] ?? standard]);
  return Object.fromEntries(entries) as Inputs["costTypes"];
}

export function notificationRequest(given: BudgetNotification): NotificationWithSubscribers {
  return {
    Notification: {
      ComparisonOperator: given.comparisonOperator,
      NotificationType: given.notificationType,
      Threshold: given.threshold,
      ThresholdType: given.thresholdType,
    },
    Subscribers: [
      ...(given.subscriberSnsTopicArns ?? []).map((Address) => ({
        SubscriptionType: "SNS" as const,
        Address,
      })),
      ...(given.subscriberEmailAddresses ?? []).map((Address) => ({
        SubscriptionType: "EMAIL" as const,
        Address,
      })),
    ],
  };
}

export function notificationResponse(live: Notification): Partial<BudgetNotification> {
  return {
    comparisonOperator: live.ComparisonOperator as BudgetNotification["comparisonOperator"],
    notificationType: live.NotificationType as BudgetNotification["notificationType"],
    threshold: live.Threshold ?? 0,
    thresholdType: (live.ThresholdType ?? "PERCENTAGE") as BudgetNotification["thresholdType"],
  };
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
