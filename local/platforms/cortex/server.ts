/** A real Cortex, as a process on this machine. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../../toolkit/free-port.ts";
import type { FoundTool } from "../../../toolkit/toolchain/find.ts";
import type { Child, ChildSpecification } from "../../host/service.ts";
import { type CortexPlace, cortexConfiguration } from "./configuration.ts";

export interface CortexOptions extends Pick<CortexPlace, "limits"> {
  /** Folder of its own. */
  readonly folder: string;
  readonly tool: FoundTool;
  readonly startChild: (child: ChildSpecification) => Promise<Child>;
  /** Of its HTTP API. Default: a free one. */
  readonly port?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface RunningCortex {
  readonly url: string;
  readonly addresses: CortexAddresses;
  stop(): Promise<void>;
}

/** Addresses as a stack's settings name them. */
export interface CortexAddresses {
  readonly remoteWriteUrl: string;
  readonly remoteQueryUrl: string;
  readonly remoteRulesUrl: string;
  readonly remoteAlertmanagerUrl: string;
}

const READY_SECONDS = 60;

/** @throws where it ends, or does not become ready */
export async function startCortex(options: CortexOptions): Promise<RunningCortex> {
  const { folder, tool, limits = {} } = options;
  const http = options.port ?? (await freePort());
  const ports = { http, grpc: await freePort(), gossip: await freePort() };
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, "cortex.yaml");
  await writeFile(file, cortexConfiguration({ folder: path.join(folder, "data"), ports, limits }));
  const child = await options.startChild({
    name: "cortex",
    command: tool.binaries["cortex"] ?? "cortex",
    args: [`-config.file=${file}`],
    cwd: folder,
    ...(options.environment && { environment: options.environment }),
  });
  const url = `http://127.0.0.1:${http}`;
  await ready(url, child);
  return {
    url,
    addresses: {
      remoteWriteUrl: `${url}/api/v1/push`,
      remoteQueryUrl: `${url}/prometheus`,
      remoteRulesUrl: `${url}/api/v1/rules`,
      remoteAlertmanagerUrl: `${url}/api/v1/alerts`,
    },
    stop: () => child.stop(),
  };
}

async function ready(url: string, child: Child): Promise<void> {
  for (let second = 0; second < READY_SECONDS; second++) {
    if (!child.isRunning()) throw new Error(`cortex ended with ${await child.exited}: see its log`);
    const answer = await fetch(`${url}/ready`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(1000);
  }
  throw new Error(`cortex is not ready after ${READY_SECONDS} s: see its log`);
}
