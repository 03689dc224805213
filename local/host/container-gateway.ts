/**
 * Containers reach this machine at an address of its own, not on loopback. What they call as `host.docker.internal`
 * is passed on from there to the services, which only listen on loopback.
 */
import { createConnection, createServer, type Server } from "node:net";
import { pipeline } from "node:stream";
import type { RunningService } from "./service.ts";

/**
 * Passes connections to these ports on from `addresses` to loopback. An address that is not this machine's own is left
 * out: Docker Desktop's engine is in a virtual machine, and passes on to loopback itself.
 * @throws where a port is taken at one of them.
 */
export async function startContainerGateway(
  addresses: readonly string[],
  ports: readonly number[],
): Promise<RunningService> {
  const servers: Server[] = [];
  const stop = async (): Promise<void> => {
    // Without waiting for the open connections: the daemon ends with them.
    for (const server of servers) server.close();
  };
  for (const address of addresses) {
    for (const port of ports) {
      const server = await listening(address, port);
      if (server) servers.push(server);
    }
  }
  return { stop };
}

function forwarder(port: number): Server {
  return createServer((incoming) => {
    const outgoing = createConnection({ host: "127.0.0.1", port });
    // An end of either side ends the other; there is nothing to add to what they saw themselves.
    pipeline(incoming, outgoing, incoming, () => {});
  });
}

function listening(address: string, port: number): Promise<Server | undefined> {
  const server = forwarder(port);
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRNOTAVAIL" ? resolve(undefined) : reject(error),
    );
    server.listen(port, address, () => resolve(server));
  });
}
