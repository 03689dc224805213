import { quietDays } from "./false-alarms.ts";
import { hiddenDays } from "./hidden.ts";
import { blindDays, fallbackDays, thresholdDays } from "./numbers.ts";
import { outsideDays } from "./outside.ts";
import { partialDays } from "./part.ts";
import { silentDays } from "./silence.ts";
import type { WorstDay } from "./worst-day.ts";

export const worstDays: readonly WorstDay[] = [
  ...hiddenDays,
  ...fallbackDays,
  ...silentDays,
  ...partialDays,
  ...thresholdDays,
  ...quietDays,
  ...blindDays,
  ...outsideDays,
];
