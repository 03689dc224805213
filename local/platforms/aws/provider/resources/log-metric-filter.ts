import {
  DeleteMetricFilterCommand,
  DescribeMetricFiltersCommand,
  PutMetricFilterCommand,
  type StandardUnit,
} from "@aws-sdk/client-cloudwatch-logs";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { unlessMissing } from "../errors.ts";
import { handler, observed } from "../handler.ts";
import { physicalName } from "../names.ts";
import { mapOf, oneOf, problem, region, text } from "../schema.ts";
import { findLogGroup, logGroupCharacters, logGroupName } from "./log-group.ts";
import { units } from "./metric-alarm/fields.ts";

const metricTransformation = z
  .strictObject({
    name: text(1, 255).regex(/^[^:*$]*$/, "must not hold : * or $"),
    namespace: text(1, 255).regex(/^[^:*$]*$/, "must not hold : * or $"),
    value: text(1, 100).regex(/^(\$\S+|-?\d+(\.\d+)?)$/, "must be a number or a field such as $.latency"),
    defaultValue: z
      .string()
      .regex(/^-?\d+(\.\d+)?$/, "must be a number, as a string")
      .optional(),
    dimensions: mapOf(text(1, 255), text(1, 255)).optional(),
    unit: oneOf(units).default("None"),
  })
  .superRefine((inputs, context) => {
    const dimensions = Object.keys(inputs.dimensions ?? {}).length;
    if (dimensions > 3) problem(context, "dimensions", "must have at most 3 entries");
    if (dimensions > 0 && inputs.defaultValue !== undefined) {
      problem(context, "defaultValue", "conflicts with dimensions: AWS allows one of them");
    }
  });

const inputs = z.strictObject({
  name: text(1, 512)
    .regex(/^[^:*]+$/, "must not hold : or *")
    .optional(),
  logGroupName: text(1, 512).regex(logGroupName, logGroupCharacters),
  pattern: text(0, 1024).superRefine((pattern, context) => {
    const complaint = patternProblem(pattern.trim());
    if (complaint !== undefined) problem(context, [], complaint);
  }),
  metricTransformation,
  applyOnTransformedLogs: z.boolean().default(false),
  region: region().optional(),
});

type Inputs = z.output<typeof inputs>;

const brackets: Readonly<Record<string, string>> = { "{": "}", "[": "]" };

/** The mistakes that AWS refuses with "Invalid character(s) in term": unbalanced quotes and brackets. */
function patternProblem(pattern: string): string | undefined {
  const bare = pattern.replaceAll(/\\./g, "").replaceAll(/"[^"]*"/g, "");
  if (bare.includes('"')) return "has a quotation mark without its partner";
  const close = brackets[pattern.charAt(0)];
  if (close !== undefined && !pattern.endsWith(close))
    return `begins with ${pattern.charAt(0)} and must end with ${close}`;
  const depth = [...bare].reduce((level, char) => level + Number(char === "(") - Number(char === ")"), 0);
  return close === "}" && depth !== 0 ? "has parentheses that do not match" : undefined;
}

export function logMetricFilter(connection: Connection) {
  const logs = (given: Inputs) => connection.client("logs", given.region);

  async function put(filterName: string, given: Inputs) {
    if ((await findLogGroup(connection, given.logGroupName, given.region)) === undefined) {
      throw new Error(`logGroupName: the log group ${given.logGroupName} does not exist`);
    }
    await remove(filterName, given);
    const { name, namespace, value, defaultValue, dimensions, unit } = given.metricTransformation;
    await logs(given).send(
      new PutMetricFilterCommand({
        logGroupName: given.logGroupName,
        filterName,
        filterPattern: given.pattern.trim(),
        metricTransformations: [
          {
            metricName: name,
            metricNamespace: namespace,
            metricValue: value,
            defaultValue: defaultValue === undefined ? undefined : Number(defaultValue),
            dimensions,
            unit: unit as StandardUnit,
          },
        ],
      }),
    );
    return { name: filterName, region: given.region ?? connection.region };
  }

  async function find(filterName: string, given: Inputs) {
    const { logGroupName: group } = given;
    const command = new DescribeMetricFiltersCommand({ logGroupName: group, filterNamePrefix: filterName });
    const answer = await unlessMissing(logs(given).send(command));
    return answer?.metricFilters?.findLast((filter) => filter.filterName === filterName);
  }

  /** The emulator adds a second filter where AWS replaces the first: none may be left. */
  async function remove(filterName: string, given: Inputs) {
    while ((await find(filterName, given)) !== undefined) {
      const command = new DeleteMetricFilterCommand({ logGroupName: given.logGroupName, filterName });
      await unlessMissing(logs(given).send(command));
    }
  }

  return handler({
    inputs,
    replaceOn: ["name", "logGroupName", "region"],
    // What the emulator drops of a filter that it otherwise keeps.
    writeOnly: ["applyOnTransformedLogs"],

    async create(given, logicalName) {
      const name = physicalName(given, logicalName);
      return { id: name, outputs: await put(name, given) };
    },

    taken(id) {
      const at = id.lastIndexOf(":");
      return { id: id.slice(at + 1), inputs: { logGroupName: id.slice(0, at) } };
    },

    async read(id, last) {
      const filter = await find(id, last.inputs);
      const transformation = filter?.metricTransformations?.[0];
      if (filter === undefined || transformation === undefined) return undefined;
      const wanted = last.inputs.metricTransformation ?? {};
      const live = observed(wanted, {
        name: transformation.metricName,
        namespace: transformation.metricNamespace,
        value: transformation.metricValue,
        defaultValue:
          transformation.defaultValue === undefined ? undefined : String(transformation.defaultValue),
        dimensions: transformation.dimensions,
        unit: (transformation.unit ?? "None") as Inputs["metricTransformation"]["unit"],
      });
      return {
        inputs: observed(
          last.inputs,
          {
            name: id,
            logGroupName: filter.logGroupName,
            pattern: filter.filterPattern,
            metricTransformation: live as Inputs["metricTransformation"],
            region: last.inputs.region,
          },
          { computed: ["name"], same: { pattern: (left, right) => String(left).trim() === right } },
        ),
        outputs: { name: id, region: last.inputs.region ?? connection.region },
      };
    },

    update: (id, given) => put(id, given),

    delete: (id, last) => remove(id, last.inputs),
  });
}
