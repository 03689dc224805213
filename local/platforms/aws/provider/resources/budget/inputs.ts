/** A budget's inputs, with everything that AWS refuses. */
import { z } from "zod";
import type { Connection } from "../../connection.ts";
import { arnOf, atMostOne, email, named, oneOf, problem, refused, tags, text } from "../../schema.ts";
import { asDate } from "./moment.ts";

const costTypeNames = {
  includeCredit: true,
  includeDiscount: true,
  includeOtherSubscription: true,
  includeRecurring: true,
  includeRefund: true,
  includeSubscription: true,
  includeSupport: true,
  includeTax: true,
  includeUpfront: true,
  useAmortized: false,
  useBlended: false,
} as const;

type CostTypeName = keyof typeof costTypeNames;
export const costTypeEntries = Object.entries(costTypeNames) as [CostTypeName, boolean][];

const costTypes = z.strictObject(
  Object.fromEntries(
    costTypeEntries.map(([name, standard]) => [name, z.boolean().default(standard)]),
  ) as Record<CostTypeName, z.ZodDefault<z.ZodBoolean>>,
);

const amount = z
  .string()
  .refine(
    (given) => /^\d+(\.\d+)?$/.test(given) && Number(given) > 0,
    "must be a positive decimal number, as a string",
  );

const moment = z
  .string()
  .refine(
    (given) => /^\d{4}-\d{2}-\d{2}_\d{2}:\d{2}$/.test(given) && !Number.isNaN(asDate(given).getTime()),
    "must be a time such as 2026-01-01_00:00",
  );

/** AWS's "no end". */
export const noEnd = "2087-06-15_00:00";

const notification = z
  .strictObject({
    comparisonOperator: oneOf(["GREATER_THAN", "LESS_THAN", "EQUAL_TO"]),
    notificationType: oneOf(["ACTUAL", "FORECASTED"]),
    threshold: z.number().gt(0, "must be greater than 0").max(15_000_000_000_000, "is too large"),
    thresholdType: oneOf(["PERCENTAGE", "ABSOLUTE_VALUE"]),
    subscriberEmailAddresses: z.array(email).max(10, "must hold at most 10 addresses").optional(),
    subscriberSnsTopicArns: z.array(arnOf("sns")).max(1, "must hold at most one topic").optional(),
  })
  .superRefine((given, context) => {
    const subscribers = [...(given.subscriberEmailAddresses ?? []), ...(given.subscriberSnsTopicArns ?? [])];
    if (subscribers.length === 0) {
      problem(
        context,
        "subscriberSnsTopicArns",
        "is missing: a notification needs a topic or an e-mail address",
      );
    }
    if (given.thresholdType === "PERCENTAGE" && given.threshold > 1_000_000_000) {
      problem(context, "threshold", "is too large for a percentage");
    }
  });

const limitUnits = { COST: "USD", RI_UTILIZATION: "PERCENTAGE", RI_COVERAGE: "PERCENTAGE" } as const;
const noSuch = "the emulator keeps no such budget";

export function schema(connection: Connection) {
  return z
    .strictObject({
      accountId: z
        .string()
        .regex(/^\d{12}$/, "must be a 12-digit account id")
        .optional(),
      autoAdjustData: refused(noSuch),
      billingViewArn: refused(noSuch),
      budgetType: oneOf([
        "USAGE",
        "COST",
        "RI_UTILIZATION",
        "RI_COVERAGE",
        "SAVINGS_PLANS_UTILIZATION",
        "SAVINGS_PLANS_COVERAGE",
      ]),
      costFilters: z
        .array(
          z.strictObject({ name: text(1, 100), values: z.array(z.string()).min(1, "must hold a value") }),
        )
        .optional(),
      costTypes: costTypes.optional(),
      filterExpression: refused(noSuch),
      limitAmount: amount.optional(),
      limitUnit: text(1, 1024).optional(),
      metrics: refused(noSuch),
      ...named(100, /^[^:\\]+$/, "must not hold : or \\"),
      notifications: z.array(notification).max(10, "must hold at most 10 notifications").optional(),
      plannedLimits: z.array(z.strictObject({ amount, startTime: moment, unit: text(1, 1024) })).optional(),
      tags: tags(connection.defaultTags),
      timePeriodEnd: moment.default(noEnd),
      timePeriodStart: moment.optional(),
      timeUnit: oneOf(["DAILY", "MONTHLY", "QUARTERLY", "ANNUALLY"]),
    })
    .superRefine((inputs, context) => {
      atMostOne(context, inputs, ["name", "namePrefix"]);
      checkLimit(inputs, context);
      const { timeUnit, timePeriodStart, timePeriodEnd, notifications = [] } = inputs;
      if (timePeriodStart !== undefined && timePeriodStart >= timePeriodEnd) {
        problem(context, "timePeriodStart", "must be before timePeriodEnd");
      }
      notifications.forEach((each, index) => {
        if (timeUnit === "DAILY" && each.notificationType === "FORECASTED") {
          problem(context, ["notifications", index, "notificationType"], "must be ACTUAL for a DAILY budget");
        }
        if (notifications.findIndex((other) => keyOf(other) === keyOf(each)) !== index) {
          problem(
            context,
            ["notifications", index],
            "repeats another notification: AWS tells them apart by all but subscribers",
          );
        }
      });
    });
}

interface Limit {
  readonly [name: string]: unknown;
  readonly budgetType: string;
  readonly limitAmount?: string | undefined;
  readonly limitUnit?: string | undefined;
  readonly plannedLimits?: readonly unknown[] | undefined;
}

function checkLimit(inputs: Limit, context: z.core.$RefinementCtx): void {
  if (inputs.plannedLimits !== undefined) {
    atMostOne(context, inputs, ["plannedLimits", "limitAmount"]);
    return;
  }
  for (const name of ["limitAmount", "limitUnit"]) {
    if (inputs[name] === undefined) problem(context, name, "is required (or plannedLimits)");
  }
  const unit = limitUnits[inputs.budgetType as keyof typeof limitUnits];
  if (inputs.limitUnit !== undefined && unit !== undefined && inputs.limitUnit !== unit) {
    problem(context, "limitUnit", `must be ${unit} for a ${inputs.budgetType} budget`);
  }
}

export type Inputs = z.output<ReturnType<typeof schema>>;
export type BudgetNotification = z.output<typeof notification>;

export function keyOf(given: Partial<BudgetNotification>): string {
  return [given.comparisonOperator, given.notificationType, given.threshold, given.thresholdType].join(" ");
}
