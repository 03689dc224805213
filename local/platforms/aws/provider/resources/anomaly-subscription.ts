import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { arn, email, oneOf, problem, refused, tags, text } from "../schema.ts";
import { anomalyMonitorExists } from "./anomaly-monitor.ts";
import { keptResource } from "./kept.ts";

const simple = refused("only one dimension is kept");

const thresholdExpression = z.strictObject({
  ands: simple,
  costCategory: simple,
  dimension: z.strictObject({
    key: oneOf(["ANOMALY_TOTAL_IMPACT_ABSOLUTE", "ANOMALY_TOTAL_IMPACT_PERCENTAGE"]),
    matchOptions: z.tuple(
      [z.literal("GREATER_THAN_OR_EQUAL", "must be GREATER_THAN_OR_EQUAL")],
      "must hold GREATER_THAN_OR_EQUAL",
    ),
    values: z
      .array(z.string().regex(/^\d+(\.\d+)?$/, "must be a number that is not negative, as a string"))
      .length(1, "must hold one value"),
  }),
  not: simple,
  ors: simple,
  tags: simple,
});

const subscriber = z.strictObject({ type: oneOf(["SNS", "EMAIL"]), address: text(6, 302) });

/** What each frequency reaches. */
const reaches = { IMMEDIATE: "SNS", DAILY: "EMAIL", WEEKLY: "EMAIL" } as const;

function schema(connection: Connection) {
  return z
    .strictObject({
      name: text(1, 1024).optional(),
      accountId: z
        .string()
        .regex(/^\d{12}$/, "must be a 12-digit account id")
        .optional(),
      frequency: oneOf(["IMMEDIATE", "DAILY", "WEEKLY"]),
      monitorArnLists: z.array(arn).min(1, "must name a monitor"),
      subscribers: z
        .array(subscriber)
        .min(1, "must hold a subscriber")
        .max(10, "must hold at most 10 subscribers"),
      thresholdExpression: thresholdExpression.optional(),
      tags: tags(connection.defaultTags),
    })
    .superRefine(({ frequency, subscribers, thresholdExpression: threshold }, context) => {
      if (threshold === undefined) problem(context, "thresholdExpression", "is required");
      const wanted = reaches[frequency];
      subscribers.forEach(({ type, address }, index) => {
        const at = (member: string) => ["subscribers", index, member];
        if (type !== wanted) problem(context, at("type"), `must be ${wanted} for frequency ${frequency}`);
        const shape = type === "SNS" ? arn : email;
        if (!shape.safeParse(address).success) {
          problem(
            context,
            at("address"),
            type === "SNS" ? "must be a topic's ARN" : "must be an e-mail address",
          );
        }
      });
    });
}

export function anomalySubscription(connection: Connection) {
  return keptResource(connection, {
    kind: "anomaly-subscription",
    inputs: schema(connection),
    replaceOn: ["accountId"],

    async makeId({ monitorArnLists }) {
      const unknown = monitorArnLists.filter((monitor) => !anomalyMonitorExists(connection, monitor));
      if (unknown.length > 0)
        throw new Error(`monitorArnLists: there is no anomaly monitor ${unknown.join(", ")}`);
      const { accountId } = await connection.caller();
      return `arn:aws:ce::${accountId}:anomalysubscription/${randomUUID()}`;
    },

    outputs: (id, inputs) => ({
      arn: id,
      accountId: inputs.accountId ?? id.split(":")[4],
      tagsAll: inputs.tags ?? {},
    }),
  });
}
