/** The containers of Alertmanager, which gossip about whom they told. */
import type * as pulumi from "@pulumi/pulumi";
import {
  configurationUpload,
  cpuLimit,
  healthcheck,
  memoryLimit,
  secretUpload,
  USERS,
} from "../../docker/containers.ts";
import { replicaName } from "../../shared/addresses.ts";
import { ALERTMANAGER_FOLDER, SNAPSHOT_INTERVAL } from "../alertmanager.ts";
import { dockerHost, type Ground } from "./ground.ts";

export interface AlertmanagerArgs {
  /** Files of Alertmanager's configuration folder, by path. No secret in them. */
  alertmanagerFiles: Readonly<Record<string, string>>;
  /** Contents of the files with its secrets, by path in the container. */
  alertmanagerSecrets: Readonly<Record<string, pulumi.Output<string>>>;
  /** Environment variables of Alertmanager. No secret in them. */
  alertmanagerEnvironment: Readonly<Record<string, string>>;
  /** Whether samples, silences and Grafana's database are guarded against deletion. */
  protectData: boolean;
}

/** They gossip on it, on their own network only: it is never published. */
const CLUSTER_PORT = 9094;

/** @param ports of the host, one for each replica; none where the engine of the rules has its own */
export function alertmanagerServers(ground: Ground, args: AlertmanagerArgs, ports: readonly number[]): void {
  if (ports.length === 0) return;
  const image = ground.image("alertmanager");
  const files = ground.files("alertmanager", image, ALERTMANAGER_FOLDER, [
    ...Object.entries(args.alertmanagerFiles).map(([path, content]) =>
      configurationUpload(`${ALERTMANAGER_FOLDER}/${path}`, content),
    ),
    ...Object.entries(args.alertmanagerSecrets).map(([path, content]) =>
      secretUpload(path, content, USERS.nobody),
    ),
  ]);
  for (const [index, port] of ports.entries()) {
    const replica = replicaName("alertmanager", index);
    const data = ground.volume(`${replica}-data`, args.protectData);
    ground.server(
      replica,
      {
        image,
        user: USERS.nobody,
        ...memoryLimit(256),
        ...cpuLimit(0.5),
        command: [
          `--config.file=${ALERTMANAGER_FOLDER}/alertmanager.yml`,
          "--storage.path=/alertmanager",
          `--data.maintenance-interval=${SNAPSHOT_INTERVAL}`,
          ...clusterArguments(index, ports.length),
        ],
        envs: Object.entries(args.alertmanagerEnvironment).map(([key, value]) => `${key}=${value}`),
        healthcheck: healthcheck("http://127.0.0.1:9093/-/ready"),
        ports: ground.publish(9093, port),
        networksAdvanced: ground.join(replica),
        hosts: dockerHost,
        volumes: [files.mount, { volumeName: data, containerPath: "/alertmanager" }],
      },
      { files: [files.container] },
    );
  }
}

/** Of one of so many Alertmanagers: how it finds the others. */
function clusterArguments(own: number, replicas: number): string[] {
  if (replicas === 1) return ["--cluster.listen-address="];
  const others = Array.from({ length: replicas }, (_, index) => index).filter((index) => index !== own);
  return [
    `--cluster.listen-address=0.0.0.0:${CLUSTER_PORT}`,
    ...others.map((index) => `--cluster.peer=${replicaName("alertmanager", index)}:${CLUSTER_PORT}`),
  ];
}
