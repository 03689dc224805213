import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { remove } from "../../../../../local/host/operations.ts";
import type { ConnectedPackage } from "../../../../../local/host/resource.ts";
import { startGrafana } from "../../../../../local/platforms/grafana/api/server.ts";
import { grafanaPackage } from "../../../../../local/platforms/grafana/provider/index.ts";
import type { RunningServer } from "../../../../../local/platforms/shared/http-server.ts";
import type { AnyHandler } from "../../../../../local/platforms/shared/rest/handler.ts";
import {
  change,
  deleteTwice,
  drift,
  handlerOf,
  make,
  mistakes,
  replaces,
} from "../../shared/rest/lifecycle.ts";
import { type Call, caller, temporaryFolder } from "../../support.ts";

const login = "admin:local password";
const dataFolder = temporaryFolder();
let server: RunningServer;
let behindPulumi: Call;
let connected: ConnectedPackage;
const of = (type: string): AnyHandler =>
  handlerOf(connected, `grafana:oss/${type[0]?.toLowerCase()}${type.slice(1)}:${type}`);

afterAll(() => server?.stop());
beforeAll(async () => {
  const settings = { host: "127.0.0.1", port: 0, dataFolder, hosts: new Map() };
  server = await startGrafana({
    ...settings,
    adminUser: "admin",
    adminPassword: "local password",
    secretKey: "key",
  });
  behindPulumi = caller(server, { authorization: `Basic ${Buffer.from(login).toString("base64")}` });
  connected = await grafanaPackage.connect({ url: `${server.url}/`, auth: login });
});

test("the provider wants an address and credentials, and a wrong password is Grafana's to refuse", async () => {
  const provider = { inputs: grafanaPackage.configuration } as unknown as AnyHandler;
  expect(mistakes(provider, { url: "localhost", token: "x" })).toEqual([
    '"url": must be an address such as http://127.0.0.1:3000',
    '"auth": is required, but missing',
    'there is no input "token" (misspelt?)',
  ]);
  const wrong = await grafanaPackage.connect({ url: server.url, auth: "admin:wrong" });
  const refused = make(handlerOf(wrong, "grafana:oss/folder:Folder"), { title: "x" });
  await expect(refused).rejects.toThrow("Grafana refused POST /folders (401): Invalid username or password");
});

describe("Folder", () => {
  test("is made, read without drift, renamed, shows an edit, and is deleted", async () => {
    const handler = of("Folder");
    const made = await make(handler, { title: "AgentPay", uid: "agentpay" });
    expect(made.id).toBe("1:agentpay");
    expect(made.outputs).toMatchObject({
      uid: "agentpay",
      url: `${server.url}/dashboards/f/agentpay/agentpay`,
      orgId: "1",
    });
    expect(await drift(handler, made)).toEqual([]);
    const renamed = await change(handler, made, { title: "Monitoring", uid: "agentpay" });
    expect(await drift(handler, made)).toEqual(["title"]);
    await deleteTwice(handler, renamed);
  });

  test("a folder below another one, with a uid of Grafana's choice, is no drift", async () => {
    const parent = await make(of("Folder"), { title: "Parent" });
    const child = await make(of("Folder"), { title: "Child", parentFolderUid: parent.id });
    expect(await drift(of("Folder"), parent)).toEqual([]);
    expect(await drift(of("Folder"), child)).toEqual([]);
  });

  test("is replaced by another uid or parent, and refuses bad and taken ones", async () => {
    const handler = of("Folder");
    const before = { title: "a", uid: "a" };
    expect(replaces(handler, before, { ...before, title: "b" })).toEqual([]);
    expect(replaces(handler, before, { title: "a", uid: "b", parentFolderUid: "p" })).toEqual([
      "uid",
      "parentFolderUid",
    ]);
    expect(mistakes(handler, { title: "", uid: "a b" })).toEqual([
      '"title": can\'t be blank',
      '"uid": must be letters, digits, - and _',
    ]);
    await make(handler, { title: "Taken", uid: "taken" });
    const again = make(handler, { title: "Taken", uid: "taken" });
    await expect(again).rejects.toThrow("(409): a folder with that UID already exists");
  });

  test("is not deleted with what is in it, where that is asked for", async () => {
    const folder = await make(of("Folder"), { title: "Full", uid: "full", preventDestroyIfNotEmpty: true });
    const inside = await make(of("Dashboard"), {
      configJson: '{"uid":"inside","title":"Inside"}',
      folder: "full",
    });
    await expect(deleteTwice(of("Folder"), folder)).rejects.toThrow("It holds: Inside");
    await deleteTwice(of("Dashboard"), inside);
    await deleteTwice(of("Folder"), folder);
  });
});

