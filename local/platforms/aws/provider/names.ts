import { randomBytes } from "node:crypto";

interface Names {
  readonly name?: string | undefined;
  readonly namePrefix?: string | undefined;
}

/**
 * The physical name: as given; else the prefix and a suffix; else the resource's own name and a random suffix, as
 * Pulumi names what the program leaves unnamed.
 */
export function physicalName(inputs: Names, logicalName: string, suffix = ""): string {
  if (inputs.name !== undefined) return inputs.name;
  if (inputs.namePrefix !== undefined)
    return `${inputs.namePrefix}${randomBytes(13).toString("hex")}${suffix}`;
  return `${logicalName}-${randomBytes(4).toString("hex").slice(0, 7)}${suffix}`;
}
