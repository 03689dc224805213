/** What a Prometheus elsewhere is asked with. */
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parseDay } from "../../../../components/cost-report/function/calendar.ts";
import { signedHeaders } from "../../../../components/cost-report/function/signed-headers.ts";
import { Prometheus } from "../../../../components/cost-report/function/sources/prometheus.ts";

const asked: { url: string; headers: IncomingHttpHeaders }[] = [];
const server = createServer((request, response) => {
  asked.push({ url: request.url ?? "", headers: request.headers });
  response.end('{"data":{"result":[]}}');
});
let origin: string;
beforeEach(async () => {
  asked.length = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const day = parseDay("2026-11-22");
const span = { first: day, last: day };

test("one of the stack's own is asked with nothing", async () => {
  await new Prometheus(origin).conversationDays(span);
  expect(asked).toHaveLength(2);
  expect(asked[0]?.headers.authorization).toBeUndefined();
});

test("an engine elsewhere is asked with what it wants, at each request", async () => {
  const headers = { authorization: "Basic dXNlcjpwYXNz", "X-Scope-OrgID": "production" };
  const engine = new Prometheus(`${origin}/prometheus`, async () => headers);
  await engine.llmDays(span);
  expect(asked).toHaveLength(3);
  for (const { url, headers: given } of asked) {
    expect(url).toMatch(/^\/prometheus\/api\/v1\/query_range\?/);
    expect(given).toMatchObject({ authorization: "Basic dXNlcjpwYXNz", "x-scope-orgid": "production" });
  }
});

test("credentials that can't be had make it a missing source, not a wrong one", async () => {
  const engine = new Prometheus(origin, async () => {
    throw new Error("the parameter holds no password");
  });
  await expect(engine.llmDays(span)).rejects.toThrow("the parameter holds no password");
  expect(asked).toEqual([]);
});

test("Amazon's is asked with a signature of the function's own role", async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "example");
  vi.stubEnv("AWS_SESSION_TOKEN", "session");
  vi.stubEnv("AWS_REGION", "eu-south-1");
  try {
    const url = new URL(
      "https://aps-workspaces.eu-central-1.amazonaws.com/workspaces/ws-1/api/v1/query_range?query=up&step=1",
    );
    const headers = await signedHeaders(url, "eu-central-1");
    expect(headers["authorization"]).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/\d{8}\/eu-central-1\/aps\/aws4_request, SignedHeaders=host;/,
    );
    expect(headers["x-amz-security-token"]).toBe("session");
    expect(Object.keys(headers)).not.toContain("host");
    expect(JSON.stringify(headers)).not.toContain('"example"');
  } finally {
    vi.unstubAllEnvs();
  }
});