describe("DataSource", () => {
  const prometheus = {
    name: "Prometheus",
    uid: "prometheus",
    type: "prometheus",
    url: "http://prometheus:9090",
    isDefault: true,
    jsonDataEncoded: '{ "timeInterval": "5s", "httpMethod": "POST" }',
  };

  test("is made, read without drift, and shows an edit", async () => {
    const handler = of("DataSource");
    const made = await make(handler, prometheus);
    expect(made.inputs).toMatchObject({ accessMode: "proxy", basicAuthEnabled: false });
    expect(await drift(handler, made)).toEqual([]);
    const path = "/api/datasources/uid/prometheus";
    const live = (await behindPulumi("GET", path)).body;
    await behindPulumi("PUT", path, { ...live, url: "http://elsewhere", jsonData: { httpMethod: "GET" } });
    expect(await drift(handler, made)).toEqual(["url", "jsonDataEncoded"]);
    expect(await drift(handler, await change(handler, made, prometheus))).toEqual([]);
    await deleteTwice(handler, made);
  });

  test("secrets and headers are sent, never read, and never drift", async () => {
    const secrets = { secureJsonDataEncoded: '{"password":"hidden"}', httpHeaders: { "X-Tenant": "hidden" } };
    const made = await make(of("DataSource"), { type: "loki", ...secrets }, "logs");
    const live = (await behindPulumi("GET", `/api/datasources/uid/${made.outputs["uid"]}`)).body;
    expect(live.name).toMatch(/^logs-[0-9a-f]{7}$/);
    expect(live.secureJsonFields).toEqual({ password: true, httpHeaderValue1: true });
    expect(live.jsonData).toEqual({ httpHeaderName1: "X-Tenant" });
    expect(await drift(of("DataSource"), made)).toEqual([]);
  });

  test("another one that became the default is no drift: one must be", async () => {
    const made = await make(of("DataSource"), { type: "loki", name: "second", uid: "second" });
    const live = (await behindPulumi("GET", "/api/datasources/uid/second")).body;
    await behindPulumi("PUT", "/api/datasources/uid/second", { ...live, isDefault: true });
    expect(await drift(of("DataSource"), made)).toEqual([]);
  });

  test("refuses what Grafana refuses and types don't see, without quoting secrets", async () => {
    const handler = of("DataSource");
    expect(
      mistakes(handler, { type: "loki", accessMode: "server", jsonDataEncoded: "{", uid: "a/b" }),
    ).toEqual([
      '"uid": must be letters, digits, - and _',
      '"accessMode": must be one of proxy, direct',
      expect.stringMatching(/^"jsonDataEncoded": is not JSON/),
    ]);
    expect(mistakes(handler, { type: "loki", jsonDataEncoded: '{"httpHeaderName1":"X"}' })).toEqual([
      '"jsonDataEncoded": must not hold the reserved key httpHeaderName',
    ]);
    const [mistake] = mistakes(handler, { type: "loki", secureJsonDataEncoded: '{"password":hidden-word}' });
    expect(mistake).toMatch(/^"secureJsonDataEncoded": is not JSON/);
    expect(mistake).not.toContain("hidden-word");
    expect(mistakes(handler, { type: "loki", secureJsonDataEncoded: '{"password":7}' })).toEqual([
      '"secureJsonDataEncoded": must hold texts only',
    ]);
    await make(handler, { type: "loki", name: "only", uid: "only" });
    const again = make(handler, { type: "loki", name: "other", uid: "only" });
    await expect(again).rejects.toThrow("(409): data source with the same uid already exists");
    expect(replaces(handler, { uid: "a", name: "a" }, { uid: "b", name: "b" })).toEqual(["uid"]);
  });
});

