/**
 * Container addresses -> loopback, for servers that run as plain processes: a process has no container DNS.
 * `prometheus:9090` becomes `127.0.0.1:<published port>` (the same port where none is published) and
 * `host.docker.internal:8000` becomes `127.0.0.1:8000`. `localhost` is the container itself, so only its own port
 * moves. A name without a port stays: it may be a mere label.
 */

/** Where a container listens on this machine. */
export interface ContainerAddresses {
  /** Every name that other containers know it by. */
  readonly names: readonly string[];
  readonly ports: readonly { readonly internal: number; readonly external?: number | undefined }[];
}

const HOST_GATEWAY = "host.docker.internal";
const LOOPBACK = "127.0.0.1";

/** By `name:port` of the container, `127.0.0.1:port` of this machine. */
export type HostTable = Readonly<Record<string, string>>;

const ITSELF: ReadonlySet<string> = new Set(["localhost", LOOPBACK]);

/** The table with a container's own port, as it knows it, added. */
export function withItself(table: HostTable, ownPort: number, address: string): HostTable {
  return { ...table, ...Object.fromEntries([...ITSELF].map((name) => [`${name}:${ownPort}`, address])) };
}

/** The table of the published ports. */
export function hostTable(containers: readonly ContainerAddresses[]): HostTable {
  const rows = containers.flatMap(({ names, ports }) =>
    names.flatMap((name) =>
      ports.map(
        ({ internal, external }) => [`${name}:${internal}`, `${LOOPBACK}:${external ?? internal}`] as const,
      ),
    ),
  );
  return Object.fromEntries(rows);
}

/** A text with the container addresses in it replaced, by a table that may name the same host with several ports. */
export function withLocalAddresses(text: string, table: HostTable): string {
  const names = new Set([HOST_GATEWAY, ...Object.keys(table).map((address) => address.replace(/:\d+$/, ""))]);
  const alternatives = [...names].map((name) => name.replaceAll(".", "\\.")).join("|");
  const pattern = new RegExp(`(?<![\\w.-])(${alternatives}):(\\d{1,5})(?!\\d)`, "g");
  return text.replaceAll(
    pattern,
    (address, name: string, port: string) =>
      table[address] ?? (ITSELF.has(name) ? address : `${LOOPBACK}:${port}`),
  );
}
