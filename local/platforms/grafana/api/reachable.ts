import { withLocalAddresses } from "../../docker/provider/process/addresses.ts";

/**
 * The address at which this process reaches a data source that is named by its container.
 * @param hosts where containers listen; empty in a container, which has names of its own
 */
export function reachable(url: string, hosts: ReadonlyMap<string, string>): string {
  return hosts.size === 0 ? url : withLocalAddresses(url, Object.fromEntries(hosts));
}
