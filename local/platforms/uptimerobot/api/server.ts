/** The simulated UptimeRobot: the part of its API v3 that keeps monitors, contacts, maintenance and status pages. It checks nothing. */
import { z } from "zod";
import type { RunningServer } from "../../shared/http-server.ts";
import { type Collection, type Manners, wording } from "../../shared/vendor-objects.ts";
import { startVendor, type Vendor, type VendorOptions } from "../../shared/vendor-server.ts";

const name = z.string().min(1).max(250);
const id = z.int().positive();
const address = z.string().min(1).max(10_000);
const contacts = z.array(
  z.strictObject({
    alertContactId: z.string().regex(/^\d+$/, "must be an id"),
    threshold: z.int().min(0).default(0),
    recurrence: z.int().min(0).default(0),
  }),
);

const monitorBase = {
  friendlyName: name,
  url: address,
  interval: z.int().min(30).max(2_678_400),
  timeout: z.int().min(0).max(60).default(30),
  tagNames: z.array(z.string().min(1)).default([]),
  assignedAlertContacts: contacts.default([]),
  maintenanceWindowsIds: z.array(id).default([]),
};
const httpBase = {
  ...monitorBase,
  url: z.string().regex(/^https?:\/\//, "must be a URL address"),
  httpMethodType: z.enum(["HEAD", "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]).default("HEAD"),
  followRedirections: z.boolean().default(true),
  checkSSLErrors: z.boolean().default(false),
  sslExpirationReminder: z.boolean().default(false),
  domainExpirationReminder: z.boolean().default(false),
  successHttpResponseCodes: z.array(z.string().regex(/^[1-5](\d\d|xx)$/)).default(["2xx", "3xx"]),
};

const monitor = z.discriminatedUnion("type", [
  z.strictObject({ ...httpBase, type: z.literal("HTTP") }),
  z.strictObject({
    ...httpBase,
    type: z.literal("KEYWORD"),
    keywordType: z.enum(["ALERT_EXISTS", "ALERT_NOT_EXISTS"]),
    keywordCaseType: z.literal([0, 1]).default(0),
    keywordValue: z.string().min(1).max(500),
  }),
  z.strictObject({ ...monitorBase, type: z.literal("PORT"), port: z.int().min(1).max(65_535) }),
]);

const integrationBase = {
  friendlyName: z.string().max(60).optional(),
  enableNotificationsFor: z.enum(["UpAndDown", "Down", "Up", "None"]).default("UpAndDown"),
  sslExpirationReminder: z.boolean().default(false),
};
const integration = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("Pagerduty"),
    data: z.strictObject({
      ...integrationBase,
      integrationKey: z.string().min(1).max(1500),
      location: z.enum(["us", "eu"]).default("us"),
      autoResolve: z.boolean().default(false),
    }),
  }),
  z.strictObject({
    type: z.literal("Slack"),
    data: z.strictObject({
      ...integrationBase,
      webhookURL: z.url("must be a URL address").max(1500),
      customValue: z.string().max(5000),
    }),
  }),
]);

const alertContact = z.strictObject({
  type: z.literal("Email"),
  friendlyName: name.optional(),
  value: z.email("must be an email"),
  enableNotificationsFor: z.enum(["UpAndDown", "Down", "Up", "None"]).default("UpAndDown"),
});

const maintenanceWindow = z
  .strictObject({
    name: z.string().min(3).max(255),
    interval: z.enum(["once", "daily", "weekly", "monthly"]),
    date: z.iso.date().optional(),
    time: z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/, "must be HH:mm:ss"),
    duration: z.int().min(1),
    days: z.array(z.int().min(1).max(7)).default([]),
    autoAddMonitors: z.boolean().default(false),
  })
  .refine(({ interval, date }) => interval !== "once" || date !== undefined, {
    path: ["date"],
    message: "should not be empty",
  });

const statusPage = z.strictObject({
  friendlyName: name,
  monitorIds: z.array(id).default([]),
  customDomain: z.string().max(255).optional(),
  hideUrlLinks: z.boolean().default(false),
  noIndex: z.boolean().default(false),
});

const collections: readonly Collection[] = [
  { route: "/monitors", body: monitor },
  { route: "/integrations", body: integration },
  {
    route: "/alert-contacts",
    body: alertContact,
    list: "/user/alert-contacts",
    fixed: ["type", "value"],
  },
  { route: "/maintenance-windows", body: maintenanceWindow },
  { route: "/psps", body: statusPage },
];

/** Other than requests, answers show tags and maintenance windows as objects, and integrations flat and without secrets. */
const manners: Manners = {
  shown: (objectId, { data, tagNames, maintenanceWindowsIds, ...attributes }) => {
    const { integrationKey: _, webhookURL: __, ...flat } = (data ?? {}) as Record<string, unknown>;
    return {
      id: objectId,
      ...attributes,
      ...flat,
      ...(Array.isArray(tagNames) && { tags: tagNames.map((tag) => ({ name: tag })) }),
      ...(Array.isArray(maintenanceWindowsIds) && {
        maintenanceWindows: maintenanceWindowsIds.map((window) => ({ id: window })),
      }),
    };
  },
  listed: (data, nextLink) => ({ nextLink, data }),
  pageParameter: "cursor",
  refused: ({ status, issues }) => {
    const errors: Record<number, string> = { 401: "Unauthorized", 404: "Not Found", 422: "Bad Request" };
    const error = errors[status] ?? "Error";
    const message = issues.length > 0 ? issues.map(wording) : error;
    return { statusCode: status === 422 ? 400 : status, message, error };
  },
};

const vendor: Vendor = {
  title: "UptimeRobot",
  checker: "uptimerobot",
  accent: "#3bd671",
  prefix: "/v3",
  collections,
  manners,
  monitors: { route: "/monitors", shown: ["friendlyName", "type", "url"] },
};

/** API at `/v3`, a page at `/`. @throws where the port is taken. */
export function startUptimeRobot(options: VendorOptions): Promise<RunningServer> {
  return startVendor(vendor, options);
}
