/** The daemon's control endpoint: `GET /status`. */
import { createServer, type Server } from "node:http";
import type { DaemonStatus } from "./daemon-state.ts";

export interface ControlEndpoint {
  stop(): Promise<void>;
}

/** @throws where the port is taken. */
export async function startControl(
  port: number,
  status: () => Promise<DaemonStatus>,
): Promise<ControlEndpoint> {
  const server = createServer((request, response) => {
    const known = request.method === "GET" && request.url === "/status";
    const answer = known ? status() : Promise.resolve({ error: "there is only GET /status" });
    answer.then(
      (body) =>
        response
          .writeHead(known ? 200 : 404, { "content-type": "application/json" })
          .end(JSON.stringify(body)),
      (error: unknown) => response.writeHead(500).end(JSON.stringify({ error: String(error) })),
    );
  });
  await listening(server, port);
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
}
