import { expect, test } from "vitest";
import { parse } from "yaml";
import { prometheusFiles } from "../../../components/prometheus/files.ts";
import { discovery } from "../../../components/prometheus/targets.ts";
import { parseSettings } from "../../../settings/settings.ts";
import { componentOf, configurationOf, type Overrides, runProgram } from "../../support/program.ts";

const FOLDER = "/srv/agentpay/targets";

const found: Overrides = {
  "metrics.targetsFolder": FOLDER,
  "metrics.apiTargets": ["dns+api.internal.agentpay.com:8000", "api-9.internal.agentpay.com:8000"],
  "metrics.workerTargets": ["ec2+Service=agentpay/worker:10000"],
  "metrics.postgresTargets": ["file+postgres.json", "file+replicas.yml"],
  "metrics.redisTargets": ["dnssrv+_metrics._tcp.redis.internal.agentpay.com"],
};

function jobs(overrides: Overrides): Record<string, Record<string, unknown>> {
  const settings = parseSettings("production", configurationOf("production", overrides));
  if (!settings.metrics.enabled) throw new Error("metrics are off");
  const { scrape_configs } = parse(prometheusFiles(settings, settings.metrics)["prometheus.yml"] ?? "");
  return Object.fromEntries(
    scrape_configs.map(({ job_name, sample_limit: _, ...job }: Record<string, unknown>) => [job_name, job]),
  );
}

test("each way to find targets becomes the part of Prometheus's configuration that does so", () => {
  expect(jobs(found)).toMatchObject({
    "agentpay-api": {
      static_configs: [{ targets: ["api-9.internal.agentpay.com:8000"] }],
      dns_sd_configs: [{ names: ["api.internal.agentpay.com"], type: "A", port: 8000 }],
    },
    "agentpay-worker": {
      ec2_sd_configs: [
        {
          region: "eu-central-1",
          port: 10_000,
          filters: [
            { name: "tag:Service", values: ["agentpay/worker"] },
            { name: "instance-state-name", values: ["running"] },
          ],
        },
      ],
    },
    postgres: {
      file_sd_configs: [
        { files: ["/etc/prometheus-targets/postgres.json"] },
        { files: ["/etc/prometheus-targets/replicas.yml"] },
      ],
    },
    redis: { dns_sd_configs: [{ names: ["_metrics._tcp.redis.internal.agentpay.com"], type: "SRV" }] },
  });
});

test("what is found in one way alone leaves the others out", () => {
  expect(Object.keys(discovery(["dns+api.internal:8000"], undefined))).toEqual(["dns_sd_configs"]);
  expect(Object.keys(discovery(["[2001:db8::1]:8000"], undefined))).toEqual(["static_configs"]);
});

test("the alerts on a job whose targets are found are there", () => {
  const settings = parseSettings("production", configurationOf("production", found));
  if (!settings.metrics.enabled) throw new Error("metrics are off");
  const files = Object.keys(prometheusFiles(settings, settings.metrics));
  for (const name of ["api", "worker", "postgres", "redis"])
    expect(files).toContain(`rules/agentpay-${name}.yml`);
});

test("the folder of target files is mounted to be read, and only where there is one", async () => {
  const volumes = async (overrides: Overrides) => {
    const run = await runProgram("production", { overrides });
    return componentOf(run, "MetricsPlatform").inputs("metrics-prometheus")["volumes"];
  };
  const mount = { hostPath: FOLDER, containerPath: "/etc/prometheus-targets", readOnly: true };
  expect(await volumes(found)).toContainEqual(mount);
  expect(JSON.stringify(await volumes({}))).not.toContain("hostPath");
});
