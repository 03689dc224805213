/** A budget of AWS Budgets, with those who are told when it is spent. */
import {
  type Budget,
  CreateBudgetCommand,
  DeleteBudgetCommand,
  DescribeBudgetCommand,
  DescribeNotificationsForBudgetCommand,
} from "@aws-sdk/client-budgets";
import type { Connection } from "../../connection.ts";
import { unlessMissing } from "../../errors.ts";
import { handler, observed, sameMembers, sameNumber } from "../../handler.ts";
import { physicalName } from "../../names.ts";
import { type BudgetNotification, type Inputs, keyOf, schema } from "./inputs.ts";
import { asMoment } from "./moment.ts";
import { notificationRequest, notificationResponse, request, response } from "./translation.ts";

/** What the emulator can't list or change: subscribers and tags. */
const kind = "budget";

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