describe("Dashboard", () => {
  const config = (more: object = {}) =>
    JSON.stringify({
      uid: "metrics",
      title: "Metrics",
      panels: [{ id: 1, type: "stat", title: "A" }],
      ...more,
    });

  test("is made in its folder, read without drift, changed, and deleted", async () => {
    const handler = of("Dashboard");
    const folder = await make(of("Folder"), { title: "Home", uid: "home" });
    const made = await make(handler, { configJson: config(), folder: folder.id, message: "first" });
    expect(made.id).toBe("1:metrics");
    expect(made.outputs).toMatchObject({
      uid: "metrics",
      version: 1,
      url: `${server.url}/d/metrics/metrics`,
    });
    expect(await drift(handler, made)).toEqual([]);
    const changed = await change(handler, made, { configJson: config({ tags: ["a"] }), folder: "home" });
    expect(changed.outputs["version"]).toBe(2);
    expect(await drift(handler, changed)).toEqual([]);
    await deleteTwice(handler, changed);
  });

  test("an edit behind Pulumi's back is drift; saving the same again, or other ids of panels, is not", async () => {
    const handler = of("Dashboard");
    const made = await make(handler, { configJson: config({ uid: "edited", title: "Edited" }) });
    const save = (panels: readonly object[]) =>
      behindPulumi("POST", "/api/dashboards/db", {
        dashboard: { panels, title: "Edited", uid: "edited" },
        overwrite: true,
      });
    await save([{ title: "A", type: "stat", id: 7 }]);
    expect(await drift(handler, made)).toEqual([]);
    await save([{ title: "B", type: "stat", id: 7 }]);
    expect(await drift(handler, made)).toEqual(["configJson"]);
    expect(await drift(handler, await change(handler, made, made.inputs))).toEqual([]);
  });

  test("a uid that Grafana chose is no drift, and a changed uid moves the dashboard", async () => {
    const handler = of("Dashboard");
    const made = await make(handler, { configJson: '{"title":"Anywhere"}' });
    expect(await drift(handler, made)).toEqual([]);
    const moved = await change(handler, made, { configJson: '{"title":"Anywhere","uid":"moved"}' });
    expect(moved.outputs["uid"]).toBe("moved");
    expect(await drift(handler, moved)).toEqual([]);
    expect((await behindPulumi("GET", `/api/dashboards/uid/${made.outputs["uid"]}`)).status).toBe(404);
    await deleteTwice(handler, moved);
  });

  test("refuses what Grafana refuses and types don't see", async () => {
    const handler = of("Dashboard");
    const wrong = (configJson: string) => mistakes(handler, { configJson });
    expect(wrong("{title: 'x'}")).toEqual([expect.stringMatching(/^"configJson": is not JSON/)]);
    expect(wrong("[]")).toEqual(['"configJson": must be a JSON object']);
    expect(wrong('{"uid":"a"}')).toEqual(['"configJson": must hold a title']);
    expect(wrong('{"dashboard":{"title":"x"}}')).toEqual([
      '"configJson": must be the bare model, without the {"dashboard": ...} around it',
    ]);
    expect(wrong('{"title":"x","uid":"a b"}')).toEqual([
      '"configJson": its uid must be letters, digits, - and _',
    ]);
    expect(mistakes(handler, { configJson: config(), folderUid: "x" })).toEqual([
      'there is no input "folderUid" (misspelt?)',
    ]);
    const nowhere = make(handler, { configJson: config({ uid: "n", title: "N" }), folder: "nowhere" });
    await expect(nowhere).rejects.toThrow("(404): folder not found");
    await make(handler, { configJson: config({ uid: "mine", title: "Mine" }) });
    const clash = make(handler, { configJson: config({ uid: "mine", title: "Other" }) });
    await expect(clash).rejects.toThrow("(412): The dashboard has been changed by someone else");
  });
});

