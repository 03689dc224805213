/** What Gatus checks, shows and tells, as a stack's settings want it. */

import type { Settings } from "../../settings/schema.ts";
import { fromContainer } from "../shared/addresses.ts";
import { checkersOf, checksOf, toldBy } from "../shared/checkers.ts";
import { notificationSettings } from "../shared/notifications.ts";
import type { Pager } from "../shared/pager.ts";
import type { StatusPageSettings } from "./gatus.ts";
import type { GatusAlerting } from "./gatus-alerting.ts";

/** What Gatus checks and shows; undefined where the stack has no status page. */
export function statusPageSettings(
  settings: Settings,
  pager: Pager | undefined,
): StatusPageSettings | undefined {
  const { uptime, announcements } = settings;
  if (!uptime.enabled || !checkersOf(settings).includes("gatus")) return undefined;
  return {
    checks: checksOf(settings).map((check) => ({ ...check, url: fromContainer(check.url) })),
    intervalSeconds: uptime.probeIntervalSeconds,
    verifyCertificates: uptime.verifyCertificates,
    tls: uptime.statusPageCertificate !== undefined,
    announcements,
    alerting: gatusAlertingOf(settings, pager),
  };
}

function gatusAlertingOf(settings: Settings, pager: Pager | undefined): GatusAlerting {
  const { slack, email } = notificationSettings(settings, pager);
  return {
    toldBy: toldBy(settings),
    warning: [...(slack ? ["slack" as const] : []), ...(email ? ["email" as const] : [])],
    pages: pager !== undefined,
    runbookBaseUrl: settings.docs.runbookBaseUrl,
  };
}
