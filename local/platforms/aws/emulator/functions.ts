/**
 * Lambda's part: runs the very file that was deployed, in a process of its own, with its environment and its time limit. It
 * reaches AWS at the emulator only.
 *
 * Other than Lambda: an invocation that failed is tried again at once.
 */
import { spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { unzipSync } from "fflate";
import { Failure } from "../../../../toolkit/failure.ts";
import { withTemporaryFolder } from "../../../../toolkit/temporary-folder.ts";
import type { Logger } from "../../../host/service.ts";
import { findFunction, type KeptFunction } from "../provider/resources/function.ts";
import { findEventInvokeConfig } from "../provider/resources/function-event-invoke-config.ts";
import type { Store } from "../provider/store.ts";
import { EMULATOR_CREDENTIALS } from "./moto.ts";

const RUNTIME = path.join(import.meta.dirname, "lambda-runtime.mjs");

/** An emulator takes any. */

export interface FunctionsOptions {
  /** The emulator's address. */
  readonly url: string;
  readonly store: Store;
  /** Takes what functions write. */
  readonly log: Logger;
  /** Ends what runs. */
  readonly signal?: AbortSignal;
}

/** What a function threw. */
export class FunctionError extends Failure {
  readonly errorType: string;

  constructor(errorType: string, message: string) {
    super(message);
    this.errorType = errorType;
  }
}

/**
 * One invocation whose answer somebody waits for.
 * @throws FunctionError where the function did
 */
export async function invoke(
  deployed: KeptFunction,
  event: unknown,
  options: Omit<FunctionsOptions, "store">,
): Promise<unknown> {
  return withTemporaryFolder("function", async (folder) => {
    await unpack(deployed.zip, folder);
    return run(deployed, folder, event, options);
  });
}

async function unpack(zip: string, folder: string): Promise<void> {
  for (const [name, content] of Object.entries(unzipSync(await readFile(zip)))) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

type Told = { answer: unknown } | { error: { errorType: string; errorMessage: string } };

async function run(
  { arn, region, inputs }: KeptFunction,
  folder: string,
  event: unknown,
  { url, log, signal }: Omit<FunctionsOptions, "store">,
): Promise<unknown> {
  const [file = "", exported = ""] = (inputs.handler ?? "").split(".");
  const child = spawn(
    process.execPath,
    [RUNTIME, path.join(folder, `${file}.mjs`), exported, String(inputs.timeout * 1000)],
    {
      cwd: folder,
      env: { ...inputs.environment?.variables, ...environment(inputs.name, region, url) },
      stdio: ["pipe", "pipe", "pipe", "ipc"],
      ...(signal && { signal }),
    },
  );
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => log.info(`${inputs.name}: ${text.trimEnd()}`));
  }
  child.stdin?.on("error", () => {
    // It ended before it read the event: how, the exit tells.
  });
  child.stdin?.end(JSON.stringify(event));
  const told = await new Promise<Told>((resolve, reject) => {
    child.once("message", (message) => resolve(message as Told));
    child.once("error", reject);
    child.once("exit", (code) => reject(new FunctionError("Runtime.ExitError", `${arn} ended with ${code}`)));
  });
  if ("error" in told) throw new FunctionError(told.error.errorType, told.error.errorMessage);
  return told.answer;
}

/** What Lambda adds to a function's own variables. */
function environment(name: string, region: string, url: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: EMULATOR_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: EMULATOR_CREDENTIALS.secretAccessKey,
    AWS_LAMBDA_FUNCTION_NAME: name,
    TZ: ":UTC",
  };
}

/** An invocation that nobody waits for: tried again, and what failed for good is sent where it was asked to be. */
export async function invokeEvent(
  functionArn: string,
  event: unknown,
  options: FunctionsOptions,
): Promise<void> {
  const deployed = findFunction(options.store, functionArn);
  if (!deployed) throw new Error(`there is no function ${functionArn}`);
  const config = findEventInvokeConfig(options.store, functionArn);
  const attempts = 1 + (config?.maximumRetryAttempts ?? 2);
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      await invoke(deployed, event, options);
      return;
    } catch (error) {
      if (options.signal?.aborted) return;
      options.log.warn(`${deployed.inputs.name}, attempt ${attempt}: ${String(error)}`);
      const destination = config?.destinationConfig?.onFailure?.destination;
      if (attempt < attempts || destination === undefined) continue;
      await keepFailure(destination, failureRecord(functionArn, event, error, attempts), options.url);
    }
  }
}

/** As Lambda writes it. */
function failureRecord(functionArn: string, event: unknown, error: unknown, attempts: number): object {
  const { errorType, message } =
    error instanceof FunctionError ? error : { errorType: "Error", message: String(error) };
  return {
    version: "1.0",
    timestamp: new Date().toISOString(),
    requestContext: {
      functionArn: `${functionArn}:$LATEST`,
      condition: "RetriesExhausted",
      approximateInvokeCount: attempts,
    },
    requestPayload: event,
    responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
    responsePayload: { errorType, errorMessage: message },
  };
}

/** @param queueArn such as `arn:aws:sqs:eu-central-1:123456789012:failures` */
export function placeOfQueue(queueArn: string, url: string) {
  const [, , , region = "", accountId = "", name = ""] = queueArn.split(":");
  return { region, name, QueueUrl: `${url}/${accountId}/${name}` };
}

export async function keepFailure(queueArn: string, record: unknown, url: string): Promise<void> {
  const { region, QueueUrl } = placeOfQueue(queueArn, url);
  const sqs = new SQSClient({ region, endpoint: url, credentials: EMULATOR_CREDENTIALS });
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(record) }));
}
