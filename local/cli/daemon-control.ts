/** Starting and stopping the daemon from the command line. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { ToolName } from "../../operations/tools/tools.ts";
import { Failure } from "../../toolkit/failure.ts";
import { writeAtomically } from "../../toolkit/files.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import type { FoundTool } from "../../toolkit/toolchain/find.ts";
import { localApp } from "../host/app.ts";
import { stopOrphans } from "../host/children.ts";
import {
  codeVersion,
  type DaemonState,
  type DaemonStatus,
  runningDaemon,
  statusSchema,
} from "../host/daemon-state.ts";
import type { MetricsEngine } from "../host/metrics-engine.ts";
import { endProcess } from "../host/process-identity.ts";
import type { StatePaths } from "../host/state-folder.ts";

/** Long enough for every service and server to close its files. */
const STOP_MILLISECONDS = 30_000;
const STATUS_MILLISECONDS = 10_000;

/** Its garbage is collected in small portions: it does little for long, and keeps 50 MB less. */
const SMALL_PROCESS = "--max-semi-space-size=2";

type StartMessage = { readonly ready: true } | { readonly failure: string };

/** Starts a daemon that outlives this process, and waits until all that it hosts answers. */
export async function startDaemon(
  paths: StatePaths,
  tools: Readonly<Record<ToolName, FoundTool>>,
): Promise<DaemonState> {
  await mkdir(paths.logs, { recursive: true });
  await writeAtomically(paths.tools, JSON.stringify(tools, null, 2));
  const output = openSync(path.join(paths.logs, "daemon-output.log"), "w", 0o600);
  const child = spawn(
    process.execPath,
    [SMALL_PROCESS, path.join(REPOSITORY, "local", "host", "daemon.ts")],
    {
      cwd: REPOSITORY,
      detached: true,
      stdio: ["ignore", output, output, "ipc"],
    },
  );
  closeSync(output);
  const ended = once(child, "exit").then((): StartMessage => ({ failure: "the daemon ended at once" }));
  const told = once(child, "message").then(([message]) => message as StartMessage);
  const message = await Promise.race([told, ended]);
  if (child.connected) child.disconnect();
  child.unref();
  const daemon = "ready" in message ? await runningDaemon(paths) : undefined;
  if (daemon) return daemon;
  const reason = "failure" in message ? message.failure : "the daemon ended right after its start";
  throw new Failure(`The local services did not start:\n${reason}\nTheir logs are in ${paths.logs}`);
}

/** Stops the daemon, and what one that was killed has left. Returns whether there was anything. */
export async function stopDaemon(paths: StatePaths): Promise<boolean> {
  const daemon = await runningDaemon(paths);
  const stopped = daemon ? await endProcess(daemon, STOP_MILLISECONDS) : false;
  const orphans = await stopOrphans(paths.children);
  return stopped || orphans.length > 0;
}

/** What the daemon says of itself. Undefined where it does not answer. */
export async function daemonStatus(daemon: DaemonState): Promise<DaemonStatus | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${daemon.controlPort}/status`, {
      signal: AbortSignal.timeout(STATUS_MILLISECONDS),
    });
    return statusSchema.safeParse(await response.json()).data;
  } catch {
    return undefined;
  }
}

/**
 * Why the running daemon should be replaced by a new one. Undefined where it is fine.
 * @param engine that the stack is to have
 */
export async function reasonToRestart(
  daemon: DaemonState,
  engine: MetricsEngine,
): Promise<string | undefined> {
  if (daemon.app !== localApp()) return "another AgentPay is asked for";
  if (daemon.engine !== engine) return "another engine is asked for";
  if (daemon.code !== (await codeVersion())) return "its code has changed";
  const status = await daemonStatus(daemon);
  if (!status) return "it does not answer";
  const broken = status.services.filter(({ healthy }) => !healthy).map(({ name }) => name);
  return broken.length > 0 ? `${broken.join(", ")} no longer answers` : undefined;
}
