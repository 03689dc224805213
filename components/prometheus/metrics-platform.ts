import { Container, type ContainerArgs } from "@pulumi/docker/container.js";
import { Network } from "@pulumi/docker/network.js";
import { RemoteImage } from "@pulumi/docker/remoteImage.js";
import { Volume } from "@pulumi/docker/volume.js";
import * as pulumi from "@pulumi/pulumi";
import { imageReference, images } from "../../catalog/images.ts";
import { publishedUrl } from "../../settings/addresses.ts";
import {
  configurationUpload,
  contentHash,
  cpuLimit,
  filesOnVolume,
  hardened,
  healthcheck,
  memoryLimit,
  secretUpload,
  USERS,
  uploadToVolume,
} from "../docker/containers.ts";
import { replicaName } from "../shared/addresses.ts";
import { ALERTMANAGER_FOLDER, SNAPSHOT_INTERVAL } from "./alertmanager.ts";
import { PROMETHEUS_SECRETS_FOLDER, REPLICA } from "./prometheus.ts";
import { TARGETS_FOLDER } from "./targets.ts";

export interface MetricsPlatformArgs {
  /** Prefix of container, volume and network names, such as `agentpay-production`. */
  namePrefix: string;
  /** Host address that the ports are published on. */
  bindAddress: string;
  /** Host ports: of Prometheus and Alertmanager one for each replica. */
  ports: {
    prometheus: readonly [number, ...number[]];
    /** None: the engine of the rules has its own. */
    alertmanager: readonly number[];
    blackbox: number;
    grafana: number;
  };
  /** Configuration of the blackbox exporter; undefined where the stack has none. */
  blackboxConfiguration: string | undefined;
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
  /** Whether Prometheus only ships samples, to an engine elsewhere that keeps them and has the rules. */
  shipsOnly: boolean;
  /** Whether Grafana signs requests to AWS's engine. */
  grafanaSigns: boolean;
  /** Files of Alertmanager's configuration folder, by path. No secret in them. */
  alertmanagerFiles: Readonly<Record<string, string>>;
  /** Contents of the files with its secrets, by path in the container. */
  alertmanagerSecrets: Readonly<Record<string, pulumi.Output<string>>>;
  /** Environment variables of Alertmanager. No secret in them. */
  alertmanagerEnvironment: Readonly<Record<string, string>>;
  grafanaAdminPassword: pulumi.Output<string>;
  /** What Grafana encrypts with in its database. */
  grafanaSecretKey: pulumi.Output<string>;
  /** Address at which people open Grafana. */
  grafanaPublicUrl: string;
  /** Address at which Grafana's API is reached once it runs. */
  grafanaApiUrl: string;
  /** Whether samples, silences and Grafana's database are guarded against deletion. */
  protectData: boolean;
}

const PROMETHEUS_FOLDER = "/etc/prometheus";
/** Alertmanagers gossip on it, on their own network only: it is never published. */
const CLUSTER_PORT = 9094;
const BLACKBOX_FOLDER = "/etc/blackbox_exporter";
const BLACKBOX_CONFIGURATION = `${BLACKBOX_FOLDER}/config.yml`;
const GRAFANA_SECRETS_FOLDER = "/run/secrets";
const ADMIN_PASSWORD_FILE = `${GRAFANA_SECRETS_FOLDER}/grafana-admin-password`;
const SECRET_KEY_FILE = `${GRAFANA_SECRETS_FOLDER}/grafana-secret-key`;

/**
 * What Grafana does by default and should not here (conf/defaults.ini of 13.2): tell others, show pages without a login,
 * and fetch plugins at its start, which a pinned image is meant to rule out. The data sources that we use are in the image.
 */
function grafanaHardening(publicUrl: string): string[] {
  return [
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
    // Where people open it over TLS, their session is never sent without.
    ...(publicUrl.startsWith("https:") ? ["GF_SECURITY_COOKIE_SECURE=true"] : []),
  ];
}

function grafanaEnvironment({ grafanaPublicUrl, grafanaSigns }: MetricsPlatformArgs): string[] {
  return [
    `GF_SECURITY_ADMIN_PASSWORD__FILE=${ADMIN_PASSWORD_FILE}`,
    `GF_SECURITY_SECRET_KEY__FILE=${SECRET_KEY_FILE}`,
    `GF_SERVER_ROOT_URL=${grafanaPublicUrl}`,
    ...grafanaHardening(grafanaPublicUrl),
    ...(grafanaSigns ? ["GF_AUTH_SIGV4_AUTH_ENABLED=true"] : []),
  ];
}

/**
 * Prometheus, Alertmanager, Grafana and the blackbox exporter in containers on one network, each with its data on a volume of its own.
 *
 * All run on read-only roots, with their files on volumes. Prometheus's configuration is a *revision*: a container, never started, that puts the
 * files on a volume and is named by their content. A changed threshold makes a new revision and removes the old
 * one; Prometheus sees the new files and reloads, with no restart and no missed scrape.
 *
 * Replicas of Prometheus read the same files and scrape the same targets. Each tells its alerts to every replica of
 * Alertmanager; these gossip about whom they told, so that a page is sent once.
 */
