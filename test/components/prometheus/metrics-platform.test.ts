import { beforeAll, describe, expect, test } from "vitest";
import { imageReference, images } from "../../../catalog/images.ts";
import { contentHash } from "../../../components/docker/containers.ts";
import { isSecretInput, type Registration } from "../../support/mocks.ts";
import {
  type ComponentRun,
  componentOf,
  type Overrides,
  runProgram,
  type Stack,
} from "../../support/program.ts";
import { secretSetting } from "../../support/secrets.ts";

const SERVERS = ["prometheus", "alertmanager", "blackbox", "grafana"] as const;
const REVISION = /^metrics-prometheus-configuration-[0-9a-f]{12}$/;

interface Upload {
  readonly file: string;
  readonly content: string;
  readonly permissions: string;
  readonly owner?: string;
}

async function platformOf(stack: Stack, overrides: Overrides = {}): Promise<ComponentRun> {
  return componentOf(await runProgram(stack, { overrides }), "MetricsPlatform");
}

function revisionOf(platform: ComponentRun): Registration {
  const [revision, ...others] = platform.children.filter(({ name }) => REVISION.test(name));
  if (!revision || others.length > 0) throw new Error("expected one configuration revision");
  return revision;
}

function uploadsOf(platform: ComponentRun, name: string): readonly Upload[] {
  return platform.inputs(name)["uploads"] as readonly Upload[];
}

