/** What Sentry takes of a monitor, with the refusals of its own validators. Unknown fields are passed over, as there. */
import { z } from "zod";
import { name, REQUIRED } from "./bodies.ts";

/** Numbers of kinds of queries, by the dataset that they may ask. */
const QUERY_TYPES = { events: 0, events_analytics_platform: 1 } as const;

const EVENT_TYPES: Readonly<Record<keyof typeof QUERY_TYPES, readonly string[]>> = {
  events: ["error", "default"],
  events_analytics_platform: ["trace_item_span", "trace_item_log", "trace_item_metric"],
};

const TRANSACTIONS =
  "Creation of transaction-based alerts is disabled, as we migrate to the span dataset. Create span-based alerts " +
  "(dataset: events_analytics_platform) with the is_transaction:true filter instead.";

const dataset = z
  .string(REQUIRED)
  .refine((value) => value !== "transactions" && value !== "generic_metrics", TRANSACTIONS)
  .pipe(
    z.enum(
      Object.keys(QUERY_TYPES) as (keyof typeof QUERY_TYPES)[],
      `Invalid dataset, valid values are ${Object.keys(QUERY_TYPES).join(", ")}`,
    ),
  );

const dataSource = z
  .object({
    dataset,
    queryType: z.int().optional(),
    aggregate: z
      .string(REQUIRED)
      .regex(/^[a-z_0-9]+\(.*\)$/, "Invalid Metric: Please pass a valid function for aggregation"),
    query: z.string(REQUIRED),
    timeWindow: z.int(REQUIRED).min(60, "Ensure this value is greater than or equal to 60."),
    environment: z.string().nullable(),
    eventTypes: z.array(z.string(), REQUIRED),
    extrapolationMode: z
      .enum(
        ["unknown", "client_and_server_weighted", "none"],
        "server_weighted extrapolation mode is not supported for new detectors.",
      )
      .default("unknown"),
  })
  .transform((source) => ({ ...source, queryType: source.queryType ?? QUERY_TYPES[source.dataset] }))
  .superRefine((source, context) => {
    const refuse = (field: string, message: string) =>
      context.addIssue({ code: "custom", path: [field], message });
    if (source.queryType !== QUERY_TYPES[source.dataset])
      refuse("queryType", "Invalid dataset for this query type.");
    const valid = EVENT_TYPES[source.dataset];
    if (source.eventTypes.some((type) => !valid.includes(type)))
      refuse("eventTypes", `Invalid event types for this dataset. Valid event types are ${valid.join(", ")}`);
    if (source.dataset === "events_analytics_platform" && source.eventTypes.length !== 1)
      refuse("eventTypes", "Multiple event types not allowed.");
  });

const MOST_CONDITIONS = 3;
/** Sentry's numbers of "high", "medium" and "it has ended". */
const RESULTS = [75, 50, 0] as const;

const condition = z.object({
  type: z.enum(["gt", "gte", "lt", "lte"], { error: ({ input }) => `Unsupported type ${String(input)}` }),
  comparison: z.number("A valid number or dict is required."),
  conditionResult: z.literal(RESULTS, "Unsupported condition result"),
});

const conditionGroup = z.object({
  logicType: z.enum(["any", "any-short", "all", "none"], REQUIRED),
  conditions: z
    .array(condition, REQUIRED)
    .refine(
      (conditions) => conditions.some(({ conditionResult }) => conditionResult === 0),
      "Resolution condition required for metric issue detector.",
    )
    .refine(({ length }) => length <= MOST_CONDITIONS, "Too many conditions"),
});

export const detector = z.object({
  name: name.max(200),
  type: z.literal("metric_issue", { error: ({ input }) => `Unknown detector type '${String(input)}'.` }),
  description: z.string().nullish(),
  owner: z.string().nullish(),
  enabled: z.boolean().optional(),
  dataSources: z
    .array(dataSource, "This field is required when creating a detector.")
    .length(1, "Only one data source is allowed for this detector type."),
  conditionGroup,
  config: z.object({ detectionType: z.enum(["static", "percent", "dynamic"], REQUIRED) }, REQUIRED),
  workflowIds: z.array(z.coerce.number().int()).optional(),
});

/** What a change may leave out stays as it is. */
export const detectorChange = detector.partial();
