/**
 * Pages as somebody would tell them afterwards, on the clock of the wall: what a review must say follows from the story,
 * and what it reads is made of the story as well.
 */
import type { Incident, IncidentAction } from "../../../components/shared/incident.ts";

export interface Told {
  /** Such as `Tue 03:12`, of the week or, with `before`, of the one before. */
  readonly at: string;
  readonly before?: true;
  readonly alerts: readonly string[];
  readonly low?: true;
  /** Who was called, and after how many minutes. */
  readonly called?: readonly (readonly [who: string, minutes: number])[];
  /** Who said that they are on it, after how many minutes; a program where there is no name. */
  readonly acknowledged?: readonly (readonly [who: string | undefined, minutes: number])[];
  readonly escalated?: readonly (readonly [who: string | undefined, minutes: number])[];
  /** Who ended it, after how many minutes; monitoring where there is no name, nobody yet where it is missing. */
  readonly ended?: readonly [who: string | undefined, minutes: number];
}

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MINUTE = 60_000;

/**
 * Berlin's week of 23 to 29 March 2026, in which the clocks go forward on Sunday from 02:00 to 03:00: Sunday's hours from
 * then on are an hour earlier in UTC.
 */
export const MONDAY = Date.UTC(2026, 2, 22, 23);

function momentOf({ at, before }: Told): number {
  const [day = "", clock = ""] = at.split(" ");
  const [hour = 0, minute = 0] = clock.split(":").map(Number);
  const days = DAYS.indexOf(day) - (before ? 7 : 0);
  const isSummer = !before && day === "Sun" && hour >= 3;
  return MONDAY + (days * 24 * 60 + hour * 60 + minute - (isSummer ? 60 : 0)) * MINUTE;
}

export function incidentOf(told: Told, index: number): Incident {
  const opened = momentOf(told);
  const { alerts, called = [], acknowledged = [], escalated = [], ended, low } = told;
  const actions = (kind: IncidentAction["kind"], all: Told["acknowledged"] = []) =>
    all.map(([who, minutes]): IncidentAction => ({ kind, who, at: opened + minutes * MINUTE }));
  return {
    id: `P${index}`,
    number: 100 + index,
    title: `${alerts[0]}: something is wrong`,
    url: `https://agentpay.pagerduty.example/incidents/P${index}`,
    urgency: low ? "low" : "high",
    opened,
    ended: ended && opened + ended[1] * MINUTE,
    alerts: alerts.map((name) => ({
      name,
      service: "api",
      summary: `${name}: it is wrong`,
      key: name,
      opened,
    })),
    actions: [
      ...actions("notified", called),
      ...actions("acknowledged", acknowledged),
      ...actions("escalated", escalated),
      ...(ended ? actions("resolved", [ended]) : []),
    ].toSorted((one, other) => one.at - other.at),
  };
}
