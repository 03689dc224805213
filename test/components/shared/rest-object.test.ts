/** The methods of REST objects, against the services of the local stack; the real engine runs them in stack.e2e.ts. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { restProvider } from "../../../components/shared/rest-object.ts";
import { startBetterStack } from "../../../local/platforms/betterstack/api/server.ts";
import type { RunningServer } from "../../../local/platforms/shared/http-server.ts";

const KEY = "sentinel-of-the-key";

let folder: string;
let service: RunningServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rest-object-"));
  service = await startBetterStack({ port: 0, dataFolder: folder });
});
afterAll(async () => {
  await service.stop();
  await rm(folder, { recursive: true });
});
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** The methods, once their process has begun. */
async function configured(url: string, key = KEY) {
  const provider = restProvider({
    vendor: "Better Stack",
    file: "components/uptime/betterstack.ts",
    parse: (answer) => {
      const { data } = answer as { data: { id: string; attributes: Record<string, unknown> } };
      return { id: data.id, attributes: data.attributes };
    },
  });
  const settings: Record<string, string> = { "vendor:url": url, "vendor:key": key };
  const get = (name: string) => settings[name];
  await provider.configure?.({ config: { get, require: (name) => get(name) ?? "" } });
  const { create, read, update, diff, delete: remove } = provider;
  if (!create || !read || !update || !diff || !remove) throw new Error("a method is missing");
  return { create, read, update, diff, remove };
}

const state = (changes: object = {}) => ({
  path: "v2/pager-duty-webhooks",
  attributes: { name: "one", severity: "critical", ...changes },
  secretAttributes: { key: "sentinel-of-the-routing-key" },
});

test("an object is made, read, changed and removed", async () => {
  const { create, read, update, remove } = await configured(`${service.url}/api`);
  const { id, outs } = await create(state());
  expect(outs).toEqual(state());
  expect(await read(id, state())).toEqual({ id, props: state(), inputs: state() });
  await update(id, state(), state({ name: "two" }));
  expect((await read(id, state())).props?.attributes).toEqual({ name: "two", severity: "critical" });
  await remove(id, state());
  expect(await read(id, state())).toEqual({});
  await remove(id, state());
  await expect(update(id, state(), state())).rejects.toThrow(
    `Better Stack has no /v2/pager-duty-webhooks/${id} any more: refresh first`,
  );
});

test("only what the program has set counts as changed; the order of a list doesn't, its content does", async () => {
  const { create, read, diff } = await configured(`${service.url}/api`);
  const monitor = (regions: readonly string[]) => ({
    path: "v2/monitors",
    attributes: {
      monitor_type: "expected_status_code",
      url: "https://api.example.com",
      pronounceable_name: "API",
      expected_status_codes: [200],
      regions,
      policy_id: null,
    },
  });
  const { id } = await create(monitor(["us", "eu"]));
  const { props = monitor([]) } = await read(id, monitor(["eu", "us"]));
  expect(props).toEqual(monitor(["eu", "us"]));
  expect(await diff(id, props, monitor(["eu", "us"]))).toMatchObject({ changes: false });
  expect(await diff(id, props, monitor(["eu"]))).toMatchObject({ changes: true, replaces: [] });
  const moved = { ...monitor(["eu", "us"]), path: "v3/monitors" };
  expect(await diff(id, props, moved)).toMatchObject({ changes: true, replaces: ["path"] });
});

test("a changed secret is a change", async () => {
  const { diff } = await configured(service.url);
  const other = { ...state(), secretAttributes: { key: "another" } };
  expect(await diff("1", state(), other)).toMatchObject({ changes: true, replaces: [] });
});

test("a refusal is told in the vendor's words, with the request, and without a secret", async () => {
  const { create } = await configured(`${service.url}/api`);
  await expect(create(state({ severity: "high" }))).rejects.toThrow(
    /^Better Stack refused POST \/v2\/pager-duty-webhooks \(422\): .*severity/,
  );
  const refusing = await vendor((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => {
      response.statusCode = 422;
      response.end(JSON.stringify({ errors: [body, request.headers.authorization] }));
    });
  });
  const refused = await (await configured(refusing)).create(state()).catch((error: Error) => error.message);
  expect(refused).toContain("[secret]");
  expect(refused).not.toContain("sentinel");
});

test("a key that is not known is refused, and so is a vendor that is not there", async () => {
  const { create } = await configured(`${service.url}/api`, "two words");
  await expect(create(state())).rejects.toThrow(/\(401\): Invalid Team API token/);
  const nowhere = await configured("http://127.0.0.1:1");
  await expect(nowhere.create(state())).rejects.toThrow(
    /^Better Stack does not answer at http:\/\/127.0.0.1:1/,
  );
});

test("a request that came too fast is sent again when the vendor says", async () => {
  let requests = 0;
  const url = await vendor((_, response) => {
    requests += 1;
    response.statusCode = requests < 3 ? 429 : 201;
    response.setHeader("retry-after", "0.01");
    response.end(JSON.stringify({ data: { id: "7", attributes: {} } }));
  });
  expect((await (await configured(url)).create(state())).id).toBe("7");
  expect(requests).toBe(3);
});

test("what an answer says of its end is told once for all objects of a kind, with the file that relies on it", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  onTestFinished(() => warn.mockRestore());
  const url = await vendor((request, response) => {
    response.statusCode = request.method === "POST" ? 201 : 200;
    response.setHeader("deprecation", "@1778716800");
    response.setHeader("sunset", "Mon, 01 Mar 2027 00:00:00 GMT");
    response.end(JSON.stringify({ data: { id: "7", attributes: {} } }));
  });
  const { create, read } = await configured(url);
  const { id } = await create(state());
  await read(id, state());
  await read("8", state());
  const ends = "is deprecated since 2026-05-14 and goes on 2027-03-01 (components/uptime/betterstack.ts)";
  expect(warn.mock.calls).toEqual([
    [`About to end: Better Stack's POST /v2/pager-duty-webhooks ${ends}`],
    [`About to end: Better Stack's GET /v2/pager-duty-webhooks/{id} ${ends}`],
  ]);
});

async function vendor(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}
