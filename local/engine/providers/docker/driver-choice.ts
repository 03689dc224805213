/** Docker Engine or local processes: which one stands behind the docker package on this machine. */
import type Docker from "dockerode";
import type { DriverKind } from "./driver.ts";
import { engineAt, engineHosts } from "./engine/connection.ts";

export const DRIVER_VARIABLE = "AGENTPAY_LOCAL_DRIVER";

const PING_MILLISECONDS = 2000;

export interface Choice {
  readonly kind: DriverKind;
  /** The engine that answered, with its address. Undefined for local processes. */
  readonly engine?: { readonly client: Docker; readonly host: string };
}

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
export async function selectDriver({
  host,
  inUse,
  environment = process.env,
}: ChoiceOptions): Promise<Choice> {
  const wanted = forcedDriver(environment);
  if (wanted && inUse && wanted !== inUse) {
    throw new Error(
      `${DRIVER_VARIABLE}=${wanted}, but the containers that are there were made with ${inUse}. Run make down first.`,
    );
  }
  const kind = wanted ?? inUse;
  if (kind === "process") return { kind };
  const hosts = engineHosts(host, environment);
  const engine = await firstThatAnswers(hosts);
  if (engine) return { kind: "docker", engine };
  if (kind === "docker") {
    const reason = wanted
      ? `${DRIVER_VARIABLE}=docker`
      : "the containers that are there were made with Docker";
    throw new Error(
      `No Docker Engine answers at ${hosts.join(" or ")}, but ${reason}. Start it, or run make down first.`,
    );
  }
  return { kind: "process" };
}

function forcedDriver(environment: NodeJS.ProcessEnv): DriverKind | undefined {
  const text = environment[DRIVER_VARIABLE]?.trim() || undefined;
  if (text === undefined || text === "docker" || text === "process") return text;
  throw new Error(`${DRIVER_VARIABLE} must be docker or process, not "${text}"`);
}

async function firstThatAnswers(hosts: readonly string[]): Promise<Choice["engine"]> {
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
