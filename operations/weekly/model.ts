/** A weekly review, as `npm run ops -- weekly --json` prints it. What could not be asked says why, and has no figures. */
import { z } from "zod";

const missing = z.object({
  missing: z.string(),
  /** The stack's settings want it so: nothing is wrong. */
  switchedOff: z.literal(true).optional(),
});
export type Missing = Readonly<z.output<typeof missing>>;

/** A section, or why there is none. */
const part = <Schema extends z.ZodType>(schema: Schema) => z.union([schema, missing]);
export type Part<Value> = Value | Missing;

/** ISO 8601, UTC. */
const time = z.string();
const count = z.number();
const seconds = z.number().optional();

const waits = z.object({
  /** Of all that were counted; undefined where none was. */
  median: seconds,
  longest: seconds,
});

const incidentLink = z.object({ number: z.number(), url: z.string(), opened: time });

const alertPages = z.object({
  alert: z.string(),
  /** Its panel; undefined where another source than Prometheus reported it. */
  url: z.string().optional(),
  pages: count,
  before: count,
  asleep: count,
  /** Ended within minutes, and nobody ended it. */
  endedByThemselves: count,
  incidents: z.array(incidentLink),
});

const personPages = z.object({
  name: z.string(),
  /** Incidents that the person was called for, however often. */
  pages: count,
  asleep: count,
  /** Incidents that the person was the first to acknowledge. */
  acknowledged: count,
  /** From the person's first call to that acknowledgement. */
  wait: waits,
});

/** Of high urgency, opened in the week: what calls people. */
const pages = z.object({
  count,
  before: count,
  asleep: count,
  endedByThemselves: count,
  /** Those that the next level was called for, since nobody had answered. */
  escalated: count,
  neverAcknowledged: count,
  acknowledge: waits,
  resolve: waits,
  /** Still open when the pager was asked, those of the week before as well. */
  open: z.array(incidentLink),
  /** Of low urgency: they call nobody. */
  quiet: count,
  /** Test pages, which are none of the others. */
  tests: count,
  byAlert: z.array(alertPages),
  byPerson: z.array(personPages),
});

/** What fired in Prometheus, pages or not. Alerts of one name that fire together are one firing. */
const firings = z.object({
  /** Hours of the week of which Prometheus has no samples. */
  unseenHours: z.number(),
  alerts: z.array(
    z.object({
      alert: z.string(),
      severity: z.string(),
      url: z.string().optional(),
      /** That began in the week. */
      fired: count,
      /** Of those, that ended within minutes. */
      short: count,
      minutes: z.number(),
    }),
  ),
});

/** Alerts that nobody has seen ring: neither in production nor in a drill. */
const untried = z.object({
  /** Days of which Prometheus has samples, of the 90 that are wanted. */
  days: z.number(),
  /** When drills were last run, and how many alerts they rang; or why that is not known. */
  drills: part(z.object({ at: time, alerts: count })),
  alerts: z.array(z.string()),
});

const budgets = z.object({
  objectives: z.array(
    z.object({
      objective: z.string(),
      promise: z.string(),
      /** Its dashboard. */
      url: z.string().optional(),
      target: z.number(),
      /** Share of the 30 days' budget that the week spent. */
      spent: z.number(),
      /** Share that was left at the end of the week; below 0 it is overspent. */
      left: z.number(),
      /** Bad events in the 30 days up to then. */
      bad: z.number(),
      /** The day by whose end nothing is left, at the week's pace. Undefined where that is not within 90 days. */
      runsOut: z.string().optional(),
    }),
  ),
  /** Objectives of which nothing is known in the week. */
  unknown: z.array(z.string()),
});

export const units = ["number", "share", "usd", "cents", "seconds"] as const;
const figure = z.object({
  name: z.string(),
  unit: z.enum(units),
  /** Undefined where it is not known. */
  value: z.number().optional(),
  before: z.number().optional(),
  /** Where either is without a part of its week: their difference says nothing. */
  incomparable: z.literal(true).optional(),
  url: z.string().optional(),
});

const certificates = z.object({
  endpoints: z.array(z.object({ endpoint: z.string(), instance: z.string(), ends: time, days: z.number() })),
});

const issues = z.object({
  stillOpen: z.array(z.object({ title: z.string(), url: z.string(), opened: time })),
  closed: z.array(z.object({ title: z.string(), url: z.string(), opened: time })),
});

const sentry = z.object({
  count,
  issues: z.array(
    z.object({
      title: z.string(),
      url: z.string(),
      level: z.string(),
      events: z.number(),
      firstSeen: time,
      /** The page that followed within the hour. */
      pagedAfter: z.object({ incident: incidentLink, minutes: z.number() }).optional(),
    }),
  ),
});

const costs = z.object({
  llm: z.number().optional(),
  infrastructure: z.number().optional(),
  total: z.number(),
  before: z.number().optional(),
  /** Whether both costs are known for every day. */
  complete: z.boolean(),
  projected: z.number().optional(),
  budget: z.number().optional(),
  remarks: z.array(z.string()),
});

/** What to do, and why: a sentence. */
const advice = z.object({
  text: z.string(),
  /** Of the panel, incident or issue that shows it. */
  url: z.string().optional(),
  /** What helps, to be run in this repository. */
  command: z.string().optional(),
});

export const reviewSchema = z.object({
  stack: z.string(),
  week: z.object({ first: z.string(), last: z.string(), from: time, to: time, timeZone: z.string() }),
  /** At most three, the most urgent first. */
  mend: z.array(advice),
  pages: part(pages),
  firings: part(firings),
  untried: part(untried),
  budgets: part(budgets),
  figures: z.array(figure),
  /** What a reader must know to trust the figures. */
  remarks: z.array(z.string()),
  costs: part(costs),
  drift: part(issues),
  certificates: part(certificates),
  sentry: part(sentry),
});

export type Review = z.output<typeof reviewSchema>;
export type Pages = z.output<typeof pages>;
export type Waits = z.output<typeof waits>;
export type AlertPages = z.output<typeof alertPages>;
export type PersonPages = z.output<typeof personPages>;
export type IncidentLink = z.output<typeof incidentLink>;
export type Firings = z.output<typeof firings>;
export type Untried = z.output<typeof untried>;
export type Budgets = z.output<typeof budgets>;
export type Figure = z.output<typeof figure>;
export type Certificates = z.output<typeof certificates>;
export type DriftIssues = z.output<typeof issues>;
export type SentryIssues = z.output<typeof sentry>;
export type Costs = z.output<typeof costs>;
export type Advice = z.output<typeof advice>;

/** A section that could be had. */
export type Had<Section> = Exclude<Section, Missing>;

export function isMissing<Section extends object>(section: Section | Missing): section is Missing {
  return "missing" in section;
}

export function known<Section extends object>(section: Section): Had<Section> | undefined {
  return isMissing<object>(section) ? undefined : (section as Had<Section>);
}

/** The same section with other figures; still missing where it is. */
export function mapped<Section extends object, Other extends object>(
  section: Section,
  change: (value: Had<Section>) => Other,
): Part<Other> {
  return isMissing<object>(section) ? section : change(section as Had<Section>);
}
