/** That the browser of the tests sees what goes wrong on a page: else a check that a page is clean can't fail. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { noBrowser, visit } from "../../support/browser.ts";

const PAGES: Readonly<Record<string, string>> = {
  "/good": "<!doctype html><link rel=icon href=data:,><h1>Good</h1>",
  "/error": "<!doctype html><link rel=icon href=data:,><script>console.error('it broke')</script>",
  "/throws": "<!doctype html><link rel=icon href=data:,><script>throw new Error('it threw')</script>",
  "/leaves": "<!doctype html><link rel=icon href=data:,><img src=https://example.com/pixel.png>",
  "/missing": "<!doctype html><link rel=icon href=data:,><script src=/none.js></script>",
};

const server = createServer(({ url = "" }, response) => {
  const page = PAGES[url];
  response.writeHead(page ? 200 : 404, { "Content-Type": "text/html" }).end(page);
});
const address = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;

beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test.skipIf(noBrowser)("a page with nothing wrong", async () => {
  const { page, problems } = await visit(address("/good"));
  expect(await page.$eval("h1", (heading) => heading.textContent)).toBe("Good");
  expect(problems).toEqual([]);
});

test.skipIf(noBrowser).each([
  ["/error", "console: it broke"],
  ["/throws", "it threw"],
  ["/leaves", "https://example.com/pixel.png is not on this machine"],
  ["/missing", "404"],
])("%s: %s", async (path, problem) => {
  expect((await visit(address(path))).problems.join("\n")).toContain(problem);
});
