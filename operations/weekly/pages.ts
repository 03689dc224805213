/** Pages of a week, as figures. Pure: incidents in, figures out. */
import { TEST_PAGE } from "../../catalog/test-page.ts";
import {
  acknowledgedAt,
  type Incident,
  peopleCalled,
  type TimeRange,
} from "../../components/shared/incident.ts";
import { clockIn } from "../replay/hours.ts";
import type { AlertPages, IncidentLink, Pages, PersonPages, Waits } from "./model.ts";
import type { Week } from "./week.ts";

/** What ends so soon by itself was over before anybody could have done something. */
export const SHORT_MILLISECONDS = 10 * 60_000;
/** Characters of what another source than Prometheus reported. */
const SUMMARY_LENGTH = 80;

export interface PagesContext {
  readonly week: Week;
  readonly before: TimeRange;
  /** The panel of an alert; undefined where it has none. */
  readonly panelOf: (alert: string) => string | undefined;
}

/** @param incidents all that were open in the week or in the one before */
export function pagesOf(incidents: readonly Incident[], { week, before, panelOf }: PagesContext): Pages {
  const calls = incidents.filter((incident) => incident.urgency === "high" && !isTest(incident));
  const own = calls.filter(openedIn(week));
  const earlier = calls.filter(openedIn(before));
  const partOf = clockIn(week.timeZone);
  const isAsleep = (time: number) => partOf(time) === "asleep";
  return {
    count: own.length,
    before: earlier.length,
    asleep: own.filter(({ opened }) => isAsleep(opened)).length,
    endedByThemselves: own.filter(endedByItself).length,
    escalated: own.filter(isEscalated).length,
    neverAcknowledged: own.filter((incident) => acknowledgedAt(incident) === undefined).length,
    acknowledge: waitsOf(own.map((incident) => since(incident.opened, acknowledgedAt(incident)))),
    resolve: waitsOf(own.map((incident) => since(incident.opened, incident.ended))),
    open: calls.filter(({ ended }) => ended === undefined).map(linkOf),
    quiet: incidents.filter(({ urgency }) => urgency === "low").filter(openedIn(week)).length,
    tests: incidents.filter(isTest).filter(openedIn(week)).length,
    byAlert: namesIn(own)
      .map(
        (alert): AlertPages => ({
          alert,
          url: panelOf(alert),
          ...alertFigures(own.filter(isAbout(alert)), isAsleep),
          before: earlier.filter(isAbout(alert)).length,
        }),
      )
      .toSorted((one, other) => other.pages - one.pages || one.alert.localeCompare(other.alert)),
    byPerson: [...new Set(own.flatMap(peopleIn))]
      .map((name) => personFigures(name, own, isAsleep))
      .toSorted((one, other) => other.pages - one.pages || one.name.localeCompare(other.name)),
  };
}

const openedIn =
  ({ from, to }: TimeRange) =>
  ({ opened }: Incident) =>
    opened >= from && opened < to;

/** Names of alerts, or what another source reported; the title where the pager keeps no more. */
function namesOf({ alerts, title }: Incident): readonly string[] {
  const names = alerts.map(({ name, summary }) => name ?? summary.slice(0, SUMMARY_LENGTH));
  const told = [...new Set(names.filter((name) => name !== "" && name !== TEST_PAGE))];
  return told.length > 0 ? told : [title.slice(0, SUMMARY_LENGTH)];
}

/** A page that only proved that one can. Put together with another alert, it is that one's. */
export function isTest({ alerts }: Incident): boolean {
  return alerts.length > 0 && alerts.every(({ name }) => name === TEST_PAGE);
}

function namesIn(incidents: readonly Incident[]): readonly string[] {
  return [...new Set(incidents.flatMap(namesOf))];
}

const isAbout = (alert: string) => (incident: Incident) => namesOf(incident).includes(alert);

function alertFigures(
  incidents: readonly Incident[],
  isAsleep: (time: number) => boolean,
): Omit<AlertPages, "alert" | "url" | "before"> {
  return {
    pages: incidents.length,
    asleep: incidents.filter(({ opened }) => isAsleep(opened)).length,
    endedByThemselves: incidents.filter(endedByItself).length,
    incidents: incidents.map(linkOf),
  };
}

/** Of an incident: who was called, and who took it without a call. */
function peopleIn(incident: Incident): readonly string[] {
  const first = firstAcknowledgement(incident)?.who;
  return [...peopleCalled(incident), ...(first === undefined ? [] : [first])];
}

function personFigures(
  name: string,
  incidents: readonly Incident[],
  isAsleep: (time: number) => boolean,
): PersonPages {
  const calls = incidents.flatMap((incident) => callOf(name, incident) ?? []);
  const taken = incidents.filter((incident) => firstAcknowledgement(incident)?.who === name);
  return {
    name,
    pages: calls.length,
    asleep: calls.filter(isAsleep).length,
    acknowledged: taken.length,
    wait: waitsOf(
      taken.map((incident) => since(callOf(name, incident) ?? incident.opened, acknowledgedAt(incident))),
    ),
  };
}

/** When somebody was first called for an incident. */
function callOf(name: string, { actions }: Incident): number | undefined {
  return actions.find(({ kind, who }) => kind === "notified" && who === name)?.at;
}

/** A pager may acknowledge by itself, or be told to by a program: that is nobody's answer. */
function firstAcknowledgement({ actions }: Incident) {
  return actions.find(({ kind, who }) => kind === "acknowledged" && who !== undefined);
}

/** The next level was called because nobody had answered, and not since somebody asked for it. */
function isEscalated({ actions }: Incident): boolean {
  return actions.some(({ kind, who }) => kind === "escalated" && who === undefined);
}

export function endedByItself({ opened, ended, actions }: Incident): boolean {
  if (ended === undefined || ended - opened > SHORT_MILLISECONDS) return false;
  return !actions.some(({ kind, who }) => kind === "resolved" && who !== undefined);
}

export function linkOf({ number, url, opened }: Incident): IncidentLink {
  return { number, url, opened: new Date(opened).toISOString() };
}

/** Seconds, never less than none: a person may act in the second in which they are called. */
function since(from: number, to: number | undefined): number | undefined {
  return to === undefined ? undefined : Math.max(0, to - from) / 1000;
}

/** Of two in the middle, their mean. */
function waitsOf(all: readonly (number | undefined)[]): Waits {
  const sorted = all.flatMap((wait) => wait ?? []).toSorted((one, other) => one - other);
  if (sorted.length === 0) return {};
  const middle = (sorted.length - 1) / 2;
  const [low = 0, high = 0] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  return { median: (low + high) / 2, longest: sorted.at(-1) };
}
