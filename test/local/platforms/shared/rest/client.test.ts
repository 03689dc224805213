import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RestClient, restClient } from "../../../../../local/platforms/shared/rest/client.ts";

let server: Server;
let client: RestClient;
const at = (baseUrl: string) =>
  restClient({
    platform: "Platform",
    baseUrl,
    headers: { authorization: "Bearer hidden-token" },
    explain: (body) => (body as { why?: string } | undefined)?.why ?? "",
  });

beforeAll(async () => {
  server = createServer((request, response) => {
    const status = Number(/\d+$/.exec(request.url ?? "")?.[0]);
    response
      .writeHead(status)
      .end(status === 400 ? JSON.stringify({ why: "name is taken" }) : "<html>oops</html>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  client = at(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

afterAll(() => {
  server.close();
});

test("a refusal says who, what and why, in the platform's words", async () => {
  await expect(client.post("things/400", {})).rejects.toThrow(
    "Platform refused POST /things/400 (400): name is taken",
  );
  await expect(client.get("things/500")).rejects.toThrow(
    "Platform refused GET /things/500 (500): <html>oops</html>",
  );
});

test("what is gone is found as nothing, and removed already; only a look-up that must succeed fails", async () => {
  expect(await client.find("things/404")).toBeUndefined();
  await client.remove("things/404");
  await expect(client.get("things/404")).rejects.toThrow("(404)");
  await expect(client.find("things/403")).rejects.toThrow("(403)");
});

test("where nobody answers, the address is named and no token is", async () => {
  const nobody = await new Promise<number>((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
  const failure = await at(`http://127.0.0.1:${nobody}`)
    .get("things")
    .catch((error: unknown) => String(error));
  expect(failure).toContain(`Platform does not answer at http://127.0.0.1:${nobody}`);
  expect(failure).not.toContain("hidden-token");
});
