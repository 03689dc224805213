/** A container's inputs -> what to run on this machine for it. */
import { join, posix } from "node:path";
import { HOSTS_VARIABLE } from "../../../grafana/api/settings.ts";
import type { PublishedImage } from "../../published/published-images.ts";
import type { ContainerInputs } from "../inputs/container-shape.ts";
import { type HostTable, withLocalAddresses } from "./addresses.ts";
import { PathMap, type Place } from "./paths.ts";

/** Where the server listens on this machine. */
export interface Listen {
  readonly ip: string;
  readonly port: number;
}

/** Everything about the process but the program itself, which may move between two starts. */
export interface ServerPlan {
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly listen: Listen;
}

export interface Ground {
  /** The container's root folder on this machine. */
  readonly rootFolder: string;
  /** A volume's folder on this machine. */
  readonly volumeFolder: (name: string) => string;
  /** Where containers listen on this machine. */
  readonly hosts: HostTable;
}

export function pathMap(inputs: ContainerInputs, image: PublishedImage, ground: Ground): PathMap {
  const uploads = (inputs.uploads ?? []).map(({ file }) => file);
  return new PathMap(ground.rootFolder, mountPlaces(inputs, ground), image.folders, uploads);
}

function mountPlaces(inputs: ContainerInputs, { rootFolder, volumeFolder }: Ground): readonly Place[] {
  const place = (from: string, to: string | undefined): Place => ({
    from,
    to: to ?? join(rootFolder, from),
    below: true,
  });
  const volume = (name: string | undefined) => (name === undefined ? undefined : volumeFolder(name));
  return [
    ...(inputs.volumes ?? []).map((mount) =>
      place(mount.containerPath, mount.hostPath ?? volume(mount.volumeName)),
    ),
    ...(inputs.mounts ?? []).map((mount) =>
      place(mount.target, mount.type === "volume" ? volume(mount.source) : mount.source),
    ),
    ...Object.keys(inputs.tmpfs ?? {}).map((path) => place(path, undefined)),
  ];
}

export function planServer(
  inputs: ContainerInputs,
  image: PublishedImage,
  listen: Listen,
  ground: Ground,
): ServerPlan {
  const paths = pathMap(inputs, image, ground);
  const local = (text: string) => paths.text(withLocalAddresses(text, ground.hosts));
  const own = Object.fromEntries((inputs.envs ?? []).map(splitVariable));
  const environment = { ...image.environment, ...own };
  return {
    arguments: listeningArguments(
      [...entryArguments(inputs, image), ...(inputs.command ?? image.command)].map(local),
      image,
      listen,
    ),
    environment: {
      ...Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, local(value)])),
      ...listeningVariables(image, listen),
      [HOSTS_VARIABLE]: JSON.stringify(ground.hosts),
    },
    workingDirectory: paths.file(inputs.workingDir ?? image.workingDirectory),
    listen,
  };
}

function splitVariable(variable: string): readonly [string, string] {
  const [name = ""] = variable.split("=", 1);
  return [name, variable.slice(name.length + 1)];
}

/** The arguments of an entry point that names the image's own program. No other program is on this machine. */
function entryArguments(
  { entrypoints = [] }: ContainerInputs,
  { program, repository }: PublishedImage,
): readonly string[] {
  const [entry, ...rest] = entrypoints;
  if (entry === undefined) return [];
  if ("binary" in program && posix.basename(entry) === program.binary) return rest;
  throw new Error(
    `"entrypoints": without a Docker Engine only the own program of ${repository} can be run, not ${entry}. Leave entrypoints out.`,
  );
}

function listeningArguments(
  given: readonly string[],
  image: PublishedImage,
  { ip, port }: Listen,
): readonly string[] {
  const missing = image.localFlags.filter(
    (flag) => !given.some((argument) => flagName(argument) === flagName(flag)),
  );
  if (!("flag" in image.listen)) return [...given, ...missing];
  return [...withoutFlag(given, image.listen.flag), ...missing, `${image.listen.flag}=${ip}:${port}`];
}

function listeningVariables(
  { listen }: PublishedImage,
  { ip, port }: Listen,
): Readonly<Record<string, string>> {
  return "variables" in listen ? { [listen.variables.ip]: ip, [listen.variables.port]: String(port) } : {};
}

/** `--flag` of `--flag=value`. */
export function flagName(argument: string): string {
  return argument.split("=", 1)[0] ?? argument;
}

/** Without a flag in either form, `--flag=value` and `--flag value`. */
function withoutFlag(given: readonly string[], flag: string): readonly string[] {
  return given.filter(
    (argument, index) =>
      flagName(argument) !== flag && !(given[index - 1] === flag && !argument.startsWith("-")),
  );
}
