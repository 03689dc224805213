import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  ListTagsForResourceCommand,
  type MetricAlarm,
  type MetricDataQuery,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-cloudwatch";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { unlessMissing } from "../errors.ts";
import { handler, observed, sameMembers } from "../handler.ts";
import { physicalName } from "../names.ts";
import {
  arn,
  exactlyOne,
  mapOf,
  oneOf,
  problem,
  refused,
  region,
  tags,
  text,
  wholeNumber,
} from "../schema.ts";
import { changeTags, tagList, tagRecord } from "../tags.ts";

const byteUnits = ["Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes"] as const;
const bitUnits = ["Bits", "Kilobits", "Megabits", "Gigabits", "Terabits"] as const;

export const units = [
  "Seconds",
  "Microseconds",
  "Milliseconds",
  ...byteUnits,
  ...bitUnits,
  "Percent",
  "Count",
  ...byteUnits.map((unit) => `${unit}/Second` as const),
  ...bitUnits.map((unit) => `${unit}/Second` as const),
  "Count/Second",
  "None",
] as const;

const statistics = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"] as const;
const bandOperators = [
  "LessThanLowerOrGreaterThanUpperThreshold",
  "LessThanLowerThreshold",
  "GreaterThanUpperThreshold",
] as const;
const operators = [
  "GreaterThanOrEqualToThreshold",
  "GreaterThanThreshold",
  "LessThanThreshold",
  "LessThanOrEqualToThreshold",
  ...bandOperators,
] as const;

/** `p99`, `tm90`, `IQM`, `TM(10%:90%)`, `PR(100:)`: percentiles, trimmed means and the like. */
const percentile =
  /^((p|tm|wm|tc|ts)(\d{1,2}(\.\d{1,10})?|100)|IQM|(TM|WM|PR|TC|TS)\((\d+(\.\d+)?%?)?:(\d+(\.\d+)?%?)?\))$/;
const percentileMessage = "must be a statistic such as p99, tm90, IQM or PR(100:)";

/** Namespaces whose metrics exist in one region only. */
const onlyInUsEast1 = ["AWS/Billing", "AWS/Route53"];

const day = 86_400;

function period(short: readonly number[]) {
  const message = `must be ${short.join(", ")} or a multiple of 60 seconds`;
  return z
    .int(message)
    .refine((seconds) => short.includes(seconds) || (seconds > 0 && seconds % 60 === 0), message);
}

const namespace = text(1, 255).regex(/^[^:]/, "must not begin with a colon");
const dimensions = mapOf(text(1, 255), text(1, 1024))
  .refine((all) => Object.keys(all).length <= 30, "must have at most 30 entries")
  .optional();
const actions = z.array(arn).max(5, "must have at most 5 actions").optional();

const metricQuery = z
  .strictObject({
    id: text(1, 255).regex(/^[a-z]\w*$/, "must begin with a lower-case letter, then letters, digits and _"),
    expression: text(1, 2048).optional(),
    metric: z
      .strictObject({
        metricName: text(1, 255),
        namespace: namespace.optional(),
        period: period([1, 5, 10, 20, 30]),
        stat: z
          .string()
          .refine((stat) => (statistics as readonly string[]).includes(stat) || percentile.test(stat), {
            message: `must be one of ${statistics.join(", ")}, or a statistic such as p99`,
          }),
        unit: oneOf(units).optional(),
        dimensions,
      })
      .optional(),
    label: z.string().optional(),
    period: period([1, 5, 10, 20, 30]).optional(),
    returnData: z.boolean().default(false),
    accountId: text(1, 255).optional(),
  })
  .superRefine((query, context) => exactlyOne(context, query, ["expression", "metric"]));

const noPromql = refused("the emulator has no PromQL alarms and no warm-up");

