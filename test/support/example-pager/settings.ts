/** Settings of a pager that only tests know. */
import type { z } from "zod";
import * as address from "../../../settings/addresses.ts";
import { pagerSettings } from "../../../settings/pagers/pager.ts";
import * as secret from "../../../settings/secrets.ts";
import { platform } from "../../../settings/section.ts";

export const examplePagerSettings = pagerSettings({
  section: platform({ url: address.origin, token: secret.token }),
  problems: ({ url }) =>
    url.endsWith(".org")
      ? [{ key: "examplepager.url", expected: "an address that does not end in .org", text: true }]
      : [],
  addresses: ({ url }) => ({ "examplepager.url": url }),
});

export type ExamplePagerSettings = z.output<typeof examplePagerSettings.section>;
export type EnabledExamplePager = Extract<ExamplePagerSettings, { enabled: true }>;

/** Switches it on, in the place of PagerDuty. */
export const onExamplePager = {
  "pagerduty.enabled": false,
  "examplepager.enabled": true,
  "examplepager.url": "https://pager.example",
  "examplepager.token": "sentinel-secret:examplepager.token",
};
