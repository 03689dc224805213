/** Keeps one server running as its restart policy says. */
import { type RestartPolicy, restartDelay, SETTLED } from "./restart-policy.ts";

/** A started process. */
export interface ServerProcess {
  /** Undefined where it could not be started at all. */
  readonly pid: number | undefined;
  /** The exit code, 128 + the signal's number for one that a signal ended, 127 for one that never started. */
  readonly ended: Promise<number>;
  kill(signal: NodeJS.Signals): void;
}

export interface Supervision {
  readonly launch: () => ServerProcess;
  /** Asked at each end, as it can change while the server runs. */
  readonly policy: () => RestartPolicy;
  readonly onStarted: (pid: number) => void;
  readonly onEnded: (exitCode: number) => void;
  readonly stopSignal: NodeJS.Signals;
  /** Milliseconds between the stop signal and SIGKILL. */
  readonly stopGrace: number;
}

/** `restarting`: between an end and the next start. */
export type ServerState = "running" | "restarting" | "stopped";

export class Supervisor {
  readonly #supervision: Supervision;
  #process: ServerProcess | undefined;
  #nextStart: NodeJS.Timeout | undefined;
  #stopping = false;
  #failures = 0;

  constructor(supervision: Supervision) {
    this.#supervision = supervision;
  }

  get state(): ServerState {
    if (this.#process) return "running";
    return this.#nextStart ? "restarting" : "stopped";
  }

  /** Ends in a row that came soon after the start. */
  get failures(): number {
    return this.#failures;
  }

  start(): void {
    this.#stopping = false;
    this.#nextStart = undefined;
    const startedAt = Date.now();
    const started = this.#supervision.launch();
    this.#process = started;
    if (started.pid !== undefined) this.#supervision.onStarted(started.pid);
    void started.ended.then((exitCode) => this.#hasEnded(exitCode, Date.now() - startedAt));
  }

  /** Ends the server, and its policy with it. Returns once it is gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#nextStart);
    this.#nextStart = undefined;
    const running = this.#process;
    if (running === undefined) return;
    running.kill(this.#supervision.stopSignal);
    const insist = setTimeout(() => running.kill("SIGKILL"), this.#supervision.stopGrace);
    await running.ended;
    clearTimeout(insist);
  }

  #hasEnded(exitCode: number, ranFor: number): void {
    this.#process = undefined;
    const delay = restartDelay(this.#supervision.policy(), { exitCode, ranFor, failures: this.#failures });
    this.#failures = ranFor >= SETTLED ? 1 : this.#failures + 1;
    if (!this.#stopping && delay !== undefined) this.#nextStart = setTimeout(() => this.start(), delay);
    this.#supervision.onEnded(exitCode);
  }
}
