/** The stand-ins that the daemon hosts, one for each official provider that the program uses. */
import type { ServiceContext } from "../service.ts";
import type { HostedPackage } from "./provider-server.ts";
import { awsPackage } from "./providers/aws/index.ts";
import { datadogPackage } from "./providers/datadog/index.ts";
import { grafanaPackage } from "./providers/grafana/index.ts";
import { pagerDutyPackage } from "./providers/pagerduty/index.ts";
import { sentryPackage } from "./providers/sentry/index.ts";

/** @param docker - Made by the daemon, which also has to start and stop what it runs. */
export function standInPackages(context: ServiceContext, docker: HostedPackage): readonly HostedPackage[] {
  return [awsPackage(context), datadogPackage, docker, grafanaPackage, pagerDutyPackage, sentryPackage];
}
