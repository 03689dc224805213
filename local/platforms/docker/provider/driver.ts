/**
 * What stands behind the docker package: a Docker Engine, or local processes where none answers. Both make the same
 * four kinds of resources out of the same checked inputs.
 */
import { randomBytes } from "node:crypto";
import type { z } from "zod";
import type { ResourceHandler } from "../../../host/resource.ts";
import type { ContainerInputs } from "./inputs/container-shape.ts";
import type { ImageInputs, NetworkInputs, VolumeInputs } from "./inputs/resources.ts";

export type Platform<Inputs extends Record<string, unknown>> = Pick<
  ResourceHandler<Inputs>,
  "create" | "read" | "update" | "delete"
>;

export type DriverKind = "docker" | "process";

export interface DockerDriver {
  readonly kind: DriverKind;
  readonly networks: Platform<NetworkInputs>;
  readonly volumes: Platform<VolumeInputs>;
  readonly images: Platform<ImageInputs>;
  readonly containers: Platform<ContainerInputs>;
  /** What it takes of a container's inputs: the rest is refused at preview. */
  readonly containerInputs: z.ZodType<ContainerInputs>;
}

/** Label on everything that the local stack makes in a Docker Engine. Its value tells one state folder from another. */
export const OWNER_LABEL = "agentpay.local";

/** Label of a locally built image: the published name that it stands for. */
export const STANDS_FOR_LABEL = "agentpay.stands-for";

/** The given name, or one made from the resource's as Pulumi does. */
export function physicalName(given: string | undefined, resourceName: string): string {
  return given ?? `${resourceName}-${randomBytes(4).toString("hex").slice(0, 7)}`;
}

/** A 64-digit id, as Docker gives. */
export function newId(): string {
  return randomBytes(32).toString("hex");
}

/** `prom/prometheus:v3.13.4` of `prom/prometheus:v3.13.4@sha256:...`. */
export function withoutDigest(image: string): string {
  return image.split("@", 1)[0] ?? image;
}

/** `prom/prometheus` of `docker.io/prom/prometheus:v3.13.4@sha256:...`. */
export function repositoryOf(image: string): string {
  return withoutDigest(image)
    .replace(/:[^/:]*$/, "")
    .replace(/^(docker\.io|index\.docker\.io|registry-1\.docker\.io)\//, "")
    .replace(/^library\//, "");
}
