/** What is remembered of a container that is a process, and how that follows from its inputs. */
import { constants } from "node:os";
import type { ProcessIdentity } from "../../../../host/process-identity.ts";
import { newId } from "../driver.ts";
import type { ContainerInputs } from "../inputs/container-shape.ts";
import type { Listen, ServerPlan } from "./plan.ts";
import type { LocalProgram } from "./programs.ts";
import type { RestartPolicy } from "./restart-policy.ts";

const DEFAULT_STOP_SECONDS = 10;

/** Its uploads are files by now, and are not repeated here. */
export interface ContainerRecord {
  readonly id: string;
  readonly name: string;
  readonly imageId: string;
  readonly repository: string;
  readonly networks: readonly string[];
  readonly aliases: readonly string[];
  readonly volumes: readonly string[];
  readonly ports: readonly { readonly internal: number; readonly external?: number | undefined }[];
  readonly plan: ServerPlan;
  readonly policy: RestartPolicy;
  readonly stopSignal: NodeJS.Signals;
  /** Milliseconds. */
  readonly stopGrace: number;
  readonly logOptions: Readonly<Record<string, string>>;
  /** Whether it was started, and not stopped on purpose since. */
  readonly started: boolean;
  readonly exitCode?: number;
  readonly process?: ProcessIdentity;
}

/** What a record is made of besides the container's inputs. */
interface Placement {
  readonly name: string;
  readonly image: LocalProgram["image"];
  readonly listen: Listen;
  readonly volumes: readonly string[];
  readonly plan: ServerPlan;
}

/** Of a container that is not started yet. */
export function newRecord(
  inputs: ContainerInputs,
  { name, image, listen, volumes, plan }: Placement,
): ContainerRecord {
  const ports = (inputs.ports ?? []).map(({ internal, external }) => ({
    internal,
    external: external || listen.port,
  }));
  return {
    id: newId(),
    name,
    imageId: inputs.image,
    repository: image.repository,
    networks: (inputs.networksAdvanced ?? []).map((network) => network.name),
    aliases: [...new Set((inputs.networksAdvanced ?? []).flatMap((network) => network.aliases ?? []))],
    volumes,
    ports: ports.length > 0 ? ports : [{ internal: image.port, external: listen.port }],
    plan,
    policy: policyOf(inputs),
    stopSignal: signalName(inputs.stopSignal),
    stopGrace: (inputs.destroyGraceSeconds ?? inputs.stopTimeout ?? DEFAULT_STOP_SECONDS) * 1000,
    logOptions: inputs.logDriver === "none" ? {} : (inputs.logOpts ?? {}),
    started: false,
  };
}

export function policyOf({ restart, maxRetryCount }: ContainerInputs): RestartPolicy {
  return { name: restart ?? "no", maxRetryCount: maxRetryCount ?? 0 };
}

function signalName(given = "SIGTERM"): NodeJS.Signals {
  const full = /^\d+$/.test(given)
    ? Object.entries(constants.signals).find(([, number]) => number === Number(given))?.[0]
    : `SIG${given.replace(/^SIG/, "")}`;
  if (full === undefined || !(full in constants.signals))
    throw new Error(`"stopSignal": there is no signal ${given}`);
  return full as NodeJS.Signals;
}
