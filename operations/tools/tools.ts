/** What this project runs besides Node.js: which versions, and every way to get them. Data only. */

import { exporters } from "../../catalog/exporters.ts";
import { images } from "../../catalog/images.ts";
import type { Tool, VersionCommand } from "../../toolkit/toolchain/tool.ts";
import { gatusVersion } from "./gatus-version.ts";
import { alertmanagerPages, prometheusPages } from "./placeholder-pages.ts";

export type ToolName =
  | "pulumi"
  | "prometheus"
  | "alertmanager"
  | "blackbox"
  | "postgresExporter"
  | "redisExporter"
  | "gatus"
  | "valkey"
  | "moto";

const prometheusPlatforms = {
  "linux-x64": "linux-amd64",
  "linux-arm64": "linux-arm64",
  "darwin-x64": "darwin-amd64",
  "darwin-arm64": "darwin-arm64",
};

const printsVersion = (binary: string): VersionCommand => ({ binary, args: ["--version"] });

/** What the local stack runs. */
export const tools: Readonly<Record<ToolName, Tool>> = {
  pulumi: {
    name: "pulumi",
    version: "3.259.0",
    minimumOnPath: "3.248.0",
    binaries: ["pulumi"],
    versionCommands: [
      { binary: "pulumi", args: ["version"], environment: { PULUMI_SKIP_UPDATE_CHECK: "true" } },
    ],
    release: {
      archive: "https://get.pulumi.com/releases/sdk/pulumi-v{version}-{platform}.tar.gz",
      checksums:
        "https://github.com/pulumi/pulumi/releases/download/v{version}/pulumi-{version}-checksums.txt",
      platforms: {
        "linux-x64": "linux-x64",
        "linux-arm64": "linux-arm64",
        "darwin-x64": "darwin-x64",
        "darwin-arm64": "darwin-arm64",
      },
    },
    build: {
      kind: "go",
      folder: "operations/tools/pulumi-cli",
      packages: ["github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"],
      ldflags: "-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{version}",
    },
    advice:
      "Install Go 1.25.11 or newer (https://go.dev/dl/), or Pulumi 3.248.0 or newer (https://www.pulumi.com/docs/install/).",
  },

  prometheus: {
    name: "prometheus",
    version: images.prometheus.version,
    minimumOnPath: "3.5.0",
    binaries: ["prometheus", "promtool"],
    versionCommands: [printsVersion("prometheus"), printsVersion("promtool")],
    release: {
      archive:
        "https://github.com/prometheus/prometheus/releases/download/v{version}/prometheus-{version}.{platform}.tar.gz",
      checksums: "https://github.com/prometheus/prometheus/releases/download/v{version}/sha256sums.txt",
      platforms: prometheusPlatforms,
    },
    build: {
      kind: "go",
      folder: "operations/tools/prometheus",
      packages: [
        "github.com/prometheus/prometheus/cmd/prometheus",
        "github.com/prometheus/prometheus/cmd/promtool",
      ],
      ldflags: "-X github.com/prometheus/common/version.Version={version}",
      // The discovery plugins that nothing here uses (Kubernetes, Azure, ...) are a large part of the build.
      tags: ["netgo", "remove_all_sd", "enable_dns_sd", "enable_aws_sd"],
      patch: { module: "github.com/prometheus/prometheus", files: prometheusPages },
    },
    advice:
      "Install Go 1.25 or newer (https://go.dev/dl/), or Prometheus 3.5.0 or newer (https://prometheus.io/download/).",
  },

  alertmanager: {
    name: "alertmanager",
    version: images.alertmanager.version,
    // Older releases un-mute an alert while one of its two causes still fires.
    minimumOnPath: "0.34.1",
    binaries: ["alertmanager", "amtool"],
    versionCommands: [printsVersion("alertmanager"), printsVersion("amtool")],
    release: {
      archive:
        "https://github.com/prometheus/alertmanager/releases/download/v{version}/alertmanager-{version}.{platform}.tar.gz",
      checksums: "https://github.com/prometheus/alertmanager/releases/download/v{version}/sha256sums.txt",
      platforms: prometheusPlatforms,
    },
    build: {
      kind: "go",
      folder: "operations/tools/alertmanager",
      packages: [
        "github.com/prometheus/alertmanager/cmd/alertmanager",
        "github.com/prometheus/alertmanager/cmd/amtool",
      ],
      ldflags: "-X github.com/prometheus/common/version.Version={version}",
      tags: ["netgo"],
      patch: { module: "github.com/prometheus/alertmanager", files: alertmanagerPages },
    },
    advice:
      "Install Go 1.26 or newer (https://go.dev/dl/), or Alertmanager 0.34.1 or newer (https://prometheus.io/download/).",
  },

  blackbox: {
    name: "blackbox",
    version: images.blackbox.version,
    minimumOnPath: "0.25.0",
    binaries: ["blackbox_exporter"],
    versionCommands: [printsVersion("blackbox_exporter")],
    release: {
      archive:
        "https://github.com/prometheus/blackbox_exporter/releases/download/v{version}/blackbox_exporter-{version}.{platform}.tar.gz",
      checksums:
        "https://github.com/prometheus/blackbox_exporter/releases/download/v{version}/sha256sums.txt",
      platforms: prometheusPlatforms,
    },
    build: {
      kind: "go",
      folder: "operations/tools/blackbox",
      packages: ["github.com/prometheus/blackbox_exporter"],
      ldflags: "-X github.com/prometheus/common/version.Version={version}",
      tags: ["netgo"],
      patch: { module: "github.com/prometheus/blackbox_exporter", files: {} },
    },
    advice:
      "Install Go 1.25 or newer (https://go.dev/dl/), or the blackbox exporter 0.25.0 or newer (https://prometheus.io/download/).",
  },

  postgresExporter: {
    name: "postgres-exporter",
    version: exporters.postgres.version,
    minimumOnPath: exporters.postgres.lowest,
    binaries: ["postgres_exporter"],
    versionCommands: [printsVersion("postgres_exporter")],
    release: {
      archive:
        "https://github.com/prometheus-community/postgres_exporter/releases/download/v{version}/postgres_exporter-{version}.{platform}.tar.gz",
      checksums:
        "https://github.com/prometheus-community/postgres_exporter/releases/download/v{version}/sha256sums.txt",
      platforms: prometheusPlatforms,
    },
    build: {
      kind: "go",
      folder: "operations/tools/postgres-exporter",
      packages: ["github.com/prometheus-community/postgres_exporter/cmd/postgres_exporter"],
      ldflags: "-X github.com/prometheus/common/version.Version={version}",
      tags: ["netgo"],
      patch: { module: "github.com/prometheus-community/postgres_exporter", files: {} },
    },
    advice: `Install Go 1.25 or newer (https://go.dev/dl/), or postgres_exporter ${exporters.postgres.lowest} or newer (https://github.com/prometheus-community/postgres_exporter/releases).`,
  },

  redisExporter: {
    name: "redis-exporter",
    version: exporters.redis.version,
    minimumOnPath: exporters.redis.lowest,
    binaries: ["redis_exporter"],
    versionCommands: [printsVersion("redis_exporter")],
    release: {
      archive:
        "https://github.com/oliver006/redis_exporter/releases/download/v{version}/redis_exporter-v{version}.{platform}.tar.gz",
      checksums: "https://github.com/oliver006/redis_exporter/releases/download/v{version}/sha256sums.txt",
      platforms: prometheusPlatforms,
    },
    build: {
      kind: "go",
      folder: "operations/tools/redis-exporter",
      packages: ["github.com/oliver006/redis_exporter"],
      ldflags: "-X main.BuildVersion=v{version}",
      tags: ["netgo"],
      patch: { module: "github.com/oliver006/redis_exporter", files: {} },
    },
    advice: `Install Go 1.25 or newer (https://go.dev/dl/), or redis_exporter ${exporters.redis.lowest} or newer (https://github.com/oliver006/redis_exporter/releases).`,
  },

  // Published as container images only, and never taken from PATH: it can't say its version.
  gatus: {
    name: "gatus",
    version: images.gatus.version,
    binaries: ["gatus"],
    versionCommands: [printsVersion("gatus")],
    build: {
      kind: "go",
      folder: "operations/tools/gatus",
      packages: ["github.com/TwiN/gatus/v5"],
      ldflags: "-X main.version={version}",
      tags: ["netgo"],
      patch: { module: "github.com/TwiN/gatus/v5", files: gatusVersion },
    },
    advice: "Install Go 1.25.5 or newer (https://go.dev/dl/).",
  },

  valkey: {
    name: "valkey",
    version: "9.1.2",
    minimumOnPath: "7.0.0",
    alternatives: { "valkey-server": "redis-server" },
    binaries: ["valkey-server"],
    versionCommands: [printsVersion("valkey-server")],
    build: {
      kind: "python",
      requirements: "operations/tools/valkey/requirements.txt",
      minimumPython: "3.10.0",
      carried: "valkey-server",
    },
    advice:
      "Install Valkey or Redis 7.0.0 or newer (Debian and Ubuntu: apt install redis-server), or Python 3.10 or newer with its venv module.",
  },

  moto: {
    name: "moto",
    version: "5.2.5",
    binaries: ["python"],
    versionCommands: [
      { binary: "python", args: ["-c", "import importlib.metadata as m; print(m.version('moto'))"] },
    ],
    build: {
      kind: "python",
      requirements: "operations/tools/moto/requirements.txt",
      minimumPython: "3.10.0",
    },
    advice:
      "Install Python 3.10 or newer with its venv module (Debian and Ubuntu: apt install python3-venv) and check that pip can reach its package index.",
  },
};

