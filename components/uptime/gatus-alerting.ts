/** Whom Gatus tells by itself, where it is the checker that tells. */

import type { Maintenance } from "../../catalog/maintenance.ts";
import { maintenanceOf, minutesLong, weekdayOf } from "../../catalog/maintenance.ts";
import { alertNameOf, alertTitle, type Checker, type UptimeCheck } from "../../catalog/uptime.ts";
import { splitHostAndPort } from "../../settings/addresses.ts";
import type { GatusRequest } from "../shared/pager.ts";
import { toYaml } from "../shared/yaml.ts";

export interface GatusAlerting {
  /** The checker that tells people of the endpoint; where it isn't Gatus, it only shows. */
  readonly toldBy: (check: UptimeCheck) => Checker | undefined;
  /** Where warnings go. */
  readonly warning: readonly ("slack" | "email")[];
  /** Whether criticals page; they go where warnings go otherwise. */
  readonly pages: boolean;
  readonly runbookBaseUrl: string;
}

/** What Gatus tells with. All of it is in one file, which is secret as a whole. */
export interface GatusChannels {
  /** How it pages, with its key. */
  readonly pager: GatusRequest | undefined;
  readonly slackWebhookUrl: string | undefined;
  readonly email:
    | {
        readonly smtpHost: string;
        readonly from: string;
        readonly to: readonly string[];
        readonly username: string | undefined;
        readonly password: string | undefined;
      }
    | undefined;
}

/** Seconds for which an endpoint fails before anybody is told, as with the other checkers. */
const PATIENCE_SECONDS = 120;

/** Gatus replaces `$NAME` by the environment's; its own form of a plain `$` is `$$`. */
export function literal(text: string): string {
  return text.replaceAll("$", "$$$$");
}

/** The part of an endpoint's entry that says whom its failure is told, and when it is not. */
export function alertsOf(
  check: UptimeCheck,
  {
    alerting: { toldBy, warning, pages, runbookBaseUrl },
    announcements,
    intervalSeconds,
  }: {
    readonly alerting: GatusAlerting;
    readonly announcements: { readonly maintenance: readonly Maintenance[] };
    readonly intervalSeconds: number;
  },
): object {
  if (toldBy(check) !== "gatus") return {};
  const { severity, whenItFails } = check;
  const windows = maintenanceOf(check.key, announcements.maintenance).map(({ window }) => ({
    start: window.from,
    duration: `${minutesLong(window)}m`,
    every: [capitalised(weekdayOf(window))],
  }));
  return {
    alerts: (severity === "critical" && pages ? ["custom"] : warning).map((type) => ({
      type,
      description: literal(
        `${alertTitle(check)}: ${whenItFails} Runbook: ${runbookBaseUrl}/${alertNameOf(check)}.md`,
      ),
      "failure-threshold": Math.max(2, Math.ceil(PATIENCE_SECONDS / intervalSeconds)),
      "success-threshold": 2,
      "send-on-resolved": true,
    })),
    ...(windows.length > 0 && { "maintenance-windows": windows }),
  };
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** alerting.yaml */
export function gatusAlerting({ pager, slackWebhookUrl, email }: GatusChannels): string {
  return toYaml({
    alerting: {
      ...(pager && { custom: requestOf(pager) }),
      ...(slackWebhookUrl && { slack: { "webhook-url": literal(slackWebhookUrl) } }),
      ...(email && { email: mailServer(email) }),
    },
  });
}

/** Every text of it taken literally: a secret may have any sign. */
function requestOf({ url, method, headers, body, placeholders }: GatusRequest) {
  const literals = Object.entries(headers).map(([name, value]) => [name, literal(value)]);
  return {
    url: literal(url),
    method,
    headers: Object.fromEntries(literals),
    body: literal(body),
    placeholders,
  };
}

function mailServer({ smtpHost, from, to, username, password }: NonNullable<GatusChannels["email"]>) {
  return {
    ...splitHostAndPort(smtpHost),
    from,
    to: to.join(","),
    ...(username && { username: literal(username) }),
    ...(password && { password: literal(password) }),
  };
}
