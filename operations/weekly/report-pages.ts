/** The pages of a weekly review: how many and how long, by alert and by person. */
import { type Block, joined, type Line, link, oneLine } from "../document/blocks.ts";
import type { AlertPages, IncidentLink, Pages, PersonPages, Waits } from "./model.ts";
import { clock, plural, waited } from "./words.ts";

/** Rows and links that are shown; the JSON has all. */
export const ROWS = 8;
const LINKS = 6;

export function pageBlocks(pages: Pages, timeZone: string): readonly Block[] {
  const { byAlert, byPerson, open } = pages;
  return [
    { paragraph: [summaryOf(pages)] },
    ...(open.length > 0 ? [{ paragraph: ["Still open: ", ...incidentLinks(open, timeZone), "."] }] : []),
    ...(byAlert.length > 0 ? [alertTable(byAlert, timeZone)] : []),
    ...more(byAlert.length, "alert"),
    ...(byPerson.length > 0 ? [personTable(byPerson)] : []),
    ...more(byPerson.length, "person", "people"),
  ];
}

function summaryOf(pages: Pages): string {
  const { count, before, asleep, endedByThemselves, neverAcknowledged, escalated, quiet, tests } = pages;
  const sentences = [
    `${plural(count, "page")} (${before} the week before), ${asleep} at night, ` +
      `${endedByThemselves} ended by themselves within 10 minutes.`,
    waits("acknowledge", pages.acknowledge),
    neverAcknowledged > 0 ? `${neverAcknowledged} were never acknowledged.` : "",
    escalated > 0 ? `${escalated} went to the next level unanswered.` : "",
    waits("resolve", pages.resolve),
    quiet > 0 ? `Beside them ${plural(quiet, "incident")} of low urgency.` : "",
    tests > 0 ? `${plural(tests, "test page")} not counted.` : "",
  ];
  return sentences.filter((text) => text !== "").join(" ");
}

function waits(what: string, { median, longest }: Waits): string {
  if (median === undefined || longest === undefined) return "";
  return `Time to ${what}: median ${waited(median)}, longest ${waited(longest)}.`;
}

function alertTable(alerts: readonly AlertPages[], timeZone: string): Block {
  return {
    head: ["Alert", "Pages", "Before", "At night", "Ended by itself", "Incidents"],
    rows: alerts
      .slice(0, ROWS)
      .map(({ alert, url, pages, before, asleep, endedByThemselves, incidents }) => [
        [link(oneLine(alert), url)],
        ...numbers(pages, before, asleep, endedByThemselves),
        incidentLinks(incidents, timeZone),
      ]),
  };
}

function personTable(people: readonly PersonPages[]): Block {
  return {
    head: ["Person", "Pages", "At night", "Acknowledged", "Median wait", "Longest"],
    rows: people
      .slice(0, ROWS)
      .map(({ name, pages, asleep, acknowledged, wait: { median, longest } }) => [
        [oneLine(name)],
        ...numbers(pages, asleep, acknowledged),
        [median === undefined ? "" : waited(median)],
        [longest === undefined ? "" : waited(longest)],
      ]),
  };
}

function numbers(...all: readonly number[]): readonly Line[] {
  return all.map((number) => [String(number)]);
}

function more(count: number, one: string, many?: string): readonly Block[] {
  return count > ROWS ? [{ paragraph: [`And ${plural(count - ROWS, one, many)} more, in the JSON.`] }] : [];
}

function incidentLinks(incidents: readonly IncidentLink[], timeZone: string): Line {
  const shown = incidents
    .slice(0, LINKS)
    .map(({ number, url, opened }): Line => [link(`${number} ${clock(opened, timeZone)}`, url)]);
  const rest = incidents.length - shown.length;
  return [...joined(shown, ", "), ...(rest > 0 ? [` and ${rest} more`] : [])];
}
