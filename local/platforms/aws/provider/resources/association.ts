import { randomUUID } from "node:crypto";
import { DescribeDocumentCommand } from "@aws-sdk/client-ssm";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { unlessMissing } from "../errors.ts";
import { handler, observed } from "../handler.ts";
import { oneOf, problem, region, tags, text, wholeNumber } from "../schema.ts";

/** The emulator has none: they live in the stand-in's store, and run nothing. */
const kind = "association";

/** Documents that AWS owns and the emulator does not have. */
const ownedByAws = /^(AWS|AWSEC2|AWSSupport|AWSConfigRemediation|AWSFleetManager|AmazonCloudWatch)-/;

const target = z.strictObject({
  key: text(1, 163).regex(
    /^(InstanceIds|ParameterValues|tag-key|tag:.+|resource-groups:(Name|ResourceTypeFilters)|aws:NoOpAutomationTag)$/,
    "must be InstanceIds, tag:<name>, tag-key, ParameterValues or resource-groups:Name",
  ),
  values: z.array(z.string()).min(1, "must hold at least one value").max(50, "must hold at most 50 values"),
});

const rate = /^rate\((\d+) (minute|hour|day)s?\)$/;
const minutes: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 1440 };

const scheduleExpression = text(1, 256).superRefine((expression, context) => {
  const [, count = "0", unit = "minute"] = rate.exec(expression) ?? [];
  if (!rate.test(expression) && !/^(cron|at)\(.+\)$/.test(expression)) {
    problem(context, [], "must be rate(...), cron(...) or at(...)");
  } else if (rate.test(expression) && Number(count) * (minutes[unit] ?? 1) < 30) {
    problem(context, [], "must not be more often than every 30 minutes");
  }
});

const count = /^([1-9]\d*|[1-9]\d?%|100%)$/;
const countOrZero = /^(\d+|\d{1,2}%|100%)$/;

function schema(connection: Connection) {
  return z
    .strictObject({
      name: z
        .string("is required: the SSM document to run")
        .regex(/^[\w.:/-]{3,128}$/, "must be the name or ARN of an SSM document"),
      applyOnlyAtCronInterval: z.boolean().default(false),
      associationName: z
        .string()
        .regex(/^[\w.-]{3,128}$/, "must have 3 to 128 letters, digits and _ - .")
        .optional(),
      automationTargetParameterName: text(1, 50).optional(),
      calendarNames: z.array(z.string()).optional(),
      complianceSeverity: oneOf(["CRITICAL", "HIGH", "MEDIUM", "LOW", "UNSPECIFIED"]).optional(),
      documentVersion: z
        .string()
        .regex(/^(\$LATEST|\$DEFAULT|[1-9]\d*)$/, "must be $LATEST, $DEFAULT or a number")
        .optional(),
      maxConcurrency: z.string().regex(count, "must be a number or a percentage such as 10%").optional(),
      maxErrors: z.string().regex(countOrZero, "must be a number or a percentage such as 10%").optional(),
      outputLocation: z
        .strictObject({
          s3BucketName: text(3, 63),
          s3KeyPrefix: text(0, 500).optional(),
          s3Region: text(3, 20).optional(),
        })
        .optional(),
      parameters: z.record(z.string(), z.string("must be a string, as every parameter")).optional(),
      region: region().optional(),
      scheduleExpression: scheduleExpression.optional(),
      syncCompliance: oneOf(["AUTO", "MANUAL"]).optional(),
      tags: tags(connection.defaultTags),
      targets: z.array(target).max(5, "must have at most 5 targets").optional(),
      waitForSuccessTimeoutSeconds: wholeNumber(1, 172_800).optional(),
    })
    .superRefine((inputs, context) => {
      if (inputs.applyOnlyAtCronInterval && inputs.scheduleExpression?.startsWith("rate")) {
        problem(context, "applyOnlyAtCronInterval", "is not for rate expressions");
      }
      if (inputs.applyOnlyAtCronInterval && inputs.scheduleExpression === undefined) {
        problem(context, "scheduleExpression", "is required with applyOnlyAtCronInterval");
      }
    });
}

type Inputs = z.output<ReturnType<typeof schema>>;

export function association(connection: Connection) {
  async function checkDocument(inputs: Inputs) {
    if (ownedByAws.test(inputs.name) || inputs.name.startsWith("arn:")) return;
    const ssm = connection.client("ssm", inputs.region);
    const found = await unlessMissing(
      ssm.send(new DescribeDocumentCommand({ Name: inputs.name })).catch(invalid),
    );
    if (found === undefined) throw new Error(`name: the SSM document ${inputs.name} does not exist`);
  }

  async function outputs(id: string, inputs: Inputs) {
    const place = inputs.region ?? connection.region;
    const { accountId } = await connection.caller();
    return {
      associationId: id,
      arn: `arn:aws:ssm:${place}:${accountId}:association/${id}`,
      documentVersion: inputs.documentVersion ?? "$DEFAULT",
      parameters: inputs.parameters ?? {},
      targets: inputs.targets ?? [],
      region: place,
      tagsAll: inputs.tags ?? {},
    };
  }

  return handler({
    inputs: schema(connection),
    replaceOn: ["name", "region"],
    writeOnly: ["waitForSuccessTimeoutSeconds"],

    async create(inputs) {
      await checkDocument(inputs);
      const id = randomUUID();
      connection.store.set(kind, id, inputs);
      return { id, outputs: await outputs(id, inputs) };
    },

    async read(id, last) {
      const { waitForSuccessTimeoutSeconds: _notKept, ...kept } = (connection.store.get(kind, id) ??
        {}) as Inputs;
      if (kept.name === undefined) return undefined;
      return {
        inputs: observed(last.inputs, kept, { computed: ["documentVersion", "parameters", "targets"] }),
        outputs: await outputs(id, kept),
      };
    },

    async update(id, inputs) {
      connection.store.set(kind, id, inputs);
      return outputs(id, inputs);
    },

    async delete(id) {
      connection.store.delete(kind, id);
    },
  });
}

/** SSM's name for a document that it does not know. */
function invalid(error: unknown): undefined {
  if (error instanceof Error && error.name === "InvalidDocument") return undefined;
  throw error;
}
