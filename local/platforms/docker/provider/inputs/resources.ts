/** Inputs of the small Docker resources: networks, volumes and images. */
import { z } from "zod";
import { labels, objectName, options, unsupported } from "./common.ts";

const addressRange = z.union([z.cidrv4(), z.cidrv6()], { error: "must be a network such as 172.30.0.0/16" });

export const networkInputs = z.strictObject({
  name: objectName.optional(),
  driver: z
    .enum(["bridge", "host", "ipvlan", "macvlan", "none", "overlay"], {
      error: "must be bridge, host, ipvlan, macvlan, none or overlay",
    })
    .optional(),
  internal: z.boolean().optional(),
  attachable: z.boolean().optional(),
  ipv6: z.boolean().optional(),
  labels: labels.optional(),
  options: options.optional(),
  ipamDriver: z.string().min(1).optional(),
  ipamOptions: options.optional(),
  ipamConfigs: z
    .array(
      z.strictObject({
        subnet: addressRange.optional(),
        ipRange: addressRange.optional(),
        gateway: z.union([z.ipv4(), z.ipv6()], { error: "must be an IP address" }).optional(),
        auxAddress: options.optional(),
      }),
    )
    .optional(),
  ingress: unsupported,
});
export type NetworkInputs = z.infer<typeof networkInputs>;

export const volumeInputs = z.strictObject({
  name: objectName.optional(),
  driver: z
    .literal("local", { error: 'must be "local": a volume plugin is not part of the local stack' })
    .optional(),
  driverOpts: options.optional(),
  labels: labels.optional(),
  cluster: unsupported,
});
export type VolumeInputs = z.infer<typeof volumeInputs>;

/** `[registry/]repository[:tag][@sha256:digest]`. */
const IMAGE_NAME =
  /^(?:[a-z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::[\w][\w.-]{0,127})?(?:@sha256:[a-f0-9]{64})?$/;

export const imageInputs = z.strictObject({
  name: z
    .string()
    .regex(IMAGE_NAME, "must be an image name such as prom/prometheus:v3.13.4@sha256:<64 hex digits>"),
  keepLocally: z.boolean().optional(),
  forceRemove: z.boolean().optional(),
  platform: z.string().min(1).optional(),
  pullTriggers: z.array(z.string()).optional(),
  triggers: options.optional(),
  build: unsupported,
});
export type ImageInputs = z.infer<typeof imageInputs>;
