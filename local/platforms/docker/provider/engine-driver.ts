/** Drives a real Docker Engine. Everything it makes carries a label, so that what is left over can be listed. */
import type Docker from "dockerode";
import type { Properties } from "../../../../toolkit/property-values.ts";
import { type Created, IMPORT, type Live } from "../../../host/resource.ts";
import { type DockerDriver, OWNER_LABEL, type Platform, physicalName } from "./driver.ts";
import { EngineContainers } from "./engine/containers.ts";
import { attempt, unlessAbsent } from "./engine/errors.ts";
import { EngineImages, type ImageSources } from "./engine/images.ts";
import { labelMap } from "./inputs/common.ts";
import { containerInputs } from "./inputs/container.ts";
import type { ContainerInputs } from "./inputs/container-shape.ts";
import type { ImageInputs, NetworkInputs, VolumeInputs } from "./inputs/resources.ts";

export interface EngineDriverOptions extends ImageSources {
  readonly engine: Docker;
  /** Value of the owner label: one for each state folder. */
  readonly owner: string;
}

export class EngineDriver implements DockerDriver {
  readonly kind = "docker";
  readonly containerInputs = containerInputs;
  readonly networks: Platform<NetworkInputs>;
  readonly volumes: Platform<VolumeInputs>;
  readonly images: Platform<ImageInputs>;
  readonly containers: Platform<ContainerInputs>;

  constructor({ engine, owner, ...sources }: EngineDriverOptions) {
    const labels = { [OWNER_LABEL]: owner };
    this.networks = new EngineNetworks(engine, labels);
    this.volumes = new EngineVolumes(engine, labels);
    this.images = new EngineImages(engine, sources);
    this.containers = new EngineContainers(engine, labels);
  }
}

/** Names of the containers, networks and volumes that carry an owner's label, such as `container prometheus`. */
export async function listOwned(engine: Docker, owner: string): Promise<readonly string[]> {
  const filters = { label: [`${OWNER_LABEL}=${owner}`] };
  const [containers, networks, { Volumes: volumes }] = await Promise.all([
    engine.listContainers({ all: true, filters }),
    engine.listNetworks({ filters }),
    engine.listVolumes({ filters }),
  ]);
  return [
    ...containers.map(({ Names, Id }) => `container ${Names[0]?.replace(/^\//, "") ?? Id}`),
    ...networks.map(({ Name }) => `network ${Name}`),
    ...(volumes ?? []).map(({ Name }) => `volume ${Name}`),
  ];
}

/** Removes the containers, networks and volumes that carry an owner's label. */
export async function removeOwned(engine: Docker, owner: string): Promise<void> {
  const filters = { label: [`${OWNER_LABEL}=${owner}`] };
  for (const { Id } of await engine.listContainers({ all: true, filters })) {
    await engine.getContainer(Id).remove({ force: true, v: true });
  }
  for (const { Id } of await engine.listNetworks({ filters })) await engine.getNetwork(Id).remove();
  const { Volumes: volumes } = await engine.listVolumes({ filters });
  for (const { Name } of volumes ?? []) await engine.getVolume(Name).remove();
}

/**
 * Starts the owner's containers that were stopped although their restart policy wants them up. The engine itself
 * leaves alone what somebody stopped.
 */
export async function startStopped(engine: Docker, owner: string): Promise<void> {
  const filters = { label: [`${OWNER_LABEL}=${owner}`], status: ["exited"] };
  for (const { Id } of await engine.listContainers({ all: true, filters })) {
    const container = engine.getContainer(Id);
    const { Name, HostConfig } = await container.inspect();
    const policy = HostConfig.RestartPolicy?.Name ?? "no";
    if (policy === "always" || policy === "unless-stopped") {
      await attempt(`Unable to start container ${Name.replace(/^\//, "")}`, () => container.start());
    }
  }
}

class EngineNetworks implements Platform<NetworkInputs> {
  readonly #engine: Docker;
  readonly #labels: Readonly<Record<string, string>>;

  constructor(engine: Docker, labels: Readonly<Record<string, string>>) {
    this.#engine = engine;
    this.#labels = labels;
  }

