/** Uptime vendors, as a stack's settings want them. */

import { type UptimeCheck, vendorInterval } from "../../catalog/uptime.ts";
import type { Enabled, Settings } from "../../settings/schema.ts";
import { pulumiSecret } from "../../settings/stack-settings.ts";
import { announcementText } from "../shared/announcement-text.ts";
import { checkersOf, checksOf, toldBy } from "../shared/checkers.ts";
import { VendorProvider } from "../shared/dynamic-providers.ts";
import { namePrefix } from "../shared/names.ts";
import type { DeployedPager } from "../shared/pager.ts";
import { BetterStack } from "./betterstack.ts";
import { UptimeRobot } from "./uptimerobot.ts";

export function uptimeVendors(settings: Settings, pager: DeployedPager | undefined) {
  const { uptime, notifications, announcements } = settings;
  if (!uptime.enabled) return {};
  const prefix = namePrefix(settings);
  const chosen = checkersOf(settings);
  const common = {
    namePrefix: prefix,
    checks: checksOf(settings),
    toldBy: toldBy(settings),
    intervalOf: vendorIntervalOf(uptime),
    verifyCertificates: uptime.verifyCertificates,
    widgetKeyword: uptime.widgetKeyword,
    maintenance: announcements.maintenance,
    pager: pager?.uptimeKey && { by: pager, key: pager.uptimeKey },
  };
  const { uptimerobotApiKey, uptimerobotApiUrl, betterstackApiToken, betterstackApiUrl } = uptime;
  const { emails, slackWebhookUrl, slackChannel } = notifications;
  const uptimeRobot =
    chosen.includes("uptimerobot") && uptimerobotApiKey
      ? new UptimeRobot(
          "uptimerobot",
          {
            ...common,
            emails,
            slack: slackWebhookUrl && {
              webhookUrl: pulumiSecret(slackWebhookUrl),
              channel: slackChannel,
            },
          },
          {
            providers: [
              new VendorProvider("uptimerobot", {
                url: uptimerobotApiUrl,
                key: uptimerobotApiKey,
              }),
            ],
          },
        )
      : undefined;
  const betterStack =
    chosen.includes("betterstack") && betterstackApiToken
      ? new BetterStack(
          "betterstack",
          {
            ...common,
            subdomain: uptime.betterstackSubdomain ?? prefix,
            announcement: announcementText(announcements),
          },
          {
            providers: [
              new VendorProvider("betterstack", {
                url: betterstackApiUrl,
                key: betterstackApiToken,
              }),
            ],
          },
        )
      : undefined;
  return { uptimeRobot, betterStack };
}

/** Seconds between a vendor's checks of an endpoint. */
export function vendorIntervalOf({ vendorIntervalSeconds }: Enabled<"uptime">) {
  return (check: UptimeCheck): number => vendorIntervalSeconds || vendorInterval(check);
}
