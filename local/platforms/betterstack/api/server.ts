/** The simulated Better Stack: the part of its Uptime API that keeps monitors, escalation and status pages. It checks nothing. */
import { z } from "zod";
import type { RunningServer } from "../../shared/http-server.ts";
import { type Collection, type Manners, wording } from "../../shared/vendor-objects.ts";
import { startVendor, type Vendor, type VendorOptions } from "../../shared/vendor-server.ts";

const TOKEN_ADVICE =
  "Invalid Team API token. How to find your Team API token: https://betterstack.com/docs/uptime/api/";

const name = z.string("can't be blank").min(1, "can't be blank");
const id = z.int().positive();
/** The API takes ids of policies as texts and as numbers, and answers with either. */
const policyId = z
  .union([id, z.string().regex(/^\d+$/)], "must be an id")
  .nullable()
  .default(null);
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/, "must be HH:MM:SS");
const weekday = z.enum(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]);
/** Days before a certificate's end that can be asked for. */
const EXPIRATION_DAYS = [1, 2, 3, 7, 14, 30, 60];

const monitorBase = {
  url: name,
  pronounceable_name: name,
  check_frequency: z.int().min(30).default(180),
  confirmation_period: z.int().min(0).default(0),
  recovery_period: z.int().min(0).default(180),
  regions: z.array(z.enum(["us", "eu", "as", "au"])).default(["us", "eu", "as", "au"]),
  policy_id: policyId,
  maintenance_days: z.array(weekday).default([]),
  maintenance_from: clock.nullable().default(null),
  maintenance_to: clock.nullable().default(null),
  maintenance_timezone: z.string().default("UTC"),
};
const httpBase = {
  ...monitorBase,
  url: z.string("can't be blank").regex(/^https?:\/\//, "is not a valid URL"),
  http_method: z.enum(["get", "head", "post", "put", "patch"]).default("get"),
  request_timeout: z.literal([2, 3, 5, 10, 15, 30, 45, 60]).default(15),
  follow_redirects: z.boolean().default(true),
  verify_ssl: z.boolean().default(true),
  ssl_expiration: z.literal(EXPIRATION_DAYS, "is not included in the list").nullable().default(null),
  expiration_policy_id: policyId,
};

const monitor = z.discriminatedUnion("monitor_type", [
  z.strictObject({
    ...httpBase,
    monitor_type: z.literal("expected_status_code"),
    expected_status_codes: z.array(z.int().min(100).max(599)).min(1, "can't be blank"),
  }),
  z.strictObject({ ...httpBase, monitor_type: z.literal("keyword"), required_keyword: name }),
  z.strictObject({
    ...monitorBase,
    monitor_type: z.literal("tcp"),
    port: z.string("can't be blank").regex(/^\d{1,5}$/, "is not a port"),
    request_timeout: z.literal([500, 1000, 2000, 3000, 5000]).default(5000),
  }),
]);

const urgency = z.strictObject({
  name,
  sms: z.boolean().default(false),
  call: z.boolean().default(false),
  email: z.boolean().default(true),
  push: z.boolean().default(true),
});

const member = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("pagerduty_integration"), id }),
  z.strictObject({
    type: z.enum(["current_on_call", "entire_team", "all_slack_integrations"]),
    id: id.nullish(),
  }),
]);
const policy = z.strictObject({
  name,
  repeat_count: z.int().min(0).default(0),
  repeat_delay: z.int().min(0).default(0),
  steps: z.array(
    z.strictObject({
      type: z.literal("escalation"),
      wait_before: z.int().min(0),
      urgency_id: id.nullish(),
      step_members: z.array(member).min(1, "can't be blank"),
    }),
  ),
});

const pagerDuty = z.strictObject({
  name,
  key: name,
  severity: z.enum(["info", "warning", "error", "critical"]),
});

const statusPage = z.strictObject({
  company_name: name,
  company_url: z.url("is not a valid URL"),
  subdomain: z.string("can't be blank").regex(/^[a-z0-9-]+$/, "is invalid"),
  timezone: name,
  announcement: z.string().nullable().default(null),
  history: z.int().min(7).max(365).default(90),
});
const section = z.strictObject({ name: name.nullish(), position: z.int().min(0).optional() });
const resource = z.strictObject({
  resource_id: id,
  resource_type: z.literal("Monitor"),
  public_name: name,
  widget_type: z.enum(["plain", "history", "response_times"]).default("history"),
  status_page_section_id: id.optional(),
  position: z.int().min(0).optional(),
});

const collections: readonly Collection[] = [
  { route: "/v2/monitors", body: monitor },
  { route: "/v2/urgencies", body: urgency },
  { route: "/v2/pager-duty-webhooks", body: pagerDuty },
  { route: "/v3/policies", body: policy },
  { route: "/v2/status-pages", body: statusPage },
  { route: "/v2/status-pages/:page/sections", body: section },
  { route: "/v2/status-pages/:page/resources", body: resource },
];

/** Texts of refusals without fields, by status. */
const REFUSALS: Readonly<Record<number, string>> = {
  401: TOKEN_ADVICE,
  404: "Resource with provided ID was not found",
};

const manners: Manners = {
  shown: (objectId, attributes) => ({ data: { id: String(objectId), attributes } }),
  listed: (items, next) => ({
    data: items.map((item) => (item as { data: unknown }).data),
    pagination: { next },
  }),
  pageParameter: "page",
  refused: ({ status, issues }) => ({
    errors: REFUSALS[status] ?? issues.map(wording),
  }),
};

const vendor: Vendor = {
  title: "Better Stack",
  checker: "betterstack",
  accent: "#7c87f7",
  prefix: "/api",
  collections,
  manners,
  monitors: { route: "/v2/monitors", shown: ["pronounceable_name", "monitor_type", "url"] },
};

/** API at `/api`, a page at `/`. @throws where the port is taken. */
export function startBetterStack(options: VendorOptions): Promise<RunningServer> {
  return startVendor(vendor, options);
}
