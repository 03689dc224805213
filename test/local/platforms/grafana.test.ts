import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decrypt } from "../../../local/platforms/grafana/api/encryption.ts";
import { startGrafana } from "../../../local/platforms/grafana/api/server.ts";
import { type GrafanaSettings, readSettings } from "../../../local/platforms/grafana/api/settings.ts";
import type { RunningServer } from "../../../local/platforms/shared/http-server.ts";
import { type Call, caller, temporaryFolder } from "./support.ts";

const folder = temporaryFolder();
const passwordFile = join(folder, "password");
writeFileSync(passwordFile, "correct horse\n");
const basic = (login: string) => ({ authorization: `Basic ${Buffer.from(login).toString("base64")}` });

let prometheus: Server;
let server: RunningServer | undefined;
let settings: GrafanaSettings;
let call: Call;
let anonymous: Call;

beforeAll(async () => {
  prometheus = createServer((_request, response) => {
    const values = [
      [1000, "1"],
      [1030, "42"],
    ];
    response.end(JSON.stringify({ data: { result: [{ metric: { job: "api" }, values }] } }));
  });
  await new Promise<void>((resolve) => prometheus.listen(0, "127.0.0.1", resolve));
  const { port } = prometheus.address() as AddressInfo;
  settings = readSettings({
    GF_SERVER_HTTP_PORT: "0",
    GF_PATHS_DATA: folder,
    GF_SECURITY_ADMIN_PASSWORD__FILE: passwordFile,
    AGENTPAY_LOCAL_HOSTS: JSON.stringify({ "prometheus:9090": `127.0.0.1:${port}` }),
  });
  server = await startGrafana(settings);
  call = caller(server, basic("admin:correct horse"));
  anonymous = caller(server);
});

afterAll(async () => {
  await server?.stop();
  prometheus.close();
});

test("settings: Grafana's own variables; every one that is missing is named", () => {
  expect(settings).toMatchObject({ host: "127.0.0.1", adminUser: "admin", adminPassword: "correct horse" });
  expect(() => readSettings({})).toThrow(
    /GF_PATHS_DATA is required.*GF_SECURITY_ADMIN_PASSWORD__FILE is required/,
  );
});

test("health is open, everything else wants the administrator", async () => {
  expect((await anonymous("GET", "/api/health")).body).toMatchObject({ database: "ok" });
  expect(await anonymous("GET", "/api/org")).toMatchObject({
    status: 401,
    body: { message: "Unauthorized" },
  });
  expect(await call("GET", "/api/org", undefined, basic("admin:wrong"))).toMatchObject({
    status: 401,
    body: { message: "Invalid username or password" },
  });
  expect((await call("GET", "/api/org")).body).toEqual({ id: 1, name: "Main Org." });
});

describe("folders", () => {
  test("keep their uid, refuse it twice, notice changes of others, and take their dashboards along", async () => {
    const made = await call("POST", "/api/folders", { uid: "team", title: "Team" });
    expect(made.body).toMatchObject({
      uid: "team",
      title: "Team",
      version: 1,
      url: "/dashboards/f/team/team",
    });
    expect((await call("POST", "/api/folders", { uid: "team", title: "Other" })).status).toBe(409);
    const stale = { title: "Stale", version: 7 };
    expect(await call("PUT", "/api/folders/team", stale)).toMatchObject({
      status: 412,
      body: { status: "version-mismatch" },
    });
    expect((await call("PUT", "/api/folders/team", { title: "New", overwrite: true })).body.version).toBe(2);
    await call("POST", "/api/dashboards/db", {
      dashboard: { uid: "inside", title: "Inside" },
      folderUid: "team",
    });
    expect((await call("GET", "/api/search?folderUIDs=team")).body).toMatchObject([{ uid: "inside" }]);
    expect((await call("DELETE", "/api/folders/team")).status).toBe(200);
    expect(await call("GET", "/api/folders/team")).toEqual({
      status: 404,
      body: { message: "folder not found", status: "not-found" },
    });
    expect((await call("GET", "/api/dashboards/uid/inside")).status).toBe(404);
  });
});

describe("dashboards", () => {
  const save = (dashboard: object, more: object = {}) =>
    call("POST", "/api/dashboards/db", { dashboard, ...more });

  test("get a number, a version and an address; saving needs the newest version or overwrite", async () => {
    const first = await save({ uid: "metrics", title: "AgentPay Metrics" });
    expect(first.body).toMatchObject({ status: "success", version: 1, url: "/d/metrics/agentpay-metrics" });
    expect(await save({ uid: "metrics", title: "AgentPay Metrics" })).toMatchObject({
      status: 412,
      body: { status: "version-mismatch" },
    });
    expect((await save({ uid: "metrics", title: "AgentPay Metrics", version: 1 })).body.version).toBe(2);
    const again = await save({ uid: "metrics", title: "Renamed" }, { overwrite: true });
    expect(again.body).toMatchObject({ id: first.body.id, version: 3 });
    const { meta, dashboard } = (await call("GET", "/api/dashboards/uid/metrics")).body;
    expect(meta).toMatchObject({ version: 3, folderUid: "" });
    expect(dashboard).toEqual({ id: first.body.id, uid: "metrics", title: "Renamed", version: 3 });
  });

  test("are refused without a title, with a taken one, in an unknown folder, with a bad uid", async () => {
    await save({ uid: "taken", title: "Taken" });
    expect((await save({ uid: "other", title: "Taken" })).body).toMatchObject({ status: "name-exists" });
    expect(await save({ uid: "other" })).toMatchObject({ status: 400, body: { status: "empty-name" } });
    expect((await save({ title: "x" }, { folderUid: "nowhere" })).status).toBe(404);
    expect((await save({ title: "x", uid: "a b" })).status).toBe(400);
    expect((await save({ title: "x", id: 999 })).status).toBe(404);
  });
});