describe("FolderPermission", () => {
  test("sets exactly the given permissions, shows an edit, and takes them away at the end", async () => {
    const folder = await make(of("Folder"), { title: "Guarded", uid: "guarded" });
    const handler = of("FolderPermission");
    const permissions = [
      { role: "Viewer", permission: "View" },
      { teamId: "1:7", permission: "Admin" },
    ];
    const made = await make(handler, { folderUid: folder.id, permissions });
    const path = "/api/access-control/folders/guarded";
    expect((await behindPulumi("GET", path)).body).toHaveLength(2);
    expect(await drift(handler, made)).toEqual([]);
    await behindPulumi("POST", path, { permissions: [{ builtInRole: "Editor", permission: "Edit" }] });
    expect(await drift(handler, made)).toEqual(["permissions[2]"]);
    expect(await drift(handler, await change(handler, made, made.inputs))).toEqual([]);
    await remove(handler, made.id, made);
    expect((await behindPulumi("GET", path)).body).toEqual([]);
    await deleteTwice(of("Folder"), folder);
    await deleteTwice(handler, made);
  });

  test("is a set: its order is no change, and nothing is in it twice", async () => {
    await make(of("Folder"), { title: "Ordered", uid: "ordered" });
    const handler = of("FolderPermission");
    const permissions = ["Viewer", "Editor"].map((role) => ({ role, permission: "View" }));
    const made = await make(handler, { folderUid: "ordered", permissions });
    const reordered = { ...made, inputs: { ...made.inputs, permissions: permissions.toReversed() } };
    expect(await drift(handler, reordered)).toEqual([]);
    expect(
      mistakes(handler, { folderUid: "ordered", permissions: [...permissions, permissions[0]] }),
    ).toEqual(['"permissions": must not have a permission twice']);
    const nobody = { folderUid: "ordered", permissions: [{ teamId: "everybody", permission: "View" }] };
    expect(mistakes(handler, nobody)).toContain('"permissions[0].teamId": must be an id, such as 3 or 1:3');
  });

  test("refuses unknown words and permissions of nobody or of two", () => {
    const wrong = (more: object) => mistakes(of("FolderPermission"), { folderUid: "f", permissions: [more] });
    expect(wrong({ role: "viewer", permission: "Write" })).toEqual([
      '"permissions[0].permission": must be one of View, Edit, Admin',
      '"permissions[0].role": must be one of Viewer, Editor, Admin',
    ]);
    const message = '"permissions[0]": must name one role, teamId or userId';
    expect(wrong({ permission: "View" })).toEqual([message]);
    expect(wrong({ permission: "View", role: "Viewer", userId: "3" })).toEqual([message]);
  });
});

test("OrganizationPreferences: set, read without drift, and reset", async () => {
  const handler = of("OrganizationPreferences");
  const made = await make(handler, { timezone: "utc", weekStart: "monday" });
  expect(made.id).toBe("1");
  expect(await drift(handler, made)).toEqual([]);
  await behindPulumi("PUT", "/api/org/preferences", {
    timezone: "browser",
    weekStart: "monday",
    theme: "dark",
  });
  expect(await drift(handler, made)).toEqual(["timezone", "theme"]);
  expect(mistakes(handler, { weekStart: "Monday" })).toHaveLength(1);
  await remove(handler, made.id, made);
  expect((await behindPulumi("GET", "/api/org/preferences")).body).toMatchObject({ timezone: "", theme: "" });
});
