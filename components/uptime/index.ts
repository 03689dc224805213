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
import type { UptimeVendorArgs } from "./vendor.ts";

export function uptimeVendors(settings: Settings, pager: DeployedPager | undefined) {
  const { uptime } = settings;
  if (!uptime.enabled) return {};
  const common = vendorArgs(settings, uptime, pager);
  return {
    uptimeRobot: uptimeRobot(settings, uptime, common),
    betterStack: betterStack(settings, uptime, common),
  };
}

function vendorArgs(
  settings: Settings,
  uptime: Enabled<"uptime">,
  pager: DeployedPager | undefined,
): UptimeVendorArgs {
  return {
    environment: settings.environment,
    namePrefix: namePrefix(settings),
    checks: checksOf(settings),
    toldBy: toldBy(settings),
    intervalOf: vendorIntervalOf(uptime),
    verifyCertificates: uptime.verifyCertificates,
    widgetKeyword: uptime.widgetKeyword,
    maintenance: settings.announcements.maintenance,
    pager: pager?.uptimeKey && { by: pager, key: pager.uptimeKey },
  };
}

/** Undefined where the stack has it check nothing. */
function uptimeRobot(
  settings: Settings,
  { uptimerobotApiKey: key, uptimerobotApiUrl: url }: Enabled<"uptime">,
  common: UptimeVendorArgs,
): UptimeRobot | undefined {
  if (!checkersOf(settings).includes("uptimerobot") || !key) return undefined;
  const { emails, slackWebhookUrl, slackChannel } = settings.notifications;
  const slack = slackWebhookUrl && { webhookUrl: pulumiSecret(slackWebhookUrl), channel: slackChannel };
  const providers = [new VendorProvider("uptimerobot", { url, key })];
  return new UptimeRobot("uptimerobot", { ...common, emails, slack }, { providers });
}

/** Undefined where the stack has it check nothing. */
function betterStack(
  settings: Settings,
  { betterstackApiToken: key, betterstackApiUrl: url, betterstackSubdomain }: Enabled<"uptime">,
  common: UptimeVendorArgs,
): BetterStack | undefined {
  if (!checkersOf(settings).includes("betterstack") || !key) return undefined;
  const subdomain = betterstackSubdomain ?? common.namePrefix;
  const announcement = announcementText(settings.announcements);
  const providers = [new VendorProvider("betterstack", { url, key })];
  return new BetterStack("betterstack", { ...common, subdomain, announcement }, { providers });
}

/** Seconds between a vendor's checks of an endpoint. */
export function vendorIntervalOf({ vendorIntervalSeconds }: Enabled<"uptime">) {
  return (check: UptimeCheck): number => vendorIntervalSeconds || vendorInterval(check);
}
