/** maintenance.yaml: what each stack announces on its status page, and what its alerts are mute for. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import {
  type Announcements,
  incidentStates,
  nothingAnnounced,
  parseMaintenanceWindow,
} from "./catalog/maintenance.ts";
import { publicServices } from "./catalog/uptime.ts";

export const ANNOUNCEMENTS_FILE = "maintenance.yaml";

const WINDOW = "a part of one day in UTC, such as Sunday 02:00-04:00 or 2026-12-24 20:00-24:00";
const affects = z
  .array(
    z.enum(publicServices, `one of ${publicServices.join(", ")}`),
    `a list of ${publicServices.join(", ")}`,
  )
  .min(1, `at least one of ${publicServices.join(", ")}`);
const message = z.string("a text for customers").min(1, "a text for customers");
const over = z.boolean("true or false").default(false);

const maintenance = z
  .strictObject({
    when: z.string(WINDOW),
    announced: z.iso.date("a date such as 2026-11-20: when customers were told"),
    affects,
    text: message,
    over,
  })
  .transform((entry, context) => {
    const window = parseMaintenanceWindow(entry.when);
    if (window) return { ...entry, window };
    context.addIssue({ code: "custom", path: ["when"], message: WINDOW });
    return z.NEVER;
  });

const incident = z.strictObject({
  at: z.iso.datetime("a time in UTC such as 2026-11-24T09:12:00Z"),
  state: z.enum(incidentStates, `one of ${incidentStates.join(", ")}`),
  affects,
  text: message,
  over,
});

const file = z
  .record(
    z.string(),
    z.strictObject({
      maintenance: z.array(maintenance, "a list").default([]),
      incidents: z.array(incident, "a list").default([]),
    }),
    "a map of stack to what it announces",
  )
  .nullable();

/** A mistake in the file. */
export interface AnnouncementProblem {
  /** Such as `maintenance.yaml: production.maintenance[0].when`. */
  readonly key: string;
  readonly expected: string;
}

export interface ReadAnnouncements {
  readonly announcements: Announcements;
  readonly problems: readonly AnnouncementProblem[];
}

/** What a stack announces, and everything that is wrong with the file, whichever stack it is about. */
export function parseAnnouncements(text: string, stack: string): ReadAnnouncements {
  const { data, error } = file.safeParse(fromYaml(text));
  const problems = (error?.issues ?? []).map(({ path, message: expected }) => ({
    key: `${ANNOUNCEMENTS_FILE}: ${z.core.toDotPath(path)}`,
    expected,
  }));
  return { announcements: data?.[stack] ?? nothingAnnounced, problems };
}

/** Text that is no YAML is no map either, which is what the schema says then. */
function fromYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

/** @param folder where maintenance.yaml is @throws where it can't be read */
export function readAnnouncements(folder: string, stack: string): ReadAnnouncements {
  return parseAnnouncements(readFileSync(join(folder, ANNOUNCEMENTS_FILE), "utf8"), stack);
}
