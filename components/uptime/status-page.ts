import { Container } from "@pulumi/docker/container.js";
import { RemoteImage } from "@pulumi/docker/remoteImage.js";
import { Volume } from "@pulumi/docker/volume.js";
import * as pulumi from "@pulumi/pulumi";
import { imageReference, images } from "../../catalog/images.ts";
import {
  configurationUpload,
  cpuLimit,
  filesOnVolume,
  hardened,
  memoryLimit,
  secretUpload,
  USERS,
} from "../docker/containers.ts";
import { GATUS_DATA, GATUS_FOLDER, gatusTlsFiles } from "./gatus.ts";

export interface StatusPageArgs {
  /** Prefix of container and volume names, such as `agentpay-production`. */
  namePrefix: string;
  /** Host address that the page is published on. */
  bindAddress: string;
  /** Host port. */
  port: number;
  /** Gatus's configuration. No secret in it. */
  configuration: string;
  /** What it tells people with; undefined where it only shows. Secret. */
  alerting: pulumi.Output<string> | undefined;
  /** PEM of its own certificate and key; undefined where something in front of it ends TLS. */
  tls: { certificate: pulumi.Output<string>; privateKey: pulumi.Output<string> } | undefined;
  /** Address at which people open it. */
  publicUrl: string;
  /** Whether the history is guarded against deletion. */
  protectData: boolean;
}

/** A volume, and where the container has it. */
interface Mount {
  readonly volumeName: pulumi.Output<string>;
  readonly containerPath: string;
}

/** Gatus: checks the public endpoints and shows how they are, with their history, to everybody. */
export class StatusPage extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: StatusPageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:StatusPage", name, {}, opts);
    const child = { parent: this };
    const image = new RemoteImage(
      `${name}-image`,
      { name: imageReference(images.gatus), keepLocally: true },
      child,
    );
    const data = new Volume(
      `${name}-data`,
      { name: `${args.namePrefix}-status-page-data` },
      { ...child, protect: args.protectData },
    );
    const history = { volumeName: data.name, containerPath: GATUS_DATA };
    const files = this.files(name, args, image, history);
    const gatus = this.gatus(name, args, image, files, history);
    this.url = gatus.id.apply(() => args.publicUrl);
    this.registerOutputs({ url: this.url });
  }

  private files(name: string, args: StatusPageArgs, image: RemoteImage, history: Mount) {
    return filesOnVolume(
      `${name}-gatus-files`,
      {
        namePrefix: `${args.namePrefix}-gatus-files`,
        image: image.imageId,
        folder: GATUS_FOLDER,
        named: [history],
        uploads: [
          configurationUpload(`${GATUS_FOLDER}/config.yaml`, args.configuration),
          ...(args.alerting
            ? [secretUpload(`${GATUS_FOLDER}/alerting.yaml`, args.alerting, USERS.root)]
            : []),
          ...(args.tls
            ? [
                secretUpload(gatusTlsFiles.certificate, args.tls.certificate, USERS.root),
                secretUpload(gatusTlsFiles.privateKey, args.tls.privateKey, USERS.root),
              ]
            : []),
        ],
      },
      { parent: this },
    );
  }

  private gatus(
    name: string,
    args: StatusPageArgs,
    image: RemoteImage,
    files: ReturnType<typeof filesOnVolume>,
    history: Mount,
  ): Container {
    return new Container(
      `${name}-gatus`,
      {
        ...hardened,
        name: `${args.namePrefix}-gatus`,
        image: image.imageId,
        // The image has no other user that could write to the volume; without capabilities root is not much.
        user: USERS.root,
        ...memoryLimit(128),
        ...cpuLimit(0.5),
        // Nor has it a shell or wget to ask with: another checker does (endpoint `status-page`).
        wait: false,
        // A folder: Gatus merges the files in it.
        envs: [`GATUS_CONFIG_PATH=${GATUS_FOLDER}`],
        ports: [{ internal: 8080, external: args.port, ip: args.bindAddress }],
        hosts: [{ host: "host.docker.internal", ip: "host-gateway" }],
        volumes: [files.mount, history],
      },
      // The old one goes first: name and port can't exist twice.
      {
        parent: this,
        deleteBeforeReplace: true,
        dependsOn: files.container,
        replaceWith: [files.container],
      },
    );
  }
}