describe.each([
  { stack: "production", url: "https://grafana.agentpay.com", network: "agentpay" },
  { stack: "staging", url: "https://grafana.staging.agentpay.com", network: "agentpay" },
  { stack: "local", url: "http://localhost:3001", network: undefined },
] as const)("$stack", ({ stack, url, network }) => {
  let platform: ComponentRun;
  beforeAll(async () => {
    platform = await platformOf(stack);
  });

  test("makes exactly these", () => {
    expect(platform.counts).toEqual({
      "docker:index/container:Container": 8,
      "docker:index/network:Network": 1,
      "docker:index/remoteImage:RemoteImage": 4,
      "docker:index/volume:Volume": 7,
      "pulumi-nodejs:dynamic/agentpay:GrafanaAdminPassword": 1,
    });
  });

  test.each(SERVERS)("%s's image is the catalogue's, and used by its id", (server) => {
    expect(platform.inputs(`metrics-${server}-image`)["name"]).toBe(imageReference(images[server]));
    expect(platform.inputs(`metrics-${server}`)["image"]).toBe(`sha256:metrics-${server}-image`);
  });

  test.each(SERVERS)("%s is hardened, bounded, and back after a crash", (server) => {
    const { user, memory, memorySwap, cpus, ...inputs } = platform.inputs(`metrics-${server}`);
    expect(Number(user)).toBeGreaterThan(0);
    expect(memory).toBeGreaterThanOrEqual(128);
    expect(memory).toBeLessThanOrEqual(2048);
    // Docker's own choice, said: left out, the plugin reads it back and every update changes it.
    expect(memorySwap).toBe(2 * Number(memory));
    // With its decimals, as the plugin reads it back: `1` would make every server again after each refresh.
    expect(cpus).toMatch(/^\d+\.\d+$/);
    expect(inputs).toMatchObject({
      name: `agentpay-${stack}-${server}`,
      restart: "unless-stopped",
      init: true,
      readOnly: true,
      capabilities: { drops: ["ALL"] },
      securityOpts: ["no-new-privileges:true"],
      logDriver: "json-file",
      logOpts: { "max-size": "10m", "max-file": "3" },
      wait: true,
    });
    expect(inputs).not.toHaveProperty("privileged");
    expect(platform.child(`metrics-${server}`).deleteBeforeReplace).toBe(true);
  });

  test.each([
    ["prometheus", 9090, 9090, "http://127.0.0.1:9090/-/ready"],
    ["alertmanager", 9093, 9093, "http://127.0.0.1:9093/-/ready"],
    ["blackbox", 9115, 9115, "http://127.0.0.1:9115/-/healthy"],
    ["grafana", 3000, 3001, "http://127.0.0.1:3000/api/health"],
  ])(
    "%s is published on loopback only and says whether it is healthy",
    (server, internal, external, health) => {
      const { ports, healthcheck } = platform.inputs(`metrics-${server}`);
      expect(ports).toEqual([{ internal, external, ip: "127.0.0.1" }]);
      expect(healthcheck).toEqual({
        tests: ["CMD", "wget", "-q", "-O", "/dev/null", health],
        interval: "10s",
        timeout: "5s",
        retries: 3,
        startPeriod: "30s",
      });
    },
  );

  test.each(["alertmanager", "blackbox", "grafana"])(
    "%s can only read its files, and is made anew with them",
    (server) => {
      const { volumes } = platform.inputs(`metrics-${server}`);
      const files = platform.inputs(`metrics-${server}-files`);
      const [mount] = files["volumes"] as { volumeName: string; containerPath: string }[];
      expect(files).toMatchObject({ start: false, mustRun: false });
      expect(mount?.volumeName).toMatch(new RegExp(`^agentpay-${stack}-${server}-files-[0-9a-f]{12}$`));
      expect(volumes).toContainEqual({ ...mount, readOnly: true });
      for (const { file } of uploadsOf(platform, `metrics-${server}-files`)) {
        expect(file.startsWith(`${mount?.containerPath}/`)).toBe(true);
      }
    },
  );

  test("Prometheus runs on a read-only root and can only read its configuration", () => {
    const { readOnly, volumes, command } = platform.inputs("metrics-prometheus");
    expect(readOnly).toBe(true);
    expect(volumes).toEqual([
      {
        volumeName: `agentpay-${stack}-prometheus-configuration`,
        containerPath: "/etc/prometheus",
        readOnly: true,
      },
      { volumeName: `agentpay-${stack}-prometheus-data`, containerPath: "/prometheus" },
    ]);
    const size = { production: "80GB", staging: "10GB", local: "1GB" }[stack];
    expect(command).toEqual([
      "--config.file=/etc/prometheus/prometheus.yml",
      "--storage.tsdb.path=/prometheus",
      "--storage.tsdb.retention.time=40d",
      `--storage.tsdb.retention.size=${size}`,
      "--enable-feature=auto-reload-config",
      "--config.auto-reload-interval=5s",
    ]);
  });

  test("Prometheus starts after its configuration, which a container that never runs put in place", () => {
    const revision = revisionOf(platform);
    expect(platform.child("metrics-prometheus").dependencies).toContain(revision.urn);
    const { uploads, ...inputs } = platform.inputs(revision.name);
    expect(inputs).toEqual({
      name: revision.name.replace("metrics", `agentpay-${stack}`),
      image: "sha256:metrics-prometheus-image",
      start: false,
      mustRun: false,
      volumes: [
        { volumeName: `agentpay-${stack}-prometheus-configuration`, containerPath: "/etc/prometheus" },
      ],
    });
    const files = uploadsOf(platform, revision.name);
    expect(files.map(({ file }) => file)).toContain("/etc/prometheus/prometheus.yml");
    for (const { file, permissions } of files) {
      expect(file).toMatch(/^\/etc\/prometheus\/(prometheus|rules\/[a-z-]+)\.yml$/);
      expect(permissions).toBe("0444");
    }
  });

  test("servers find each other by name; Prometheus also joins AgentPay's network", () => {
    const own = (alias: string) => ({ name: `agentpay-${stack}-monitoring`, aliases: [alias] });
    const networks = (server: string) => platform.inputs(`metrics-${server}`)["networksAdvanced"];
    expect(networks("prometheus")).toEqual([own("prometheus"), ...(network ? [{ name: network }] : [])]);
    expect(networks("alertmanager")).toEqual([own("alertmanager")]);
    expect(networks("grafana")).toEqual([own("grafana")]);
  });

  test("each keeps its data on a volume, protected in production only", () => {
    for (const server of SERVERS.filter((each) => each !== "blackbox")) {
      const volume = platform.child(`metrics-${server}-data`);
      expect(volume.inputs).toEqual({ name: `agentpay-${stack}-${server}-data` });
      expect(volume.protect).toBe(stack === "production");
      expect(JSON.stringify(platform.inputs(`metrics-${server}`)["volumes"])).toContain(`${server}-data`);
    }
    expect(platform.child("metrics-prometheus-configuration").protect).toBe(false);
  });

  test("secrets are files for their server's user alone: never an environment variable or an argument", () => {
    const secret = { permissions: "0400" };
    const uploads = uploadsOf(platform, "metrics-alertmanager-files");
    const secrets = uploads.filter(({ file }) => file.includes("/secrets/"));
    expect(uploads.filter((upload) => !secrets.includes(upload))).toMatchObject([
      { file: "/etc/alertmanager/alertmanager.yml", permissions: "0444" },
      { file: "/etc/alertmanager/templates/agentpay.tmpl", permissions: "0444" },
    ]);
    const pages = stack !== "staging";
    expect(secrets.filter(({ file }) => !file.endsWith("aws-credentials"))).toEqual(
      [
        ...(pages ? [["pagerduty-routing-key", "integration-key-of-on-call-prometheus"]] : []),
        ["slack-webhook-url", "notifications.slackWebhookUrl"],
        ["smtp-password", "notifications.smtpPassword"],
      ].map(([file, of = ""]) => ({
        ...secret,
        file: `/etc/alertmanager/secrets/${file}`,
        content: secretSetting(of),
        owner: "65534",
      })),
    );
    expect(uploadsOf(platform, "metrics-grafana-files")).toEqual([
      {
        ...secret,
        file: "/run/secrets/grafana-admin-password",
        content: "sentinel-secret:metrics.grafanaAdminPassword",
        owner: "472",
      },
      {
        ...secret,
        file: "/run/secrets/grafana-secret-key",
        content: "sentinel-secret:metrics.grafanaSecretKey",
        owner: "472",
      },
    ]);
    for (const server of SERVERS) {
      const { envs, command } = platform.inputs(`metrics-${server}`);
      expect(JSON.stringify([envs, command])).not.toContain("sentinel-secret");
    }
  });

  test("files with secrets are secret inputs; Prometheus's, which hold none, can be reviewed", () => {
    expect(isSecretInput(platform.child("metrics-alertmanager-files").inputs["uploads"])).toBe(true);
    expect(isSecretInput(platform.child("metrics-grafana-files").inputs["uploads"])).toBe(true);
    expect(isSecretInput(revisionOf(platform).inputs["uploads"])).toBe(false);
  });

  test("Alertmanager publishes to SNS with its host's role; an emulator's credentials are a file", () => {
    const credentials = uploadsOf(platform, "metrics-alertmanager-files").filter(({ file }) =>
      file.endsWith("/secrets/aws-credentials"),
    );
    const { envs } = platform.inputs("metrics-alertmanager");
    if (stack === "local") {
      expect(credentials).toMatchObject([{ permissions: "0400", owner: "65534" }]);
      expect(envs).toEqual([`AWS_SHARED_CREDENTIALS_FILE=${credentials[0]?.file}`]);
    } else {
      expect([credentials, envs]).toEqual([[], []]);
    }
  });

  test("Grafana knows its public address, tells nobody else, and shows nothing without a login", () => {
    expect(platform.inputs("metrics-grafana")["envs"]).toEqual([
      "GF_SECURITY_ADMIN_PASSWORD__FILE=/run/secrets/grafana-admin-password",
      "GF_SECURITY_SECRET_KEY__FILE=/run/secrets/grafana-secret-key",
      `GF_SERVER_ROOT_URL=${url}`,
      "GF_ANALYTICS_REPORTING_ENABLED=false",
      "GF_ANALYTICS_CHECK_FOR_UPDATES=false",
      "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES=false",
      "GF_NEWS_NEWS_FEED_ENABLED=false",
      "GF_PLUGINS_PREINSTALL_DISABLED=true",
      "GF_PLUGINS_PREINSTALL_AUTO_UPDATE=false",
      "GF_PLUGINS_PLUGIN_ADMIN_ENABLED=false",
      "GF_PUBLIC_DASHBOARDS_ENABLED=false",
      "GF_SECURITY_DISABLE_GRAVATAR=true",
      "GF_SNAPSHOTS_ENABLED=false",
      "GF_SNAPSHOTS_EXTERNAL_ENABLED=false",
      "GF_USERS_ALLOW_SIGN_UP=false",
      ...(stack === "local" ? [] : ["GF_SECURITY_COOKIE_SECURE=true"]),
    ]);
  });

  test("tells where its servers are", () => {
    expect(platform.outputs).toEqual({
      prometheusUrl: "http://127.0.0.1:9090",
      alertmanagerUrl: "http://127.0.0.1:9093",
      grafanaApiUrl: stack === "local" ? "http://127.0.0.1:3001" : url,
    });
  });
});

