/** Sentry, as a stack's settings want it. */

import type { Enabled, Settings } from "../../settings/schema.ts";
import { VendorProvider } from "../shared/dynamic-providers.ts";
import { namePrefix } from "../shared/names.ts";
import type { SentryPager } from "../shared/pager.ts";
import { SentryAlerts } from "./alerts.ts";
import { ErrorTracking } from "./error-tracking.ts";
import { sentryProvider } from "./provider.ts";

export function sentryPlatform(
  settings: Settings,
  platform: Enabled<"sentry">,
  pager: SentryPager | undefined,
): ErrorTracking {
  const provider = sentryProvider("sentry", platform);
  const { organization, slackIntegration } = platform;
  const providers = [provider];
  const objectsProvider = new VendorProvider("sentry-settings", {
    url: platform.apiUrl,
    key: platform.token,
  });
  const { environment } = settings;
  const tracking = new ErrorTracking(
    "error-tracking",
    { organization, slug: namePrefix(settings), environment, objectsProvider },
    { providers },
  );
  new SentryAlerts(
    "sentry-alerts",
    {
      organization,
      project: tracking.projectSlug,
      projectId: tracking.projectId,
      objectsProvider,
      teamId: tracking.teamId,
      environment,
      slack: slackIntegration
        ? { integration: slackIntegration, channel: settings.notifications.slackChannel }
        : undefined,
      pager,
    },
    { providers },
  );
  return tracking;
}
