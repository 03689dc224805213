/**
 * What the published images of our servers look like, as far as a container of one relies on it. From this the
 * process driver runs the same server without an image, and stand-in-image.ts builds one where no registry answers.
 * Data only.
 */
import type { ToolName } from "../../../../operations/tools/tools.ts";

/** Where the server's program comes from. */
export type ServerProgram =
  /** A binary of a tool of the local stack's toolchain. */
  | { readonly tool: ToolName; readonly binary: string }
  /** A TypeScript program of this repository, relative to it. */
  | { readonly module: string };

/** How the server is told where to listen. */
export type ListenSetting =
  | { readonly flag: string }
  | { readonly variables: { readonly ip: string; readonly port: string } };

export interface PublishedImage {
  readonly repository: string;
  readonly program: ServerProgram;
  /** Default arguments. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Folders of the image that the server reads or writes. They belong to its user. */
  readonly folders: readonly string[];
  readonly workingDirectory: string;
  readonly user: { readonly name: string; readonly uid: number; readonly gid: number };
  /** The port that the server listens on unless told otherwise. */
  readonly port: number;
  readonly listen: ListenSetting;
  /** Added on the bare machine where the container's command says nothing about them. */
  readonly localFlags: readonly string[];
  /** Flags that only work in a container when they have a value, with the reason and what to do. */
  readonly containerFlags?: Readonly<Record<string, string>>;
}

const nobody = { name: "nobody", uid: 65_534, gid: 65_534 };

export const publishedImages: readonly PublishedImage[] = [
  {
    repository: "prom/prometheus",
    program: { tool: "prometheus", binary: "prometheus" },
    command: ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"],
    environment: {},
    folders: ["/etc/prometheus", "/prometheus"],
    workingDirectory: "/prometheus",
    user: nobody,
    port: 9090,
    listen: { flag: "--web.listen-address" },
    localFlags: [],
  },
  {
    repository: "prom/alertmanager",
    program: { tool: "alertmanager", binary: "alertmanager" },
    command: ["--config.file=/etc/alertmanager/alertmanager.yml", "--storage.path=/alertmanager"],
    environment: {},
    folders: ["/etc/alertmanager", "/alertmanager"],
    workingDirectory: "/alertmanager",
    user: nobody,
    port: 9093,
    listen: { flag: "--web.listen-address" },
    // A container keeps the port of the cluster protocol to itself; a process would open it to the network.
    localFlags: ["--cluster.listen-address="],
    containerFlags: {
      "--cluster.listen-address":
        "replicas of Alertmanager gossip on a network of their own, which processes don't have. Set metrics.replicas to 1, or start a Docker Engine.",
    },
  },
  {
    repository: "prom/blackbox-exporter",
    program: { tool: "blackbox", binary: "blackbox_exporter" },
    command: ["--config.file=/etc/blackbox_exporter/config.yml"],
    environment: {},
    folders: ["/etc/blackbox_exporter"],
    workingDirectory: "/",
    user: nobody,
    port: 9115,
    listen: { flag: "--web.listen-address" },
    localFlags: [],
  },
  {
    repository: "ghcr.io/twin/gatus",
    program: { tool: "gatus", binary: "gatus" },
    command: [],
    environment: { GATUS_CONFIG_PATH: "", GATUS_LOG_LEVEL: "INFO" },
    folders: [],
    workingDirectory: "/",
    user: { name: "root", uid: 0, gid: 0 },
    port: 8080,
    listen: { variables: { ip: "GATUS_ADDRESS", port: "GATUS_PORT" } },
    localFlags: [],
  },
  {
    repository: "grafana/grafana",
    program: { module: "local/platforms/grafana/api/main.ts" },
    command: [],
    environment: {
      GF_PATHS_CONFIG: "/etc/grafana/grafana.ini",
      GF_PATHS_DATA: "/var/lib/grafana",
      GF_PATHS_HOME: "/usr/share/grafana",
      GF_PATHS_LOGS: "/var/log/grafana",
      GF_PATHS_PLUGINS: "/var/lib/grafana/plugins",
      GF_PATHS_PROVISIONING: "/etc/grafana/provisioning",
    },
    folders: ["/etc/grafana", "/var/lib/grafana", "/usr/share/grafana", "/var/log/grafana"],
    workingDirectory: "/usr/share/grafana",
    user: { name: "grafana", uid: 472, gid: 0 },
    port: 3000,
    listen: { variables: { ip: "GF_SERVER_HTTP_ADDR", port: "GF_SERVER_HTTP_PORT" } },
    localFlags: [],
  },
];
