/** Connections to a Docker Engine. */
import { existsSync } from "node:fs";
import Docker from "dockerode";
import { claimPort } from "../process/ports.ts";

const USUAL_SOCKET = "unix:///var/run/docker.sock";

/** Where to look for an engine, the most explicit first. */
export function engineHosts(host: string | undefined, environment: NodeJS.ProcessEnv): readonly string[] {
  return [...new Set([host, environment["DOCKER_HOST"], USUAL_SOCKET])].flatMap((address) => address || []);
}

/**
 * A client for an address. Undefined where there can't be an engine: no such socket, or a scheme that we don't speak.
 * `timeout` in milliseconds, for each call. Default: none.
 */
export function engineAt(host: string, timeout = 0): Docker | undefined {
  const [, scheme, rest = ""] = /^(unix|tcp|http):\/\/(.+)$/.exec(host) ?? [];
  if (scheme === undefined) return undefined;
  if (scheme === "unix") return existsSync(rest) ? new Docker({ socketPath: rest, timeout }) : undefined;
  const { hostname, port } = new URL(`http://${rest}`);
  return new Docker({ protocol: "http", host: hostname, port: Number(port || 2375), timeout });
}

/**
 * The address under which containers reach this machine (`host-gateway`), where it is one of this machine's own:
 * what containers shall reach must listen there as well, since loopback is refused to them. Undefined where the
 * engine forwards to loopback by itself, as Docker Desktop does.
 */
export async function gatewayAddress(client: Docker): Promise<string | undefined> {
  const bridge: Docker.NetworkInspectInfo = await client.getNetwork("bridge").inspect();
  const [range] = bridge.IPAM?.Config ?? [];
  const gateway = range?.["Gateway"] ?? firstAddress(range?.["Subnet"]);
  if (gateway === undefined) return undefined;
  // Tried rather than looked up: a bridge without running containers is not among Node's network interfaces.
  return claimPort({ ip: gateway, port: 0 }).then(
    () => gateway,
    () => undefined,
  );
}

/** `172.17.0.1` of `172.17.0.0/16`: what an engine takes for its bridge, and leaves unsaid before its first container. */
function firstAddress(subnet: string | undefined): string | undefined {
  const [, network, last] = /^(\d+\.\d+\.\d+)\.(\d+)\/\d+$/.exec(subnet ?? "") ?? [];
  return network === undefined ? undefined : `${network}.${Number(last) + 1}`;
}
