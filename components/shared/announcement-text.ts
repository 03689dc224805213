/** What a stack announces, as one text for status pages that have no list of announcements. */
import type { Announcements } from "../../catalog/maintenance.ts";
import { type EndpointKey, publicName } from "../../catalog/uptime.ts";

/** Undefined where there is nothing, or nothing any more. */
export function announcementText({ incidents, maintenance }: Announcements): string | undefined {
  const lines = [
    ...incidents.filter(({ over }) => !over).map(({ affects, text }) => `${namesOf(affects)}: ${text}`),
    ...maintenance
      .filter(({ over }) => !over)
      .map(({ when, affects, text }) => `Planned maintenance, ${when} UTC (${namesOf(affects)}): ${text}`),
  ];
  return lines.length > 0 ? lines.join("\n") : undefined;
}

/** Public names, as customers read them. */
export function namesOf(keys: readonly EndpointKey[]): string {
  return keys.map(publicName).join(", ");
}
