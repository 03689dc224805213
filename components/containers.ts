/** What the containers of our servers have in common. */
import type { ContainerArgs } from "@pulumi/docker/container.js";
import type * as pulumi from "@pulumi/pulumi";

/** Users that the published images declare. */
export const USERS = { nobody: "65534", grafana: "472", root: "0" } as const;

/** What every server gets: little to attack, bounded logs, and back after a crash or a reboot. */
export const hardened = {
  restart: "unless-stopped",
  init: true,
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
