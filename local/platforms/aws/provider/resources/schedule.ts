import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  UpdateScheduleCommand,
} from "@aws-sdk/client-scheduler";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { unlessMissing } from "../errors.ts";
import { handler, observed, sameJson } from "../handler.ts";
import { physicalName } from "../names.ts";
import { expressionProblem } from "../schedule-expression.ts";
import {
  arn,
  arnOf,
  atMostOne,
  json,
  named,
  oneOf,
  problem,
  refused,
  region,
  text,
  wholeNumber,
} from "../schema.ts";

const scheduleName = /^[0-9a-zA-Z._-]+$/;
const nameCharacters = "may hold letters, digits and . _ -";
const onlyInvoked = "schedules here invoke a function";
const instant = z.iso.datetime("must be a time in UTC such as 2026-01-31T07:00:00Z");

const expression = z.string().superRefine((given, context) => {
  const message = expressionProblem(given);
  if (message !== undefined) problem(context, [], message);
});

const inputs = z
  .strictObject({
    ...named(64, scheduleName, nameCharacters),
    actionAfterCompletion: oneOf(["NONE", "DELETE"]).optional(),
    description: text(0, 512).optional(),
    endDate: instant.optional(),
    flexibleTimeWindow: z.strictObject({
      maximumWindowInMinutes: wholeNumber(1, 1440).optional(),
      mode: oneOf(["OFF", "FLEXIBLE"]),
    }),
    groupName: text(1, 64).regex(scheduleName, nameCharacters).default("default"),
    kmsKeyArn: arnOf("kms").optional(),
    region: region().optional(),
    scheduleExpression: expression,
    scheduleExpressionTimezone: z
      .string()
      .refine(isTimeZone, "must be an IANA time zone such as Europe/Berlin")
      .default("UTC"),
    startDate: instant.optional(),
    state: oneOf(["ENABLED", "DISABLED"]).default("ENABLED"),
    target: z.strictObject({
      arn,
      deadLetterConfig: z.strictObject({ arn: arnOf("sqs") }).optional(),
      ecsParameters: refused(onlyInvoked),
      eventbridgeParameters: refused(onlyInvoked),
      input: json.optional(),
      kinesisParameters: refused(onlyInvoked),
      retryPolicy: z
        .strictObject({
          maximumEventAgeInSeconds: wholeNumber(60, 86_400).default(86_400),
          maximumRetryAttempts: wholeNumber(0, 185).default(185),
        })
        .optional(),
      roleArn: arnOf("iam"),
      sagemakerPipelineParameters: refused(onlyInvoked),
      sqsParameters: refused(onlyInvoked),
    }),
  })
  .superRefine((given, context) => {
    atMostOne(context, given, ["name", "namePrefix"]);
    const { mode, maximumWindowInMinutes } = given.flexibleTimeWindow;
    if ((mode === "FLEXIBLE") !== (maximumWindowInMinutes !== undefined)) {
      problem(
        context,
        ["flexibleTimeWindow", "maximumWindowInMinutes"],
        "goes with mode FLEXIBLE, and only with it",
      );
    }
  });

type Inputs = z.output<typeof inputs>;

/** Its id is `group/name`, as the official provider's. */
export function schedule(connection: Connection) {
  const scheduler = (given: Inputs) => connection.client("scheduler", given.region);
  const key = (id: string) => {
    const [GroupName = "default", Name = ""] = id.split("/");
    return { GroupName, Name };
  };

  const configured = ({ flexibleTimeWindow, target, ...given }: Inputs) => ({
    Description: given.description,
    FlexibleTimeWindow: {
      Mode: flexibleTimeWindow.mode,
      MaximumWindowInMinutes: flexibleTimeWindow.maximumWindowInMinutes,
    },
    KmsKeyArn: given.kmsKeyArn,
    ScheduleExpression: given.scheduleExpression,
    ScheduleExpressionTimezone: given.scheduleExpressionTimezone,
    State: given.state,
    ActionAfterCompletion: given.actionAfterCompletion,
    ...(given.startDate && { StartDate: new Date(given.startDate) }),
    ...(given.endDate && { EndDate: new Date(given.endDate) }),
    Target: {
      Arn: target.arn,
      RoleArn: target.roleArn,
      Input: target.input,
      ...(target.deadLetterConfig && { DeadLetterConfig: { Arn: target.deadLetterConfig.arn } }),
      ...(target.retryPolicy && {
        RetryPolicy: {
          MaximumEventAgeInSeconds: target.retryPolicy.maximumEventAgeInSeconds,
          MaximumRetryAttempts: target.retryPolicy.maximumRetryAttempts,
        },
      }),
    },
  });

  const find = (id: string, given: Inputs) =>
    unlessMissing(scheduler(given).send(new GetScheduleCommand(key(id))));

  async function outputs(id: string, given: Inputs) {
    return { name: key(id).Name, arn: (await find(id, given))?.Arn ?? "" };
  }

  return handler({
    inputs,
    replaceOn: ["name", "namePrefix", "groupName", "region"],
    deleteBeforeReplace: true,
    writeOnly: ["namePrefix", "actionAfterCompletion", "kmsKeyArn", "startDate", "endDate"],

    async create(given, logicalName) {
      const Name = physicalName(given, logicalName);
      const command = { Name, GroupName: given.groupName, ...configured(given) };
      await scheduler(given).send(new CreateScheduleCommand(command));
      const id = `${given.groupName}/${Name}`;
      return { id, outputs: await outputs(id, given) };
    },

    async read(id, last) {
      const live = await find(id, last.inputs);
      if (live === undefined) return undefined;
      const { Target } = live;
      const target = {
        arn: Target?.Arn,
        roleArn: Target?.RoleArn,
        ...(Target?.Input !== undefined && {
          input: sameJson(Target.Input, last.inputs.target?.input) ? last.inputs.target.input : Target.Input,
        }),
        ...(Target?.DeadLetterConfig && { deadLetterConfig: { arn: Target.DeadLetterConfig.Arn } }),
        ...(Target?.RetryPolicy &&
          last.inputs.target?.retryPolicy && {
            retryPolicy: {
              maximumEventAgeInSeconds: Target.RetryPolicy.MaximumEventAgeInSeconds,
              maximumRetryAttempts: Target.RetryPolicy.MaximumRetryAttempts,
            },
          }),
      };
      const seen = {
        name: key(id).Name,
        groupName: live.GroupName,
        description: live.Description,
        scheduleExpression: live.ScheduleExpression,
        scheduleExpressionTimezone: live.ScheduleExpressionTimezone,
        state: live.State as Inputs["state"],
        flexibleTimeWindow: {
          mode: live.FlexibleTimeWindow?.Mode,
          ...(live.FlexibleTimeWindow?.MaximumWindowInMinutes !== undefined && {
            maximumWindowInMinutes: live.FlexibleTimeWindow.MaximumWindowInMinutes,
          }),
        },
        region: last.inputs.region,
        target,
      };
      return {
        inputs: observed(last.inputs, seen as Partial<Inputs>, { computed: ["name"] }),
        outputs: await outputs(id, last.inputs),
      };
    },

    async update(id, given) {
      await scheduler(given).send(new UpdateScheduleCommand({ ...key(id), ...configured(given) }));
      return outputs(id, given);
    },

    async delete(id, last) {
      await unlessMissing(scheduler(last.inputs).send(new DeleteScheduleCommand(key(id))));
    },
  });
}

function isTimeZone(zone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: zone }));
  } catch {
    return false;
  }
}
