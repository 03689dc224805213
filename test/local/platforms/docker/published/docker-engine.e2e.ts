/** The docker stand-in on a real Docker Engine, with locally built images. Skipped where no engine answers. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { imageReference, images } from "../../../../../catalog/images.ts";
import type { FoundTools } from "../../../../../local/cli/tools.ts";
import { localPorts } from "../../../../../local/host/ports.ts";
import type { ResourceHandler } from "../../../../../local/host/resource.ts";
import { findEngine } from "../../../../../local/platforms/docker/provider/driver-choice.ts";
import { type DockerPackage, dockerPackage } from "../../../../../local/platforms/docker/provider/index.ts";
import type { ContainerInputs } from "../../../../../local/platforms/docker/provider/inputs/container-shape.ts";
import { claimPort } from "../../../../../local/platforms/docker/provider/process/ports.ts";
import { tools } from "../../../../../operations/tools/tools.ts";
import type { Properties } from "../../../../../toolkit/property-values.ts";
import { ensureTool } from "../../../../../toolkit/toolchain/find.ts";
import { patient } from "../../../../support/eventually.ts";

const engine = await findEngine({});
const PREFIX = `agentpay-e2e-${process.pid}`;
const NEVER = "never used here";

let state: string;
let docker: DockerPackage;
let resources: Readonly<Record<string, ResourceHandler>>;
const made: (() => Promise<void>)[] = [];

interface Made {
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  read(): Promise<Properties | undefined>;
  update(inputs: Properties): Promise<void>;
  delete(): Promise<void>;
}

/** Checks and creates, as the engine does, and puts down what must be removed at the end. */
async function make(type: string, given: Properties): Promise<Made> {
  const handler = resources[`docker:index/${type}`];
  if (handler === undefined) throw new Error(`no ${type}`);
  const inputs = handler.inputs.parse(given);
  const { id, outputs } = await handler.create(inputs, "e2e");
  const last = { inputs, outputs };
  made.push(() => handler.delete(id, last));
  return {
    id,
    inputs,
    outputs,
    read: async () => (await handler.read(id, last))?.inputs,
    update: async (changed) => void (await handler.update(id, handler.inputs.parse(changed), last)),
    delete: () => handler.delete(id, last),
  };
}

const container = (inputs: ContainerInputs) => make("container:Container", inputs);

const hardened = {
  restart: "unless-stopped",
  init: true,
  capabilities: { drops: ["ALL"] },
  securityOpts: ["no-new-privileges:true"],
  logDriver: "json-file",
  logOpts: { "max-size": "10m", "max-file": "3" },
  wait: true,
} satisfies Partial<ContainerInputs>;

function healthcheck(url: string) {
  return { tests: ["CMD", "wget", "-q", "-O", "/dev/null", url], interval: "1s", timeout: "5s", retries: 10 };
}

const image = async (server: keyof typeof images) =>
  String(
    (await make("remoteImage:RemoteImage", { name: imageReference(images[server]), keepLocally: true }))
      .outputs["imageId"],
  );

