import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { identify } from "../../../../../local/host/process-identity.ts";
import type { ContainerInputs } from "../../../../../local/platforms/docker/provider/inputs/container-shape.ts";
import type { ContainerRecord } from "../../../../../local/platforms/docker/provider/process/container-record.ts";
import { claimPort } from "../../../../../local/platforms/docker/provider/process/ports.ts";
import { ProcessDriver } from "../../../../../local/platforms/docker/provider/process-driver.ts";
import type { PublishedImage } from "../../../../../local/platforms/docker/published/published-images.ts";
import { patient } from "../../../../support/eventually.ts";

const image: PublishedImage = {
  repository: "test/server",
  program: { tool: "prometheus", binary: "prometheus" },
  command: ["--config.file=/etc/server/server.yml"],
  environment: { SERVER_HOME: "/etc/server" },
  folders: ["/etc/server", "/data"],
  workingDirectory: "/data",
  user: { name: "nobody", uid: 65_534, gid: 65_534 },
  port: 9090,
  listen: { flag: "--web.listen-address" },
  localFlags: ["--cluster.listen-address="],
  containerFlags: { "--cluster.listen-address": "there is no such network." },
};

let state: string;
let drivers: ProcessDriver[];
let strangers: ChildProcess[];
let port: number;
let imageId: string;

function newDriver(): ProcessDriver {
  const driver = new ProcessDriver({
    folder: join(state, "data", "docker"),
    logsFolder: join(state, "logs"),
    programs: {
      "test/server": {
        image,
        start: async () => [process.execPath, join(import.meta.dirname, "fake-server.mjs")],
      },
    },
    expectedHosts: { "pager:9093": "127.0.0.1:19093" },
  });
  drivers.push(driver);
  return driver;
}

beforeEach(async () => {
  state = mkdtempSync(join(tmpdir(), "process-driver-"));
  drivers = [];
  strangers = [];
  port = await claimPort({ ip: "127.0.0.1", port: 0 });
  imageId = String((await newDriver().images.create({ name: "test/server:v1" }, "image")).outputs["imageId"]);
});

afterEach(async () => {
  await Promise.all(drivers.map((driver) => driver.stopAll()));
  for (const stranger of strangers) stranger.kill("SIGKILL");
  rmSync(state, { recursive: true });
});

function server(more: Partial<ContainerInputs> = {}): ContainerInputs {
  return {
    image: imageId,
    name: "server",
    restart: "unless-stopped",
    wait: true,
    healthcheck: { tests: ["CMD", "true"] },
    ports: [{ internal: 9090, external: port, ip: "127.0.0.1" }],
    ...more,
  };
}

interface Answer {
  readonly pid: number;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
}

async function ask(path = "/"): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return response.text();
}

async function askPid(): Promise<number> {
  return (JSON.parse(await ask()) as Answer).pid;
}

const crash = (code: number) => ask(`/exit?code=${code}`).catch(() => "gone");

const isListening = () =>
  ask().then(
    () => true,
    () => false,
  );

const recordFile = (name = "server") =>
  join(state, "data", "docker", "records", "containers", `${name}.json`);
const readRecord = (name?: string) => JSON.parse(readFileSync(recordFile(name), "utf8")) as ContainerRecord;

describe("a container's life", () => {
  it("is to listen, to come back after a crash, and to be gone once deleted", async () => {
    const { containers } = newDriver();
    const inputs = server();
    const { id } = await containers.create(inputs, "server");
    const first = await askPid();
    await crash(1);
    await vi.waitFor(async () => expect(await askPid()).not.toBe(first), patient);
    const last = { inputs, outputs: {} };
    expect((await containers.read(id, last))?.inputs).toEqual(inputs);
    await containers.delete(id, last);
    expect(await isListening()).toBe(false);
    expect(await containers.read(id, last)).toBeUndefined();
    expect(existsSync(join(state, "data", "docker", "containers", "server"))).toBe(false);
    await containers.delete(id, last);
  });

  it("shows as drift once it ended for good, and an update starts it", async () => {
    const { containers } = newDriver();
    const inputs = server({ restart: "no" });
    const { id } = await containers.create(inputs, "server");
    await crash(7);
    const last = { inputs, outputs: {} };
    await vi.waitFor(
      async () => expect((await containers.read(id, last))?.outputs["exitCode"]).toBe(7),
      patient,
    );
    const { ports: _, ...withoutPorts } = inputs;
    expect((await containers.read(id, last))?.inputs).toEqual({ ...withoutPorts, mustRun: false });
    await containers.update(id, inputs, last);
    expect(await isListening()).toBe(true);
    expect((await containers.read(id, last))?.inputs).toEqual(inputs);
  });

  it("is read back with the swap that Docker chose for it", async () => {
    const { containers } = newDriver();
    const inputs = server({ memory: 64 });
    const { id } = await containers.create(inputs, "server");
    const read = await containers.read(id, { inputs, outputs: {} });
    expect(read?.inputs).toEqual({ ...inputs, memorySwap: 128 });
  });

  it("takes a new restart policy while it runs", async () => {
    const { containers } = newDriver();
    const { id } = await containers.create(server({ restart: "no" }), "server");
    const pid = await askPid();
    await containers.update(id, server(), { inputs: server({ restart: "no" }), outputs: {} });
    expect(await askPid()).toBe(pid);
    await crash(1);
    await vi.waitFor(async () => expect(await askPid()).not.toBe(pid), patient);
  });

  it("outlasts the daemon: what ran is started again, what was stopped is not", async () => {
    const before = newDriver();
    const { id } = await before.containers.create(server(), "server");
    await before.stopAll();
    expect(await isListening()).toBe(false);
    const after = newDriver();
    await after.resume();
    await vi.waitFor(async () => expect(await isListening()).toBe(true), patient);
    await after.containers.delete(id, { inputs: server(), outputs: {} });
    expect(await isListening()).toBe(false);
    await newDriver().resume();
    expect(await isListening()).toBe(false);
  });
});

