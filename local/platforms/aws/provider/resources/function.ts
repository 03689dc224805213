import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { GetRoleCommand } from "@aws-sdk/client-iam";
import { z } from "zod";
import { archive, codeSha256, zipOf } from "../../../../../toolkit/archive.ts";
import type { Properties } from "../../../../../toolkit/property-values.ts";
import type { Connection } from "../connection.ts";
import { unlessMissing } from "../errors.ts";
import { handler, observed } from "../handler.ts";
import { physicalName } from "../names.ts";
import { arnOf, mapOf, oneOf, problem, refused, region, tags, text, wholeNumber } from "../schema.ts";
import type { Store } from "../store.ts";

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

const kind = "function";

/** A function as the stand-in keeps it. */
export interface KeptFunction {
  readonly arn: string;
  readonly region: string;
  /** Absolute path of its zip file. */
  readonly zip: string;
  readonly codeSha256: string;
  readonly inputs: Inputs & { readonly name: string };
}

export function keptFunctions(store: Store): readonly KeptFunction[] {
  return store.list(kind) as unknown as readonly KeptFunction[];
}

export function findFunction(store: Store, arn: string): KeptFunction | undefined {
  return store.get(kind, arn) as KeptFunction | undefined;
}

/**
 * Kept in the stand-in's store. The emulator takes functions, but gives no code back and runs none; and with one in it, it
 * no longer lists what its topics took, unless a Docker Engine is there.
 *
 * @param stateFolder absolute path of the state folder
 */
export function lambdaFunction(connection: Connection, stateFolder: string) {
  const { store } = connection;
  const folder = path.join(stateFolder, "data", "aws", "functions");

  async function arnOfFunction(name: string, place: string): Promise<string> {
    const { accountId } = await connection.caller();
    return `arn:aws:lambda:${place}:${accountId}:function:${name}`;
  }

  /** @throws where there is no such role, as AWS does */
  async function checkRole(arn: string): Promise<void> {
    const RoleName = arn.split("/").at(-1) ?? "";
    const role = await unlessMissing(connection.client("iam").send(new GetRoleCommand({ RoleName })));
    if (role === undefined) throw new Error(`the role ${arn} does not exist`);
  }

  async function keep(name: string, inputs: Inputs): Promise<KeptFunction> {
    if (!inputs.code) throw new Error("a function needs code");
    await checkRole(inputs.role);
    const place = inputs.region ?? connection.region;
    const zip = path.join(folder, `${place}-${name}.zip`);
    const content = await zipOf(inputs.code);
    mkdirSync(folder, { recursive: true });
    writeFileSync(zip, content);
    const kept = {
      arn: await arnOfFunction(name, place),
      region: place,
      zip,
      codeSha256: codeSha256(content),
      inputs: { ...inputs, name },
    };
    store.set(kind, kept.arn, kept);
    return kept;
  }

  const outputs = ({ arn, region: place, codeSha256: hash, inputs }: KeptFunction) => ({
    name: inputs.name,
    arn,
    invokeArn: `arn:aws:apigateway:${place}:lambda:path/2015-03-31/functions/${arn}/invocations`,
    codeSha256: hash,
    version: "$LATEST",
    tagsAll: inputs.tags ?? {},
  });

  return handler({
    inputs: schema(connection),
    replaceOn: ["name", "region"],
    deleteBeforeReplace: true,

    async create(inputs, logicalName) {
      const name = physicalName({ name: inputs.name }, logicalName);
      const arn = await arnOfFunction(name, inputs.region ?? connection.region);
      if (findFunction(store, arn)) throw new Error(`Function already exist: ${name}`);
      return { id: name, outputs: outputs(await keep(name, inputs)) };
    },

    async read(id, last) {
      const arn = await arnOfFunction(id, last.inputs.region ?? connection.region);
      const kept = findFunction(store, arn);
      if (kept === undefined) return undefined;
      // Where somebody else has put other code, ours is no more what is there.
      const code = hashOf(kept.zip) === kept.codeSha256 ? kept.inputs.code : undefined;
      return {
        inputs: observed<Properties>(last.inputs, { ...kept.inputs, code }, { computed: ["name"] }),
        outputs: outputs(kept),
      };
    },

    async update(id, inputs) {
      return outputs(await keep(id, inputs));
    },

    async delete(id, last) {
      const arn = await arnOfFunction(id, last.inputs.region ?? connection.region);
      const kept = findFunction(store, arn);
      if (kept) rmSync(kept.zip, { force: true });
      store.delete(kind, arn);
    },
  });
}

/** Undefined where the file is gone. */
function hashOf(file: string): string | undefined {
  try {
    return codeSha256(readFileSync(file));
  } catch {
    return undefined;
  }
}
