/** The stand-ins that the daemon hosts, one for each official provider that the program uses. */

import { awsPackage } from "../platforms/aws/provider/index.ts";
import { workspaceEngine } from "../platforms/aws/workspaces/index.ts";
import { datadogPackage } from "../platforms/datadog/provider/index.ts";
import { grafanaPackage } from "../platforms/grafana/provider/index.ts";
import { pagerDutyPackage } from "../platforms/pagerduty/provider/index.ts";
import { sentryPackage } from "../platforms/sentry/provider/index.ts";
import type { MetricsEngine } from "./metrics-engine.ts";
import type { HostedPackage } from "./provider-sessions.ts";
import type { ServiceContext } from "./service.ts";

/** @param docker - Made by the daemon, which also has to start and stop what it runs. */
export function standInPackages(
  context: ServiceContext,
  docker: HostedPackage,
  engine: MetricsEngine,
): readonly HostedPackage[] {
  const ruler = engine === "cortex" ? workspaceEngine(context) : undefined;
  return [
    awsPackage({ ...context, engine: ruler }),
    datadogPackage,
    docker,
    grafanaPackage,
    pagerDutyPackage,
    sentryPackage,
  ];
}
