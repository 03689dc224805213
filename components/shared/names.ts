import type { Settings } from "../../settings/schema.ts";
/** `HostMemoryHigh` -> `host-memory-high`. */
export function kebabCase(name: string): string {
  return name.replaceAll(/(?!^)[A-Z]/g, "-$&").toLowerCase();
}

/** What names of AWS resources begin with, such as `agentpay-production`. */
export function namePrefix({ environment }: Settings): string {
  return `agentpay-${environment}`;
}
