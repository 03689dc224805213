/** Two of each: what the second Prometheus and the second Alertmanager change, and what they leave as it is. */
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Registration } from "../support/mocks.ts";
import { type ComponentRun, componentOf, type ProgramRun, runProgram } from "../support/program.ts";

let one: ProgramRun;
let two: ProgramRun;
let platform: ComponentRun;
beforeAll(async () => {
  one = await runProgram("production");
  two = await runProgram("production", { overrides: { "metrics.replicas": 2 } });
  platform = componentOf(two, "MetricsPlatform");
});

const revision = /^metrics-prometheus-configuration-[0-9a-f]{12}$/;
const named = ({ resources }: ProgramRun) =>
  resources.map((resource) => ({ ...resource, name: resource.name.replace(revision, "revision") }));

test("a second of each is added; nothing is removed, and no volume, name or port of the first moves", () => {
  const before = new Map(named(one).map((resource) => [resource.name, resource]));
  const added = named(two).filter(({ name }) => !before.has(name));
  expect(added.map(({ name }) => name).toSorted()).toEqual([
    "dashboards-prometheus-b",
    "metrics-alertmanager-b",
    "metrics-alertmanager-b-data",
    "metrics-prometheus-b",
    "metrics-prometheus-b-data",
  ]);
  const changed = (resource: Registration) =>
    JSON.stringify(before.get(resource.name)?.inputs ?? resource.inputs) !== JSON.stringify(resource.inputs);
  const names = named(two)
    .filter(changed)
    .map(({ name }) => name);
  expect(names.toSorted()).toEqual(["metrics-alertmanager", "metrics-prometheus", "revision"]);
  expect(named(two)).toHaveLength(named(one).length + added.length);
});

describe("Prometheus", () => {
  test("both read the same files and know which one they are", () => {
    const [first, second] = ["metrics-prometheus", "metrics-prometheus-b"].map((name) =>
      platform.inputs(name),
    );
    expect(first).toMatchObject({ envs: ["REPLICA=prometheus"], ports: [{ external: 9090 }] });
    expect(second).toMatchObject({
      envs: ["REPLICA=prometheus-b"],
      ports: [{ external: 9091, ip: "127.0.0.1" }],
      volumes: [
        { volumeName: "agentpay-production-prometheus-configuration", readOnly: true },
        { volumeName: "agentpay-production-prometheus-b-data" },
      ],
    });
    for (const key of ["image", "command", "memory", "user", "readOnly"]) {
      expect(second?.[key]).toEqual(first?.[key]);
    }
    expect(platform.child("metrics-prometheus-b-data").protect).toBe(true);
  });

  test("samples carry the replica, alerts do not, and both Alertmanagers are told", () => {
    const container = two.resources.find(({ name }) => revision.test(name));
    const uploads = (container?.inputs["uploads"] ?? []) as { file: string; content: string }[];
    const file = uploads.find((upload) => upload.file.endsWith("/prometheus.yml"));
    const { global, alerting, scrape_configs } = parse(file?.content ?? "");
    expect(global.external_labels).toEqual({ environment: "production", replica: "${REPLICA}" });
    expect(alerting.alert_relabel_configs).toEqual([{ action: "labeldrop", regex: "replica" }]);
    const both = ["alertmanager:9093", "alertmanager-b:9093"];
    expect(alerting.alertmanagers).toEqual([{ static_configs: [{ targets: both }] }]);
    const targets = Object.fromEntries(
      scrape_configs.map((job: { job_name: string; static_configs: [{ targets: string[] }] }) => [
        job.job_name,
        job.static_configs[0].targets,
      ]),
    );
    expect(targets).toMatchObject({
      prometheus: ["prometheus:9090", "prometheus-b:9090"],
      alertmanager: both,
    });
  });

  test("people can look at the second one's samples", () => {
    expect(componentOf(two, "Dashboards").inputs("dashboards-prometheus-b")).toMatchObject({
      name: "Prometheus (production, replica 2)",
      uid: "agentpay-prometheus-b",
      url: "http://prometheus-b:9090",
      isDefault: false,
    });
  });
});

test("the Alertmanagers gossip on their own network, with the same routes and secrets", () => {
  const [first, second] = ["metrics-alertmanager", "metrics-alertmanager-b"].map((name) =>
    platform.inputs(name),
  );
  expect(first?.["command"]).toEqual([
    "--config.file=/etc/alertmanager/alertmanager.yml",
    "--storage.path=/alertmanager",
    "--data.maintenance-interval=1m",
    "--cluster.listen-address=0.0.0.0:9094",
    "--cluster.peer=alertmanager-b:9094",
  ]);
  expect(second?.["command"]).toContain("--cluster.peer=alertmanager:9094");
  const [files] = (first?.["volumes"] ?? []) as unknown[];
  expect(files).toMatchObject({ containerPath: "/etc/alertmanager", readOnly: true });
  expect(second?.["volumes"]).toContainEqual(files);
  expect(second?.["ports"]).toEqual([{ internal: 9093, external: 9095, ip: "127.0.0.1" }]);
  const published = [first, second].flatMap((inputs) => inputs?.["ports"] as { internal: number }[]);
  expect(published.map(({ internal }) => internal)).toEqual([9093, 9093]);
});
