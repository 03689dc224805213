/** The stand-ins that the daemon hosts, one for each official provider that the program uses. */
import type { ServiceContext } from "../service.ts";
import type { HostedPackage } from "./provider-server.ts";
import { pagerDutyPackage } from "./providers/pagerduty/index.ts";

export function standInPackages(_context: ServiceContext): readonly HostedPackage[] {
  return [pagerDutyPackage];
}
