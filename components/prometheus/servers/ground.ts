/** What every server of the metrics platform is built with: images, volumes, files and containers on one network. */
import { Container, type ContainerArgs } from "@pulumi/docker/container.js";
import type { Network } from "@pulumi/docker/network.js";
import { RemoteImage } from "@pulumi/docker/remoteImage.js";
import { Volume } from "@pulumi/docker/volume.js";
import type * as pulumi from "@pulumi/pulumi";
import { imageReference, images } from "../../../catalog/images.ts";
import { type FilesArgs, filesOnVolume, hardened } from "../../docker/containers.ts";

export interface GroundArgs {
  /** Prefix of container, volume and network names, such as `agentpay-production`. */
  namePrefix: string;
  /** Host address that the ports are published on. */
  bindAddress: string;
}

export class Ground {
  readonly namePrefix: string;
  /** Options of every resource. */
  readonly child: { readonly parent: pulumi.ComponentResource };
  readonly #name: string;
  readonly #network: Network;
  readonly #bindAddress: string;

  /** @param name of the platform, which its resources' names begin with */
  constructor(name: string, parent: pulumi.ComponentResource, network: Network, args: GroundArgs) {
    this.#name = name;
    this.#network = network;
    this.#bindAddress = args.bindAddress;
    this.namePrefix = args.namePrefix;
    this.child = { parent };
  }

  /** A resource's name, such as `metrics-grafana`. */
  named(suffix: string): string {
    return `${this.#name}-${suffix}`;
  }

  volume(purpose: string, protect: boolean): pulumi.Output<string> {
    const args = { name: `${this.namePrefix}-${purpose}` };
    return new Volume(this.named(purpose), args, { ...this.child, protect }).name;
  }

  image(server: keyof typeof images): pulumi.Output<string> {
    return new RemoteImage(
      this.named(`${server}-image`),
      { name: imageReference(images[server]), keepLocally: true },
      this.child,
    ).imageId;
  }

  files(server: string, image: pulumi.Output<string>, folder: string, uploads: FilesArgs["uploads"]) {
    return filesOnVolume(
      this.named(`${server}-files`),
      { namePrefix: `${this.namePrefix}-${server}-files`, image, folder, uploads },
      this.child,
    );
  }

  /** Fixed names and ports cannot exist twice: the old container goes first. */
  server(
    kind: string,
    container: Omit<ContainerArgs, "name">,
    { dependsOn = [], files = [] }: { dependsOn?: pulumi.Resource[]; files?: Container[] },
  ): Container {
    return new Container(
      this.named(kind),
      { ...hardened, name: `${this.namePrefix}-${kind}`, ...container },
      { ...this.child, deleteBeforeReplace: true, dependsOn: [...dependsOn, ...files], replaceWith: files },
    );
  }

  publish(internal: number, external: number) {
    return [{ internal, external, ip: this.#bindAddress }];
  }

  /** Membership of the platform's network, under a name that the other servers know. */
  join(alias: string) {
    return [{ name: this.#network.name, aliases: [alias] }];
  }
}

/** By which a container reaches services of its host. */
export const dockerHost = [{ host: "host.docker.internal", ip: "host-gateway" }];
