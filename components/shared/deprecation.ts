/** What a vendor's answer says of the end of what was asked: in headers that nobody reads until it is gone. */

import { linksOf } from "./link-header.ts";

/** How every line begins that tells of an end, in the engine's output as in a report. */
export const ABOUT_TO_END = "About to end: ";

/**
 * The line for people, such as `About to end: Sentry's GET /0/x/ is deprecated (components/sentry/objects.ts)`.
 * @param request who was asked for what
 * @param file the one here that relies on it
 * @returns undefined where the answer says nothing of an end
 */
export function endTold(request: string, headers: Headers, file: string): string | undefined {
  const said = deprecationOf(headers);
  return said === undefined ? undefined : `${ABOUT_TO_END}${request} ${said} (${file})`;
}

/** Each end that lines of output tell of, once, without how the line begins. */
export function endsToldIn(lines: readonly string[]): string[] {
  const told = lines.flatMap((line) => {
    const start = line.indexOf(ABOUT_TO_END);
    return start < 0 ? [] : [line.slice(start + ABOUT_TO_END.length).trim()];
  });
  return [...new Set(told)].toSorted();
}

/** Such as `is deprecated since 2026-05-14 and goes on 2026-09-18; instead: /api/0/organizations/x/workflows/`. */
export function deprecationOf(headers: Headers): string | undefined {
  const deprecation = headers.get("deprecation");
  // Sentry's own header has the day on which it goes.
  const end = dayOf(headers.get("sunset") ?? headers.get("x-sentry-deprecation-date"));
  const marked = deprecation !== null && deprecation !== "false" && deprecation !== "?0";
  if (!marked && end === undefined) return undefined;
  const since = marked ? dayOf(deprecation) : undefined;
  const instead = headers.get("x-sentry-replacement-endpoint") ?? linkOf(headers.get("link"));
  return [
    `is deprecated${since === undefined ? "" : ` since ${since}`}`,
    end === undefined ? "" : ` and goes on ${end}`,
    instead === undefined ? "" : `; instead: ${instead}`,
  ].join("");
}

/** Of `@1688169599` (RFC 9745), of an HTTP date (RFC 8594), or of an ISO date. Undefined where it is none, such as `true`. */
function dayOf(value: string | null): string | undefined {
  const seconds = /^@(\d+)$/.exec(value ?? "")?.[1];
  const time = seconds === undefined ? Date.parse(value ?? "") : Number(seconds) * 1000;
  return Number.isNaN(time) ? undefined : new Date(time).toISOString().slice(0, 10);
}

/** What comes instead, or else what was written about it. */
function linkOf(value: string | null): string | undefined {
  const links = linksOf(value);
  const of = (relation: string) =>
    links.find(({ parameters }) => new RegExp(`rel="?[^";]*\\b${relation}\\b`).test(parameters))?.address;
  return of("successor-version") ?? of("deprecation") ?? of("sunset");
}