function schema(connection: Connection) {
  return z
    .strictObject({
      name: text(1, 255).optional(),
      alarmDescription: text(0, 1024).optional(),
      comparisonOperator: oneOf(operators),
      evaluationPeriods: wholeNumber(1, day),
      datapointsToAlarm: wholeNumber(1, day).optional(),
      threshold: z.number("must be a number").optional(),
      thresholdMetricId: text(1, 255).optional(),
      metricName: text(1, 255).optional(),
      namespace: namespace.optional(),
      dimensions,
      period: period([10, 20, 30]).optional(),
      statistic: oneOf(statistics).optional(),
      extendedStatistic: z.string().regex(percentile, percentileMessage).optional(),
      unit: oneOf(units).optional(),
      metricQueries: z.array(metricQuery).max(20, "must have at most 20 queries").optional(),
      treatMissingData: oneOf(["missing", "ignore", "breaching", "notBreaching"]).default("missing"),
      evaluateLowSampleCountPercentiles: oneOf(["evaluate", "ignore"]).optional(),
      actionsEnabled: z.boolean().default(true),
      alarmActions: actions,
      okActions: actions,
      insufficientDataActions: actions,
      region: region().optional(),
      tags: tags(connection.defaultTags),
      evaluationCriteria: noPromql,
      evaluationInterval: noPromql,
      warmUpConfiguration: noPromql,
    })
    .superRefine((inputs, context) => {
      for (const rule of rules) rule(inputs, context, inputs.region ?? connection.region);
    });
}

interface AlarmInputs {
  readonly [name: string]: unknown;
  readonly comparisonOperator: (typeof operators)[number];
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm?: number | undefined;
  readonly threshold?: number | undefined;
  readonly thresholdMetricId?: string | undefined;
  readonly metricName?: string | undefined;
  readonly namespace?: string | undefined;
  readonly period?: number | undefined;
  readonly statistic?: string | undefined;
  readonly extendedStatistic?: string | undefined;
  readonly metricQueries?: readonly z.output<typeof metricQuery>[] | undefined;
}

type Rule = (inputs: AlarmInputs, context: z.core.$RefinementCtx, region: string) => void;

/** What AWS checks across inputs, one rule each. */
const rules: readonly Rule[] = [
  function oneSource(inputs, context) {
    exactlyOne(context, inputs, ["metricName", "metricQueries"]);
  },
  function completeMetric(inputs, context) {
    if (inputs.metricName === undefined) return;
    for (const name of ["namespace", "period"]) {
      if (inputs[name] === undefined) problem(context, name, "is required with metricName");
    }
    exactlyOne(context, inputs, ["statistic", "extendedStatistic"]);
  },
  function nothingBesideQueries(inputs, context) {
    if (inputs.metricQueries === undefined) return;
    for (const name of ["namespace", "period", "statistic", "extendedStatistic", "dimensions", "unit"]) {
      if (inputs[name] !== undefined)
        problem(context, name, "conflicts with metricQueries: put it into a query");
    }
  },
  function queriesFit(inputs, context) {
    const queries = inputs.metricQueries ?? [];
    const ids = queries.map((query) => query.id);
    ids.forEach((id, index) => {
      if (ids.indexOf(id) !== index) problem(context, ["metricQueries", index, "id"], `repeats the id ${id}`);
    });
    const returned = queries.filter((query) => query.returnData).length;
    const expected = inputs.thresholdMetricId === undefined ? 1 : 2;
    if (inputs.metricQueries !== undefined && returned !== expected) {
      problem(
        context,
        "metricQueries",
        `must have returnData: true on exactly ${expected} of the queries, not ${returned}`,
      );
    }
    if (inputs.thresholdMetricId !== undefined && !ids.includes(inputs.thresholdMetricId)) {
      problem(context, "thresholdMetricId", "must be the id of one of metricQueries");
    }
  },
  function oneThreshold(inputs, context) {
    exactlyOne(context, inputs, ["threshold", "thresholdMetricId"]);
    const band = (bandOperators as readonly string[]).includes(inputs.comparisonOperator);
    if (band && inputs.thresholdMetricId === undefined) {
      problem(
        context,
        "comparisonOperator",
        "compares with an anomaly band: give thresholdMetricId, or another operator",
      );
    }
    if (!band && inputs.thresholdMetricId !== undefined) {
      problem(
        context,
        "comparisonOperator",
        `must be one of ${bandOperators.join(", ")} with thresholdMetricId`,
      );
    }
  },
  function window(inputs, context) {
    if ((inputs.datapointsToAlarm ?? 0) > inputs.evaluationPeriods) {
      problem(context, "datapointsToAlarm", "must not be greater than evaluationPeriods");
    }
    const seconds = inputs.period ?? Math.max(0, ...(inputs.metricQueries ?? []).map(queryPeriod));
    const limit = seconds >= 3600 ? 7 * day : day;
    if (seconds * inputs.evaluationPeriods > limit) {
      problem(context, "evaluationPeriods", `times the period must not exceed ${limit} seconds`);
    }
  },
  function metricsThere(inputs, context, place) {
    const namespaces = [
      inputs.namespace,
      ...(inputs.metricQueries ?? []).map((query) => query.metric?.namespace),
    ];
    for (const name of onlyInUsEast1.filter((only) => namespaces.includes(only) && place !== "us-east-1")) {
      problem(
        context,
        "region",
        `must be us-east-1: ${name} has no metrics in ${place}, so the alarm could never ring`,
      );
    }
  },
  function actionsHere(inputs, context, place) {
    for (const name of ["alarmActions", "okActions", "insufficientDataActions"]) {
      const given = (inputs[name] ?? []) as readonly string[];
      given.forEach((action, index) => {
        const [, , service, actionRegion] = action.split(":");
        if (service === "sns" && actionRegion !== place) {
          problem(
            context,
            [name, index],
            `must be a topic in the alarm's own region ${place}, not in ${actionRegion}`,
          );
        }
      });
    }
  },
  function lowSamples(inputs, context) {
    if (inputs["evaluateLowSampleCountPercentiles"] !== undefined && inputs.statistic !== undefined) {
      problem(
        context,
        "evaluateLowSampleCountPercentiles",
        "is for percentiles (extendedStatistic), not for statistic",
      );
    }
  },
];

