/** Alarms on what the account itself measures: hosts, and the databases and the load balancer that a stack names. */
import { databaseAlarms } from "../../catalog/database-alarms.ts";
import { hostAlarms } from "../../catalog/host-alarms.ts";
import { loadBalancerAlarms } from "../../catalog/load-balancer-alarms.ts";
import type { Enabled, Settings } from "../../settings/schema.ts";
import { namePrefix } from "../shared/names.ts";
import { DatabaseAlarms } from "./database-alarms.ts";
import { HostAlarms } from "./host-alarms.ts";
import { LoadBalancerAlarms } from "./load-balancer-alarms.ts";
import type { Place } from "./place.ts";

export function resourceAlarms(
  { settings, provider, topics }: Place,
  { loadBalancer, targetGroups }: Enabled<"aws">,
) {
  const options = { providers: [provider] };
  const alarmsOf = {
    alarmPrefix: namePrefix(settings),
    thresholds: settings.alertThresholds,
    topics: topics.inHomeRegion,
    runbookBaseUrl: settings.docs.runbookBaseUrl,
  };
  const instances = instancesOf(settings);
  return {
    hosts: new HostAlarms("hosts", { ...alarmsOf, alarms: hostAlarms }, options),
    databases:
      Object.keys(instances).length > 0
        ? new DatabaseAlarms("databases", { ...alarmsOf, alarms: databaseAlarms, instances }, options)
        : undefined,
    balancer:
      loadBalancer === undefined
        ? undefined
        : new LoadBalancerAlarms(
            "load-balancer",
            { ...alarmsOf, alarms: loadBalancerAlarms, loadBalancer, targetGroups },
            options,
          ),
  };
}

/** RDS instances that a stack names. */
function instancesOf({ database }: Settings): Record<string, "primary" | "replica"> {
  if (!database.enabled) return {};
  const { instanceIdentifier, replicaIdentifiers } = database;
  return {
    ...(instanceIdentifier !== undefined && { [instanceIdentifier]: "primary" as const }),
    ...Object.fromEntries(replicaIdentifiers.map((replica) => [replica, "replica" as const])),
  };
}
