/**
 * What the daemon of the local stack hosts: the contract between it and the folders that contribute a simulated
 * service (services/, agentpay/, the docker stand-in).
 */

import type { ToolName } from "../../operations/tools/tools.ts";
import type { FoundTool } from "../../toolkit/toolchain/find.ts";
import type { Ports } from "./ports.ts";

/** Writes to `logs/<name>.log` of the state folder. Never hand it a secret. */
export interface Logger {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** A program to run under the daemon's supervision. */
export interface ChildSpecification {
  /** Unique among the running children; its output goes to `logs/<name>.log`. */
  readonly name: string;
  /** Absolute path of the program. */
  readonly command: string;
  /** Visible to every user of the machine (`ps`): never a secret. */
  readonly args: readonly string[];
  /** Added to the daemon's own environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Default: the state folder. */
  readonly cwd?: string;
  /** Runs as this user instead of ours. Only root may. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** A supervised program. It does not outlive the daemon: one that a killed daemon left is stopped by the next. */
export interface Child {
  readonly pid: number;
  /** Settles when the program has ended, for whatever reason, with a text such as `exit code 1` or `signal SIGTERM`. */
  readonly exited: Promise<string>;
  isRunning(): boolean;
  /** SIGTERM, then SIGKILL after `graceMilliseconds` (default 5000). Returns once it has ended. */
  stop(graceMilliseconds?: number): Promise<void>;
  /** Sends a signal to a running program, such as SIGHUP to reload its configuration. */
  signal(signal: NodeJS.Signals): void;
}

export interface ServiceContext {
  /** Absolute path of the state folder. A service keeps what it must remember in `data/<service>/` below it. */
  readonly stateFolder: string;
  readonly ports: Ports;
  /** The logger of one subject, by the name of its file below `logs/`. */
  logger(name: string): Logger;
  /** As found by `up`. */
  readonly tools: Readonly<Record<ToolName, FoundTool>>;
  /** Starts a supervised program. Throws where it can't be started at all. */
  startChild(child: ChildSpecification): Promise<Child>;
}

export interface RunningService {
  stop(): Promise<void>;
  /** Whether it still answers. Default: as long as the daemon does. */
  isHealthy?(): Promise<boolean>;
}

/** One simulated service. */
export interface Service {
  /** As people know it, such as `PagerDuty`. */
  readonly name: string;
  /** Returns once the service answers. Throws where it can't start, saying what to do. */
  start(context: ServiceContext): Promise<RunningService>;
}
