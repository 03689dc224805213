/** moto, the AWS emulator, as a child of the daemon. It forgets everything when it stops. */
import { join } from "node:path";
import type { FoundTool } from "../../../../toolkit/toolchain/find.ts";
import type { RunningService, Service, ServiceContext } from "../../../host/service.ts";
import { untilItAnswers } from "../../../host/until-it-answers.ts";

const START_MILLISECONDS = 60_000;
const ANSWER_MILLISECONDS = 5000;

/** Its output goes to `logs/moto.log`; there it names each action that it was asked for and does not have. */
const CHILD = "moto";

const SERVER = join(import.meta.dirname, "server.py");

/** The AWS emulator on the stack's `aws` port. */
export const awsEmulator: Service = {
  name: "AWS emulator",
  start: (context) => startEmulator(context.ports.aws, context),
};

/** Whose account the emulator plays. */
export const EMULATED_ACCOUNT = "123456789012";

/** What its clients sign with. It takes any. */
export const EMULATOR_CREDENTIALS = { accessKeyId: "emulator", secretAccessKey: "emulator" };

/**
 * With the policies that AWS owns (the program attaches some), and with Lambda functions that answer at once: left
 * alone, moto would pull container images to run them.
 */
export async function startEmulator(
  port: number,
  {
    tools,
    startChild,
    stateFolder,
  }: { readonly tools: { readonly moto: FoundTool } } & Pick<ServiceContext, "startChild"> &
    Partial<Pick<ServiceContext, "stateFolder">>,
): Promise<RunningService & { readonly url: string }> {
  const url = addressOf(port);
  const child = await startChild({
    name: CHILD,
    command: programOf(tools.moto),
    args: [SERVER, "-H", "127.0.0.1", "-p", String(port)],
    environment: {
      MOTO_IAM_LOAD_MANAGED_POLICIES: "true",
      ...(stateFolder !== undefined && {
        AGENTPAY_AWS_STORE: join(stateFolder, "data", "aws", "store.json"),
      }),
    },
  });
  const isHealthy = async () => child.isRunning() && (await answers(url));
  await untilItAnswers({
    child,
    name: "the AWS emulator",
    where: `at ${url}`,
    log: CHILD,
    answers: isHealthy,
    milliseconds: START_MILLISECONDS,
  });
  await configure(url);
  return { url, stop: () => child.stop(), isHealthy };
}

export function emulatorUrl({ ports }: Pick<ServiceContext, "ports">): string {
  return addressOf(ports.aws);
}

function addressOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}

function programOf({ binaries }: FoundTool): string {
  const program = binaries["python"];
  if (program === undefined) throw new Error("the AWS emulator's Python was not found: run make up");
  return program;
}

async function configure(url: string): Promise<void> {
  const response = await fetch(`${url}/moto-api/config`, {
    method: "POST",
    body: JSON.stringify({ lambda: { use_docker: false } }),
    signal: AbortSignal.timeout(ANSWER_MILLISECONDS),
  });
  if (!response.ok)
    throw new Error(`the AWS emulator refused its configuration with status ${response.status}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/moto-api/data.json`, {
      signal: AbortSignal.timeout(ANSWER_MILLISECONDS),
    });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Not yet, or no longer.
    return false;
  }
}
