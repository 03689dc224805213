import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  type FunctionConfiguration,
  GetFunctionCommand,
  ListTagsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { z } from "zod";
import { archive, codeSha256, zipOf } from "../archive.ts";
import type { Connection } from "../connection.ts";
import { unlessMissing } from "../errors.ts";
import { handler, observed } from "../handler.ts";
import { physicalName } from "../names.ts";
import { arnOf, mapOf, oneOf, problem, refused, region, tags, text, wholeNumber } from "../schema.ts";
import { changeTags } from "../tags.ts";

/** Runtimes that AWS still makes functions of, for Node.js. */
const runtimes = ["nodejs20.x", "nodejs22.x", "nodejs24.x"] as const;

/** Names of variables that the service keeps for itself. */
const reserved =
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_REGION|REGION|EXECUTION_ENV|LAMBDA_\w+|ACCESS_KEY(_ID)?|SECRET_ACCESS_KEY|SESSION_TOKEN))$/;
const variableName = z
  .string()
  .regex(/^[a-zA-Z][a-zA-Z0-9_]+$/, "must begin with a letter, with letters, digits and _ after it")
  .refine((name) => !reserved.test(name), "is a name that Lambda keeps for itself");
const MOST_VARIABLE_BYTES = 4096;

const onlyZip = "functions here are zip files of one region, run by Node.js";

