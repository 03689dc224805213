import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { selectDriver } from "../../../../../local/platforms/docker/provider/driver-choice.ts";
import { Register } from "../../../../../local/platforms/docker/provider/register.ts";

let folder: string;
let engine: Server;
let host: string;

/** Nothing listens there, and the machine's own engine must not be found either. */
const absent = "tcp://127.0.0.1:1";

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "choice-"));
  host = `unix://${folder}/docker.sock`;
  engine = createServer((_request, response) => response.end("OK"));
  await new Promise<void>((resolve) => engine.listen(join(folder, "docker.sock"), resolve));
});
afterEach(async () => {
  engine.closeAllConnections();
  await new Promise((resolve) => engine.close(resolve));
  rmSync(folder, { recursive: true });
});

describe("the driver", () => {
  it("is the Docker Engine at the provider's host", async () => {
    expect(await selectDriver({ host, environment: {} })).toMatchObject({ kind: "docker", engine: { host } });
  });

  it("is the one of DOCKER_HOST where the provider's host does not answer", async () => {
    const choice = await selectDriver({ host: absent, environment: { DOCKER_HOST: host } });
    expect(choice).toMatchObject({ kind: "docker", engine: { host } });
  });

  it("can be forced to local processes", async () => {
    expect(await selectDriver({ host, environment: { AGENTPAY_LOCAL_DRIVER: "process" } })).toEqual({
      kind: "process",
    });
  });

  it("stays what it is while something made by it is there", async () => {
    expect(await selectDriver({ host, inUse: "process", environment: {} })).toEqual({ kind: "process" });
    const other = selectDriver({ host, inUse: "process", environment: { AGENTPAY_LOCAL_DRIVER: "docker" } });
    await expect(other).rejects.toThrow(/made by the driver process/);
  });

  it("is refused where the word is unknown", async () => {
    await expect(selectDriver({ environment: { AGENTPAY_LOCAL_DRIVER: "podman" } })).rejects.toThrow(
      /must be docker or process/,
    );
  });
});

describe("the register", () => {
  it("remembers the driver until the last thing is gone", async () => {
    const register = new Register(join(folder, "register.json"));
    const platform = register.keepingTrack("process", "volume", {
      create: async (_inputs: Record<string, unknown>, name) => ({ id: name, outputs: {} }),
      read: async () => undefined,
      update: async () => ({}),
      delete: async () => {},
    });
    const last = { inputs: {}, outputs: {} };
    expect(register.driver).toBeUndefined();
    await platform.create({}, "first");
    await platform.create({}, "second");
    await platform.delete("first", last);
    expect(new Register(join(folder, "register.json")).driver).toBe("process");
    await platform.delete("second", last);
    expect(register.driver).toBeUndefined();
  });
});
