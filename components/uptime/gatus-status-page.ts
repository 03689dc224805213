/** The public status page, as a stack's settings want it. */
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../settings/schema.ts";
import { pulumiSecret } from "../../settings/stack-settings.ts";
import { dockerProvider } from "../docker/provider.ts";
import { publicStatusPageUrl } from "../shared/addresses.ts";
import { checksOf, toldBy } from "../shared/checkers.ts";
import { namePrefix } from "../shared/names.ts";
import { notificationSettings } from "../shared/notifications.ts";
import type { DeployedPager } from "../shared/pager.ts";
import { badgeUrls, gatusConfiguration } from "./gatus.ts";
import { gatusAlerting } from "./gatus-alerting.ts";
import { statusPageSettings } from "./gatus-settings.ts";
import { StatusPage } from "./status-page.ts";

/** Undefined where the stack has none. */
export function statusPage(settings: Settings, pager: DeployedPager | undefined) {
  const { uptime, metrics } = settings;
  const page = statusPageSettings(settings, pager);
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
      alerting: alerting(settings, pager),
      tls:
        certificate && privateKey
          ? { certificate: pulumiSecret(certificate), privateKey: pulumiSecret(privateKey) }
          : undefined,
      publicUrl,
      protectData: settings.isProduction,
    },
    { providers: [dockerProvider("status-page-docker", host)] },
  );
  return { url, badgeUrls: badgeUrls(publicUrl, page.checks) };
}

/** What Gatus tells people with; undefined where other checkers tell of everything. */
function alerting(settings: Settings, pager: DeployedPager | undefined): pulumi.Output<string> | undefined {
  if (!checksOf(settings).some((check) => toldBy(settings)(check) === "gatus")) return undefined;
  const { email } = notificationSettings(settings, pager);
  const { slackWebhookUrl, smtpPassword } = settings.notifications;
  const prefix = namePrefix(settings);
  const secrets = pulumi.secret({
    pagerKey: pager?.uptimeKey,
    slackWebhookUrl: slackWebhookUrl && pulumiSecret(slackWebhookUrl),
    smtpPassword: smtpPassword && pulumiSecret(smtpPassword),
  });
  return secrets.apply(({ pagerKey, slackWebhookUrl: webhook, smtpPassword: password }) =>
    gatusAlerting({
      pager: pagerKey ? pager?.uptime.gatus(pagerKey, prefix) : undefined,
      slackWebhookUrl: webhook,
      email: email && { ...email, password },
    }),
  );
}