  async create(inputs: NetworkInputs, resourceName: string): Promise<Created> {
    const name = physicalName(inputs.name, resourceName);
    const network = await attempt(`Unable to create network ${name}`, () =>
      this.#engine.createNetwork({
        Name: name,
        CheckDuplicate: true,
        Driver: inputs.driver ?? "bridge",
        Internal: inputs.internal ?? false,
        Attachable: inputs.attachable ?? false,
        EnableIPv6: inputs.ipv6 ?? false,
        Options: inputs.options ?? {},
        Labels: { ...labelMap(inputs.labels), ...this.#labels },
        IPAM: {
          Driver: inputs.ipamDriver ?? "default",
          Options: inputs.ipamOptions ?? {},
          // The client's types take every member for a text, which auxiliary addresses are not.
          Config: (inputs.ipamConfigs ?? []).map(addressRange) as Record<string, string>[],
        },
      }),
    );
    return { id: network.id, outputs: networkOutputs(await network.inspect()) };
  }

  async read(id: string, { inputs }: { inputs: NetworkInputs }): Promise<Live | undefined> {
    const found: Docker.NetworkInspectInfo | undefined = await unlessAbsent(
      this.#engine.getNetwork(id).inspect(),
    );
    const read = IMPORT in inputs && found ? importedNetwork(found) : inputs;
    return found && { inputs: read, outputs: networkOutputs(found) };
  }

  async update(
    _id: string,
    _inputs: NetworkInputs,
    { outputs }: { outputs: Properties },
  ): Promise<Properties> {
    return outputs;
  }

  async delete(id: string): Promise<void> {
    await attempt(`Unable to remove network ${id.slice(0, 12)}`, () =>
      unlessAbsent(this.#engine.getNetwork(id).remove()),
    );
  }
}

type AddressRange = NonNullable<NetworkInputs["ipamConfigs"]>[number];

function addressRange({ subnet, ipRange, gateway, auxAddress }: AddressRange) {
  return {
    ...(subnet && { Subnet: subnet }),
    ...(ipRange && { IPRange: ipRange }),
    ...(gateway && { Gateway: gateway }),
    ...(auxAddress && { AuxiliaryAddresses: auxAddress }),
  };
}

function networkOutputs({
  Name,
  Scope,
  Driver,
  Internal,
  Options,
  IPAM,
}: Docker.NetworkInspectInfo): Properties {
  return {
    name: Name,
    scope: Scope,
    driver: Driver,
    internal: Internal,
    options: Options ?? {},
    ipamConfigs: (IPAM?.Config ?? []).map((range) => ({
      subnet: range["Subnet"],
      gateway: range["Gateway"],
    })),
  };
}

class EngineVolumes implements Platform<VolumeInputs> {
  readonly #engine: Docker;
  readonly #labels: Readonly<Record<string, string>>;

  constructor(engine: Docker, labels: Readonly<Record<string, string>>) {
    this.#engine = engine;
    this.#labels = labels;
  }

  async create(inputs: VolumeInputs, resourceName: string): Promise<Created> {
    const name = physicalName(inputs.name, resourceName);
    await attempt(`Unable to create volume ${name}`, () =>
      this.#engine.createVolume({
        Name: name,
        Driver: inputs.driver ?? "local",
        DriverOpts: inputs.driverOpts ?? {},
        Labels: { ...labelMap(inputs.labels), ...this.#labels },
      }),
    );
    return { id: name, outputs: volumeOutputs(await this.#engine.getVolume(name).inspect()) };
  }

  async read(id: string, { inputs }: { inputs: VolumeInputs }): Promise<Live | undefined> {
    const found = await unlessAbsent(this.#engine.getVolume(id).inspect());
    const read = IMPORT in inputs && found ? importedVolume(found) : inputs;
    return found && { inputs: read, outputs: volumeOutputs(found) };
  }

  async update(
    _id: string,
    _inputs: VolumeInputs,
    { outputs }: { outputs: Properties },
  ): Promise<Properties> {
    return outputs;
  }

  async delete(id: string): Promise<void> {
    await attempt(`Unable to remove volume ${id}`, () => unlessAbsent(this.#engine.getVolume(id).remove()));
  }
}

function volumeOutputs({ Name, Driver, Mountpoint }: Docker.VolumeInspectInfo): Properties {
  return { name: Name, driver: Driver, mountpoint: Mountpoint };
}

/** What tells them apart: another driver, or other labels, is another one. The labels of this stack are not the program's. */
function importedVolume({ Name, Driver, Labels }: Docker.VolumeInspectInfo): VolumeInputs {
  return {
    name: Name,
    ...(Driver === "local" ? {} : { driver: Driver as never }),
    ...importedLabels(Labels),
  };
}

function importedNetwork({ Name, Driver, Labels, Internal }: Docker.NetworkInspectInfo): NetworkInputs {
  return {
    name: Name,
    ...(Driver === "bridge" ? {} : { driver: Driver as never }),
    ...(Internal && { internal: true }),
    ...importedLabels(Labels),
  };
}

function importedLabels(labels: Readonly<Record<string, string>> | undefined) {
  const own = Object.entries(labels ?? {}).filter(([name]) => name !== OWNER_LABEL);
  return own.length === 0 ? {} : { labels: own.map(([label, value]) => ({ label, value })) };
}
