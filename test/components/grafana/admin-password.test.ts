/** The password's methods, against the stand-in of Grafana. The real engine makes it at each `up` of the local stack. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PasswordProvider } from "../../../components/grafana/admin-password.ts";
import { startGrafana } from "../../../local/platforms/grafana/api/server.ts";
import type { RunningServer } from "../../../local/platforms/shared/http-server.ts";
import { componentOf, runProgram } from "../../support/program.ts";
import { leaks, secretSetting, sentinel } from "../../support/secrets.ts";

const [OLD, NEW, OTHER] = [sentinel("old"), sentinel("new"), sentinel("other")];
const provider = new PasswordProvider();

let folder: string;
let server: RunningServer;
/** As a container starts: with its file, and the volume that is there. */
const start = (adminPassword: string) =>
  startGrafana({
    host: "127.0.0.1",
    port: 0,
    dataFolder: folder,
    adminUser: "admin",
    adminPassword,
    secretKey: "key",
    hosts: new Map(),
  });
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "grafana-admin-"));
  server = await start(OLD);
});
afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

async function opens(password: string): Promise<boolean> {
  const authorization = `Basic ${Buffer.from(`admin:${password}`).toString("base64")}`;
  return (await fetch(`${server.url}/api/user`, { headers: { authorization } })).ok;
}
const wanted = (password: string) => ({ url: server.url, password });

test("Grafana keeps the password of its volume, whatever its file says later", async () => {
  await server.stop();
  server = await start(NEW);
  expect([await opens(OLD), await opens(NEW)]).toEqual([true, false]);
});

test("a new password is changed in Grafana, with the one before", async () => {
  await provider.create(wanted(OLD));
  expect(await provider.diff("admin", wanted(OLD), wanted(NEW))).toEqual({ changes: true });
  expect(await provider.update("admin", wanted(OLD), wanted(NEW))).toEqual({ outs: wanted(NEW) });
  expect([await opens(OLD), await opens(NEW)]).toEqual([false, true]);
  // An update that was killed after Grafana had it: run again, it finds it done.
  expect(await provider.update("admin", wanted(OLD), wanted(NEW))).toEqual({ outs: wanted(NEW) });
  expect(await provider.diff("admin", wanted(NEW), wanted(NEW))).toEqual({ changes: false });
});

test("where neither opens it, a person is told, and nothing is repeated", async () => {
  const failures = [provider.create(wanted(OTHER)), provider.update("admin", wanted(OTHER), wanted(NEW))];
  for (const failure of failures) {
    const { message } = await failure.then(
      () => new Error("done"),
      (error: Error) => error,
    );
    expect(message).toContain("its volume has another");
    expect(leaks(message)).toBe(false);
  }
  expect(await opens(OLD)).toBe(true);
});

test("a Grafana that does not answer is named", async () => {
  const nowhere = { url: "http://127.0.0.1:1", password: OLD };
  await expect(provider.create(nowhere)).rejects.toThrow("Grafana does not answer at http://127.0.0.1:1");
});

test("the program sets it before it asks Grafana for anything else", async () => {
  const run = await runProgram("production");
  const admin = run.resources.find(({ name }) => name === "grafana-admin-password");
  const grafana = run.resources.find(({ type }) => type === "pulumi:providers:grafana");
  expect(grafana?.dependencies).toContain(admin?.urn);
  expect(componentOf(run, "MetricsPlatform").inputs("grafana-admin-password")["password"]).toBe(
    secretSetting("metrics.grafanaAdminPassword"),
  );
});
