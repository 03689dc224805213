/** What the settings say of pagers, whichever product it is. */
import type { Problem } from "../messages.ts";
import { type PagerKey, pagers } from "./list.ts";
import type { PagerSettings } from "./pager.ts";

export type { PagerKey } from "./list.ts";

type Sections = { readonly [Key in PagerKey]: (typeof pagers)[Key]["section"] };

/** The rule of every pager's keys. */
export const pagerSections = Object.fromEntries(
  Object.entries(pagers).map(([key, { section }]) => [key, section]),
) as Sections;

/** A pager that is switched on, with what its own rules say. */
interface EnabledPager {
  readonly key: string;
  readonly problems: readonly Problem[];
  readonly addresses: Readonly<Record<string, string | undefined>>;
}

/** The pagers that sections of settings switch on. */
export function enabledPagers(
  sections: Readonly<{ [Key in PagerKey]?: { enabled: boolean } | undefined }>,
): readonly EnabledPager[] {
  return Object.entries(pagers).flatMap(([key, pager]) => {
    const settings = sections[key as PagerKey];
    if (!settings?.enabled) return [];
    // The section and its rules go together: both come by the same key.
    const { problems, addresses } = pager as PagerSettings<never>;
    return [{ key, problems: problems(settings as never), addresses: addresses(settings as never) }];
  });
}
