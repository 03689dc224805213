/** What the containers of our servers have in common. */
import { createHash } from "node:crypto";
import { Container, type ContainerArgs } from "@pulumi/docker/container.js";
import { Volume } from "@pulumi/docker/volume.js";
import type * as pulumi from "@pulumi/pulumi";

/** Users that the published images declare. */
export const USERS = { nobody: "65534", grafana: "472", root: "0" } as const;

/** What every server gets: little to attack, nothing to write but its volumes, bounded logs, and back after a crash or a reboot. */
export const hardened = {
  restart: "unless-stopped",
  init: true,
  readOnly: true,
  capabilities: { drops: ["ALL"] },
  securityOpts: ["no-new-privileges:true"],
  logDriver: "json-file",
  logOpts: { "max-size": "10m", "max-file": "3" },
  wait: true,
  waitTimeout: 120,
} satisfies Partial<ContainerArgs>;

/**
 * A bound of this many megabytes, and as many of swap. The second is what Docker sets by itself: without it here, the
 * plugin reads it back and takes it for a change, at every update.
 */
export function memoryLimit(megabytes: number) {
  return { memory: megabytes, memorySwap: 2 * megabytes };
}

/** So many CPUs at most. As a decimal number, which is how the plugin reads it back: `1` would be a change at each refresh. */
export function cpuLimit(cpus: number) {
  return { cpus: Number.isInteger(cpus) ? cpus.toFixed(1) : String(cpus) };
}

/** Without wget's -T, which crashes in some busybox builds: Docker's own timeout ends a hanging check. */
export function healthcheck(url: string) {
  return {
    tests: ["CMD", "wget", "-q", "-O", "/dev/null", url],
    interval: "10s",
    timeout: "5s",
    retries: 3,
    startPeriod: "30s",
  };
}

export function configurationUpload(file: string, content: pulumi.Input<string>) {
  return { file, content, permissions: "0444" };
}

/** Readable by the server's user alone. */
export function secretUpload(file: string, content: pulumi.Output<string>, owner: string) {
  return { file, content, permissions: "0400", owner };
}

/** A container that is never started: it puts files on a volume, and goes before its successor, which has its name. */
export function uploadToVolume(
  name: string,
  args: Required<Pick<ContainerArgs, "name" | "image" | "volumes" | "uploads">>,
  opts: pulumi.CustomResourceOptions,
): Container {
  return new Container(
    name,
    { ...args, start: false, mustRun: false },
    { ...opts, deleteBeforeReplace: true },
  );
}

export interface FilesArgs {
  /** Of volume and container, such as `agentpay-production-alertmanager-files`. */
  namePrefix: string;
  image: pulumi.Input<string>;
  /** Where the server has them. */
  folder: string;
  /** Volumes that the files name: their paths mean the same where the files are put as where they are read. */
  named?: readonly { volumeName: pulumi.Input<string>; containerPath: string }[];
  /** All of them below the folder. */
  uploads: readonly (ReturnType<typeof configurationUpload> | ReturnType<typeof secretUpload>)[];
}

/**
 * A server's files on a volume, put there by a container that is never started: a root that is read-only takes no
 * upload. A change of a file makes that container again, and each server `replaceWith` it. The volume is named by the
 * paths: a file that is no longer wanted goes with the volume that it was on.
 */
export function filesOnVolume(
  name: string,
  { namePrefix, image, folder, named = [], uploads }: FilesArgs,
  opts: pulumi.CustomResourceOptions,
) {
  const paths = contentHash(Object.fromEntries(uploads.map(({ file }) => [file, ""])));
  const { name: volumeName } = new Volume(`${name}-volume`, { name: `${namePrefix}-${paths}` }, opts);
  const container = uploadToVolume(
    name,
    {
      name: namePrefix,
      image,
      volumes: [{ volumeName, containerPath: folder }, ...named],
      uploads: [...uploads],
    },
    opts,
  );
  return { container, mount: { volumeName, containerPath: folder, readOnly: true } };
}

/** 12 hexadecimal digits that name the files' content. */
export function contentHash(files: Readonly<Record<string, string>>): string {
  return createHash("sha256")
    .update(JSON.stringify(Object.entries(files).sort()))
    .digest("hex")
    .slice(0, 12);
}
