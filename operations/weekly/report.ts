/** A weekly review as people read it on a Monday: what to mend first, then half a page of figures with links. */

import { type Block, joined, type Line, link, oneLine, type Span } from "../document/blocks.ts";
import { HOURS } from "../replay/hours.ts";
import { type Had, isMissing, type Missing, type Review } from "./model.ts";
import { pageBlocks, ROWS } from "./report-pages.ts";
import { budgetBlocks, figureBlocks } from "./report-tables.ts";
import { clock, ofMonth, plural, usd } from "./words.ts";

/** Days within which a certificate's end is worth a word. */
const CERTIFICATE_DAYS = 45;
/** Characters of a sentence, which holds a few words from outside, and of why somebody could not be asked. */
const SENTENCE = 400;

export function titleOf({ stack, week }: Pick<Review, "stack" | "week">): string {
  return `${stack}: the week of ${ofMonth(week.first)} to ${ofMonth(week.last)} ${week.last.slice(0, 4)}`;
}

/** One line for an issue's title and a mail's subject. */
export function headline(review: Review): string {
  const { pages } = review;
  const told = isMissing<object>(pages)
    ? pages.switchedOff
      ? pages.missing
      : "its pages are not known"
    : `${plural(pages.count, "page")}, ${pages.asleep} at night`;
  return `${titleOf(review)}: ${told}`;
}

export function documentOf(review: Review): readonly Block[] {
  return [
    { heading: titleOf(review), level: 1 },
    ...mendBlocks(review),
    { heading: "Pages", level: 2 },
    ...section(review.pages, (pages) => pageBlocks(pages, review.week.timeZone)),
    ...section(review.firings, firingBlocks, "Alerts that fired"),
    { heading: "Error budgets", level: 2 },
    ...section(review.budgets, budgetBlocks),
    { heading: "The week and the one before", level: 2 },
    ...figureBlocks(review),
    { heading: "Also", level: 2 },
    { list: alsoLines(review) },
    {
      paragraph: [
        `Times and nights are those of ${review.week.timeZone} (${HOURS}). Days of costs and conversations are UTC's.`,
      ],
    },
  ];
}

function mendBlocks({ mend }: Review): readonly Block[] {
  if (mend.length === 0) return [{ paragraph: ["Nothing that was asked calls for mending this week."] }];
  return [
    {
      numbered: true,
      list: mend.map(({ text, url, command }) => [
        oneLine(text, SENTENCE),
        ...(url === undefined ? [] : [" ", link("See it", url), "."]),
        ...(command === undefined ? [] : [" Try: ", { code: command }]),
      ]),
    },
  ];
}

/** What a section says, or that nobody could be asked. */
function section<Section extends object>(
  part: Section,
  blocks: (value: Had<Section>) => readonly Block[],
  name?: string,
): readonly Block[] {
  if (isMissing<object>(part)) return [{ paragraph: unknown(part, name) }];
  return blocks(part as Had<Section>);
}

function unknown({ missing, switchedOff }: Missing, name?: string): Line {
  const why = `${switchedOff ? "none" : "not known"}: ${oneLine(missing, SENTENCE)}`;
  return [name === undefined ? `${why.charAt(0).toUpperCase()}${why.slice(1)}` : `${name}: ${why}`];
}

function firingBlocks({ alerts, unseenHours }: Had<Review["firings"]>): readonly Block[] {
  const fired = alerts.filter((alert) => alert.fired > 0);
  const shown = fired
    .slice(0, ROWS)
    .map(
      ({ alert, url, fired: count, short }): Line => [
        link(alert, url),
        ` ${count}${short > 0 ? ` (${short} for less than 10 minutes)` : ""}`,
      ],
    );
  const unseen = unseenHours > 0 ? ` Prometheus has no samples of ${unseenHours.toFixed(1)} hours.` : "";
  if (fired.length === 0) return [{ paragraph: [`No alert began to fire.${unseen}`] }];
  const rest = fired.length > ROWS ? ` and ${fired.length - ROWS} others` : "";
  return [{ paragraph: ["Began to fire, pages or not: ", ...joined(shown, ", "), `${rest}.${unseen}`] }];
}

