/** What the components of uptime vendors take: the same for each of them. */
import type * as pulumi from "@pulumi/pulumi";
import type { Maintenance } from "../../catalog/maintenance.ts";
import type { Checker, UptimeCheck } from "../../catalog/uptime.ts";

import type { Pager } from "../shared/pager.ts";

export interface UptimeVendorArgs {
  /** `production` or another one. */
  environment: string;
  /** Prefix of names, such as `agentpay-production`. */
  namePrefix: string;
  /** Every endpoint of the stack; those that the vendor can't check are left out. */
  checks: readonly UptimeCheck[];
  /** The checker that tells people of the endpoint; where it isn't this vendor, nobody is told by it. */
  toldBy: (check: UptimeCheck) => Checker | undefined;
  /** Seconds between checks of an endpoint. */
  intervalOf: (check: UptimeCheck) => number;
  /** False where endpoints have self-signed certificates. */
  verifyCertificates: boolean;
  /** A text that the widget's script always holds. */
  widgetKeyword: string;
  maintenance: readonly Maintenance[];
  /** How criticals page, and with which secret; undefined where the stack does not page: they go where warnings go then. */
  pager: { by: Pick<Pager, "key" | "uptime">; key: pulumi.Output<string> } | undefined;
}

/** Seconds to wait for an answer. */
export const VENDOR_TIMEOUT_SECONDS = 10;
