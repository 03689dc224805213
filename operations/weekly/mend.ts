/** What to mend this week, and why: the three most urgent things that a review has found, a sentence each. */
import { alertThresholdNames } from "../../catalog/alerts/index.ts";
import { oneLine } from "../document/blocks.ts";
import {
  type Advice,
  type Budgets,
  isMissing,
  known,
  type Missing,
  type Pages,
  type Review,
} from "./model.ts";
import { ofMonth, percent, times, waited } from "./words.ts";

/** A review before anybody has said what follows from it. */
export type Findings = Omit<Review, "mend">;

interface Candidate extends Advice {
  /** The larger, the more urgent. */
  readonly weight: number;
}

const MOST = 3;
/** Days within which a certificate's end is this week's work: the alert's own warning comes no earlier. */
const CERTIFICATE_DAYS = 21;
/** Days within which a budget that runs out is. */
const BUDGET_DAYS = 30;
/** An alert that so often ended before anybody could do something is noise. */
const NOISE = 2;
/** In fewer days, most alerts have had no reason to ring. */
const LONG_HISTORY_DAYS = 30;
const SLOW_ANSWER_SECONDS = 15 * 60;

/** None where nothing asks for it. */
export function mendOf(review: Findings): Advice[] {
  return [
    ...unasked(review),
    ...certificateEnds(review),
    ...brokenPromises(review),
    ...noise(review),
    ...nights(review),
    ...slowAnswers(review),
    ...drift(review),
    ...earlySigns(review),
    ...money(review),
    ...untried(review),
  ]
    .toSorted((one, other) => other.weight - one.weight)
    .slice(0, MOST)
    .map(({ weight: _, ...advice }) => advice);
}

/** A review that could not ask the pager has not seen the week. */
function unasked({ pages, firings }: Findings): Candidate[] {
  return [
    ...(isBroken(pages)
      ? [{ weight: 95, text: `Let this review ask the pager: it knows of no page (${pages.missing}).` }]
      : []),
    ...blindness(known(firings)?.unseenHours ?? 0),
    ...(isBroken(firings)
      ? [{ weight: 90, text: `Let this review ask Prometheus: it knows of no firing (${firings.missing}).` }]
      : []),
  ];
}

/** A restart takes minutes. */
const BLIND_HOURS = 1;

function blindness(hours: number): Candidate[] {
  if (hours < BLIND_HOURS) return [];
  const text = `Find out why Prometheus has no samples of ${Math.round(hours)} hours of the week: no alert could ring then.`;
  return [{ weight: 65 + Math.min(hours, 24), text }];
}

/** Whether somebody should have answered, and did not. */
function isBroken(section: object | Missing): section is Missing {
  return isMissing<object>(section) && section.switchedOff !== true;
}

function certificateEnds({ certificates }: Findings): Candidate[] {
  const [next] = known(certificates)?.endpoints ?? [];
  if (next === undefined || next.days > CERTIFICATE_DAYS) return [];
  const when = next.days < 0 ? "has expired" : `expires on ${next.ends.slice(0, 10)}`;
  return [
    { weight: 100 - Math.max(0, next.days), text: `Renew the certificate of ${next.endpoint}: it ${when}.` },
  ];
}

function brokenPromises({ budgets, week }: Findings): Candidate[] {
  return (known(budgets)?.objectives ?? []).flatMap((objective) => {
    const days = daysUntil(objective, week.last);
    if (days === undefined || days > BUDGET_DAYS) return [];
    const { left, spent, promise, target, url } = objective;
    const why =
      days === 0
        ? `its error budget is overspent (${percent(left)} left)`
        : `at this week's pace its error budget runs out on ${ofMonth(objective.runsOut ?? "")}`;
    const text = `Mend what breaks "${percent(target)} of ${promise}": ${why}; the week took ${percent(spent)} of a month's.`;
    return [{ weight: 80 - days + Math.min(spent, 1) * 10, text, ...(url !== undefined && { url }) }];
  });
}

function daysUntil({ runsOut }: Budgets["objectives"][number], last: string): number | undefined {
  return runsOut === undefined ? undefined : (Date.parse(runsOut) - Date.parse(last)) / 86_400_000;
}

