/** PagerDuty, as a stack's settings want it. */

import type { Enabled, Settings } from "../../settings/schema.ts";
import { pagedByUptimeCheckers } from "../shared/checkers.ts";
import { OnCall } from "./on-call.ts";
import { pagerDutyProvider } from "./provider.ts";

export function pagerDutyPlatform(settings: Settings, pagerduty: Enabled<"pagerduty">): OnCall {
  const provider = pagerDutyProvider("pagerduty", pagerduty);
  const environment = settings.environment.charAt(0).toUpperCase() + settings.environment.slice(1);
  const { engineerA, engineerB, engineeringManager, timeZone, rotationStart, groupAlerts } = pagerduty;
  return new OnCall(
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
}
