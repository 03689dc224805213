/**
 * Who is on call when, as data. Level 1 covers Monday to Wednesday with engineer A and Thursday to Sunday with
 * engineer B; level 2 is the other engineer of each day, so that both levels are always staffed; the engineering
 * manager is always the backup.
 */
export type Engineer = "engineerA" | "engineerB";

/** Days of the week as ISO 8601 counts them: Monday is 1, Sunday is 7. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** Consecutive whole days, first to last inclusive. */
export interface Shift {
  readonly engineer: Engineer;
  readonly firstDay: Weekday;
  readonly lastDay: Weekday;
}

const EARLY_WEEK = { firstDay: 1, lastDay: 3 } as const;
const LATE_WEEK = { firstDay: 4, lastDay: 7 } as const;

export const primaryShifts: readonly Shift[] = [
  { engineer: "engineerA", ...EARLY_WEEK },
  { engineer: "engineerB", ...LATE_WEEK },
];

export const secondaryShifts: readonly Shift[] = [
  { engineer: "engineerB", ...EARLY_WEEK },
  { engineer: "engineerA", ...LATE_WEEK },
];

export const SECONDS_PER_DAY = 86_400;
export const SECONDS_PER_WEEK = 7 * SECONDS_PER_DAY;

/** Length of a shift, seconds. */
export function shiftSeconds(shift: Shift): number {
  return (shift.lastDay - shift.firstDay + 1) * SECONDS_PER_DAY;
}

/**
 * Minutes that pass at each level before the next one is called. The guide asks for the primary at once, the
 * secondary after 15 minutes, the backup after 30.
 */
export const escalationDelayMinutes = { primary: 15, secondary: 15, backup: 30 } as const;