function schema(connection: Connection) {
  return z
    .strictObject({
      architectures: z
        .array(oneOf(["x86_64", "arm64"]))
        .length(1, "must name one architecture")
        .optional(),
      code: archive.optional(),
      deadLetterConfig: z.strictObject({ targetArn: arnOf("sqs") }).optional(),
      description: text(0, 256).optional(),
      environment: z.strictObject({ variables: mapOf(variableName, z.string()).optional() }).optional(),
      ephemeralStorage: z.strictObject({ size: wholeNumber(512, 10_240).optional() }).optional(),
      handler: z
        .string()
        .max(128, "must have at most 128 characters")
        .regex(/^\S+\.\w+$/, "must be file.export")
        .optional(),
      loggingConfig: z
        .strictObject({
          applicationLogLevel: oneOf(["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]).optional(),
          logFormat: oneOf(["JSON", "Text"]),
          logGroup: text(1, 512).optional(),
          systemLogLevel: oneOf(["DEBUG", "INFO", "WARN"]).optional(),
        })
        .optional(),
      memorySize: wholeNumber(128, 32_768).default(128),
      name: z
        .string()
        .regex(/^[a-zA-Z0-9_-]{1,64}$/, "must have 1 to 64 letters, digits, _ or -")
        .optional(),
      region: region().optional(),
      reservedConcurrentExecutions: wholeNumber(-1, 1_000_000).optional(),
      role: arnOf("iam").refine((given) => given.includes(":role/"), "must be the ARN of a role"),
      runtime: oneOf(runtimes).optional(),
      sourceCodeHash: z.string().optional(),
      tags: tags(connection.defaultTags),
      timeout: wholeNumber(1, 900).default(3),
      tracingConfig: z.strictObject({ mode: oneOf(["Active", "PassThrough"]) }).optional(),
      vpcConfig: z
        .strictObject({
          ipv6AllowedForDualStack: z.boolean().optional(),
          securityGroupIds: z.array(z.string().regex(/^sg-[0-9a-z]+$/, "must be a security group (sg-...)")),
          subnetIds: z.array(z.string().regex(/^subnet-[0-9a-z]+$/, "must be a subnet (subnet-...)")),
          vpcId: z.string().optional(),
        })
        .optional(),
      capacityProviderConfig: refused(onlyZip),
      codeSha256: refused(onlyZip),
      codeSigningConfigArn: refused(onlyZip),
      durableConfig: refused(onlyZip),
      fileSystemConfig: refused(onlyZip),
      imageConfig: refused(onlyZip),
      imageUri: refused(onlyZip),
      kmsKeyArn: refused(onlyZip),
      layers: refused(onlyZip),
      packageType: refused(onlyZip),
      publish: refused(onlyZip),
      publishTo: refused(onlyZip),
      replaceSecurityGroupsOnDestroy: refused(onlyZip),
      replacementSecurityGroupIds: refused(onlyZip),
      s3Bucket: refused(onlyZip),
      s3Key: refused(onlyZip),
      s3ObjectVersion: refused(onlyZip),
      skipDestroy: refused(onlyZip),
      snapStart: refused(onlyZip),
      sourceKmsKeyArn: refused(onlyZip),
      tenancyConfig: refused(onlyZip),
      useResourceTimeoutForPropagation: refused(onlyZip),
    })
    .superRefine((inputs, context) => {
      for (const name of ["code", "handler", "runtime"] as const) {
        if (inputs[name] === undefined) problem(context, name, "is required for a function of a zip file");
      }
      const bytes = Buffer.byteLength(JSON.stringify(inputs.environment?.variables ?? {}));
      if (bytes > MOST_VARIABLE_BYTES) {
        problem(
          context,
          "environment",
          `has ${bytes} bytes of variables; Lambda takes ${MOST_VARIABLE_BYTES}`,
        );
      }
    });
}

type Inputs = z.output<ReturnType<typeof schema>>;

/** Where the stand-in keeps a function's zip file, which the emulator takes and never gives back. */
export function zipFile(stateFolder: string, functionName: string): string {
  return path.join(stateFolder, "data", "aws", "functions", `${functionName}.zip`);
}

/** @param stateFolder absolute path of the state folder */
export function lambdaFunction(connection: Connection, stateFolder: string) {
  const lambda = (inputs: Inputs) => connection.client("lambda", inputs.region);

  async function find(FunctionName: string, inputs: Inputs): Promise<FunctionConfiguration | undefined> {
    const command = new GetFunctionCommand({ FunctionName });
    return (await unlessMissing(lambda(inputs).send(command)))?.Configuration;
  }

  async function zipped({ code }: Inputs, name: string): Promise<Uint8Array> {
    if (!code) throw new Error("a function needs code");
    const zip = await zipOf(code);
    const file = zipFile(stateFolder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, zip);
    return zip;
  }

  const configured = (inputs: Inputs) => ({
    Role: inputs.role,
    Handler: inputs.handler,
    Runtime: inputs.runtime,
    Description: inputs.description ?? "",
    Timeout: inputs.timeout,
    MemorySize: inputs.memorySize,
    Environment: { Variables: inputs.environment?.variables ?? {} },
    ...(inputs.vpcConfig && {
      VpcConfig: {
        SubnetIds: inputs.vpcConfig.subnetIds,
        SecurityGroupIds: inputs.vpcConfig.securityGroupIds,
      },
    }),
    ...(inputs.deadLetterConfig && { DeadLetterConfig: { TargetArn: inputs.deadLetterConfig.targetArn } }),
  });

  async function outputs(name: string, inputs: Inputs) {
    const live = await find(name, inputs);
    const arn = live?.FunctionArn ?? "";
    const invoke = `arn:aws:apigateway:${arn.split(":")[3]}:lambda:path/2015-03-31/functions/${arn}/invocations`;
    return {
      name,
      arn,
      invokeArn: invoke,
      codeSha256: live?.CodeSha256 ?? "",
      version: "$LATEST",
      tagsAll: inputs.tags ?? {},
    };
  }

  async function liveTags(arn: string, inputs: Inputs): Promise<Record<string, string>> {
    return (await lambda(inputs).send(new ListTagsCommand({ Resource: arn }))).Tags ?? {};
  }

  return handler({
    inputs: schema(connection),
    replaceOn: ["name", "region"],
    deleteBeforeReplace: true,
    // The emulator keeps none of these.
    writeOnly: [
      "sourceCodeHash",
      "loggingConfig",
      "tracingConfig",
      "vpcConfig",
      "deadLetterConfig",
      "reservedConcurrentExecutions",
      "ephemeralStorage",
      "architectures",
    ],

    async create(inputs, logicalName) {
      const name = physicalName({ name: inputs.name }, logicalName);
      await lambda(inputs).send(
        new CreateFunctionCommand({
          FunctionName: name,
          Code: { ZipFile: await zipped(inputs, name) },
          ...configured(inputs),
          Tags: inputs.tags,
        }),
      );
      return { id: name, outputs: await outputs(name, inputs) };
    },

    async read(id, last) {
      const live = await find(id, last.inputs);
      if (live === undefined) return undefined;
      const inputs = {
        name: id,
        role: live.Role,
        handler: live.Handler,
        runtime: live.Runtime as Inputs["runtime"],
        description: live.Description,
        timeout: live.Timeout,
        memorySize: live.MemorySize,
        environment: { variables: live.Environment?.Variables },
        region: last.inputs.region,
        tags: await liveTags(live.FunctionArn ?? "", last.inputs),
        // Where somebody else has put other code, ours is no more what is there.
        code: isOurs(stateFolder, id, live.CodeSha256) ? last.inputs.code : undefined,
      };
      return {
        inputs: observed(last.inputs, inputs as Partial<Inputs>, { computed: ["name"] }),
        outputs: await outputs(id, last.inputs),
      };
    },

    async update(id, inputs) {
      await lambda(inputs).send(
        new UpdateFunctionCodeCommand({ FunctionName: id, ZipFile: await zipped(inputs, id) }),
      );
      await lambda(inputs).send(
        new UpdateFunctionConfigurationCommand({ FunctionName: id, ...configured(inputs) }),
      );
      const Resource = (await find(id, inputs))?.FunctionArn ?? "";
      await changeTags(await liveTags(Resource, inputs), inputs.tags, {
        remove: (TagKeys) => lambda(inputs).send(new UntagResourceCommand({ Resource, TagKeys })),
        add: (Tags) => lambda(inputs).send(new TagResourceCommand({ Resource, Tags })),
      });
      return outputs(id, inputs);
    },

    async delete(id, last) {
      await unlessMissing(lambda(last.inputs).send(new DeleteFunctionCommand({ FunctionName: id })));
      rmSync(zipFile(stateFolder, id), { force: true });
    },
  });
}

function isOurs(stateFolder: string, name: string, sha256: string | undefined): boolean {
  try {
    return codeSha256(readFileSync(zipFile(stateFolder, name))) === sha256;
  } catch {
    return false;
  }
}