/** One line for each that is left. */
function alsoLines(review: Review): readonly Line[] {
  const line = <Section extends object>(
    name: string,
    part: Section,
    told: (value: Had<Section>) => Line,
  ): Line => (isMissing<object>(part) ? unknown(part, name) : [`${name}: `, ...told(part as Had<Section>)]);
  return [
    line("Costs", review.costs, costLine),
    line("Drift", review.drift, ({ stillOpen, closed }) => {
      if (stillOpen.length + closed.length === 0) return ["none that the drift check has told."];
      const open = stillOpen.map(
        (issue): Line => [link(oneLine(issue.title), issue.url), ` (open since ${ofMonth(issue.opened)})`],
      );
      const ended = closed.map((issue): Line => [link(oneLine(issue.title), issue.url), " (put right)"]);
      return joined([...open, ...ended], "; ");
    }),
    line("Certificates", review.certificates, ({ endpoints }) => certificateLine(endpoints)),
    line("What Sentry saw first", review.sentry, (sentry) => sentryLine(sentry, review.week.timeZone)),
    line("Neither rung nor drilled", review.untried, untriedLine),
  ];
}

function costLine({
  total,
  before,
  llm,
  infrastructure,
  complete,
  projected,
  budget,
  remarks,
}: Had<Review["costs"]>): Line {
  const parts = [
    `${usd(total)}${complete ? "" : " of what is known"}`,
    before === undefined ? "" : ` (${usd(before)} the week before)`,
    `: language models ${llm === undefined ? "not known" : usd(llm)}`,
    `, infrastructure ${infrastructure === undefined ? "not known" : usd(infrastructure)}.`,
    projected === undefined ? "" : ` At this month's pace ${usd(projected)} a month`,
    projected === undefined || budget === undefined ? "" : ` of a budget of ${usd(budget)}`,
    projected === undefined ? "" : ".",
    ...(complete
      ? []
      : remarks
          .filter((remark) => /is not known|has nothing of/.test(remark))
          .map((remark) => ` ${oneLine(remark, SENTENCE)}`)),
  ];
  return [parts.join("")];
}

function certificateLine(endpoints: Had<Review["certificates"]>["endpoints"]): Line {
  const [next] = endpoints;
  if (next === undefined) return ["no certificate is watched."];
  const soon = endpoints.filter(({ days }) => days <= CERTIFICATE_DAYS);
  const told = (soon.length > 0 ? soon : [next]).map(
    ({ endpoint, ends, days }): Line => [
      `${endpoint} ${days < 0 ? "expired" : "expires"} on ${ofMonth(ends)} ${ends.slice(0, 4)}`,
    ],
  );
  return [...joined(told, ", "), soon.length > 0 ? "." : ", and no other sooner."];
}

function sentryLine({ count, issues }: Had<Review["sentry"]>, timeZone: string): Line {
  if (count === 0) return ["no new error."];
  // What paged comes first: it is the earlier sign.
  const first = issues.toSorted(
    (one, other) => Number(other.pagedAfter !== undefined) - Number(one.pagedAfter !== undefined),
  );
  const shown = first.slice(0, 3).map(({ title, url, events, firstSeen, pagedAfter }): Line => {
    const page: readonly Span[] = pagedAfter
      ? [
          `, ${plural(pagedAfter.minutes, "minute")} before page `,
          link(String(pagedAfter.incident.number), pagedAfter.incident.url),
        ]
      : [];
    return [
      link(oneLine(title), url),
      ` (${clock(firstSeen, timeZone)}, ${plural(events, "event")}`,
      ...page,
      ")",
    ];
  });
  return [`${plural(count, "new error")}: `, ...joined(shown, "; "), count > 3 ? "; ..." : "."];
}

function untriedLine({ alerts, days, drills }: Had<Review["untried"]>): Line {
  const since = `in the ${plural(days, "day")} that Prometheus remembers${days < 90 ? " (of 90)" : ""}`;
  const drilled =
    "missing" in drills
      ? ` Drills: not known, ${oneLine(drills.missing)}.`
      : ` The drills of ${ofMonth(drills.at)} rang ${plural(drills.alerts, "alert")}.`;
  if (alerts.length === 0) return [`none, ${since}.${drilled}`];
  const shown = alerts.slice(0, ROWS).join(", ");
  const rest = alerts.length > ROWS ? ` and ${alerts.length - ROWS} others` : "";
  return [`${plural(alerts.length, "alert")} ${since}: ${shown}${rest}.${drilled}`];
}
