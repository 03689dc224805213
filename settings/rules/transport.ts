/** What travels must be encrypted: no secret over plain http, and in production nothing at all. */

import { isThisMachine } from "../addresses.ts";
import type { Problem } from "../messages.ts";
import { enabledPagers } from "../pagers/index.ts";
import type { Sections } from "../schema.ts";

type Addresses = Readonly<Record<string, string | undefined>>;

/** Addresses to which a token, password or routing key is sent. */
function addressesOfSecrets(sections: Sections): Addresses {
  const { aws, datadog, metrics, sentry, uptime } = sections;
  return {
    // Topics are told the pager's key, and functions their database's password.
    ...(aws?.enabled && { "aws.endpointUrl": aws.endpointUrl }),
    ...(sentry?.enabled && { "sentry.apiUrl": sentry.apiUrl }),
    ...(datadog?.apiKey && { "datadog.apiUrl": datadog.apiUrl }),
    ...(uptime?.enabled && {
      ...(uptime.uptimerobotApiKey && { "uptime.uptimerobotApiUrl": uptime.uptimerobotApiUrl }),
      ...(uptime.betterstackApiToken && { "uptime.betterstackApiUrl": uptime.betterstackApiUrl }),
    }),
    ...Object.assign({}, ...enabledPagers(sections).map(({ addresses }) => addresses)),
    ...(metrics?.enabled && {
      "metrics.grafanaUrl": metrics.grafanaUrl,
      // The receivers' secrets are in what it is given.
      "metrics.remoteAlertmanagerUrl": metrics.remoteAlertmanagerUrl,
      ...(metrics.remotePassword && {
        "metrics.remoteWriteUrl": metrics.remoteWriteUrl,
        "metrics.remoteQueryUrl": metrics.remoteQueryUrl,
        "metrics.remoteRulesUrl": metrics.remoteRulesUrl,
      }),
    }),
  };
}

/** Addresses that customers and colleagues open. */
function publicAddresses({ docs, uptime }: Sections): Addresses {
  return {
    "docs.runbookBaseUrl": docs?.runbookBaseUrl,
    "docs.grafanaUrl": docs?.grafanaUrl,
    ...(uptime?.enabled && {
      "uptime.apiUrl": uptime.apiUrl,
      "uptime.widgetUrl": uptime.widgetUrl,
      "uptime.statusPageUrl": uptime.statusPageUrl,
    }),
  };
}

function inClear(addresses: Addresses, why: string): Problem[] {
  return Object.entries(addresses).flatMap(([key, address]) =>
    address?.startsWith("http:") && !isThisMachine(address)
      ? [{ key, expected: `an address of https: ${why}`, text: true }]
      : [],
  );
}

export function transportProblems(environment: string, sections: Sections): Problem[] {
  const { metrics, notifications } = sections;
  const isProduction = environment === "production";
  const problems = [
    ...inClear(addressesOfSecrets(sections), "a secret travels to it"),
    ...(isProduction ? inClear(publicAddresses(sections), "it is production's") : []),
  ];
  const databaseAddress = metrics?.enabled ? metrics.databaseAddress : undefined;
  if (
    isProduction &&
    metrics?.enabled &&
    databaseAddress &&
    metrics.databaseTls === "disable" &&
    !isThisMachine(`postgres://${databaseAddress}`)
  ) {
    const expected = "require or verify-full: in production a password travels to metrics.databaseAddress";
    problems.push({ key: "metrics.databaseTls", expected, text: true });
  }
  const { smtpHost, smtpRequireTls } = notifications ?? {};
  if (smtpHost && smtpRequireTls === false && !isThisMachine(`smtp://${smtpHost}`)) {
    const expected = "true: only a relay on the same machine needs no TLS";
    problems.push({ key: "notifications.smtpRequireTls", expected, text: false });
  }
  return problems;
}
