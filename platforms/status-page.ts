/** The public status page, as a stack's settings want it. */
import { StatusPage } from "../components/status-page.ts";
import { dockerProvider } from "../providers.ts";
import { badgeUrls, gatusConfiguration } from "../render/gatus.ts";
import { namePrefix, publicStatusPageUrl, statusPageSettings } from "../render/index.ts";
import type { Settings } from "../settings.ts";

/** Undefined where the stack has none. */
export function statusPage(settings: Settings) {
  const { uptime, metrics } = settings;
  const page = statusPageSettings(settings);
  if (!uptime.enabled || page === undefined) return undefined;
  const { statusPageCertificate: certificate, statusPagePrivateKey: privateKey } = uptime;
  const host = uptime.statusPageDockerHost ?? (metrics.enabled ? metrics.dockerHost : undefined);
  const publicUrl = publicStatusPageUrl(uptime);
  const { url } = new StatusPage(
    "status-page",
    {
      namePrefix: namePrefix(settings),
      bindAddress: uptime.statusPageBindAddress,
      port: uptime.statusPagePort,
      configuration: gatusConfiguration(page),
      tls: certificate && privateKey ? { certificate, privateKey } : undefined,
      publicUrl,
      protectData: settings.isProduction,
    },
    { providers: [dockerProvider("status-page-docker", host)] },
  );
  return { url, badgeUrls: badgeUrls(publicUrl, page.checks) };
}
