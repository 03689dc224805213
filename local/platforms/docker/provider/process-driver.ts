/**
 * Without a Docker Engine: the same servers as supervised local processes, with the same configuration.
 *
 * What a container has and a process has not is left out: memory and CPU limits, users, capabilities, read-only
 * roots. How paths and addresses of the containers are translated is told in process/paths.ts and
 * process/addresses.ts.
 */
import { createHash } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import type { z } from "zod";
import type { Properties } from "../../../../toolkit/property-values.ts";
import { type Created, IMPORT, type Live } from "../../../host/resource.ts";
import { type DockerDriver, newId, type Platform, physicalName, repositoryOf } from "./driver.ts";
import { containerInputs, ruled } from "./inputs/container.ts";
import type { ContainerInputs } from "./inputs/container-shape.ts";
import type { ImageInputs, NetworkInputs, VolumeInputs } from "./inputs/resources.ts";
import { flagRule } from "./process/container-flags.ts";
import { ProcessContainers } from "./process/containers.ts";
import { type NetworkRecord, type ProcessDriverOptions, ProcessState } from "./process/state.ts";

export class ProcessDriver implements DockerDriver {
  readonly kind = "process";
  readonly containerInputs: z.ZodType<ContainerInputs>;
  readonly networks: Platform<NetworkInputs>;
  readonly volumes: Platform<VolumeInputs>;
  readonly images: Platform<ImageInputs>;
  readonly containers: Platform<ContainerInputs>;
  readonly #containers: ProcessContainers;

  constructor(options: ProcessDriverOptions) {
    const state = new ProcessState(options);
    this.containerInputs = ruled(containerInputs, flagRule(options.programs));
    this.networks = new ProcessNetworks(state);
    this.volumes = new ProcessVolumes(state);
    this.images = new ProcessImages(state);
    this.#containers = new ProcessContainers(state);
    this.containers = this.#containers;
  }

  /** Starts the containers that should run. For a daemon that just started. */
  resume(): Promise<void> {
    return this.#containers.resume();
  }

  /** Ends every process. The next `resume` starts them again. */
  stopAll(): Promise<void> {
    return this.#containers.stopAll();
  }
}

class ProcessNetworks implements Platform<NetworkInputs> {
  readonly #state: ProcessState;

  constructor(state: ProcessState) {
    this.#state = state;
  }

  async create(inputs: NetworkInputs, resourceName: string): Promise<Created> {
    const record: NetworkRecord = { id: newId(), name: physicalName(inputs.name, resourceName) };
    if (this.#state.networks.get(record.name))
      throw new Error(`"name": network with name ${record.name} already exists`);
    this.#state.networks.put(record.name, record);
    return { id: record.id, outputs: networkOutputs(record, inputs) };
  }

  async read(id: string, { inputs }: { inputs: NetworkInputs }): Promise<Live | undefined> {
    const record = this.#state.networks.all().find((network) => network.id === id || network.name === id);
    if (record === undefined) return undefined;
    const read = IMPORT in inputs ? { name: record.name } : inputs;
    return { inputs: read, outputs: networkOutputs(record, read) };
  }

  async update(
    _id: string,
    _inputs: NetworkInputs,
    { outputs }: { outputs: Properties },
  ): Promise<Properties> {
    return outputs;
  }

  async delete(id: string): Promise<void> {
    const record = this.#state.networks.all().find((network) => network.id === id);
    if (record === undefined) return;
    const users = this.#state.containers
      .all()
      .filter(({ networks }) => networks.some((name) => name === record.name || name === id));
    if (users.length > 0) {
      throw new Error(
        `network ${record.name} is in use by the container(s) ${users.map(({ name }) => name).join(", ")}`,
      );
    }
    this.#state.networks.remove(record.name);
  }
}

function networkOutputs(
  { name }: NetworkRecord,
  { driver, internal, options, ipamConfigs }: NetworkInputs,
): Properties {
  return {
    name,
    scope: "local",
    driver: driver ?? "bridge",
    internal: internal ?? false,
    options: options ?? {},
    ipamConfigs: ipamConfigs ?? [],
  };
}

class ProcessVolumes implements Platform<VolumeInputs> {
  readonly #state: ProcessState;

  constructor(state: ProcessState) {
    this.#state = state;
  }

  /** As in Docker, a volume of that name that is there already is taken as it is. */
  async create(inputs: VolumeInputs, resourceName: string): Promise<Created> {
    const name = physicalName(inputs.name, resourceName);
    mkdirSync(this.#state.volumeFolder(name), { recursive: true });
    this.#state.volumes.put(name, { name });
    return { id: name, outputs: this.#outputs(name) };
  }

  async read(id: string, { inputs }: { inputs: VolumeInputs }): Promise<Live | undefined> {
    const read = IMPORT in inputs ? { name: id } : inputs;
    return this.#state.volumes.get(id) && { inputs: read, outputs: this.#outputs(id) };
  }

  async update(id: string): Promise<Properties> {
    return this.#outputs(id);
  }

  async delete(id: string): Promise<void> {
    const users = this.#state.containers.all().filter(({ volumes }) => volumes.includes(id));
    if (users.length > 0) {
      throw new Error(
        `volume ${id} is in use by the container(s) ${users.map(({ name }) => name).join(", ")}`,
      );
    }
    rmSync(this.#state.volumeFolder(id), { recursive: true, force: true });
    this.#state.volumes.remove(id);
  }

  #outputs(name: string): Properties {
    return { name, driver: "local", mountpoint: this.#state.volumeFolder(name) };
  }
}

class ProcessImages implements Platform<ImageInputs> {
  readonly #state: ProcessState;

  constructor(state: ProcessState) {
    this.#state = state;
  }

  async create({ name }: ImageInputs): Promise<Created> {
    const program = this.#state.programs[repositoryOf(name)];
    if (program === undefined) {
      const known = Object.keys(this.#state.programs).join(", ");
      throw new Error(
        `"name": no local program stands for the image ${name} (only for ${known}). Start a Docker Engine, or leave this container out.`,
      );
    }
    await program.start();
    const imageId = `sha256:${createHash("sha256").update(name).digest("hex")}`;
    this.#state.images.put(imageId, { id: imageId, name });
    return { id: `${imageId}${name}`, outputs: { imageId, repoDigest: repoDigest(name) } };
  }

  async read(id: string, { inputs }: { inputs: ImageInputs }): Promise<Live | undefined> {
    const record = this.#state.images.all().find((image) => id === `${image.id}${image.name}`);
    return record && { inputs, outputs: { imageId: record.id, repoDigest: repoDigest(record.name) } };
  }

  async update(_id: string, _inputs: ImageInputs, { outputs }: { outputs: Properties }): Promise<Properties> {
    return outputs;
  }

  async delete(id: string, { inputs }: { inputs: ImageInputs }): Promise<void> {
    const record = this.#state.images.all().find((image) => id === `${image.id}${image.name}`);
    if (record === undefined || inputs.keepLocally) return;
    const users = this.#state.containers
      .all()
      .filter(({ imageId }) => imageId === record.id || imageId === record.name);
    if (users.length > 0 && !inputs.forceRemove) {
      throw new Error(
        `image ${record.name} is in use by the container(s) ${users.map(({ name }) => name).join(", ")}`,
      );
    }
    this.#state.images.remove(record.id);
  }
}

/** `repository@sha256:...` where the name pins a digest. */
function repoDigest(name: string): string {
  const digest = /@(sha256:[a-f0-9]{64})$/.exec(name)?.[1];
  return digest ? `${repositoryOf(name)}@${digest}` : "";
}