describe("the configuration revision", () => {
  const urn = async (overrides: Overrides) => revisionOf(await platformOf("production", overrides)).urn;

  test.each<Overrides>([
    { "alertThresholds.HighErrorRate": 0.07 },
    { "metrics.scrapeIntervalSeconds": 30 },
    { "docs.runbookBaseUrl": "https://docs.agentpay.com/runbooks" },
    { "metrics.apiTargets": ["api-3.internal.agentpay.com:8000"] },
  ])("is a new one when a file changes: %j", async (overrides) => {
    expect(await urn(overrides)).not.toBe(await urn({}));
  });

  test.each<Overrides>([
    { "metrics.retentionDays": 60 },
    { "metrics.grafanaAdminPassword": "another-password" },
    { "notifications.slackChannel": "#others" },
    { "cost.monthlyBudgetUsd": 9000 },
  ])("stays when no file changes: %j", async (overrides) => {
    expect(await urn(overrides)).toBe(await urn({}));
  });

  test("is the only resource that a changed threshold touches, besides the dashboards that draw it", async () => {
    const inputs = async (overrides: Overrides) =>
      (await runProgram("production", { overrides })).resources.map(
        ({ name, inputs }) => [name, inputs] as const,
      );
    const before = new Map(await inputs({}));
    const after = await inputs({ "alertThresholds.HighErrorRate": 0.07 });
    const changed = after.filter(
      ([name, value]) => JSON.stringify(before.get(name)) !== JSON.stringify(value),
    );
    expect(changed.map(([name]) => name.replace(/[0-9a-f]{12}$/, "<revision>")).toSorted()).toEqual([
      "dashboards-agentpay-metrics",
      "dashboards-agentpay-on-call",
      "metrics-prometheus-configuration-<revision>",
    ]);
  });
});

