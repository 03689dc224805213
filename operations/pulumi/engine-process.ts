/**
 * The Pulumi engine as a child of this process. What would end this process asks the engine to end in order, and waits
 * for it: an engine that is cut off leaves a lock, and resources that nobody knows of.
 */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { constants } from "node:os";
import { Failure } from "../../toolkit/failure.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;
type Signal = (typeof SIGNALS)[number];

/** A terminal sends one Ctrl-C to npm and to this process, and npm passes its own on: within this time they are one. */
const SAME_SIGNAL_MILLISECONDS = 1000;

/** After its time is over, an engine is asked to end, then told to end at once, then killed. */
const PATIENCE_MILLISECONDS = [60_000, 30_000] as const;

/** The user, or CI, has ended the command. The engine has ended before it. */
export class Interruption extends Failure {
  /** As a shell says it: 128 and the number of the signal. */
  override readonly exitCode: number;

  constructor(signal: Signal, times: number) {
    super(
      times === 1
        ? `Interrupted (${signal}): the engine finished what it had begun, and ended. Run the command again to go on.`
        : `Interrupted twice (${signal}): the engine ended at once. What it was doing is in doubt: see "Pending operations" in docs/recovery.md.`,
    );
    this.exitCode = 128 + constants.signals[signal];
  }
}

export interface EngineProcessOptions extends Pick<SpawnOptions, "cwd" | "env" | "stdio"> {
  /** Default: no limit. */
  readonly timeoutMilliseconds?: number;
  /** Is given the child as soon as it is there. */
  readonly onStart?: (child: ChildProcess) => void;
}

/**
 * Runs the engine to its end.
 * @returns its exit code; 1 where it was killed
 * @throws Interruption where a signal has ended it, and the system's error where there is no such program
 */
export async function runEngine(
  binary: string,
  args: readonly string[],
  { timeoutMilliseconds, onStart, ...options }: EngineProcessOptions,
): Promise<number> {
  const interrupted: Signal[] = [];
  let passedOnAt = Number.NEGATIVE_INFINITY;
  const passOn = (signal: Signal): void => {
    if (performance.now() - passedOnAt < SAME_SIGNAL_MILLISECONDS) return;
    passedOnAt = performance.now();
    interrupted.push(signal);
    // The engine knows these two; a hang-up, or Ctrl-\, would cut it off.
    child.kill(signal === "SIGINT" ? signal : "SIGTERM");
  };
  for (const signal of SIGNALS) process.on(signal, passOn);
  // In a process group of its own: a terminal's Ctrl-C would reach it beside what is passed on, and count as the second.
  const child = spawn(binary, args, { ...options, detached: true });
  onStart?.(child);
  const timers = timeoutMilliseconds === undefined ? [] : endAfter(child, timeoutMilliseconds);
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve(code ?? 1));
    });
    const [first] = interrupted;
    if (first) throw new Interruption(first, interrupted.length);
    return code;
  } finally {
    timers.forEach(clearTimeout);
    for (const signal of SIGNALS) process.off(signal, passOn);
  }
}

function endAfter(child: ChildProcess, milliseconds: number): NodeJS.Timeout[] {
  const [toEnd, toEndAtOnce] = PATIENCE_MILLISECONDS;
  const steps = [
    [milliseconds, "SIGTERM"],
    [milliseconds + toEnd, "SIGTERM"],
    [milliseconds + toEnd + toEndAtOnce, "SIGKILL"],
  ] as const;
  return steps.map(([after, signal]) => setTimeout(() => child.kill(signal), after));
}
