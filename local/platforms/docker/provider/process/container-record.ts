import type { ProcessIdentity } from "../../../../host/process-identity.ts";
import type { ServerPlan } from "./plan.ts";
import type { RestartPolicy } from "./restart-policy.ts";

/** What is remembered of a container. Its uploads are files by now, and are not repeated here. */
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
