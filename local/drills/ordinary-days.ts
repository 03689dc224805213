/** Days on which nothing is wrong: visitors come and go, versions are deployed, servers fail over. Pure data. */
import { objectives } from "../../catalog/objectives.ts";
import type { AlertId } from "./alert-id.ts";
import { anyExhausted, burns } from "./drills/expected.ts";
import type { FaultRequest } from "./fault-requests.ts";

/** Something that happens on ordinary days, and that nobody is to be told of. */
export interface OrdinaryEvent {
  /** Simulated seconds since the days began. */
  readonly at: number;
  readonly title: string;
  readonly fault: FaultRequest;
}

const HOUR = 3600;

/** A Friday, 7:00 UTC: a working day comes first, then nights and a weekend. Seconds since 1970. */
export const ORDINARY_DAYS_BEGIN = Date.UTC(2026, 5, 5, 7) / 1000;

/** A month's budget, and three days of it, are judged by what there is of them: hours, of which one failover is a large share. */
export const toldInYoungLabs: readonly AlertId[] = [
  ...anyExhausted,
  ...objectives.flatMap(({ alertPrefix }) => burns(alertPrefix, "3d")),
];

/** Visitors by the hour (UTC), as a share of those of a working day. */
const VISITORS = [
  ...[0.3, 0.2, 0.12, 0.08, 0.08, 0.15, 0.3, 0.5, 0.8, 1, 1, 1],
  ...[0.9, 1, 1, 1, 1, 0.9, 0.9, 0.8, 0.8, 0.7, 0.55, 0.4],
] as const;
const WEEKEND_SHARE = 0.5;
const STEPS_AN_HOUR = 6;

interface Habit extends Pick<OrdinaryEvent, "title"> {
  /** Hours of the day, UTC. */
  readonly hours: readonly number[];
  readonly faults: readonly FaultRequest[];
}

const habits: readonly Habit[] = [
  {
    // One server after the other: the load balancer finds none of them gone for longer.
    title: "A deployment: the API and the worker start again",
    hours: [2.2, 10.4, 14.5, 16.2],
    faults: [
      { name: "api-down", durationSeconds: 3 },
      { name: "worker-down", durationSeconds: 20 },
    ],
  },
  {
    // A Multi-AZ cluster of Amazon RDS takes less than 35 seconds.
    title: "PostgreSQL fails over",
    hours: [15.3],
    faults: [{ name: "postgres-down", durationSeconds: 30 }],
  },
  {
    title: "Redis fails over",
    hours: [17.6, 4.4],
    faults: [{ name: "redis-down", durationSeconds: 20 }],
  },
];

/** What happens within so many simulated seconds, in order. */
export function ordinaryEvents(seconds: number): readonly OrdinaryEvent[] {
  const hours = Array.from({ length: Math.ceil(seconds / HOUR) + 1 }, (_, index) => index);
  return hours.flatMap(eventsOfHour).filter(({ at }) => at < seconds);
}

function eventsOfHour(index: number): readonly OrdinaryEvent[] {
  const hour = timeOf(index).getUTCHours();
  const visitors = Array.from({ length: STEPS_AN_HOUR }, (_, step) => visitorsAt(index, step));
  const others = habits.flatMap(({ title, hours, faults }) =>
    hours
      .filter((at) => Math.floor(at) === hour)
      .flatMap((at) => faults.map((fault) => ({ at: (index + at - hour) * HOUR, title, fault }))),
  );
  return [...visitors, ...others].toSorted((a, b) => a.at - b.at);
}

const timeOf = (index: number) => new Date((ORDINARY_DAYS_BEGIN + index * HOUR) * 1000);

/** They come and go little by little: no evening empties a shop within a minute. */
function visitorsAt(index: number, step: number): OrdinaryEvent {
  const [from, to] = [shareAt(index), shareAt(index + 1)];
  const share = from + ((to - from) * step) / STEPS_AN_HOUR;
  const time = timeOf(index);
  const day = time.toLocaleDateString("en", { weekday: "long", timeZone: "UTC" });
  const minute = String((60 / STEPS_AN_HOUR) * step).padStart(2, "0");
  return {
    at: (index + step / STEPS_AN_HOUR) * HOUR,
    title: `${day}, ${time.getUTCHours()}:${minute}: ${Math.round(share * 100)}% of a working day's visitors`,
    fault: { name: "visitors-gone", factor: share },
  };
}

function shareAt(index: number): number {
  const time = timeOf(index);
  const isWeekend = [0, 6].includes(time.getUTCDay());
  return (VISITORS[time.getUTCHours()] ?? 1) * (isWeekend ? WEEKEND_SHARE : 1);
}