describe("data sources", () => {
  test("keep secrets to themselves and are unique by uid and name", async () => {
    const source = {
      uid: "p",
      name: "P",
      type: "prometheus",
      access: "proxy",
      secureJsonData: { password: "hidden" },
    };
    const made = await call("POST", "/api/datasources", source);
    expect(made.body.datasource).toMatchObject({ uid: "p", secureJsonFields: { password: true } });
    expect(JSON.stringify((await call("GET", "/api/datasources/uid/p")).body)).not.toContain("hidden");
    const kept = readFileSync(join(folder, "grafana.json"), "utf8");
    expect(kept).not.toContain("hidden");
    const { password = "" } = JSON.parse(kept).dataSources.p.secureJsonData;
    expect(decrypt(password, settings.secretKey)).toBe("hidden");
    expect(decrypt(password, "another key")).not.toBe("hidden");
    const sameUid = await call("POST", "/api/datasources", { ...source, name: "Q" });
    expect([sameUid.status, sameUid.body.message]).toEqual([
      409,
      "data source with the same uid already exists",
    ]);
    const sameName = await call("POST", "/api/datasources", { ...source, uid: "q" });
    expect([sameName.status, sameName.body.message]).toEqual([
      409,
      "data source with the same name already exists",
    ]);
  });

  test("only one is the default", async () => {
    const source = { type: "prometheus", access: "proxy", isDefault: true };
    await call("POST", "/api/datasources", { ...source, uid: "d1", name: "D1" });
    await call("POST", "/api/datasources", { ...source, uid: "d2", name: "D2" });
    expect((await call("GET", "/api/datasources/uid/d1")).body.isDefault).toBe(false);
  });
});

test("a dashboard's page draws each panel from the data source's Prometheus, wherever its container listens", async () => {
  const address = { uid: "prom", name: "Prometheus", type: "prometheus", access: "proxy" };
  await call("POST", "/api/datasources", { ...address, url: "http://prometheus:9090", isDefault: true });
  const target = { expr: "sum(rate(x[$__rate_interval]))", legendFormat: "{{job}} <requests>" };
  const panels = [
    { type: "row", title: "Traffic" },
    {
      type: "timeseries",
      title: "Requests",
      description: "How many",
      datasource: { uid: "prom" },
      targets: [target],
    },
    { type: "stat", title: "Broken", datasource: { uid: "nowhere" }, targets: [{ expr: "up" }] },
  ];
  await call("POST", "/api/dashboards/db", { dashboard: { uid: "drawn", title: "Drawn", panels } });
  const { status, body } = await anonymous("GET", "/d/drawn/drawn");
  expect(status).toBe(200);
  for (const text of ["Traffic", "Requests", "How many", "api &lt;requests&gt;", "42</b>", "<path"]) {
    expect(body).toContain(text);
  }
  expect(body).toContain("There is no data source nowhere.");
  expect((await anonymous("GET", "/dashboards")).body).toContain('href="/d/drawn/drawn"');
});

test("a permission that is named without one is taken away, as the plugin sends it", async () => {
  await call("POST", "/api/folders", { uid: "guarded", title: "Guarded" });
  const permissions = [{ builtInRole: "Viewer", permission: "View" }, { builtInRole: "Editor" }];
  const { status } = await call("POST", "/api/access-control/folders/guarded", { permissions });
  expect(status).toBe(200);
  const { body } = await call("GET", "/api/access-control/folders/guarded");
  expect(body).toMatchObject([{ builtInRole: "Viewer", permission: "View" }]);
});

test("null is no change of permissions, as the plugin sends it for none", async () => {
  await call("POST", "/api/folders", { uid: "unchanged", title: "Unchanged" });
  const path = "/api/access-control/folders/unchanged";
  const { body: before } = await call("GET", path);
  expect((await call("POST", path, { permissions: null })).status).toBe(200);
  expect((await call("GET", path)).body).toEqual(before);
});

test("everything is still there after a restart", async () => {
  await call("POST", "/api/folders", { uid: "kept", title: "Kept" });
  await call("PUT", "/api/org/preferences", { theme: "dark" });
  const second = await startGrafana(settings);
  const again = caller(second, basic("admin:correct horse"));
  expect((await again("GET", "/api/folders/kept")).body.title).toBe("Kept");
  expect((await again("GET", "/api/org/preferences")).body.theme).toBe("dark");
  await second.stop();
});
