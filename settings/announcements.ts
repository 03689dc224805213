/** maintenance.yaml: what each stack announces on its status page, and what its alerts are mute for. */
import { join } from "node:path";
import { z } from "zod";
import {
  type Announcements,
  incidentStates,
  nothingAnnounced,
  parseMaintenanceWindow,
} from "../catalog/maintenance.ts";
import { publicServices } from "../catalog/uptime.ts";
import { list } from "./values.ts";
import { parseYaml, readText } from "./yaml-file.ts";

export const ANNOUNCEMENTS_FILE = "maintenance.yaml";

const WINDOW = "a part of one day in UTC, such as Sunday 02:00-04:00 or 2026-12-24 20:00-24:00";
const affects = list(
  z.enum(publicServices, `one of ${publicServices.join(", ")}`),
  `a list of ${publicServices.join(", ")}`,
).min(1, `at least one of ${publicServices.join(", ")}`);
const MESSAGE = "a text for customers, of at most 1000 characters";
const message = z
  .string(MESSAGE)
  .min(1, MESSAGE)
  .max(1000, MESSAGE)
  .refine((text) => !/(?!\n)\p{Cc}/u.test(text), MESSAGE);
const over = z.boolean("true or false").default(false);

/** A map of these keys and no others. */
function entry<Shape extends z.ZodRawShape>(expected: string, shape: Shape) {
  const keys = `${expected}: ${Object.keys(shape).join(", ")}`;
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys" ? `${keys}; there is no ${issue.keys.join(", ")}` : keys,
  });
}

const maintenance = entry("a map of what is announced", {
  when: z.string(WINDOW),
  announced: z.iso.date("a date such as 2026-11-20: when customers were told"),
  affects,
  text: message,
  over,
}).transform((entry, context) => {
  const window = parseMaintenanceWindow(entry.when);
  if (window) return { ...entry, window };
  context.addIssue({ code: "custom", path: ["when"], message: WINDOW });
  return z.NEVER;
});

const incident = entry("a map of what has happened", {
  at: z.iso.datetime("a time in UTC such as 2026-11-24T09:12:00Z"),
  state: z.enum(incidentStates, `one of ${incidentStates.join(", ")}`),
  affects,
  text: message,
  over,
});

const file = z
  .record(
    z.string(),
    entry("a map of lists", {
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

/**
 * What a stack announces, and everything that is wrong with the file, whichever stack it is about.
 * @param stacks those that there are: an entry of any other would announce nothing, and mute nothing. Default: any
 */
export function parseAnnouncements(
  text: string,
  stack: string,
  stacks?: readonly string[],
): ReadAnnouncements {
  const { value, problem } = parseYaml(text);
  if (problem !== undefined) {
    return { announcements: nothingAnnounced, problems: [{ key: ANNOUNCEMENTS_FILE, expected: problem }] };
  }
  const { data, error } = file.safeParse(value);
  const problems = (error?.issues ?? []).map(({ path, message: expected }) => ({
    key: [ANNOUNCEMENTS_FILE, z.core.toDotPath(path)].filter(Boolean).join(": "),
    expected,
  }));
  const unknown = Object.keys(data ?? {}).filter((name) => stacks !== undefined && !stacks.includes(name));
  const strangers = unknown.map((name) => ({
    key: `${ANNOUNCEMENTS_FILE}: ${name}`,
    expected: `the name of a stack: ${stacks?.join(", ")}`,
  }));
  const own = data && Object.hasOwn(data, stack) ? data[stack] : undefined;
  return { announcements: own ?? nothingAnnounced, problems: [...problems, ...strangers] };
}

/**
 * @param folder where maintenance.yaml is
 * @param stacks those that have a file; the one that is asked for is one of them in any case
 * @throws SettingsError where it can't be read
 */
export function readAnnouncements(
  folder: string,
  stack: string,
  stacks: readonly string[],
): ReadAnnouncements {
  const known = [...new Set([...stacks, stack])];
  return parseAnnouncements(readText(join(folder, ANNOUNCEMENTS_FILE)), stack, known);
}