/** The alert with the most pages that ended before anybody could do something. */
function noise({ pages, stack }: Findings): Candidate[] {
  const [worst] = byMost(pages, ({ endedByThemselves }) => endedByThemselves);
  if (worst === undefined || worst.endedByThemselves < NOISE) return [];
  const { alert, pages: count, endedByThemselves, url } = worst;
  const text = `Make ${oneLine(alert)} wait longer, or ask for more: ${endedByThemselves} of its ${count} pages ended by themselves within 10 minutes.`;
  // What a stack can't set by a number, somebody has to rewrite: then it shows what there was.
  const tried = alertThresholdNames.includes(alert) ? "--thresholds" : "--pages";
  // Of an alert that is not Prometheus's, there is nothing to play.
  const ours = url !== undefined && {
    url,
    command: `npm run ops -- replay --stack ${stack} --alert ${alert} ${tried}`,
  };
  return [{ weight: 60 + endedByThemselves * 3, text, ...ours }];
}

/** The alert that woke people most often, but for one that is noise already. */
function nights({ pages }: Findings): Candidate[] {
  const [worst] = byMost(pages, ({ asleep, endedByThemselves }) => (endedByThemselves >= NOISE ? 0 : asleep));
  if (worst === undefined || worst.asleep === 0) return [];
  const { alert, asleep, url } = worst;
  return [
    {
      weight: 50 + asleep * 5,
      text: `Mend the cause of ${oneLine(alert)}: it woke people ${times(asleep)}.`,
      ...(url !== undefined && { url }),
    },
  ];
}

function byMost(pages: Findings["pages"], of: (alert: Pages["byAlert"][number]) => number) {
  return (known(pages)?.byAlert ?? []).toSorted((one, other) => of(other) - of(one));
}

function slowAnswers({ pages }: Findings): Candidate[] {
  const { escalated = 0, acknowledge: { median } = {} } = known(pages) ?? {};
  if (escalated > 0) {
    const what = escalated === 1 ? "one page went" : `${escalated} pages went`;
    return [
      {
        weight: 45 + escalated * 5,
        text: `Ask whoever is on call what kept them: ${what} to the next level, since nobody answered.`,
      },
    ];
  }
  if (median === undefined || median <= SLOW_ANSWER_SECONDS) return [];
  return [
    {
      weight: 45,
      text: `Look at how people are called: half of the pages waited ${waited(median)} or longer.`,
    },
  ];
}

function drift({ drift: section }: Findings): Candidate[] {
  const [issue] = known(section)?.stillOpen ?? [];
  if (issue === undefined) return [];
  const text = `Put back, or take over, what was changed by hand: the drift check's issue is open since ${ofMonth(issue.opened)}.`;
  return [{ weight: 40, text, url: issue.url }];
}

function earlySigns({ sentry }: Findings): Candidate[] {
  const early = known(sentry)?.issues.find(({ pagedAfter }) => pagedAfter !== undefined);
  if (early?.pagedAfter === undefined) return [];
  const { incident, minutes } = early.pagedAfter;
  const text = `Mend "${oneLine(early.title)}": Sentry saw it ${minutes === 1 ? "a minute" : `${minutes} minutes`} before page ${incident.number}.`;
  return [{ weight: 48, text, url: early.url }];
}

function money({ costs }: Findings): Candidate[] {
  const { projected, budget } = known(costs) ?? {};
  if (projected === undefined || budget === undefined || projected <= budget) return [];
  const text = `Look at what the models and AWS cost: at this pace the month takes ${percent(projected / budget)} of its budget.`;
  return [{ weight: 42, text }];
}

/** Only where the history is long enough to say so. */
function untried({ untried: section }: Findings): Candidate[] {
  const found = known(section);
  const [first] = found?.alerts ?? [];
  if (found === undefined || first === undefined || "missing" in found.drills) return [];
  if (found.days < LONG_HISTORY_DAYS) return [];
  const others = found.alerts.length - 1;
  const which = others === 0 ? first : `${first} and ${others} others`;
  const text = `Drill ${which}: in ${found.days} days nobody has seen ${others === 0 ? "it" : "them"} ring.`;
  return [{ weight: 20, text, command: `make drill ALERT=${first}` }];
}
