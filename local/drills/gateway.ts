/** The way to a server, which a drill can spoil: Alertmanager's to PagerDuty, a Prometheus's to the engine of its rules. */
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { listenOnLoopback } from "../../toolkit/free-port.ts";

/**
 * What becomes of a request: it is passed on, answered with a status without reaching the server, left without an
 * answer, or its connection is cut.
 */
export type Passage = "open" | "hanging" | "cut" | { readonly status: number };

export class Gateway {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** What becomes of requests from now on. */
  passage: Passage = "open";
  /** Requests that were not passed on. */
  refused = 0;
  readonly #server: Server;

  constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `http://127.0.0.1:${port}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}

/** A way to the server at this address, open at first. */
export async function startGateway(target: string): Promise<Gateway> {
  const server = createServer((incoming, outgoing) => {
    if (gateway.passage === "open") return passOn(target, incoming, outgoing);
    gateway.refused += 1;
    if (gateway.passage === "cut") incoming.socket.destroy();
    else if (gateway.passage !== "hanging") outgoing.writeHead(gateway.passage.status).end();
  });
  const gateway = new Gateway(server, await listenOnLoopback(server));
  return gateway;
}

function passOn(target: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, headers, url = "/" } = incoming;
  const onward = request(new URL(url, target), { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.once("error", () => incoming.socket.destroy());
  incoming.pipe(onward);
}