it("stays ended after a restart of the daemon where its restart policy is no", async () => {
  const before = newDriver();
  const inputs = server({ restart: "no" });
  const { id } = await before.containers.create(inputs, "server");
  await before.stopAll();
  const after = newDriver();
  await after.resume();
  expect((await after.containers.read(id, { inputs, outputs: {} }))?.inputs["mustRun"]).toBe(false);
});

describe("a daemon that was killed", () => {
  async function stranger(): Promise<ChildProcess> {
    const child = spawn(process.execPath, [
      join(import.meta.dirname, "fake-server.mjs"),
      `--web.listen-address=127.0.0.1:${port}`,
    ]);
    strangers.push(child);
    await vi.waitFor(async () => expect(await isListening()).toBe(true), patient);
    return child;
  }

  async function left(startTime?: string): Promise<ChildProcess> {
    const before = newDriver();
    await before.containers.create(server(), "server");
    await before.stopAll();
    const child = await stranger();
    const identity = await identify(child.pid ?? 0);
    const process = { pid: child.pid ?? 0, startTime: startTime ?? identity?.startTime ?? "" };
    writeFileSync(recordFile(), JSON.stringify({ ...readRecord(), process }));
    return child;
  }

  it("leaves a server that the next one ends and starts anew", async () => {
    const child = await left();
    await newDriver().resume();
    await vi.waitFor(async () => expect(await askPid()).not.toBe(child.pid), patient);
    expect(child.exitCode ?? child.signalCode).not.toBeNull();
  });

  it("leaves a number that another process got since: that one is never ended", async () => {
    const child = await left("another start");
    await expect(newDriver().resume()).rejects.toThrow(/port is already allocated/);
    expect(await askPid()).toBe(child.pid);
    expect(child.exitCode).toBeNull();
  });
});