function queryPeriod(query: z.output<typeof metricQuery>): number {
  return query.metric?.period ?? query.period ?? 0;
}

type Inputs = z.output<ReturnType<typeof schema>>;

export function metricAlarm(connection: Connection) {
  const cloudwatch = (inputs: Inputs) => connection.client("cloudwatch", inputs.region);

  async function find(name: string, inputs: Inputs): Promise<MetricAlarm | undefined> {
    const command = new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ["MetricAlarm"] });
    return (await cloudwatch(inputs).send(command)).MetricAlarms?.[0];
  }

  async function liveTags(inputs: Inputs, ResourceARN: string | undefined) {
    return tagRecord((await cloudwatch(inputs).send(new ListTagsForResourceCommand({ ResourceARN }))).Tags);
  }

  async function put(name: string, inputs: Inputs, state: string) {
    await cloudwatch(inputs).send(new PutMetricAlarmCommand(request(name, inputs)));
    // The emulator puts every alarm into OK; AWS leaves the state, which begins as INSUFFICIENT_DATA.
    await cloudwatch(inputs).send(
      new SetAlarmStateCommand({
        AlarmName: name,
        StateValue: state as "OK",
        StateReason: "Unchecked: Initial alarm creation",
      }),
    );
  }

  function outputs(name: string, inputs: Inputs, alarm: MetricAlarm | undefined) {
    return {
      name,
      arn: alarm?.AlarmArn ?? "",
      region: inputs.region ?? connection.region,
      evaluateLowSampleCountPercentiles: inputs.evaluateLowSampleCountPercentiles ?? "",
      tagsAll: inputs.tags ?? {},
    };
  }

  return handler({
    inputs: schema(connection),
    replaceOn: ["name", "region"],

    async create(inputs, logicalName) {
      const name = physicalName(inputs, logicalName);
      if ((await find(name, inputs)) !== undefined) {
        throw new Error(`name: a CloudWatch metric alarm named ${name} exists already`);
      }
      await put(name, inputs, "INSUFFICIENT_DATA");
      return { id: name, outputs: outputs(name, inputs, await find(name, inputs)) };
    },

    async read(id, last) {
      const alarm = await find(id, last.inputs);
      if (alarm === undefined) return undefined;
      const live = await liveTags(last.inputs, alarm.AlarmArn);
      return {
        inputs: observed(
          last.inputs,
          { ...response(alarm), name: id, region: last.inputs.region, tags: live },
          {
            computed: ["name", "evaluateLowSampleCountPercentiles"],
            same: {
              alarmActions: sameMembers,
              okActions: sameMembers,
              insufficientDataActions: sameMembers,
              metricQueries: sameMembers,
            },
          },
        ),
        outputs: { ...outputs(id, last.inputs, alarm), tagsAll: live },
      };
    },

    async update(id, inputs) {
      const before = await find(id, inputs);
      await put(id, inputs, before?.StateValue ?? "INSUFFICIENT_DATA");
      const alarm = await find(id, inputs);
      const ResourceARN = alarm?.AlarmArn;
      await changeTags(await liveTags(inputs, ResourceARN), inputs.tags, {
        remove: (TagKeys) => cloudwatch(inputs).send(new UntagResourceCommand({ ResourceARN, TagKeys })),
        add: (added) =>
          cloudwatch(inputs).send(new TagResourceCommand({ ResourceARN, Tags: tagList(added) })),
      });
      return outputs(id, inputs, alarm);
    },

    async delete(id, last) {
      await unlessMissing(cloudwatch(last.inputs).send(new DeleteAlarmsCommand({ AlarmNames: [id] })));
    },
  });
}