describe.skipIf(engine === undefined)("on a real Docker Engine", () => {
  const client = engine?.client as Docker;

  beforeAll(async () => {
    state = mkdtempSync(join(tmpdir(), "docker-engine-"));
    const [prometheus, alertmanager] = [
      await ensureTool(tools.prometheus),
      await ensureTool(tools.alertmanager),
    ];
    const absent = { ...prometheus, name: NEVER, binaries: {} };
    const others = Object.fromEntries(Object.keys(tools).map((name) => [name, absent])) as FoundTools;
    docker = dockerPackage({
      stateFolder: state,
      ports: localPorts(),
      tools: { ...others, prometheus, alertmanager },
      logger: () => ({ info: () => {}, warn: () => {}, error: () => {} }),
    });
    resources = (await docker.connect({})).resources as unknown as typeof resources;
  });

  afterAll(async () => {
    for (const remove of made.toReversed()) await remove();
    expect(await docker.leftovers()).toEqual([]);
    rmSync(state, { recursive: true });
  });

  describe("Prometheus", () => {
    let application: Server;
    let server: Made;
    let port: number;

    beforeAll(async () => {
      const [gateway] = await docker.hostAddresses();
      application = createServer((_request, response) => {
        response.setHeader("Content-Type", "text/plain; version=0.0.4").end("agentpay_up 1\n");
      });
      await new Promise<void>((resolve) => application.listen(0, gateway ?? "127.0.0.1", resolve));
      const target = `host.docker.internal:${(application.address() as AddressInfo).port}`;
      const configuration = `scrape_configs: [{job_name: app, scrape_interval: 1s, static_configs: [{targets: ["${target}"]}]}]`;
      const prometheus = await image("prometheus");
      const network = await make("network:Network", { name: `${PREFIX}-monitoring` });
      const files = await make("volume:Volume", { name: `${PREFIX}-configuration` });
      const data = await make("volume:Volume", { name: `${PREFIX}-data` });
      await container({
        name: `${PREFIX}-revision`,
        image: prometheus,
        start: false,
        mustRun: false,
        volumes: [{ volumeName: files.id, containerPath: "/etc/prometheus" }],
        uploads: [{ file: "/etc/prometheus/prometheus.yml", content: configuration, permissions: "0444" }],
      });
      port = await claimPort({ ip: "127.0.0.1", port: 0 });
      server = await container({
        ...hardened,
        name: `${PREFIX}-prometheus`,
        image: prometheus,
        user: "65534",
        memory: 256,
        memorySwap: 512,
        readOnly: true,
        healthcheck: healthcheck("http://127.0.0.1:9090/-/ready"),
        ports: [{ internal: 9090, external: port, ip: "127.0.0.1" }],
        networksAdvanced: [{ name: String(network.outputs["name"]), aliases: ["prometheus"] }],
        hosts: [{ host: "host.docker.internal", ip: "host-gateway" }],
        volumes: [
          { volumeName: files.id, containerPath: "/etc/prometheus", readOnly: true },
          { volumeName: data.id, containerPath: "/prometheus" },
        ],
      });
    });

    afterAll(() => void application.close());

    it("scrapes what runs on this machine", async () => {
      const up = async () => {
        const response = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=agentpay_up`);
        return ((await response.json()) as { data: { result: { value: [number, string] }[] } }).data.result[0]
          ?.value[1];
      };
      await vi.waitFor(async () => expect(await up()).toBe("1"), patient);
    });

    it("is what was asked for", async () => {
      expect(await server.read()).toEqual(server.inputs);
      expect(server.outputs).toMatchObject({ name: `${PREFIX}-prometheus`, exitCode: 0 });
      expect(server.outputs["networkDatas"]).toEqual([
        expect.objectContaining({ networkName: `${PREFIX}-monitoring` }),
      ]);
    });

    it("shows limits that were changed behind Pulumi's back, and takes them back", async () => {
      await client
        .getContainer(server.id)
        .update({ Memory: 128 * 1024 ** 2, RestartPolicy: { Name: "always" } });
      expect(await server.read()).toMatchObject({ memory: 128, restart: "always" });
      await server.update(server.inputs);
      expect(await server.read()).toEqual(server.inputs);
    });

    it("shows that it was stopped or taken off its network, and an update starts it", async () => {
      await client.getContainer(server.id).stop();
      expect(await server.read()).toMatchObject({ mustRun: false });
      await server.update(server.inputs);
      expect(await server.read()).toEqual(server.inputs);
      const network = client.getNetwork(`${PREFIX}-monitoring`);
      await network.disconnect({ Container: server.id });
      expect(await server.read()).toMatchObject({ networksAdvanced: [] });
      await network.connect({ Container: server.id, EndpointConfig: { Aliases: ["prometheus"] } });
    });

    it("is started again with the daemon, unlike a container that was never started", async () => {
      await client.getContainer(server.id).stop();
      await docker.resume();
      expect(await server.read()).toEqual(server.inputs);
      expect((await client.getContainer(`${PREFIX}-revision`).inspect()).State.Status).toBe("created");
    });

    it("shows that it is gone, and deleting it again is fine", async () => {
      await client.getContainer(server.id).remove({ force: true });
      expect(await server.read()).toBeUndefined();
      await server.delete();
    });
  });

  it("runs Alertmanager with a secret file that only its user may read", async () => {
    const port = await claimPort({ ip: "127.0.0.1", port: 0 });
    const configuration = [
      "route: {receiver: page}",
      "receivers: [{name: page, pagerduty_configs: [{routing_key_file: secrets/key}]}]",
    ].join("\n");
    const alertmanager = await container({
      ...hardened,
      name: `${PREFIX}-alertmanager`,
      image: await image("alertmanager"),
      user: "65534",
      command: [
        "--config.file=/etc/alertmanager/alertmanager.yml",
        "--storage.path=/alertmanager",
        "--cluster.listen-address=",
      ],
      healthcheck: healthcheck("http://127.0.0.1:9093/-/ready"),
      ports: [{ internal: 9093, external: port, ip: "127.0.0.1" }],
      uploads: [
        { file: "/etc/alertmanager/alertmanager.yml", content: configuration, permissions: "0444" },
        { file: "/etc/alertmanager/secrets/key", content: "a-key", permissions: "0400", owner: "65534" },
      ],
    });
    expect(await alertmanager.read()).toEqual(alertmanager.inputs);
    expect((await fetch(`http://127.0.0.1:${port}/api/v2/status`)).status).toBe(200);
  });

  it("runs the Grafana that the local stack has", async () => {
    const port = await claimPort({ ip: "127.0.0.1", port: 0 });
    await container({
      ...hardened,
      name: `${PREFIX}-grafana`,
      image: await image("grafana"),
      user: "472",
      envs: ["GF_SECURITY_ADMIN_PASSWORD__FILE=/run/secrets/grafana-admin-password"],
      healthcheck: healthcheck("http://127.0.0.1:3000/api/health"),
      ports: [{ internal: 3000, external: port, ip: "127.0.0.1" }],
      uploads: [
        {
          file: "/run/secrets/grafana-admin-password",
          content: "a-password",
          permissions: "0400",
          owner: "472",
        },
      ],
    });
    expect((await fetch(`http://127.0.0.1:${port}/api/health`)).status).toBe(200);
  });

  it("refuses at once what can't work, and leaves nothing behind", async () => {
    const prometheus = await image("prometheus");
    const broken = (more: Partial<ContainerInputs>) =>
      container({ image: prometheus, name: `${PREFIX}-broken`, ...more });
    await expect(broken({ image: "sha256:0000" })).rejects.toThrow(/Unable to create container/);
    await expect(broken({ networksAdvanced: [{ name: "no-such-network" }] })).rejects.toThrow(
      /no-such-network/,
    );
    await expect(
      broken({ volumes: [{ volumeName: "no-such-volume", containerPath: "/data" }] }),
    ).rejects.toThrow(/no such volume/);
    const crashing = {
      command: ["--no-such-flag"],
      wait: true,
      healthcheck: healthcheck("http://127.0.0.1:9090"),
    };
    await expect(broken({ ...crashing, name: `${PREFIX}-crashing` })).rejects.toThrow(/exited with code/);
    expect((await docker.leftovers()).filter((name) => /broken|crashing/.test(name))).toEqual([]);
  });

  it("refuses uploads where the inputs' rules say so", async () => {
    const { id: volume } = await make("volume:Volume", { name: `${PREFIX}-uploads` });
    const prometheus = await image("prometheus");
    const created = await client.createContainer({
      Image: prometheus,
      HostConfig: { ReadonlyRootfs: true, Binds: [`${volume}:/data`] },
    });
    try {
      await expect(created.putArchive(Buffer.alloc(1024), { path: "/" })).rejects.toThrow(/marked read-only/);
    } finally {
      await created.remove({ force: true });
    }
  });
});