describe("the content hash", () => {
  test("is of names and contents, whatever their order", () => {
    expect(contentHash({ a: "1", b: "2" })).toBe(contentHash({ b: "2", a: "1" }));
    expect(contentHash({ a: "1" })).not.toBe(contentHash({ b: "1" }));
    expect(contentHash({ a: "1" })).not.toBe(contentHash({ a: "2" }));
    expect(contentHash({ a: "1", b: "" })).not.toBe(contentHash({ a: "1" }));
    expect(contentHash({})).toMatch(/^[0-9a-f]{12}$/);
  });
});

test("ports and address are the stack's choice", async () => {
  const platform = await platformOf("production", {
    "metrics.bindAddress": "10.0.0.5",
    "metrics.prometheusPort": 19_090,
    "metrics.grafanaUrl": "",
    "metrics.applicationNetwork": "",
  });
  expect(platform.inputs("metrics-prometheus")).toMatchObject({
    ports: [{ internal: 9090, external: 19_090, ip: "10.0.0.5" }],
    networksAdvanced: [{ name: "agentpay-production-monitoring", aliases: ["prometheus"] }],
  });
  expect(platform.outputs).toMatchObject({
    prometheusUrl: "http://10.0.0.5:19090",
    grafanaApiUrl: "http://10.0.0.5:3001",
  });
});