function dimensionList(record: Readonly<Record<string, string>> | undefined) {
  return Object.entries(record ?? {}).map(([Name, Value]) => ({ Name, Value }));
}

function dimensionRecord(list: MetricAlarm["Dimensions"]): Record<string, string> | undefined {
  if (list === undefined || list.length === 0) return undefined;
  return Object.fromEntries(list.map(({ Name = "", Value = "" }) => [Name, Value]));
}

function request(AlarmName: string, inputs: Inputs) {
  return {
    AlarmName,
    AlarmDescription: inputs.alarmDescription,
    ComparisonOperator: inputs.comparisonOperator,
    EvaluationPeriods: inputs.evaluationPeriods,
    DatapointsToAlarm: inputs.datapointsToAlarm,
    Threshold: inputs.threshold,
    ThresholdMetricId: inputs.thresholdMetricId,
    MetricName: inputs.metricName,
    Namespace: inputs.namespace,
    Dimensions: dimensionList(inputs.dimensions),
    Period: inputs.period,
    Statistic: inputs.statistic,
    ExtendedStatistic: inputs.extendedStatistic,
    Unit: inputs.unit,
    Metrics: inputs.metricQueries?.map(queryRequest),
    TreatMissingData: inputs.treatMissingData,
    EvaluateLowSampleCountPercentile: inputs.evaluateLowSampleCountPercentiles,
    ActionsEnabled: inputs.actionsEnabled,
    AlarmActions: inputs.alarmActions ?? [],
    OKActions: inputs.okActions ?? [],
    InsufficientDataActions: inputs.insufficientDataActions ?? [],
    Tags: tagList(inputs.tags),
  };
}

function queryRequest(query: z.output<typeof metricQuery>): MetricDataQuery {
  const { metric } = query;
  return {
    Id: query.id,
    Expression: query.expression,
    Label: query.label,
    Period: query.period,
    ReturnData: query.returnData,
    AccountId: query.accountId,
    MetricStat: metric && {
      Metric: {
        MetricName: metric.metricName,
        Namespace: metric.namespace,
        Dimensions: dimensionList(metric.dimensions),
      },
      Period: metric.period,
      Stat: metric.stat,
      Unit: metric.unit,
    },
  };
}

/** The alarm as inputs. */
function response(alarm: MetricAlarm): Partial<Inputs> {
  return {
    alarmDescription: alarm.AlarmDescription,
    comparisonOperator: alarm.ComparisonOperator as Inputs["comparisonOperator"],
    evaluationPeriods: alarm.EvaluationPeriods,
    datapointsToAlarm: alarm.DatapointsToAlarm,
    threshold: alarm.Threshold,
    thresholdMetricId: alarm.ThresholdMetricId,
    metricName: alarm.MetricName,
    namespace: alarm.Namespace,
    dimensions: dimensionRecord(alarm.Dimensions),
    period: alarm.Period,
    statistic: alarm.Statistic as Inputs["statistic"],
    extendedStatistic: alarm.ExtendedStatistic,
    unit: alarm.Unit as Inputs["unit"],
    metricQueries: alarm.Metrics?.map(queryResponse) as Inputs["metricQueries"],
    treatMissingData: (alarm.TreatMissingData ?? "missing") as Inputs["treatMissingData"],
    evaluateLowSampleCountPercentiles: alarm.EvaluateLowSampleCountPercentile as "evaluate" | undefined,
    actionsEnabled: alarm.ActionsEnabled,
    alarmActions: alarm.AlarmActions,
    okActions: alarm.OKActions,
    insufficientDataActions: alarm.InsufficientDataActions,
  };
}

function queryResponse(query: MetricDataQuery) {
  const stat = query.MetricStat;
  return compact({
    id: query.Id,
    expression: query.Expression,
    label: query.Label,
    period: query.Period,
    returnData: query.ReturnData ?? false,
    accountId: query.AccountId,
    metric:
      stat &&
      compact({
        metricName: stat.Metric?.MetricName,
        namespace: stat.Metric?.Namespace,
        dimensions: dimensionRecord(stat.Metric?.Dimensions),
        period: stat.Period,
        stat: stat.Stat,
        unit: stat.Unit,
      }),
  });
}

function compact(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== undefined && value !== null && value !== ""),
  );
}
