/** What the settings of a pager consist of. */
import type { z } from "zod";
import type { Problem } from "../messages.ts";

/** The settings of a pager that is switched on, as its own folder knows them. */
type Enabled<Section extends z.ZodType> = Extract<z.output<Section>, { enabled: true }>;

export interface PagerSettings<Section extends z.ZodType> {
  /** The rule of every key. */
  readonly section: Section;
  /** What its keys make each other need. */
  readonly problems: (settings: Enabled<Section>) => readonly Problem[];
  /** Addresses that its secrets are sent to, by key of the settings. */
  readonly addresses: (settings: Enabled<Section>) => Readonly<Record<string, string | undefined>>;
}

/** Checks the types of the parts against each other. */
export function pagerSettings<Section extends z.ZodType>(
  settings: PagerSettings<Section>,
): PagerSettings<Section> {
  return settings;
}
