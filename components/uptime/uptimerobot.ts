import * as pulumi from "@pulumi/pulumi";
import { type Maintenance, maintenanceOf, minutesLong, weekdayNumber } from "../../catalog/maintenance.ts";
import { alertTitle, canCheck, hostAndPort, publicServices, type UptimeCheck } from "../../catalog/uptime.ts";
import { splitHostAndPort } from "../../settings/addresses.ts";
import { RestObject, type RestObjectArgs, restProvider } from "../shared/rest-object.ts";
import { type UptimeVendorArgs, VENDOR_TIMEOUT_SECONDS } from "./vendor.ts";

export interface UptimeRobotArgs extends UptimeVendorArgs {
  /** Addresses that receive warnings. */
  emails: readonly string[];
  /** Where warnings go as well; undefined where there is no webhook. */
  slack: { webhookUrl: pulumi.Output<string>; channel: string } | undefined;
}

/** API v3: v2 is frozen. Other than requests, its answers are flat, and have tags and windows as objects. */
export const uptimeRobotProvider = restProvider({
  vendor: "UptimeRobot",
  file: "components/uptime/uptimerobot.ts",
  // Alert contacts alone are listed as an array.
  listed: (answer) => {
    if (Array.isArray(answer)) return { items: answer, next: null };
    const { data, nextLink } = answer as { data: unknown[]; nextLink: unknown };
    return { items: data, next: nextLink };
  },
  parse: (answer) => {
    const object = answer as Record<string, unknown>;
    const pick = (list: unknown, name: string) =>
      Array.isArray(list) ? list.map((item: Record<string, unknown>) => item[name]) : undefined;
    const tagNames = pick(object["tags"], "name");
    const maintenanceWindowsIds = pick(object["maintenanceWindows"], "id");
    return {
      id: object["id"],
      attributes: {
        ...object,
        data: object,
        ...(tagNames && { tagNames }),
        ...(maintenanceWindowsIds && { maintenanceWindowsIds }),
      },
    };
  },
});

/** Customers see production's. Another stack of the same account must not take it over. */
const pageName = (environment: string) =>
  environment === "production" ? "AgentPay status" : `AgentPay status (${environment})`;

/** Makes one object of the vendor's. */
type Make = (kind: string, suffix: string, object: RestObjectArgs) => RestObject;

/** Checks of the public endpoints by UptimeRobot, whom it tells, and its status page. */
export class UptimeRobot extends pulumi.ComponentResource {
  readonly monitorIds: Record<string, pulumi.Output<string>>;
  readonly statusPageId: pulumi.Output<string>;

  constructor(name: string, args: UptimeRobotArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:UptimeRobot", name, {}, opts);
    const make = (kind: string, suffix: string, object: RestObjectArgs) =>
      new RestObject(uptimeRobotProvider, ["uptimerobot", kind], `${name}-${suffix}`, object, {
        parent: this,
      });

    const monitors = this.monitors(make, args);
    const shown = monitors.filter(([key]) => publicServices.includes(key));
    const page = make("StatusPage", "page", {
      path: "psps",
      existing: { list: "psps", where: { friendlyName: pageName(args.environment) } },
      attributes: {
        friendlyName: pageName(args.environment),
        monitorIds: shown.map(([, { id }]) => id.apply(Number)),
        hideUrlLinks: true,
        noIndex: false,
      },
    });

    this.monitorIds = Object.fromEntries(monitors.map(([key, { id }]) => [key, id]));
    this.statusPageId = page.id;
    this.registerOutputs({ monitorIds: this.monitorIds, statusPageId: this.statusPageId });
  }

