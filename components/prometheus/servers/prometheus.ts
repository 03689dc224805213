/** The containers of Prometheus: its replicas, and the revision of their configuration. */
import type { Container } from "@pulumi/docker/container.js";
import * as pulumi from "@pulumi/pulumi";
import {
  configurationUpload,
  contentHash,
  cpuLimit,
  healthcheck,
  memoryLimit,
  secretUpload,
  USERS,
  uploadToVolume,
} from "../../docker/containers.ts";
import { replicaName } from "../../shared/addresses.ts";
import { PROMETHEUS_SECRETS_FOLDER, REPLICA } from "../prometheus.ts";
import { TARGETS_FOLDER } from "../targets.ts";
import { dockerHost, type Ground } from "./ground.ts";

export interface PrometheusArgs {
  /** Existing Docker network that Prometheus joins to scrape AgentPay by name; undefined for none. */
  applicationNetwork: string | undefined;
  /** Folder of the Docker host with files of targets; undefined for none. */
  targetsFolder: string | undefined;
  /** Days of samples, and the most disk they may take; whichever is reached first. */
  retention: { days: number; size: string };
  /** Files of Prometheus's configuration folder, by path. No secret in them. */
  prometheusFiles: Readonly<Record<string, string>>;
  /** What in them is known only once it has been made, by the text that stands for it. */
  prometheusAddresses: Readonly<Record<string, pulumi.Output<string>>>;
  /** Contents of the files with its secrets, by path in the container. */
  prometheusSecrets: Readonly<Record<string, pulumi.Output<string>>>;
  /** Environment variables of Prometheus. No secret in them. */
  prometheusEnvironment: Readonly<Record<string, string>>;
  /** Whether Prometheus only ships samples, to an engine elsewhere that keeps them and has the rules. */
  shipsOnly: boolean;
  /** Whether samples, silences and Grafana's database are guarded against deletion. */
  protectData: boolean;
}

const PROMETHEUS_FOLDER = "/etc/prometheus";

/** @param ports of the host, one for each replica */
export function prometheusServers(ground: Ground, args: PrometheusArgs, ports: readonly number[]): void {
  const image = ground.image("prometheus");
  const configurationVolume = ground.volume("prometheus-configuration", false);
  const secrets = secretsOnVolume(ground, args, image);
  const revision = configurationRevision(ground, args, image, [
    { volumeName: configurationVolume, containerPath: PROMETHEUS_FOLDER },
    // Named by the files: their paths mean the same where they are put as where they are read.
    ...(secrets === undefined ? [] : [secrets.place]),
  ]);
  for (const [index, port] of ports.entries()) {
    const replica = replicaName("prometheus", index);
    const data = ground.volume(`${replica}-data`, args.protectData);
    ground.server(
      replica,
      {
        image,
        user: USERS.nobody,
        ...memoryLimit(2048),
        ...cpuLimit(1),
        command: args.shipsOnly ? agentCommand : prometheusCommand(args.retention),
        ...environmentOf(args.prometheusEnvironment, ports.length > 1 ? replica : undefined),
        healthcheck: healthcheck("http://127.0.0.1:9090/-/ready"),
        ports: ground.publish(9090, port),
        networksAdvanced: [
          ...ground.join(replica),
          ...(args.applicationNetwork === undefined ? [] : [{ name: args.applicationNetwork }]),
        ],
        hosts: dockerHost,
        volumes: [
          { volumeName: configurationVolume, containerPath: PROMETHEUS_FOLDER, readOnly: true },
          { volumeName: data, containerPath: "/prometheus" },
          ...targetFiles(args.targetsFolder),
          ...(secrets === undefined ? [] : [{ ...secrets.place, readOnly: true }]),
        ],
      },
      { dependsOn: [revision, ...(secrets === undefined ? [] : [secrets.upload])] },
    );
  }
}

/** No `envs` where there is none: an empty list would be another container. */
function environmentOf(variables: Readonly<Record<string, string>>, replica: string | undefined) {
  const all = { ...variables, ...(replica !== undefined && { [REPLICA.variable]: replica }) };
  const envs = Object.entries(all).map(([key, value]) => `${key}=${value}`);
  return envs.length > 0 && { envs };
}

/**
 * Undefined where it has none. Like a revision: a root that is read-only takes no upload. Prometheus reads a secret's
 * file with each request.
 */
function secretsOnVolume(
  ground: Ground,
  { prometheusSecrets }: PrometheusArgs,
  image: pulumi.Output<string>,
) {
  const secrets = Object.entries(prometheusSecrets);
  if (secrets.length === 0) return undefined;
  const volumeName = ground.volume("prometheus-secrets", false);
  const place = { volumeName, containerPath: PROMETHEUS_SECRETS_FOLDER };
  const upload = uploadToVolume(
    ground.named("prometheus-secrets-upload"),
    {
      name: `${ground.namePrefix}-prometheus-secrets-upload`,
      image,
      volumes: [place],
      uploads: secrets.map(([path, content]) => secretUpload(path, content, USERS.nobody)),
    },
    ground.child,
  );
  return { upload, place };
}

function configurationRevision(
  ground: Ground,
  { prometheusFiles, prometheusAddresses }: PrometheusArgs,
  image: pulumi.Output<string>,
  volumes: { volumeName: pulumi.Output<string>; containerPath: string }[],
): Container {
  const revision = contentHash(prometheusFiles);
  // Its name is its content's but for the addresses: one that changes finds the name taken.
  return uploadToVolume(
    ground.named(`prometheus-configuration-${revision}`),
    {
      name: `${ground.namePrefix}-prometheus-configuration-${revision}`,
      image,
      volumes,
      uploads: Object.entries(prometheusFiles).map(([path, content]) =>
        configurationUpload(`${PROMETHEUS_FOLDER}/${path}`, withAddresses(content, prometheusAddresses)),
      ),
    },
    ground.child,
  );
}

function withAddresses(
  content: string,
  addresses: PrometheusArgs["prometheusAddresses"],
): pulumi.Input<string> {
  return Object.entries(addresses).reduce<pulumi.Input<string>>(
    (text, [placeholder, address]) =>
      pulumi.all([text, address]).apply(([known, live]) => known.replaceAll(placeholder, live)),
    content,
  );
}

/** The folder, not its files: whoever replaces a file gives it another inode, which a mounted file would not follow. */
function targetFiles(folder: string | undefined) {
  return folder === undefined ? [] : [{ hostPath: folder, containerPath: TARGETS_FOLDER, readOnly: true }];
}

/** Ships what it scrapes. What could not be sent yet is kept on disk, for up to 4 hours (Prometheus's default). */
const agentCommand = [
  `--config.file=${PROMETHEUS_FOLDER}/prometheus.yml`,
  "--agent",
  // Beside the samples of a Prometheus that had its rules here before.
  "--storage.agent.path=/prometheus/agent",
  "--enable-feature=auto-reload-config",
  "--config.auto-reload-interval=5s",
];

function prometheusCommand(retention: { days: number; size: string }): string[] {
  return [
    `--config.file=${PROMETHEUS_FOLDER}/prometheus.yml`,
    "--storage.tsdb.path=/prometheus",
    `--storage.tsdb.retention.time=${retention.days}d`,
    `--storage.tsdb.retention.size=${retention.size}`,
    "--enable-feature=auto-reload-config",
    "--config.auto-reload-interval=5s",
  ];
}
