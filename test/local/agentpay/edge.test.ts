import { request } from "node:https";
import { text } from "node:stream/consumers";
import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { handshakeOf } from "../../../catalog/uptime.ts";
import { startEdge } from "../../../local/agentpay/edge.ts";
import type { FaultName } from "../../../local/agentpay/faults.ts";
import { Simulation } from "../../../local/agentpay/simulation.ts";
import type { RunningServer } from "../../../local/platforms/shared/http-server.ts";

let now = 1_780_000_000;
const simulation = new Simulation(1, now);
let edge: RunningServer;

beforeAll(async () => {
  edge = await startEdge(simulation, () => now, 0);
});
afterAll(() => edge.stop());

/** With the fault at work, and gone again afterwards. */
async function during<T>(fault: FaultName | undefined, look: () => Promise<T>): Promise<T> {
  if (fault) simulation.faults.start({ name: fault }, now);
  simulation.advance(++now);
  try {
    return await look();
  } finally {
    simulation.faults.stopAll();
    simulation.advance(++now);
  }
}

function get(path: string): Promise<{ status: number; type: string; body: string }> {
  return new Promise((resolve, reject) => {
    request(`${edge.url}${path}`, { rejectUnauthorized: false }, async (response) => {
      const { statusCode = 0, headers } = response;
      resolve({ status: statusCode, type: headers["content-type"] ?? "", body: await text(response) });
    })
      .once("error", reject)
      .end();
  });
}

/** The first bytes that come back for a WebSocket handshake. */
function handshake(): Promise<string> {
  const { port } = new URL(edge.url);
  const url = `wss://localhost:${port}/api/v1/agent/conversations/test/ws`;
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port: Number(port), rejectUnauthorized: false });
    socket.once("secureConnect", () =>
      socket.write(
        handshakeOf(url)
          .request.map((line) => `${line}\r\n`)
          .join(""),
      ),
    );
    socket.once("data", (data) => {
      socket.destroy();
      resolve(String(data));
    });
    // Whichever way it ends without an answer.
    socket.once("error", reject).once("close", () => reject(new Error("closed")));
  });
}

/** Days from the simulation's now to the end of the certificate. */
function certificateDays(): Promise<number> {
  const { port } = new URL(edge.url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port: Number(port), rejectUnauthorized: false }, () => {
      const { valid_to: end } = socket.getPeerCertificate();
      socket.destroy();
      resolve(Math.round((Date.parse(end) / 1000 - now) / 86_400));
    });
    socket.once("error", reject);
  });
}

function isRefused(): Promise<boolean> {
  return get("/healthz").then(
    () => false,
    () => true,
  );
}

describe("on a healthy day", () => {
  test("the API is well, the widget is a script, the handshake is answered with the right key", async () => {
    expect(await get("/healthz")).toMatchObject({ status: 200 });
    const widget = await get("/widget/v1/agentpay-chat.js");
    expect(widget.type).toMatch(/^application\/javascript/);
    expect(widget.body).toContain("AgentPayChat");
    expect(await handshake()).toMatch(/^HTTP\/1.1 101 .*s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/s);
    expect(await certificateDays()).toBe(90);
  });
});

describe("faults", () => {
  test("the health route answers 503", async () => {
    expect(await during("healthz-failing", () => get("/healthz"))).toMatchObject({ status: 503 });
  });

  test("the handshake is refused, and the connection is not", async () => {
    expect(await during("handshake-refused", handshake)).toMatch(/^HTTP\/1.1 403/);
  });

  test("the widget is empty", async () => {
    const widget = await during("widget-empty", () => get("/widget/v1/agentpay-chat.js"));
    expect(widget).toMatchObject({ status: 200, body: "" });
  });

  test("the certificate is about to end, and is renewed", async () => {
    await during("certificate-expiring", () => expect.poll(certificateDays).toBe(2));
    await expect.poll(certificateDays).toBe(90);
  });

  test("nothing listens, and then it does again", async () => {
    await during("edge-closed", () => expect.poll(isRefused).toBe(true));
    await expect.poll(isRefused).toBe(false);
    expect(await get("/healthz")).toMatchObject({ status: 200 });
  });

  test("an API that is down drops connections; the CDN has the widget all the same", async () => {
    await during("api-down", async () => {
      await expect(get("/healthz")).rejects.toThrow();
      await expect(handshake()).rejects.toThrow();
      expect(await get("/widget/v1/agentpay-chat.js")).toMatchObject({ status: 200 });
    });
  });
});
