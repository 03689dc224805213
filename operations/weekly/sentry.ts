/** Errors that Sentry saw for the first time in a week, and which of them it saw before the pager rang. */
import { z } from "zod";
import type { Incident, TimeRange } from "../../components/shared/incident.ts";
import { getJson, getPages } from "../../components/shared/json-api.ts";
import { required } from "../../components/shared/outcome.ts";
import type { Enabled } from "../../settings/schema.ts";
import type { Stack } from "../verify/stack.ts";
import type { SentryIssues } from "./model.ts";
import { isTest, linkOf } from "./pages.ts";

const issue = z.object({
  title: z.string(),
  permalink: z.string(),
  level: z.string(),
  /** Of all time, as text. */
  count: z.coerce.number(),
  firstSeen: z.iso.datetime({ offset: true }),
});
export type SentryIssue = z.output<typeof issue>;

/** A page so soon after an error may be about it. */
const SOON = 3_600_000;

/**
 * It takes the scope event:read.
 * @see https://docs.sentry.io/api/events/list-an-organizations-issues/
 */
export async function sentryIssues(
  { settings, secrets, outputs }: Stack,
  { from, to }: TimeRange,
  signal: AbortSignal,
): Promise<readonly SentryIssue[]> {
  const { apiUrl, organization } = settings.sentry as Enabled<"sentry">;
  const [start, end] = [new Date(from).toISOString().slice(0, 19), new Date(to).toISOString().slice(0, 19)];
  const headers = { Authorization: `Bearer ${secrets["sentry.token"] ?? ""}` };
  const ask = { headers, signal };
  const slug = required(outputs.sentryProject, "sentryProject");
  const { id } = await getJson(
    z.object({ id: z.string() }),
    `${apiUrl}0/projects/${organization}/${slug}/`,
    ask,
  );
  const parameters = new URLSearchParams({
    project: id,
    // Resolved ones too: without a query, it answers those that are not.
    query: `firstSeen:>=${start} firstSeen:<${end}`,
    ...{ start, end, sort: "new", limit: "100" },
  });
  return getPages(issue, `${apiUrl}0/organizations/${organization}/issues/?${parameters}`, ask);
}

/** @param incidents none where the pager could not be asked */
export function seenFirst(issues: readonly SentryIssue[], incidents: readonly Incident[]): SentryIssues {
  const pages = incidents.filter((incident) => incident.urgency === "high" && !isTest(incident));
  return {
    count: issues.length,
    issues: issues
      .toSorted((one, other) => other.count - one.count)
      .map(({ title, permalink, level, count, firstSeen }) => {
        const seen = Date.parse(firstSeen);
        const page = pages.find(({ opened }) => opened >= seen && opened - seen <= SOON);
        return {
          ...{ title, url: permalink, level, events: count, firstSeen: new Date(seen).toISOString() },
          ...(page && {
            pagedAfter: { incident: linkOf(page), minutes: Math.round((page.opened - seen) / 60_000) },
          }),
        };
      }),
  };
}
