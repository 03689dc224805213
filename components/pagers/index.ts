/** The pager of a stack: what everything pages through, whichever product that is. */
import type { Settings } from "../../settings/schema.ts";
import type { Pager, PagerProduct, SentryPager } from "../shared/pager.ts";
import { pagerProducts } from "./list.ts";

/** Undefined where the stack pages nobody. */
export function pagerOf(settings: Settings): Pager | undefined {
  return firstOf(({ pager }) => pager(settings));
}

/** How a stack's Sentry pages, which needs no pager of the stack's own. */
export function sentryPagerOf(settings: Settings): SentryPager | undefined {
  return firstOf(({ sentry }) => sentry(settings));
}

/** Which products a stack pages through, by key. */
export function pagerSwitches(settings: Settings): Readonly<Record<string, boolean>> {
  return Object.fromEntries(pagerProducts.map(({ key }) => [key, settings[key].enabled]));
}

function firstOf<Found>(find: (product: PagerProduct) => Found | undefined): Found | undefined {
  for (const product of pagerProducts) {
    const found = find(product);
    if (found !== undefined) return found;
  }
  return undefined;
}
