/** What the process driver has on disk, and what its kinds of resources ask of each other. */
import { join } from "node:path";
import { repositoryOf } from "../driver.ts";
import type { ContainerInputs } from "../inputs/container-shape.ts";
import type { HostTable } from "./addresses.ts";
import type { ContainerRecord } from "./container-record.ts";
import type { LocalProgram, LocalPrograms } from "./programs.ts";
import { Records } from "./records.ts";

export interface ProcessDriverOptions {
  /** `data/docker` of the state folder. */
  readonly folder: string;
  /** `logs` of the state folder: each container has `<name>.log` there. */
  readonly logsFolder: string;
  readonly programs: LocalPrograms;
  /** Where containers will listen that are not there yet, by `name:port`. */
  readonly expectedHosts: HostTable;
}

export interface NetworkRecord {
  readonly id: string;
  readonly name: string;
}

export interface VolumeRecord {
  readonly name: string;
}

export interface ImageRecord {
  readonly id: string;
  readonly name: string;
}

export class ProcessState {
  readonly folder: string;
  readonly logsFolder: string;
  readonly programs: LocalPrograms;
  readonly expectedHosts: HostTable;
  readonly networks: Records<NetworkRecord>;
  readonly volumes: Records<VolumeRecord>;
  readonly images: Records<ImageRecord>;
  readonly containers: Records<ContainerRecord>;

  constructor({ folder, logsFolder, programs, expectedHosts }: ProcessDriverOptions) {
    this.folder = folder;
    this.logsFolder = logsFolder;
    this.programs = programs;
    this.expectedHosts = expectedHosts;
    this.networks = new Records(join(folder, "records", "networks"));
    this.volumes = new Records(join(folder, "records", "volumes"));
    this.images = new Records(join(folder, "records", "images"));
    this.containers = new Records(join(folder, "records", "containers"));
  }

  volumeFolder(name: string): string {
    return join(this.folder, "volumes", name);
  }

  /** The program for an image's id or name. @throws where there is no such image. */
  programOf(image: string): LocalProgram {
    const record = this.images.all().find(({ id, name }) => id === image || name === image);
    const program = record && this.programs[repositoryOf(record.name)];
    if (program === undefined)
      throw new Error(`"image": no such image: ${image}. Make it with docker.RemoteImage first.`);
    return program;
  }

  /** The volumes that a container mounts by name. */
  volumeNames({ volumes = [], mounts = [] }: ContainerInputs): readonly string[] {
    return [
      ...volumes.flatMap(({ volumeName }) => volumeName ?? []),
      ...mounts.flatMap(({ type, source }) => (type === "volume" ? (source ?? []) : [])),
    ];
  }

  requireNetworks({ networksAdvanced = [], networkMode = "bridge" }: ContainerInputs): void {
    const builtIn = ["bridge", "default", "host", "none"];
    const wanted = networksAdvanced.map(({ name }) => name);
    const mode = builtIn.includes(networkMode) || networkMode.startsWith("container:") ? [] : [networkMode];
    const known = new Set([...builtIn, ...this.networks.all().flatMap(({ id, name }) => [id, name])]);
    const missing = [...wanted, ...mode].filter((name) => !known.has(name));
    if (missing.length > 0) throw new Error(`"networksAdvanced": no such network: ${missing.join(", ")}`);
  }

  requireVolumes(inputs: ContainerInputs): void {
    const missing = this.volumeNames(inputs).filter((name) => this.volumes.get(name) === undefined);
    if (missing.length > 0) throw new Error(`"volumes": no such volume: ${missing.join(", ")}`);
  }
}
