/** A server that can be taken away and brought back. */
export class Restartable<Server extends { stop(): Promise<void> }> {
  readonly #start: () => Promise<Server>;
  #server: Server | undefined;

  private constructor(start: () => Promise<Server>, server: Server) {
    this.#start = start;
    this.#server = server;
  }

  /** Returns once it runs. @throws where it can't start */
  static async started<Server extends { stop(): Promise<void> }>(
    start: () => Promise<Server>,
  ): Promise<Restartable<Server>> {
    return new Restartable(start, await start());
  }

  /** Undefined while it is away. */
  get server(): Server | undefined {
    return this.#server;
  }

  async start(): Promise<void> {
    this.#server ??= await this.#start();
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    this.#server = undefined;
  }

  /** As a fault: it is gone until that is undone. */
  async away(): Promise<() => Promise<void>> {
    await this.stop();
    return () => this.start();
  }
}
