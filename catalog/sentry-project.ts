/** What Sentry's project drops before anything counts it, and whom what is left belongs to. */

/** Sentry's toggles, by the id that its API knows them by. */
export type InboundFilter = "browser-extensions" | "filtered-transaction" | "localhost" | "web-crawlers";

/** Nobody can mend these, and each takes quota from the errors of a user. */
const ALWAYS: readonly InboundFilter[] = ["browser-extensions", "filtered-transaction", "web-crawlers"];

/**
 * The filters that are on; every other one is off. Health checks (`filtered-transaction`) would also make the failure
 * rate smaller than users see it. A developer's own server must not report to a deployed environment; on the local
 * stack there is nothing else than localhost.
 */
export function inboundFilters(environment: string): readonly InboundFilter[] {
  return environment === "local" ? ALWAYS : [...ALWAYS, "localhost"];
}

/** Every filter that is ours to set. */
export const managedFilters: readonly InboundFilter[] = [...ALWAYS, "localhost"];

/** Sentry's ownership rules, a line each: whatever file an error comes from, the environment's team owns it. */
export function ownershipRules(teamSlug: string): string {
  return `path:* #${teamSlug}`;
}
