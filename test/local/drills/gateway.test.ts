import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Gateway, startGateway } from "../../../local/drills/gateway.ts";
import { listenOnLoopback } from "../../../toolkit/free-port.ts";

let server: Server;
let gateway: Gateway;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    response.writeHead(202, { "x-server": "real" }).end(`${request.method} ${request.url} ${body}`);
  });
  gateway = await startGateway(`http://127.0.0.1:${await listenOnLoopback(server)}`);
});

beforeEach(() => {
  gateway.passage = "open";
  gateway.refused = 0;
});

afterAll(async () => {
  await gateway.stop();
  server.close();
});

const post = (signal?: AbortSignal) =>
  fetch(`${gateway.url}/v2/enqueue?a=b`, { method: "POST", body: "event", ...(signal && { signal }) });

test("what is open passes everything on, both ways", async () => {
  const answer = await post();
  expect(answer.status).toBe(202);
  expect(answer.headers.get("x-server")).toBe("real");
  expect(await answer.text()).toBe("POST /v2/enqueue?a=b event");
  expect(gateway.refused).toBe(0);
});

test("a status is answered in the server's place", async () => {
  gateway.passage = { status: 429 };
  expect((await post()).status).toBe(429);
  expect(gateway.refused).toBe(1);
});

test("what is cut ends without an answer, and is open again when it is mended", async () => {
  gateway.passage = "cut";
  await expect(post()).rejects.toThrow();
  gateway.passage = "open";
  expect((await post()).status).toBe(202);
});

test("what hangs never answers", async () => {
  gateway.passage = "hanging";
  const patience = new AbortController();
  const answer = post(patience.signal);
  while (gateway.refused === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  patience.abort();
  await expect(answer).rejects.toThrow("abort");
});

test("a server that is gone is a connection that ends", async () => {
  const nobody = await startGateway("http://127.0.0.1:1");
  await expect(fetch(nobody.url)).rejects.toThrow();
  await nobody.stop();
});
