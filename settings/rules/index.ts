/** Rules between keys: what one key's value makes another need. A section that is wrong by itself is left out. */
import type { ReadAnnouncements } from "../announcements.ts";
import type { Problem } from "../messages.ts";
import type { Sections } from "../schema.ts";
import { budgetProblems, reportProblems } from "./cost.ts";
import { notificationProblems, pagingProblems } from "./people.ts";
import { placeProblems, portProblems } from "./places.ts";
import {
  ciProblems,
  engineProblems,
  logProblems,
  platformProblems,
  sameTargetProblems,
  targetProblems,
} from "./platforms.ts";
import { transportProblems } from "./transport.ts";
import { coverageProblems, reachProblems, uptimeProblems, windowProblems } from "./uptime.ts";

export function crossFieldProblems(
  environment: string,
  sections: Sections,
  { announcements }: ReadAnnouncements,
): Problem[] {
  return [
    ...notificationProblems(sections),
    ...platformProblems(sections),
    ...engineProblems(sections),
    ...targetProblems(sections),
    ...sameTargetProblems(sections),
    ...logProblems(sections),
    ...coverageProblems(sections),
    ...uptimeProblems(environment, sections),
    ...reachProblems(environment, sections),
    ...budgetProblems(sections),
    ...reportProblems(sections),
    ...ciProblems(sections),
    ...windowProblems(sections, announcements.maintenance),
    ...pagingProblems(environment, sections),
    ...portProblems(sections),
    ...placeProblems(sections),
    ...transportProblems(environment, sections),
  ];
}
