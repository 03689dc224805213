/** Ports of this machine. */
import { type AddressInfo, connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Listen } from "./plan.ts";

const EVERY_ADDRESS = new Set(["0.0.0.0", "::"]);

/** Binds a port for a moment. Gives the port, which is a free one where 0 was asked for. */
function bind({ ip, port }: Listen): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ host: ip, port, exclusive: true }, () => {
      const { port: bound } = server.address() as AddressInfo;
      server.close(() => resolve(bound));
    });
  });
}

const RETRY_MILLISECONDS = 50;

/**
 * The port to listen on: the given one, or a free one for 0.
 * @param patience Milliseconds to wait for a port that is taken. Default: 0.
 * @throws where it is taken, in Docker's words.
 */
export async function claimPort(listen: Listen, patience = 0): Promise<number> {
  try {
    return await bind(listen);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "EADDRINUSE" && patience > 0) {
      await sleep(RETRY_MILLISECONDS);
      return claimPort(listen, patience - RETRY_MILLISECONDS);
    }
    const reason = code === "EADDRINUSE" ? "port is already allocated. Stop what uses it" : code;
    throw new Error(`Bind for ${listen.ip}:${listen.port} failed: ${reason}.`);
  }
}

/** Whether something accepts connections there. */
export function answers({ ip, port }: Listen): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: EVERY_ADDRESS.has(ip) ? "127.0.0.1" : ip, port, timeout: 1000 });
    const finish = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.once("connect", () => finish(true));
    socket.once("timeout", () => finish(false));
    socket.once("error", () => finish(false));
  });
}
