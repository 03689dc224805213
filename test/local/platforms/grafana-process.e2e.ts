import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { temporaryFolder } from "./support.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const folder = temporaryFolder();
let child: ReturnType<typeof start> | undefined;

function start(environment: Record<string, string>) {
  return spawn(process.execPath, ["local/platforms/grafana/api/main.ts"], {
    cwd: root,
    env: { PATH: process.env["PATH"], ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

afterEach(() => {
  child?.kill("SIGKILL");
});

test("starts from Grafana's own variables, answers, and ends cleanly on SIGTERM", async () => {
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, "secret");
  child = start({
    GF_SERVER_HTTP_PORT: "0",
    GF_PATHS_DATA: folder,
    GF_SECURITY_ADMIN_PASSWORD__FILE: passwordFile,
  });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const url = /http:\S+/.exec(String(line))?.[0];
  expect((await fetch(`${url}/api/health`)).status).toBe(200);
  child.kill("SIGTERM");
  expect((await once(child, "exit"))[0]).toBe(0);
});

test("says which variables are missing", async () => {
  child = start({});
  const [line] = await once(createInterface({ input: child.stderr }), "line");
  expect(line).toMatch(/Grafana \(stand-in\) can't start: .*GF_PATHS_DATA is required/);
  expect((await once(child, "exit"))[0]).toBe(1);
});
