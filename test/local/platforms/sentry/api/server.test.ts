import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startSentry } from "../../../../../local/platforms/sentry/api/server.ts";
import type { RunningServer } from "../../../../../local/platforms/shared/http-server.ts";
import { type Call, caller, temporaryFolder } from "../../support.ts";

const dataFolder = temporaryFolder();
let server: RunningServer;
let call: Call;
let anonymous: Call;

beforeAll(async () => {
  server = await startSentry({ port: 0, dataFolder });
  call = caller(server, { authorization: "Bearer test" });
  anonymous = caller(server);
  await call("POST", "/api/0/organizations/agentpay/teams/", { name: "Platform" });
});

afterAll(() => server?.stop());

async function newProject(name: string) {
  const { body } = await call("POST", "/api/0/teams/agentpay/platform/projects/", { name });
  const keys = await call("GET", `/api/0/projects/agentpay/${body.slug}/keys/`);
  return { project: body, key: keys.body[0] };
}

describe("API", () => {
  test("refuses requests without a token, and knows what does not exist", async () => {
    expect(await anonymous("GET", "/api/0/organizations/agentpay/teams/")).toEqual({
      status: 401,
      body: { detail: "Authentication credentials were not provided." },
    });
    const missing = { status: 404, body: { detail: "The requested resource does not exist" } };
    expect(await call("GET", "/api/0/organizations/other/teams/")).toEqual(missing);
    expect(await call("GET", "/api/0/projects/agentpay/nothing/")).toEqual(missing);
    expect(await call("POST", "/api/0/teams/agentpay/nobody/projects/", { name: "x" })).toEqual(missing);
  });

  test("messages go by field, and a slug is only given once", async () => {
    const teams = "/api/0/organizations/agentpay/teams/";
    expect(await call("POST", teams, {})).toEqual({
      status: 400,
      body: { name: ["This field is required."] },
    });
    expect((await call("POST", teams, { name: "x", slug: "Not A Slug" })).body).toHaveProperty("slug");
    expect((await call("POST", teams, { name: "Platform" })).status).toBe(409);
  });

  test("a DSN names this server, the project and a key", async () => {
    const { project, key } = await newProject("dsn");
    expect(key.dsn.public).toBe(`${server.url.replace("http://", `http://${key.public}@`)}/${project.id}`);
    expect(key.dsn.secret).toContain(key.secret);
  });

  test("deleting a project takes its keys and monitors along", async () => {
    const { project } = await newProject("short lived");
    const monitors = `/api/0/organizations/agentpay/detectors/?project=${project.id}`;
    expect((await call("GET", monitors)).body).toHaveLength(2);
    expect((await call("DELETE", `/api/0/projects/agentpay/${project.slug}/`)).status).toBe(204);
    expect((await call("GET", monitors)).body).toEqual([]);
    const { body: again } = await newProject("short lived").then(({ project: { slug } }) =>
      call("GET", `/api/0/projects/agentpay/${slug}/keys/`),
    );
    expect(again).toHaveLength(1);
  });

  test("inbound filters and ownership are the project's from its first day, and only known ones are taken", async () => {
    const { project } = await newProject("filtered");
    const path = `/api/0/projects/agentpay/${project.slug}`;
    const active = async () =>
      (await call("GET", `${path}/filters/`)).body.flatMap((filter: { id: string; active: boolean }) =>
        filter.active ? [filter.id] : [],
      );
    expect(await active()).toEqual([]);
    expect((await call("PUT", `${path}/filters/web-crawlers/`, { active: true })).status).toBe(204);
    expect(await active()).toEqual(["web-crawlers"]);
    expect((await call("PUT", `${path}/filters/nothing/`, { active: true })).status).toBe(404);
    expect((await call("PUT", `${path}/filters/localhost/`, {})).body).toHaveProperty("active");

    const own = (raw: string) => call("PUT", `${path}/ownership/`, { raw });
    expect((await call("GET", `${path}/ownership/`)).body.raw).toBeNull();
    expect((await own("path:* #strangers")).body).toEqual({ raw: ["Invalid rule owners: #strangers"] });
    expect((await own("everything #platform")).status).toBe(400);
    expect((await own("# all of it\npath:* #platform")).status).toBe(200);
    expect((await call("GET", `${path}/ownership/`)).body.raw).toContain("path:* #platform");
    // They go with the project.
    await call("DELETE", `${path}/`);
    await newProject("filtered");
    expect(await active()).toEqual([]);
  });

  test("integrations can be looked up by provider", async () => {
    const { body } = await call("GET", "/api/0/organizations/agentpay/integrations/?provider_key=slack");
    expect(body).toMatchObject([{ name: "AgentPay", provider: { key: "slack" } }]);
  });
});

describe("ingestion", () => {
  const event = { event_id: "a".repeat(32), level: "fatal", environment: "local", message: "payment lost" };
  const envelope = (dsn?: string) =>
    [{ event_id: event.event_id, dsn }, { type: "event" }, event]
      .map((line) => JSON.stringify(line))
      .join("\n");

  test("takes an envelope, packed or not, from whoever has the public key", async () => {
    const { project, key } = await newProject("app");
    const path = `/api/${project.id}/envelope/`;
    const auth = { "x-sentry-auth": `Sentry sentry_version=7, sentry_key=${key.public}` };
    expect(await anonymous("POST", path, envelope(), auth)).toEqual({
      status: 200,
      body: { id: event.event_id },
    });
    expect((await anonymous("POST", path, envelope(key.dsn.public))).status).toBe(200);
    expect((await anonymous("POST", `${path}?sentry_key=${key.public}`, envelope())).status).toBe(200);
    const packed = await fetch(`${server.url}${path}`, {
      method: "POST",
      headers: { ...auth, "content-encoding": "gzip", "content-type": "application/x-sentry-envelope" },
      body: gzipSync(envelope()),
    });
    expect(packed.status).toBe(200);

    const { events } = (await anonymous("GET", "/local/events")).body;
    expect(events).toHaveLength(4);
    expect(events.at(-1)).toMatchObject({
      project: "app",
      type: "event",
      level: "fatal",
      title: "payment lost",
      environment: "local",
    });
  });

  test("takes single events, and refuses a wrong key, project or packing", async () => {
    const { project, key } = await newProject("store");
    const { key: foreign } = await newProject("foreign");
    const store = `/api/${project.id}/store/?sentry_key=`;
    expect((await anonymous("POST", store + key.public, event)).status).toBe(200);
    for (const wrong of [foreign.public, "0".repeat(32), ""]) {
      expect((await anonymous("POST", store + wrong, event)).status).toBe(403);
    }
    expect((await anonymous("POST", `/api/1/store/?sentry_key=${key.public}`, event)).status).toBe(403);
    const broken = await anonymous("POST", store + key.public, "no gzip", { "content-encoding": "gzip" });
    expect(broken.status).toBe(400);
  });
});

test("everything is still there after a restart, and the page shows it without secrets", async () => {
  const { project, key } = await newProject("kept");
  const second = await startSentry({ port: 0, dataFolder });
  const again = caller(second, { authorization: "Bearer test" });
  expect((await again("GET", "/api/0/projects/agentpay/kept/")).body.id).toBe(project.id);
  const { body: page } = await again("GET", "/");
  await second.stop();
  expect(page).toContain(key.public);
  expect(page).not.toContain(key.secret);
});