/** A distributed engine, of which Amazon's is made. Only what asks for one runs it. */
export const cortex: Tool = {
  name: "cortex",
  version: "1.21.1",
  minimumOnPath: "1.20.0",
  binaries: ["cortex"],
  versionCommands: [{ binary: "cortex", args: ["-version"] }],
  build: {
    kind: "go",
    folder: "operations/tools/cortex",
    packages: ["github.com/cortexproject/cortex/cmd/cortex"],
    ldflags: "-X main.Version={version}",
    // Without the second, the ruler's API fails: Cortex is written for labels that are slices.
    tags: ["netgo", "slicelabels"],
    patch: { module: "github.com/cortexproject/cortex", files: {} },
  },
  advice:
    "Install Go 1.25 or newer (https://go.dev/dl/), or Cortex 1.20.0 or newer (https://github.com/cortexproject/cortex/releases).",
};

/** What only the tests run: `make up` needs none of it. */
export const linters: Readonly<Record<"actionlint" | "zizmor", Tool>> = {
  actionlint: {
    name: "actionlint",
    version: "1.7.12",
    minimumOnPath: "1.7.12",
    binaries: ["actionlint"],
    versionCommands: [{ binary: "actionlint", args: ["-version"] }],
    build: {
      kind: "go",
      folder: "operations/tools/actionlint",
      packages: ["github.com/rhysd/actionlint/cmd/actionlint"],
      ldflags: "-X github.com/rhysd/actionlint.version={version}",
    },
    advice:
      "Install Go 1.25 or newer (https://go.dev/dl/), or actionlint 1.7.12 or newer (https://github.com/rhysd/actionlint).",
  },

  zizmor: {
    name: "zizmor",
    version: "1.32.0",
    binaries: ["zizmor"],
    versionCommands: [printsVersion("zizmor")],
    build: {
      kind: "python",
      requirements: "operations/tools/zizmor/requirements.txt",
      minimumPython: "3.11.0",
    },
    advice:
      "Install Python 3.11 or newer with its venv module (Debian and Ubuntu: apt install python3-venv) and check that pip can reach its package index.",
  },
};
