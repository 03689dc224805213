/** The real servers as local processes, configured as the program configures their containers. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { imageReference, images } from "../../../../../catalog/images.ts";
import type { FoundTools } from "../../../../../local/cli/tools.ts";
import { localPorts } from "../../../../../local/host/ports.ts";
import type { Created, ResourceHandler } from "../../../../../local/host/resource.ts";
import { type DockerPackage, dockerPackage } from "../../../../../local/platforms/docker/provider/index.ts";
import type { ContainerInputs } from "../../../../../local/platforms/docker/provider/inputs/container-shape.ts";
import { claimPort } from "../../../../../local/platforms/docker/provider/process/ports.ts";
import { tools } from "../../../../../operations/tools/tools.ts";
import type { Properties } from "../../../../../toolkit/property-values.ts";
import { ensureTool } from "../../../../../toolkit/toolchain/find.ts";
import { patient } from "../../../../support/eventually.ts";

let state: string;
let docker: DockerPackage;
let resources: Readonly<Record<string, ResourceHandler>>;
let ports: { prometheus: number; alertmanager: number; grafana: number };

const server = {
  restart: "unless-stopped",
  wait: true,
  healthcheck: { tests: ["CMD", "wget", "-q", "http://127.0.0.1"] },
} satisfies Partial<ContainerInputs>;

async function make(type: string, given: Properties): Promise<Created> {
  const handler = resources[`docker:index/${type}`];
  if (handler === undefined) throw new Error(`no ${type}`);
  return handler.create(handler.inputs.parse(given), "e2e");
}

const container = (inputs: ContainerInputs) => make("container:Container", inputs);

const image = async (name: keyof typeof images) =>
  String((await make("remoteImage:RemoteImage", { name: imageReference(images[name]) })).outputs["imageId"]);

const publish = (internal: number, external: number) => [{ internal, external, ip: "127.0.0.1" }];

function prometheusConfiguration(interval: string): string {
  return `
global: {scrape_interval: ${interval}}
rule_files: [/etc/prometheus/rules/*.yml]
alerting: {alertmanagers: [{static_configs: [{targets: ["alertmanager:9093"]}]}]}
scrape_configs:
  - {job_name: prometheus, static_configs: [{targets: ["localhost:9090"]}]}
  - {job_name: alertmanager, static_configs: [{targets: ["alertmanager:9093"]}]}
`;
}

const rules = `
groups: [{name: test, interval: 1s, rules: [{alert: Always, expr: vector(1), labels: {severity: critical}}]}]
`;

async function revision(name: string, imageId: string, interval: string): Promise<Created> {
  return container({
    name,
    image: imageId,
    start: false,
    mustRun: false,
    volumes: [{ volumeName: "configuration", containerPath: "/etc/prometheus" }],
    uploads: [
      {
        file: "/etc/prometheus/prometheus.yml",
        content: prometheusConfiguration(interval),
        permissions: "0444",
      },
      { file: "/etc/prometheus/rules/test.yml", content: rules, permissions: "0444" },
    ],
  });
}

async function answer<T>(port: number, path: string): Promise<T> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return (await response.json()) as T;
}

describe("the real servers as local processes", () => {
  let prometheusImage: string;

  beforeAll(async () => {
    state = mkdtempSync(join(tmpdir(), "process-servers-"));
    process.env["AGENTPAY_LOCAL_DRIVER"] = "process";
    const free = () => claimPort({ ip: "127.0.0.1", port: 0 });
    ports = { prometheus: await free(), alertmanager: await free(), grafana: await free() };
    const [prometheus, alertmanager] = [
      await ensureTool(tools.prometheus),
      await ensureTool(tools.alertmanager),
    ];
    const others = Object.fromEntries(Object.keys(tools).map((name) => [name, prometheus])) as FoundTools;
    docker = dockerPackage({
      stateFolder: state,
      ports: { ...localPorts(), ...ports },
      tools: { ...others, prometheus, alertmanager },
      logger: () => ({ info: () => {}, warn: () => {}, error: () => {} }),
    });
    resources = (await docker.connect({})).resources as unknown as typeof resources;
    await make("network:Network", { name: "monitoring" });
    for (const name of ["configuration", "prometheus-data"]) await make("volume:Volume", { name });
    prometheusImage = await image("prometheus");
    await revision("revision-1", prometheusImage, "1s");
    await container({
      ...server,
      name: "prometheus",
      image: prometheusImage,
      readOnly: true,
      command: [
        "--config.file=/etc/prometheus/prometheus.yml",
        "--storage.tsdb.path=/prometheus",
        "--enable-feature=auto-reload-config",
        "--config.auto-reload-interval=1s",
      ],
      ports: publish(9090, ports.prometheus),
      networksAdvanced: [{ name: "monitoring", aliases: ["prometheus"] }],
      volumes: [
        { volumeName: "configuration", containerPath: "/etc/prometheus", readOnly: true },
        { volumeName: "prometheus-data", containerPath: "/prometheus" },
      ],
    });
    await container({
      ...server,
      name: "alertmanager",
      image: await image("alertmanager"),
      ports: publish(9093, ports.alertmanager),
      networksAdvanced: [{ name: "monitoring", aliases: ["alertmanager"] }],
      uploads: [
        {
          file: "/etc/alertmanager/alertmanager.yml",
          content:
            "{route: {receiver: page}, receivers: [{name: page, pagerduty_configs: [{routing_key_file: secrets/key, url: 'http://host.docker.internal:1/v2/enqueue'}]}]}",
        },
        {
          file: "/etc/alertmanager/secrets/key",
          content: "hunter2-routing-key",
          permissions: "0400",
          owner: "65534",
        },
      ],
    });
  });

  afterAll(async () => {
    await docker.stopAll();
    delete process.env["AGENTPAY_LOCAL_DRIVER"];
    rmSync(state, { recursive: true });
  });

  it("find each other, and Prometheus itself", async () => {
    await vi.waitFor(async () => {
      const { data } = await answer<{ data: { activeTargets: { health: string }[] } }>(
        ports.prometheus,
        "/api/v1/targets",
      );
      expect(data.activeTargets.map(({ health }) => health)).toEqual(["up", "up"]);
    }, patient);
  });

  it("pass an alert on", async () => {
    await vi.waitFor(async () => {
      const alerts = await answer<{ labels: { alertname: string } }[]>(ports.alertmanager, "/api/v2/alerts");
      expect(alerts.map(({ labels }) => labels.alertname)).toEqual(["Always"]);
    }, patient);
  });

  it("take over a new revision without a restart", async () => {
    const started = async () =>
      (await answer<{ data: { startTime: string } }>(ports.prometheus, "/api/v1/status/runtimeinfo")).data
        .startTime;
    const before = await started();
    await revision("revision-2", prometheusImage, "7s");
    await vi.waitFor(async () => {
      const { data } = await answer<{ data: { yaml: string } }>(ports.prometheus, "/api/v1/status/config");
      expect(data.yaml).toContain("scrape_interval: 7s");
    }, patient);
    expect(await started()).toBe(before);
  });

  it("serve Grafana, whose password is in a file", async () => {
    await container({
      ...server,
      name: "grafana",
      image: await image("grafana"),
      envs: ["GF_SECURITY_ADMIN_PASSWORD__FILE=/run/secrets/grafana-admin-password"],
      ports: publish(3000, ports.grafana),
      networksAdvanced: [{ name: "monitoring", aliases: ["grafana"] }],
      uploads: [
        { file: "/run/secrets/grafana-admin-password", content: "hunter2-password", permissions: "0400" },
      ],
    });
    const authorization = `Basic ${Buffer.from("admin:hunter2-password").toString("base64")}`;
    const response = await fetch(`http://127.0.0.1:${ports.grafana}/api/folders`, {
      headers: { authorization },
    });
    expect(response.status).toBe(200);
  });

  it("are back after a restart of the daemon, with their data", async () => {
    await docker.stopAll();
    await expect(fetch(`http://127.0.0.1:${ports.prometheus}/-/ready`)).rejects.toThrow();
    await docker.resume();
    await vi.waitFor(async () => {
      const { data } = await answer<{ data: { result: unknown[] } }>(
        ports.prometheus,
        "/api/v1/query?query=min_over_time(up%7Bjob%3D%22prometheus%22%7D%5B10m%5D)",
      );
      expect(data.result).toHaveLength(1);
    }, patient);
  });
});