describe("configuration", () => {
  it("is refused at preview where it needs what only containers have, with the reason", () => {
    const problems = (command: string[]) =>
      newDriver()
        .containerInputs.safeParse(server({ command }))
        .error?.issues.map(({ message }) => message);
    expect(
      problems(["--config.file=/etc/server/server.yml", "--cluster.listen-address=0.0.0.0:9094"]),
    ).toEqual(["--cluster.listen-address can't be used without a Docker Engine: there is no such network."]);
    expect(problems(["--cluster.listen-address="])).toBeUndefined();
  });

  it("reaches the server with paths and addresses of this machine, and for its owner's eyes only", async () => {
    const { containers, volumes, networks } = newDriver();
    await volumes.create({ name: "configuration" }, "volume");
    await networks.create({ name: "monitoring" }, "network");
    await containers.create(
      server({
        command: [
          "--config.file=/etc/server/rules/server.yml",
          "--web.listen-address=:9090",
          "--peer=pager:9093",
        ],
        envs: ["KEY_FILE=/run/secrets/key", "ITSELF=http://localhost:9090"],
        volumes: [{ volumeName: "configuration", containerPath: "/etc/server/rules" }],
        networksAdvanced: [{ name: "monitoring", aliases: ["metrics"] }],
        uploads: [
          {
            file: "/etc/server/rules/server.yml",
            content: "key: /run/secrets/key\nto: metrics:9090 host.docker.internal:8000 pager:9093\n",
          },
          { file: "/run/secrets/key", content: "hunter2", permissions: "0400" },
          {
            file: "/etc/server/start",
            contentBase64: Buffer.from("/run/secrets/key").toString("base64"),
            executable: true,
          },
        ],
      }),
      "server",
    );
    const docker = join(state, "data", "docker");
    const root = join(docker, "containers", "server");
    const configuration = join(docker, "volumes", "configuration", "server.yml");
    const answer = JSON.parse(await ask()) as Answer;
    expect(answer.arguments).toEqual([
      `--config.file=${configuration}`,
      "--peer=127.0.0.1:19093",
      "--cluster.listen-address=",
      `--web.listen-address=127.0.0.1:${port}`,
    ]);
    expect(answer.environment).toMatchObject({
      KEY_FILE: join(root, "run/secrets/key"),
      ITSELF: `http://127.0.0.1:${port}`,
      SERVER_HOME: join(root, "etc/server"),
    });
    expect(answer.environment).not.toHaveProperty("VITEST");
    expect(answer.folder).toBe(join(root, "data"));
    expect(readFileSync(configuration, "utf8")).toContain(`key: ${join(root, "run/secrets/key")}\n`);
    expect(readFileSync(configuration, "utf8")).toContain("127.0.0.1:8000 127.0.0.1:19093");
    expect(readFileSync(join(root, "etc/server/start"), "utf8")).toBe("/run/secrets/key");
    expect(statSync(join(root, "run/secrets/key")).mode & 0o777).toBe(0o600);
    expect(statSync(join(root, "etc/server/start")).mode & 0o777).toBe(0o700);
    expect(statSync(recordFile()).mode & 0o777).toBe(0o600);
    expect(readFileSync(recordFile(), "utf8")).not.toContain("hunter2");
    expect(readFileSync(join(state, "logs", "server.log"), "utf8")).toContain("listening");
  });

  it("comes from a container that never starts, and stays when that one goes", async () => {
    const { containers, volumes } = newDriver();
    await volumes.create({ name: "configuration" }, "volume");
    const inputs: ContainerInputs = {
      image: imageId,
      name: "revision-1",
      start: false,
      mustRun: false,
      volumes: [{ volumeName: "configuration", containerPath: "/etc/server" }],
      uploads: [{ file: "/etc/server/server.yml", content: "rules: 1\n" }],
    };
    const { id } = await containers.create(inputs, "revision");
    const file = join(state, "data", "docker", "volumes", "configuration", "server.yml");
    expect(readFileSync(file, "utf8")).toBe("rules: 1\n");
    expect((await containers.read(id, { inputs, outputs: {} }))?.inputs).toEqual(inputs);
    await newDriver().resume();
    expect(readRecord("revision-1").started).toBe(false);
    await expect(volumes.delete("configuration", { inputs: {}, outputs: {} })).rejects.toThrow(
      /in use.*revision-1/,
    );
    await containers.delete(id, { inputs, outputs: {} });
    expect(readFileSync(file, "utf8")).toBe("rules: 1\n");
    await volumes.delete("configuration", { inputs: {}, outputs: {} });
    expect(existsSync(file)).toBe(false);
  });
});

describe("refused", () => {
  it("are a name, a network, a volume and an image that can't be had, and what no program stands for", async () => {
    const { containers, images, networks } = newDriver();
    await containers.create(server(), "server");
    await expect(containers.create(server(), "server")).rejects.toThrow(/"name".*already in use/);
    const other = (more: Partial<ContainerInputs>) =>
      containers.create(server({ name: "other", ...more }), "other");
    await expect(other({ networksAdvanced: [{ name: "nowhere" }] })).rejects.toThrow(
      /no such network: nowhere/,
    );
    const volumes = [{ volumeName: "nothing", containerPath: "/data" }];
    await expect(other({ volumes })).rejects.toThrow(/no such volume: nothing/);
    await expect(other({ image: "sha256:0" })).rejects.toThrow(/"image": no such image/);
    await expect(other({ entrypoints: ["/bin/sh"] })).rejects.toThrow(/"entrypoints"/);
    await expect(other({})).rejects.toThrow(/port is already allocated/);
    await expect(images.create({ name: "redis:7" }, "redis")).rejects.toThrow(
      /no local program stands for the image redis:7/,
    );
    await networks.create({ name: "monitoring" }, "network");
    await expect(networks.create({ name: "monitoring" }, "again")).rejects.toThrow(/already exists/);
  });

  it("is a server that ends at once: its error says where to look, and nothing of it stays", async () => {
    const { containers } = newDriver();
    const failing = containers.create(server({ command: ["--fail-at-start"] }), "server");
    await expect(failing).rejects.toThrow(
      new RegExp(`exited with code 2 \\(3 times\\).*${join(state, "logs", "server.log")}`),
    );
    expect(existsSync(recordFile())).toBe(false);
    await containers.create(server(), "server");
    expect(await isListening()).toBe(true);
  });
});

it("picks a free port where none is given", async () => {
  const { containers } = newDriver();
  await containers.create(server({ ports: [{ internal: 9090, ip: "127.0.0.1" }] }), "server");
  port = readRecord().plan.listen.port;
  expect(await isListening()).toBe(true);
  expect(readRecord().ports).toEqual([{ internal: 9090, external: port }]);
});
