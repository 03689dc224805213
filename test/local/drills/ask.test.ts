import { createServer } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask, askJson, BrokenLab } from "../../../local/drills/ask.ts";
import { freePort, listenOnLoopback } from "../../../toolkit/free-port.ts";

const server = createServer((request, response) => {
  if (request.url?.startsWith("/refused")) response.writeHead(503).end("not now");
  else if (request.url === "/cut") request.socket.destroy();
  else response.end('{"well":true}');
});
let url = "";

beforeAll(async () => {
  url = `http://127.0.0.1:${await listenOnLoopback(server)}`;
});
afterAll(() => void server.close());

test("an answer is what it says", async () => {
  expect(await askJson("Prometheus", `${url}/`)).toEqual({ well: true });
});

test("who does not answer, and what was asked, is said", async () => {
  await expect(askJson("Prometheus", `${url}/refused?query=up`)).rejects.toThrow(
    new BrokenLab(`Prometheus: GET ${url}/refused: answered 503: not now`),
  );
  await expect(ask("the inbox", `${url}/cut`, { method: "POST" })).rejects.toThrow(
    `the inbox: POST ${url}/cut: fetch failed: `,
  );
  const dead = `http://127.0.0.1:${await freePort()}/`;
  await expect(ask("Alertmanager", dead)).rejects.toThrow(/^Alertmanager: GET .*ECONNREFUSED/);
});
