/** Settings of PagerDuty. */
import * as address from "../addresses.ts";
import { email } from "../people.ts";
import * as secret from "../secrets.ts";
import { platform } from "../section.ts";
import { rotationStart, timeZone } from "../time.ts";
import { optional, trueOrFalse } from "../values.ts";
import { pagerSettings } from "./pager.ts";

export const pagerDuty = pagerSettings({
  section: platform({
    token: secret.token,
    apiUrl: optional(address.origin),
    eventsUrl: address.origin,
    engineerA: email,
    engineerB: email,
    engineeringManager: email,
    timeZone,
    rotationStart,
    groupAlerts: trueOrFalse,
  }),
  /** PagerDuty takes no notice of capitals: it knows a user by the address in small letters. */
  problems: (settings) => {
    const keys = ["engineerA", "engineerB", "engineeringManager"] as const;
    const people = keys.map((key) => settings[key].toLowerCase());
    return keys.flatMap((key, index) => {
      const other = people.indexOf(people[index] ?? "");
      if (other === index) return [];
      const expected = `someone else than pagerduty.${keys[other]}: the second level must not be the first one again`;
      return [{ key: `pagerduty.${key}`, expected, text: true }];
    });
  },
  addresses: ({ apiUrl, eventsUrl }) => ({ "pagerduty.apiUrl": apiUrl, "pagerduty.eventsUrl": eventsUrl }),
});
