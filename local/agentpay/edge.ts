/**
 * AgentPay as its customers reach it: over TLS, with the health route, the chat's WebSocket and the widget's script.
 * In production a load balancer and a CDN stand there; the checks from outside can't tell.
 */
import { createServer, type Server } from "node:https";
import type { FastifyInstance } from "fastify";
import { generate } from "selfsigned";
import { WebSocketServer } from "ws";
import { LOOPBACK, listen, newApplication, type RunningServer } from "../platforms/shared/http-server.ts";
import type { Simulation } from "./simulation.ts";

/** Every conversation's path takes a handshake: nobody here knows which ids there are. */
const CONVERSATION = /^\/api\/v1\/agent\/conversations\/[^/]+\/ws$/;
const WIDGET = "/widget/v1/agentpay-chat.js";
const SCRIPT = "window.AgentPayChat = { open() {}, close() {} };\n";

const DAY_MILLISECONDS = 86_400_000;
/** How soon a fault of the certificate, or of the port, shows. */
const POLL_MILLISECONDS = 100;

/**
 * @param now seconds since 1970, of the simulation: its certificates end by that clock
 * @throws where the port is taken
 */
export async function startEdge(
  simulation: Simulation,
  now: () => number,
  port: number,
): Promise<RunningServer> {
  const days = () => simulation.conditions.edge.certificateDays;
  let shown = days();
  const server = createServer(await certificate(now(), shown));
  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    const { api, edge } = simulation.conditions;
    if (!api.up) socket.destroy();
    else if (edge.upgrades && CONVERSATION.test(request.url ?? "")) {
      sockets.handleUpgrade(request, socket, head, (opened) => opened.on("error", () => opened.terminate()));
    } else socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  });
  const { url, stop } = await listen(application(server, simulation), "simulated AgentPay edge", port);
  const timer = setInterval(async () => {
    openOrClose(server, sockets, Number(new URL(url).port), simulation.conditions.edge.open);
    if (shown === days()) return;
    shown = days();
    server.setSecureContext(await certificate(now(), shown));
  }, POLL_MILLISECONDS);
  return {
    url: url.replace("http:", "https:"),
    stop: async () => {
      clearInterval(timer);
      for (const open of sockets.clients) open.terminate();
      if (!server.listening) return;
      await stop();
    },
  };
}

function openOrClose(server: Server, sockets: WebSocketServer, port: number, open: boolean): void {
  if (server.listening === open) return;
  if (open) {
    server.listen(port, LOOPBACK);
    return;
  }
  server.close();
  server.closeAllConnections();
  for (const socket of sockets.clients) socket.terminate();
}

function application(server: Server, simulation: Simulation): FastifyInstance {
  const app = newApplication((handler) => server.on("request", handler));
  app.addHook("onRequest", async (request, reply) => {
    // The widget comes from the CDN, whatever the API does.
    if (simulation.conditions.api.up || request.url === WIDGET) return;
    reply.hijack();
    request.raw.socket.destroy();
  });
  app.get("/healthz", async (_, reply) =>
    simulation.conditions.edge.healthy ? { status: "ok" } : reply.code(503).send({ status: "unavailable" }),
  );
  app.get(WIDGET, async (_, reply) =>
    reply.type("application/javascript").send(simulation.conditions.edge.widgetEmpty ? "" : SCRIPT),
  );
  return app;
}

/** Self-signed, and valid for so many days. */
async function certificate(now: number, days: number) {
  const from = now * 1000;
  const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: new Date(from - DAY_MILLISECONDS),
    notAfterDate: new Date(from + days * DAY_MILLISECONDS),
  });
  return { key, cert };
}