export class MetricsPlatform extends pulumi.ComponentResource {
  readonly prometheusUrl: string;
  /** Undefined where the engine of the rules has an Alertmanager of its own. */
  readonly alertmanagerUrl: string | undefined;
  /** Address of Grafana's API; known once Grafana is healthy. */
  readonly grafanaApiUrl: pulumi.Output<string>;

  constructor(name: string, args: MetricsPlatformArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:MetricsPlatform", name, {}, opts);
    const child = { parent: this };
    const network = new Network(`${name}-network`, { name: `${args.namePrefix}-monitoring` }, child);
    const volume = (purpose: string, protect: boolean) =>
      new Volume(`${name}-${purpose}`, { name: `${args.namePrefix}-${purpose}` }, { ...child, protect }).name;
    const image = (server: keyof typeof images) =>
      new RemoteImage(
        `${name}-${server}-image`,
        { name: imageReference(images[server]), keepLocally: true },
        child,
      ).imageId;
    /** Fixed names and ports cannot exist twice: the old container goes first. */
    const server = (
      kind: string,
      container: Omit<ContainerArgs, "name">,
      { dependsOn = [], files = [] }: { dependsOn?: pulumi.Resource[]; files?: Container[] },
    ) =>
      new Container(
        `${name}-${kind}`,
        { ...hardened, name: `${args.namePrefix}-${kind}`, ...container },
        { ...child, deleteBeforeReplace: true, dependsOn: [...dependsOn, ...files], replaceWith: files },
      );
    const filesOf = (
      kind: string,
      serverImage: pulumi.Output<string>,
      folder: string,
      uploads: Parameters<typeof filesOnVolume>[1]["uploads"],
    ) =>
      filesOnVolume(
        `${name}-${kind}-files`,
        { namePrefix: `${args.namePrefix}-${kind}-files`, image: serverImage, folder, uploads },
        child,
      );
    const publish = (internal: number, external: number) => [{ internal, external, ip: args.bindAddress }];
    const join = (alias: string) => [{ name: network.name, aliases: [alias] }];

    const prometheusImage = image("prometheus");
    const configurationVolume = volume("prometheus-configuration", false);
    const secrets = Object.entries(args.prometheusSecrets);
    const secretsMounts =
      secrets.length === 0
        ? []
        : [
            {
              volumeName: volume("prometheus-secrets", false),
              containerPath: PROMETHEUS_SECRETS_FOLDER,
            },
          ];
    // Like a revision: a root that is read-only takes no upload. Prometheus reads a secret's file with each request.
    const secretsInPlace = secretsMounts.map((mount) =>
      uploadToVolume(
        `${name}-prometheus-secrets-upload`,
        {
          name: `${args.namePrefix}-prometheus-secrets-upload`,
          image: prometheusImage,
          volumes: [mount],
          uploads: secrets.map(([path, content]) => secretUpload(path, content, USERS.nobody)),
        },
        child,
      ),
    );
    const revision = this.configurationRevision(name, args, prometheusImage, [
      { volumeName: configurationVolume, containerPath: PROMETHEUS_FOLDER },
      // Named by the files: their paths mean the same where they are put as where they are read.
      ...secretsMounts,
    ]);
    for (const [index, port] of args.ports.prometheus.entries()) {
      const replica = replicaName("prometheus", index);
      server(
        replica,
        {
          image: prometheusImage,
          user: USERS.nobody,
          ...memoryLimit(2048),
          ...cpuLimit(1),
          command: args.shipsOnly ? agentCommand : prometheusCommand(args.retention),
          ...(args.ports.prometheus.length > 1 && { envs: [`${REPLICA.variable}=${replica}`] }),
          healthcheck: healthcheck("http://127.0.0.1:9090/-/ready"),
          ports: publish(9090, port),
          networksAdvanced: [
            ...join(replica),
            ...(args.applicationNetwork === undefined ? [] : [{ name: args.applicationNetwork }]),
          ],
          hosts: [{ host: "host.docker.internal", ip: "host-gateway" }],
          volumes: [
            {
              volumeName: configurationVolume,
              containerPath: PROMETHEUS_FOLDER,
              readOnly: true,
            },
            { volumeName: volume(`${replica}-data`, args.protectData), containerPath: "/prometheus" },
            ...targetFiles(args.targetsFolder),
            ...secretsMounts.map((mount) => ({ ...mount, readOnly: true })),
          ],
        },
        { dependsOn: [revision, ...secretsInPlace] },
      );
    }

    if (args.ports.alertmanager.length > 0) {
      const alertmanagerImage = image("alertmanager");
      const files = filesOf("alertmanager", alertmanagerImage, ALERTMANAGER_FOLDER, [
        ...Object.entries(args.alertmanagerFiles).map(([path, content]) =>
          configurationUpload(`${ALERTMANAGER_FOLDER}/${path}`, content),
        ),
        ...Object.entries(args.alertmanagerSecrets).map(([path, content]) =>
          secretUpload(path, content, USERS.nobody),
        ),
      ]);
      for (const [index, port] of args.ports.alertmanager.entries()) {
        const replica = replicaName("alertmanager", index);
        server(
          replica,
          {
            image: alertmanagerImage,
            user: USERS.nobody,
            ...memoryLimit(256),
            ...cpuLimit(0.5),
            command: [
              `--config.file=${ALERTMANAGER_FOLDER}/alertmanager.yml`,
              "--storage.path=/alertmanager",
              `--data.maintenance-interval=${SNAPSHOT_INTERVAL}`,
              ...clusterArguments(index, args.ports.alertmanager.length),
            ],
            envs: Object.entries(args.alertmanagerEnvironment).map(([key, value]) => `${key}=${value}`),
            healthcheck: healthcheck("http://127.0.0.1:9093/-/ready"),
            ports: publish(9093, port),
            networksAdvanced: join(replica),
            hosts: [{ host: "host.docker.internal", ip: "host-gateway" }],
            volumes: [
              files.mount,
              { volumeName: volume(`${replica}-data`, args.protectData), containerPath: "/alertmanager" },
            ],
          },
          { files: [files.container] },
        );
      }
    }

    if (args.blackboxConfiguration !== undefined) {
      const blackboxImage = image("blackbox");
      const files = filesOf("blackbox", blackboxImage, BLACKBOX_FOLDER, [
        configurationUpload(BLACKBOX_CONFIGURATION, args.blackboxConfiguration),
      ]);
      server(
        "blackbox",
        {
          image: blackboxImage,
          user: USERS.nobody,
          ...memoryLimit(128),
          ...cpuLimit(0.5),
          command: [`--config.file=${BLACKBOX_CONFIGURATION}`],
          healthcheck: healthcheck("http://127.0.0.1:9115/-/healthy"),
          // On loopback whatever the others do: a prober that anybody can ask is a way into the network.
          ports: [{ internal: 9115, external: args.ports.blackbox, ip: "127.0.0.1" }],
          networksAdvanced: join("blackbox"),
          hosts: [{ host: "host.docker.internal", ip: "host-gateway" }],
          volumes: [files.mount],
        },
        { files: [files.container] },
      );
    }

    const grafanaImage = image("grafana");
    const grafanaFiles = filesOf("grafana", grafanaImage, GRAFANA_SECRETS_FOLDER, [
      secretUpload(ADMIN_PASSWORD_FILE, args.grafanaAdminPassword, USERS.grafana),
      secretUpload(SECRET_KEY_FILE, args.grafanaSecretKey, USERS.grafana),
    ]);
    const grafana = server(
      "grafana",
      {
        image: grafanaImage,
        user: USERS.grafana,
        ...memoryLimit(512),
        ...cpuLimit(1),
        envs: grafanaEnvironment(args),
        healthcheck: healthcheck("http://127.0.0.1:3000/api/health"),
        ports: publish(3000, args.ports.grafana),
        networksAdvanced: join("grafana"),
        hosts: [{ host: "host.docker.internal", ip: "host-gateway" }],
        // Sockets of its plugins' processes.
        tmpfs: { "/tmp": "size=64m,mode=1777" },
        volumes: [
          grafanaFiles.mount,
          { volumeName: volume("grafana-data", args.protectData), containerPath: "/var/lib/grafana" },
        ],
      },
      { files: [grafanaFiles.container] },
    );

    const localUrl = (port: number) => publishedUrl(args.bindAddress, port);
    this.prometheusUrl = localUrl(args.ports.prometheus[0]);
    const [alertmanagerPort] = args.ports.alertmanager;
    this.alertmanagerUrl = alertmanagerPort === undefined ? undefined : localUrl(alertmanagerPort);
    this.grafanaApiUrl = grafana.id.apply(() => args.grafanaApiUrl);
    this.registerOutputs({
      prometheusUrl: this.prometheusUrl,
      alertmanagerUrl: this.alertmanagerUrl,
      grafanaApiUrl: this.grafanaApiUrl,
    });
  }

  private configurationRevision(
    name: string,
    args: MetricsPlatformArgs,
    image: pulumi.Output<string>,
    volumes: { volumeName: pulumi.Output<string>; containerPath: string }[],
  ): Container {
    const revision = contentHash(args.prometheusFiles);
    // Its name is its content's but for the addresses: one that changes finds the name taken.
    return uploadToVolume(
      `${name}-prometheus-configuration-${revision}`,
      {
        name: `${args.namePrefix}-prometheus-configuration-${revision}`,
        image,
        volumes,
        uploads: Object.entries(args.prometheusFiles).map(([path, content]) =>
          configurationUpload(
            `${PROMETHEUS_FOLDER}/${path}`,
            withAddresses(content, args.prometheusAddresses),
          ),
        ),
      },
      { parent: this },
    );
  }
}

function withAddresses(
  content: string,
  addresses: MetricsPlatformArgs["prometheusAddresses"],
): pulumi.Input<string> {
  return Object.entries(addresses).reduce<pulumi.Input<string>>(
    (text, [placeholder, address]) =>
      pulumi.all([text, address]).apply(([known, live]) => known.replaceAll(placeholder, live)),
    content,
  );
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
