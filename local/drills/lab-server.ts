/** A real server of a lab, which a drill can stop, kill and start again. */
import { setTimeout as delay } from "node:timers/promises";
import type { Children } from "../host/children.ts";
import type { Child, ChildSpecification } from "../host/service.ts";

const READY_SECONDS = 30;
const POLL_MILLISECONDS = 50;

export class LabServer {
  readonly url: string;
  readonly #children: Children;
  readonly #specification: ChildSpecification;
  #child: Child | undefined;

  /** @param url at which it will answer `/-/ready` */
  constructor(children: Children, specification: ChildSpecification, url: string) {
    this.#children = children;
    this.#specification = specification;
    this.url = url;
  }

  /** Undefined where it does not run. */
  get pid(): number | undefined {
    return this.#child?.isRunning() ? this.#child.pid : undefined;
  }

  /** @param more arguments besides its own, this time */
  async start(more: readonly string[] = []): Promise<void> {
    const { args } = this.#specification;
    this.#child = await this.#children.start({ ...this.#specification, args: [...args, ...more] });
  }

  /** Ends it in good order. */
  async stop(): Promise<void> {
    await this.#child?.stop();
  }

  /** Ends it as the loss of power would: it has no time for anything. */
  async kill(): Promise<void> {
    this.#child?.signal("SIGKILL");
    await this.#child?.exited;
  }

  /** @throws where it does not answer in time */
  async ready(): Promise<void> {
    for (const until = Date.now() + READY_SECONDS * 1000; !(await this.#answers()); ) {
      if (Date.now() > until)
        throw new Error(`${this.#specification.name} is not ready after ${READY_SECONDS} seconds`);
      await delay(POLL_MILLISECONDS);
    }
  }

  #answers(): Promise<boolean> {
    return fetch(`${this.url}/-/ready`, { signal: AbortSignal.timeout(1000) }).then(
      ({ ok }) => ok,
      () => false,
    );
  }
}
