import {
  type Budget,
  type CostTypes,
  CreateBudgetCommand,
  DeleteBudgetCommand,
  DescribeBudgetCommand,
  DescribeNotificationsForBudgetCommand,
  type Notification,
  type NotificationWithSubscribers,
} from "@aws-sdk/client-budgets";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { unlessMissing } from "../errors.ts";
import { handler, observed, sameMembers, sameNumber } from "../handler.ts";
import { physicalName } from "../names.ts";
import { arnOf, atMostOne, email, named, oneOf, problem, refused, tags, text } from "../schema.ts";

/** What the emulator can't list or change: subscribers and tags. */
const kind = "budget";

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
const costTypeEntries = Object.entries(costTypeNames) as [CostTypeName, boolean][];

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
const noEnd = "2087-06-15_00:00";

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

function schema(connection: Connection) {
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

type Inputs = z.output<ReturnType<typeof schema>>;
type BudgetNotification = z.output<typeof notification>;

function keyOf(given: Partial<BudgetNotification>): string {
  return [given.comparisonOperator, given.notificationType, given.threshold, given.thresholdType].join(" ");
}

export function budget(connection: Connection) {
  const budgets = () => connection.client("budgets");

  /** The account and name in an id, `account:name`. */
  function target(id: string) {
    const [AccountId = "", ...rest] = id.split(":");
    return { AccountId, BudgetName: rest.join(":") };
  }

  async function put(id: string, inputs: Inputs) {
    const { AccountId, BudgetName } = target(id);
    const command = new CreateBudgetCommand({
      AccountId,
      Budget: request(BudgetName, inputs),
      NotificationsWithSubscribers: (inputs.notifications ?? []).map(notificationRequest),
    });
    await budgets().send(command);
    const { notifications, tags: own } = inputs;
    connection.store.set(kind, id, { notifications, tags: own });
    return outputs(id, inputs);
  }

  async function remove(id: string) {
    await unlessMissing(budgets().send(new DeleteBudgetCommand(target(id))));
    connection.store.delete(kind, id);
  }

  async function find(id: string): Promise<Budget | undefined> {
    return (await unlessMissing(budgets().send(new DescribeBudgetCommand(target(id)))))?.Budget;
  }

  async function notifications(
    id: string,
    kept: readonly BudgetNotification[],
  ): Promise<BudgetNotification[]> {
    const answer = await budgets().send(new DescribeNotificationsForBudgetCommand(target(id)));
    return (answer.Notifications ?? []).map((live) => {
      const own = notificationResponse(live);
      const subscribers = kept.find((other) => keyOf(other) === keyOf(own));
      return { ...own, ...subscribers } as BudgetNotification;
    });
  }

  function outputs(id: string, inputs: Inputs, live?: Budget) {
    const { AccountId, BudgetName } = target(id);
    const start = inputs.timePeriodStart ?? (live?.TimePeriod?.Start && asMoment(live.TimePeriod.Start));
    return {
      accountId: AccountId,
      name: BudgetName,
      arn: `arn:aws:budgets::${AccountId}:budget/${BudgetName}`,
      ...(start === undefined ? {} : { timePeriodStart: start }),
      tagsAll: inputs.tags ?? {},
    };
  }

  return handler({
    inputs: schema(connection),
    replaceOn: ["accountId", "name", "namePrefix"],
    writeOnly: ["namePrefix"],

    async create(inputs, logicalName) {
      const account = inputs.accountId ?? (await connection.caller()).accountId;
      const id = `${account}:${physicalName(inputs, logicalName)}`;
      return { id, outputs: await put(id, inputs) };
    },

    async read(id, last) {
      const live = await find(id);
      if (live === undefined) return undefined;
      const kept = (connection.store.get(kind, id) ?? {}) as Pick<Inputs, "notifications" | "tags">;
      return {
        inputs: observed(
          last.inputs,
          {
            ...response(live),
            accountId: target(id).AccountId,
            name: target(id).BudgetName,
            notifications: await notifications(id, kept.notifications ?? []),
            tags: kept.tags,
          },
          {
            computed: ["accountId", "name", "costTypes", "timePeriodStart"],
            same: { notifications: sameMembers, costFilters: sameMembers, limitAmount: sameNumber },
          },
        ),
        outputs: outputs(id, last.inputs, live),
      };
    },

    async update(id, inputs) {
      await remove(id);
      return put(id, inputs);
    },

    delete: remove,
  });
}

function request(BudgetName: string, inputs: Inputs): Budget {
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

function response(live: Budget): Partial<Inputs> {
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

function notificationRequest(given: BudgetNotification): NotificationWithSubscribers {
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

function notificationResponse(live: Notification): Partial<BudgetNotification> {
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

function asDate(text: string): Date {
  return new Date(`${text.replace("_", "T")}:00Z`);
}

function asMoment(date: Date): string {
  return date.toISOString().slice(0, 16).replace("T", "_");
}

function thisMonth(): Date {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
}
