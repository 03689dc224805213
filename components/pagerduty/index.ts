/** PagerDuty, as a stack's settings want it. */
import * as pulumi from "@pulumi/pulumi";
import type { Enabled, Settings } from "../../settings/schema.ts";
import { fromHost } from "../shared/addresses.ts";
import { pagedByUptimeCheckers } from "../shared/checkers.ts";
import type { DeployedPager, Pager } from "../shared/pager.ts";
import { OnCall } from "./on-call.ts";
import { pagerDutyProvider } from "./provider.ts";

export function pagerDutyPlatform(
  settings: Settings,
  pagerduty: Enabled<"pagerduty">,
): Omit<DeployedPager, keyof Pager> {
  const provider = pagerDutyProvider("pagerduty", pagerduty);
  const environment = settings.environment.charAt(0).toUpperCase() + settings.environment.slice(1);
  const { engineerA, engineerB, engineeringManager, timeZone, rotationStart, groupAlerts } = pagerduty;
  const onCall = new OnCall(
    "on-call",
    {
      serviceName: `AgentPay ${environment}`,
      engineers: { engineerA, engineerB },
      engineeringManager,
      timeZone,
      rotationStart,
      groupAlerts,
      pagedByUptimeCheckers: pagedByUptimeCheckers(settings),
    },
    { providers: [provider], protect: settings.isProduction },
  );
  return {
    url: onCall.serviceUrl,
    alertmanagerKey: onCall.prometheusRoutingKey,
    sns: {
      protocol: pagerduty.eventsUrl.startsWith("http:") ? "http" : "https",
      endpoint: pulumi.interpolate`${eventsUrl(settings, pagerduty)}/integration/${onCall.cloudWatchIntegrationKey}/enqueue`,
    },
    uptimeKey: onCall.uptimeRoutingKey,
  };
}

/** As AWS reaches it. An emulator, which runs beside PagerDuty's stand-in, is in no container. */
function eventsUrl({ aws }: Settings, { eventsUrl: url }: Enabled<"pagerduty">): string {
  return aws.enabled && aws.endpointUrl !== undefined ? fromHost(url) : url;
}
