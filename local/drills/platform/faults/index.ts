/** What breaks in the platform itself. */
import { alertmanagerFaults } from "./alertmanager.ts";
import { clockFaults } from "./clock.ts";
import { engineCutOff } from "./engine.ts";
import type { PlatformFault } from "./fault.ts";
import { hostGone } from "./host.ts";
import { pagerFaults } from "./pager.ts";
import { diskFull, prometheusKilled, rulesBroken } from "./prometheus.ts";
import { replicaFaults } from "./replicas.ts";

export const platformFaults: readonly PlatformFault[] = [
  ...alertmanagerFaults,
  ...pagerFaults,
  prometheusKilled,
  diskFull,
  ...clockFaults,
  rulesBroken,
  ...replicaFaults,
  engineCutOff,
  hostGone,
];