  /** What asks each endpoint, by its key. */
  private monitors(make: Make, args: UptimeRobotArgs) {
    const contacts = this.contacts(make, args);
    const windows = this.windows(make, args);
    const checks = args.checks.filter((each) => canCheck("uptimerobot", each));
    return checks.map((check) => {
      const told = args.toldBy(check) === "uptimerobot" ? contacts[check.severity] : [];
      const request = requestOf(check, args);
      const { type, url } = request;
      const port = "port" in request ? { port: request.port } : {};
      const monitor = make("Monitor", check.key, {
        path: "monitors",
        existing: { list: "monitors", where: { type, url, ...port } },
        attributes: {
          ...request,
          // The page has no names of its own.
          friendlyName: check.public?.name ?? alertTitle(check),
          interval: args.intervalOf(check),
          timeout: VENDOR_TIMEOUT_SECONDS,
          tagNames: [args.namePrefix, check.severity],
          assignedAlertContacts: told.map(({ id }) => ({ alertContactId: id, threshold: 0, recurrence: 0 })),
          maintenanceWindowsIds: maintenanceOf(check.key, args.maintenance).flatMap((each) => {
            const window = windows.get(each);
            return window ? [window.id.apply(Number)] : [];
          }),
        },
      });
      return [check.key, monitor] as const;
    });
  }

  /** Of announced work that is not over. */
  private windows(make: Make, { maintenance, namePrefix }: UptimeRobotArgs) {
    return new Map(
      maintenance
        .filter(({ over }) => !over)
        .map((work, index) => [
          work,
          make("MaintenanceWindow", `maintenance-${index + 1}`, {
            path: "maintenance-windows",
            attributes: windowOf(work, namePrefix),
          }),
        ]),
    );
  }

  /** Who is told, by severity. SMS needs a phone number that somebody has confirmed in the dashboard. */
  private contacts(make: Make, { namePrefix, emails, slack, pager }: UptimeRobotArgs) {
    const common = { friendlyName: namePrefix, enableNotificationsFor: "UpAndDown" };
    const integration = (type: string, data: object, secretData: Record<string, pulumi.Output<string>>) =>
      make("Integration", type.toLowerCase(), {
        path: "integrations",
        existing: { list: "integrations", where: { type, friendlyName: namePrefix } },
        attributes: { type, data: { ...common, ...data } },
        secretAttributes: pulumi.secret({ data: secretData }),
      });
    const warning = [
      ...(slack
        ? [integration("Slack", { customValue: slack.channel }, { webhookURL: slack.webhookUrl })]
        : []),
      ...emails.map((value, index) =>
        make("AlertContact", `email-${index + 1}`, {
          path: "alert-contacts",
          // Another stack may tell the same address by a contact of its own.
          existing: {
            list: "user/alert-contacts",
            where: { type: "Email", value, friendlyName: namePrefix },
          },
          fixed: ["type", "value"],
          attributes: { ...common, type: "Email", value },
        }),
      ),
    ];
    if (pager === undefined) return { critical: warning, warning };
    const { type, data, secretData } = pager.by.uptime.uptimeRobot;
    return { critical: [integration(type, data, secretData(pager.key))], warning };
  }
}

function requestOf(
  { kind, url, content }: UptimeCheck,
  { verifyCertificates, widgetKeyword }: UptimeRobotArgs,
) {
  if (kind === "port") {
    const { host, port } = splitHostAndPort(hostAndPort(url));
    return { type: "PORT", url: host, port };
  }
  const common = {
    url,
    httpMethodType: "GET",
    followRedirections: false,
    checkSSLErrors: verifyCertificates,
    sslExpirationReminder: false,
    domainExpirationReminder: false,
    successHttpResponseCodes: ["200"],
  };
  if (content === undefined) return { type: "HTTP", ...common };
  return {
    type: "KEYWORD",
    ...common,
    keywordType: "ALERT_NOT_EXISTS",
    keywordCaseType: 0,
    keywordValue: widgetKeyword,
  };
}

function windowOf({ when, window }: Maintenance, namePrefix: string) {
  const { day, from } = window;
  const schedule =
    "date" in day
      ? { interval: "once", date: day.date }
      : { interval: "weekly", days: [weekdayNumber(day.weekday)] };
  return {
    ...schedule,
    name: `${namePrefix}: ${when} UTC`,
    time: `${from}:00`,
    duration: minutesLong(window),
    autoAddMonitors: false,
  };
}
