/** Waiting for a server that was just started. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Child } from "./service.ts";

const POLL_MILLISECONDS = 50;

export interface StartedServer {
  readonly child: Child;
  /** As people know it, such as `PostgreSQL`. */
  readonly name: string;
  /** Where it is asked, such as `on port 5432`. */
  readonly where: string;
  /** Its file below `logs/`, without `.log`. */
  readonly log: string;
  answers(): Promise<boolean>;
  /** How long it may take. */
  readonly milliseconds: number;
}

/** @throws where it ends before it answers, or takes too long: it is stopped then */
export async function untilItAnswers(server: StartedServer): Promise<void> {
  const { child, name, where, log, milliseconds } = server;
  const deadline = Date.now() + milliseconds;
  while (!(child.isRunning() && (await server.answers()))) {
    if (!child.isRunning()) throw new Error(`${name} ended with ${await child.exited}; see logs/${log}.log`);
    if (Date.now() > deadline) {
      await child.stop();
      throw new Error(`${name} does not answer ${where}; see logs/${log}.log`);
    }
    await sleep(POLL_MILLISECONDS);
  }
}
