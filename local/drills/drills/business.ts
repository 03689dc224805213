/** What breaks in the checkout. */

import type { Drill } from "./drill.ts";
import { A_MONTH, burns, exhausted } from "./expected.ts";

export const businessDrills: readonly Drill[] = [
  {
    title: "No checkout completes",
    faults: { "checkout-failures": { ratio: 1 } },
    areas: ["checkout"],
    rings: [...burns("CheckoutSuccess", "1h"), exhausted("checkout-success")],
    mutes: burns("CheckoutSuccess", "6h", "1d"),
    outlast: { [exhausted("checkout-success")]: A_MONTH },
  },
];
