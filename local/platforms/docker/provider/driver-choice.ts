/** Docker Engine or local processes: which one stands behind the docker package on this machine. */
import type Docker from "dockerode";
import type { DriverKind } from "./driver.ts";
import { engineAt, engineHosts } from "./engine/connection.ts";

export const DRIVER_VARIABLE = "AGENTPAY_LOCAL_DRIVER";

const PING_MILLISECONDS = 2000;

/** An engine that answered. */
export interface Engine {
  readonly client: Docker;
  readonly host: string;
}

export type Choice = { readonly kind: "docker"; readonly engine: Engine } | { readonly kind: "process" };

export interface ChoiceOptions {
  /** `host` of the docker provider. */
  readonly host?: string | undefined;
  /** The driver of what is there already. */
  readonly inUse?: DriverKind | undefined;
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * The Docker Engine that answers first, of the provider's host, `DOCKER_HOST` and the usual socket; else local
 * processes. `AGENTPAY_LOCAL_DRIVER` forces one. While containers of one kind are there, that kind stays.
 * @throws where the forced one, or the one in use, can't be had.
 */
export async function selectDriver(options: ChoiceOptions): Promise<Choice> {
  const { inUse, environment = process.env } = options;
  const forced = forcedDriver(environment);
  if (forced && inUse && forced !== inUse) {
    throw new Error(
      `${DRIVER_VARIABLE}=${forced}, but the containers that are there were made by the driver ${inUse}. ` +
        "Run make down without the variable first.",
    );
  }
  const engine = await findEngine(options);
  if (engine) return { kind: "docker", engine };
  if ((forced ?? inUse) !== "docker") return { kind: "process" };
  const reason = forced
    ? `${DRIVER_VARIABLE}=docker wants one`
    : "the containers that are there were made in one";
  const hosts = engineHosts(options.host, environment).join(" or ");
  throw new Error(`No Docker Engine answers at ${hosts}, but ${reason}. Start it.`);
}

/** The Docker Engine to use. Undefined where local processes are wanted, or none answers. */
export async function findEngine({
  host,
  inUse,
  environment = process.env,
}: ChoiceOptions): Promise<Engine | undefined> {
  const wanted = forcedDriver(environment) ?? inUse;
  return wanted === "process" ? undefined : firstThatAnswers(engineHosts(host, environment));
}

function forcedDriver(environment: NodeJS.ProcessEnv): DriverKind | undefined {
  const text = environment[DRIVER_VARIABLE]?.trim() || undefined;
  if (text === undefined || text === "docker" || text === "process") return text;
  throw new Error(`${DRIVER_VARIABLE} must be docker or process, not "${text}"`);
}

async function firstThatAnswers(hosts: readonly string[]): Promise<Engine | undefined> {
  for (const host of hosts) {
    const client = engineAt(host);
    if (client && (await answersPing(host))) return { client, host };
  }
  return undefined;
}

async function answersPing(host: string): Promise<boolean> {
  const answer = await engineAt(host, PING_MILLISECONDS)
    ?.ping()
    .then(
      () => true,
      () => false,
    );
  return answer ?? false;
}
