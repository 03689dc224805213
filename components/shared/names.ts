/** `HostMemoryHigh` -> `host-memory-high`. */
export function kebabCase(name: string): string {
  return name.replaceAll(/(?!^)[A-Z]/g, "-$&").toLowerCase();
}
