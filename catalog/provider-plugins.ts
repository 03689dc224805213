/** Versions of provider plugins where they are not those of the SDK in package.json. */

/**
 * PagerDuty's SDK in the npm registry has stayed at 3.4.0. Its plugin of that version adds an empty field to a
 * service's alert grouping, which PagerDuty refuses since June 2024. A newer plugin takes what the old SDK sends.
 */
export const pagerDutyPlugin = "4.32.0";
