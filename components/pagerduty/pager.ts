/** PagerDuty, as everything that pages through it knows it. */

import type { Enabled, Settings } from "../../settings/schema.ts";
import type { Pager, PagerProduct, SentryPager } from "../shared/pager.ts";
import { pagerDutyIncidents } from "./incidents.ts";
import { eventOf, managedReceiver, ownReceiver, ROUTING_KEY } from "./receivers.ts";
import { pagerDutyChecks } from "./verify.ts";

export const pagerDuty: PagerProduct = {
  key: "pagerduty",
  name: "PagerDuty",
  integration: "pagerduty_configs",
  pager: (settings) => (settings.pagerduty.enabled ? pagerOf(settings, settings.pagerduty) : undefined),
  sentry: ({ sentry }) => (sentry.enabled ? sentryPager(sentry) : undefined),
  incidents: pagerDutyIncidents,
  checks: pagerDutyChecks,
  checksFile: "components/pagerduty/verify.ts",
};

function pagerOf(settings: Settings, pagerduty: Enabled<"pagerduty">): Pager {
  const { eventsUrl } = pagerduty;
  const pager: Pager = {
    key: "pagerduty",
    name: "PagerDuty",
    keyFile: "pagerduty-routing-key",
    receiver: (keyFile) => ownReceiver(eventsUrl, keyFile),
    managed: { secret: (key) => ({ [ROUTING_KEY]: key }), receiver: managedReceiver },
    uptime: {
      gatus: (key, namePrefix) => eventOf(eventsUrl, key, namePrefix),
      uptimeRobot: {
        type: "Pagerduty",
        data: { autoResolve: true },
        secretData: (integrationKey) => ({ integrationKey }),
      },
      betterStack: {
        kind: "PagerDuty",
        path: "v2/pager-duty-webhooks",
        attributes: { severity: "critical" },
        secretAttributes: (key) => ({ key }),
        member: "pagerduty_integration",
      },
    },
    // What only needs its texts, such as `npm run render`, never loads Pulumi's SDK.
    deploy: async () => {
      const { pagerDutyPlatform } = await import("./index.ts");
      return { ...pager, ...pagerDutyPlatform(settings, pagerduty) };
    },
  };
  return pager;
}

function sentryPager({
  pagerDutyIntegration: integration,
  pagerDutyService: target,
}: Enabled<"sentry">): SentryPager | undefined {
  if (!integration || !target) return undefined;
  return { type: "pagerduty", integration, target, data: { priority: "critical" } };
}
