import { createServer } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { getPages } from "../../../components/shared/json-api.ts";
import { listenOnLoopback } from "../../../toolkit/free-port.ts";

/** A list in pages of two, whose links name another host, as behind a proxy. */
async function list(names: readonly string[]): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const { searchParams } = new URL(request.url ?? "", "http://here");
    const start = Number(searchParams.get("cursor")?.split(":")[1] ?? 0);
    const link = (at: number, rel: string, results: boolean) =>
      `<https://sentry.example/api/0/list/?project=1&cursor=0:${at}:0>; rel="${rel}"; results="${results}"; cursor="0:${at}:0"`;
    const pages = [link(0, "previous", start > 0), link(start + 2, "next", start + 2 < names.length)];
    response.setHeader("link", pages.join(", "));
    response.end(JSON.stringify(names.slice(start, start + 2).map((name) => ({ name }))));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/api/0/list/?project=1`,
    asked,
  };
}

const ask = { signal: AbortSignal.timeout(5000) };
const named = z.object({ name: z.string() });

test("a list is read to its last page, at the address that was asked and no other", async () => {
  const { url, asked } = await list(["a", "b", "c", "d", "e"]);
  expect((await getPages(named, url, ask)).map(({ name }) => name)).toEqual(["a", "b", "c", "d", "e"]);
  expect(asked).toEqual([
    "/api/0/list/?project=1",
    "/api/0/list/?project=1&cursor=0:2:0",
    "/api/0/list/?project=1&cursor=0:4:0",
  ]);
});

test("a list of one page, or of none, is read once", async () => {
  const { url, asked } = await list([]);
  expect(await getPages(named, url, ask)).toEqual([]);
  expect(asked).toHaveLength(1);
});

test("items of another form are an error that names the address", async () => {
  const { url } = await list(["a"]);
  await expect(getPages(z.object({ id: z.string() }), url, ask)).rejects.toThrow(
    /\/api\/0\/list\/ gave an answer of another form/,
  );
});

test("too many questions are asked again when the answer says, and a long wait is a refusal", async () => {
  const answers = [
    { status: 429, headers: { "x-sentry-rate-limit-reset": "1" } },
    { status: 429, headers: { "retry-after": "0.1" } },
    { status: 429, headers: { "ratelimit-reset": "0" } },
    { status: 200, headers: {} },
    { status: 429, headers: { "retry-after": "3600" } },
  ];
  const server = createServer((_request, response) => {
    const { status, headers } = answers.shift() ?? { status: 500, headers: {} };
    response.writeHead(status, headers).end(status === 200 ? '[{"name":"a"}]' : "slow down");
  });
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${await listenOnLoopback(server)}/list/`;
  expect(await getPages(named, url, ask)).toEqual([{ name: "a" }]);
  await expect(getPages(named, url, ask)).rejects.toThrow("/list/ answered 429: slow down");
  expect(answers).toEqual([]);
});
