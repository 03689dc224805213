/** Where the servers are: on their own network, on this machine, and for people. */
import type { Enabled, Settings } from "../../settings/schema.ts";

/** Addresses of the platform's own servers on their network: the containers' aliases. */
export const internalAddresses = {
  prometheus: "prometheus:9090",
  alertmanager: "alertmanager:9093",
  blackbox: "blackbox:9115",
} as const;

/** Name of a server's nth replica, from 0. The first keeps the plain name: a second one moves nothing. */
export function replicaName(server: "prometheus" | "alertmanager", index: number): string {
  return index === 0 ? server : `${server}-${"abcdefgh"[index]}`;
}

/** Addresses of all replicas of a server on their network. */
export function replicaAddresses(server: "prometheus" | "alertmanager", replicas: number): readonly string[] {
  const [, port] = internalAddresses[server].split(":");
  return Array.from({ length: replicas }, (_, index) => `${replicaName(server, index)}:${port}`);
}

/** Address at which people open Grafana. */
export function publicGrafanaUrl(settings: Settings, platform: Enabled<"metrics">): string {
  return settings.docs.grafanaUrl ?? `http://localhost:${platform.grafanaPort}`;
}

/** Address at which people open the status page. */
export function publicStatusPageUrl({ statusPageUrl, statusPagePort }: Enabled<"uptime">): string {
  return statusPageUrl ?? `http://localhost:${statusPagePort}`;
}

/** An address of this machine, given as containers reach it, as its own processes do: an emulator is one of them. */
export function fromHost(url: string): string {
  return url.replace(/^(\w+:\/\/)?host\.docker\.internal(?=[:/]|$)/, "$1127.0.0.1");
}

/** An address of this machine as a container on it reaches it. */
export function fromContainer(url: string): string {
  return url.replace(/^(\w+:\/\/)(localhost|127\.0\.0\.1|\[::1\])(?=[:/]|$)/, "$1host.docker.internal");
}
