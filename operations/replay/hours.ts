/** What people do at a time: an alert that wakes somebody costs more than one at work. */

/** Of a working day, in whole hours. */
const WORK = { from: 9, to: 17 } as const;
/** Of any day, over midnight. */
const SLEEP = { from: 23, to: 7 } as const;
const WEEKEND = ["Sat", "Sun"];

export const partsOfDay = ["work", "off hours", "asleep"] as const;
export type PartOfDay = (typeof partsOfDay)[number];

/** In a sentence. */
export const HOURS = `at work: Monday to Friday, ${WORK.from}:00 to ${WORK.to}:00; asleep: ${SLEEP.from}:00 to ${SLEEP.to}:00`;

/** A function that says what part of the day a time is in a time zone. @throws RangeError where that is none */
export function clockIn(timeZone: string): (time: number) => PartOfDay {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    hourCycle: "h23",
  });
  return (time) => {
    const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
    const hour = Number(parts["hour"]);
    if (hour >= SLEEP.from || hour < SLEEP.to) return "asleep";
    const atWork = hour >= WORK.from && hour < WORK.to && !WEEKEND.includes(parts["weekday"] ?? "");
    return atWork ? "work" : "off hours";
  };
}
