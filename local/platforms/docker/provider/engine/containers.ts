/** Containers of a Docker Engine. */
import type Docker from "dockerode";
import type { Properties } from "../../../../../toolkit/property-values.ts";
import type { Created, Live } from "../../../../host/resource.ts";
import { type Platform, physicalName } from "../driver.ts";
import type { ContainerInputs } from "../inputs/container-shape.ts";
import { createOptions, updateOptions } from "./container-options.ts";
import { attempt, hasStatus, unlessAbsent } from "./errors.ts";
import { liveInputs } from "./live-inputs.ts";
import { uploadFiles } from "./uploads.ts";

const DEFAULT_WAIT_SECONDS = 60;
const POLL_MILLISECONDS = 200;

export class EngineContainers implements Platform<ContainerInputs> {
  readonly #engine: Docker;
  readonly #labels: Readonly<Record<string, string>>;

  constructor(engine: Docker, labels: Readonly<Record<string, string>>) {
    this.#engine = engine;
    this.#labels = labels;
  }

  async create(inputs: ContainerInputs, resourceName: string): Promise<Created> {
    const name = physicalName(inputs.name, resourceName);
    await this.#requireVolumes(inputs);
    const container = await attempt(`Unable to create container ${name}`, () =>
      this.#engine.createContainer(createOptions(inputs, name, this.#labels)),
    );
    try {
      await this.#connect(container, inputs);
      await attempt(`"uploads": unable to upload into ${name}`, () =>
        uploadFiles(container, inputs.uploads ?? []),
      );
      if (inputs.start !== false) await this.#start(container, name, inputs);
    } catch (error) {
      // A container that failed to start stays behind and would hold its name and ports.
      await container.remove({ force: true, v: true });
      throw error;
    }
    return { id: container.id, outputs: outputsOf(await container.inspect()) };
  }

  async read(id: string, { inputs }: { inputs: ContainerInputs }): Promise<Live | undefined> {
    const found = await unlessAbsent(this.#engine.getContainer(id).inspect());
    return found && { inputs: liveInputs(inputs, found), outputs: outputsOf(found) };
  }

  async update(id: string, inputs: ContainerInputs): Promise<Properties> {
    const container = this.#engine.getContainer(id);
    const { Name } = await container.inspect();
    const name = Name.replace(/^\//, "");
    await attempt(`Unable to update container ${name}`, () => container.update(updateOptions(inputs)));
    const { State } = await container.inspect();
    const mayStart = inputs.mustRun !== false && inputs.start !== false;
    if (mayStart && !State.Running) await this.#start(container, name, inputs);
    return outputsOf(await container.inspect());
  }

  async delete(id: string, { inputs }: { inputs: ContainerInputs }): Promise<void> {
    const container = this.#engine.getContainer(id);
    if (inputs.destroyGraceSeconds)
      await unlessAbsent(ignoringStopped(container.stop({ t: inputs.destroyGraceSeconds })));
    await unlessAbsent(container.remove({ force: true, v: inputs.removeVolumes ?? true }));
  }

  /** Docker would make a missing volume by itself, and the mistake would show as an empty folder. */
  async #requireVolumes({ volumes = [], mounts = [] }: ContainerInputs): Promise<void> {
    const names = [
      ...volumes.flatMap(({ volumeName }) => volumeName ?? []),
      ...mounts.flatMap(({ type, source }) => (type === "volume" ? (source ?? []) : [])),
    ];
    const found = await Promise.all(
      names.map((name) => unlessAbsent(this.#engine.getVolume(name).inspect())),
    );
    const missing = names.filter((_, index) => found[index] === undefined);
    if (missing.length > 0) throw new Error(`"volumes": no such volume: ${missing.join(", ")}`);
  }

  /** As the official provider: off the default network, onto each named one. */
  async #connect(container: Docker.Container, { networksAdvanced = [] }: ContainerInputs): Promise<void> {
    if (networksAdvanced.length === 0) return;
    const { NetworkSettings } = await container.inspect();
    for (const name of Object.keys(NetworkSettings.Networks)) {
      await this.#engine.getNetwork(name).disconnect({ Container: container.id });
    }
    for (const { name, aliases, ipv4Address, ipv6Address } of networksAdvanced) {
      await attempt(`"networksAdvanced": unable to connect to network ${name}`, () =>
        this.#engine.getNetwork(name).connect({
          Container: container.id,
          EndpointConfig: {
            Aliases: [...(aliases ?? [])],
            IPAMConfig: { IPv4Address: ipv4Address ?? "", IPv6Address: ipv6Address ?? "" },
          },
        }),
      );
    }
  }

  async #start(container: Docker.Container, name: string, inputs: ContainerInputs): Promise<void> {
    await attempt(`Unable to start container ${name}`, () => container.start());
    if (inputs.wait)
      await becomesHealthy(container, name, (inputs.waitTimeout ?? DEFAULT_WAIT_SECONDS) * 1000);
  }
}

async function becomesHealthy(container: Docker.Container, name: string, timeout: number): Promise<void> {
  const deadline = Date.now() + timeout;
  while (Date.now() < deadline) {
    const { State } = await container.inspect();
    if (!State.Running && !State.Restarting)
      throw new Error(`container ${name} exited with code ${State.ExitCode}`);
    if (State.Health?.Status === "healthy") return;
    if (State.Health?.Status === "unhealthy") {
      throw new Error(`container ${name} is unhealthy: ${lastCheck(State.Health)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
  throw new Error(`container ${name} was not healthy within ${timeout / 1000} s`);
}

function lastCheck({ Log = [] }: { Log?: { Output: string; ExitCode: number }[] }): string {
  const last = Log.at(-1);
  return last ? `its health check answers ${last.ExitCode} ${last.Output.trim()}` : "its health check fails";
}

/** Stopping a container that is stopped answers 304, which is as good. */
async function ignoringStopped(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!hasStatus(error, 304)) throw error;
  }
}

function outputsOf({
  Id,
  Name,
  Config,
  HostConfig,
  NetworkSettings,
  State,
}: Docker.ContainerInspectInfo): Properties {
  return {
    name: Name.replace(/^\//, ""),
    hostname: Config.Hostname || Id.slice(0, 12),
    bridge: "",
    exitCode: State.ExitCode,
    ipcMode: HostConfig.IpcMode,
    runtime: HostConfig.Runtime,
    shmSize: Math.round((HostConfig.ShmSize ?? 0) / 1024 ** 2),
    networkDatas: Object.entries(NetworkSettings.Networks).map(([networkName, network]) => ({
      networkName,
      ipAddress: network.IPAddress,
      ipPrefixLength: network.IPPrefixLen,
      gateway: network.Gateway,
      globalIpv6Address: network.GlobalIPv6Address,
      globalIpv6PrefixLength: network.GlobalIPv6PrefixLen,
      ipv6Gateway: network.IPv6Gateway,
      macAddress: network.MacAddress,
    })),
  };
}
