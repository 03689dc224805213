import * as pulumi from "@pulumi/pulumi";
import { maintenanceOf, weekdayOf } from "../../catalog/maintenance.ts";
import {
  alertTitle,
  CERTIFICATE_DAYS,
  canCheck,
  hostAndPort,
  publicServices,
  type UptimeCheck,
} from "../../catalog/uptime.ts";
import { splitHostAndPort } from "../../settings/addresses.ts";
import { RestObject, type RestObjectArgs, restProvider } from "../shared/rest-object.ts";
import { type UptimeVendorArgs, VENDOR_TIMEOUT_SECONDS } from "./vendor.ts";

export interface BetterStackArgs extends UptimeVendorArgs {
  /** First part of the status page's address. */
  subdomain: string;
  /** What the status page announces; undefined for nothing. */
  announcement: string | undefined;
}

export const betterStackProvider = restProvider({
  vendor: "Better Stack",
  file: "components/uptime/betterstack.ts",
  parse: (answer) => {
    const { data } = answer as { data: { id: string; attributes: Record<string, unknown> } };
    return { id: data.id, attributes: data.attributes };
  },
  listed: (answer) => {
    const { data, pagination } = answer as { data: unknown[]; pagination?: { next: unknown } };
    return { items: data.map((item) => ({ data: item })), next: pagination?.next };
  },
});

const COMPANY = { company_name: "AgentPay", company_url: "https://agentpay.com" };
/** Seconds for which a failure, and its end, have to last. */
const PATIENCE_SECONDS = 60;

type Make = (kind: string, suffix: string, object: RestObjectArgs) => RestObject;

/** Checks of the public endpoints by Better Stack, whom it tells, and its status page. */
export class BetterStack extends pulumi.ComponentResource {
  readonly monitorIds: Record<string, pulumi.Output<string>>;
  readonly statusPageUrl: string;

  constructor(name: string, args: BetterStackArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:BetterStack", name, {}, opts);
    const make: Make = (kind, suffix, object) =>
      new RestObject(betterStackProvider, ["betterstack", kind], `${name}-${suffix}`, object, {
        parent: this,
      });

    const policies = escalation(make, args);
    const policyOf = (check: UptimeCheck) =>
      policies[args.toldBy(check) === "betterstack" ? check.severity : "recorded"].id;
    // A certificate is an attribute of the monitor of what presents it.
    const certificates = args.checks.filter(({ kind }) => kind === "certificate");
    const monitors = args.checks
      .filter((check) => canCheck("betterstack", check) && !certificates.includes(check))
      .map((check) => {
        const certificate = certificates.find(({ url }) => hostAndPort(url) === hostAndPort(check.url));
        const request = requestOf(check, args);
        const { monitor_type, url } = request;
        const port = "port" in request ? { port: request.port } : {};
        const monitor = make("Monitor", check.key, {
          path: "v2/monitors",
          existing: { list: "v2/monitors", where: { monitor_type, url, ...port } },
          attributes: {
            ...request,
            ...(check.kind === "http" && {
              ssl_expiration: certificate ? CERTIFICATE_DAYS.critical : null,
              expiration_policy_id: certificate ? policyOf(certificate).apply(Number) : null,
            }),
            ...windowOf(check, args),
            pronounceable_name: `${alertTitle(check)} (${args.namePrefix})`,
            check_frequency: args.intervalOf(check),
            confirmation_period: PATIENCE_SECONDS,
            recovery_period: PATIENCE_SECONDS,
            regions: ["us", "eu", "as", "au"],
            policy_id: policyOf(check),
          },
        });
        return [check, monitor] as const;
      });
    statusPage(make, monitors, args);

    this.monitorIds = Object.fromEntries(monitors.map(([{ key }, { id }]) => [key, id]));
    this.statusPageUrl = `https://${args.subdomain}.betteruptime.com`;
    this.registerOutputs({ monitorIds: this.monitorIds, statusPageUrl: this.statusPageUrl });
  }
}

/** Where an object of that name may be already. */
const named = (list: string, name: string) => ({ list, where: { name } });

/** Who is told, by severity; `recorded` tells nobody. Slack is connected to Better Stack in its dashboard. */
function escalation(make: Make, { namePrefix, pager }: BetterStackArgs) {
  const policy = (severity: string, steps: readonly object[]) =>
    make("Policy", `policy-${severity}`, {
      path: "v3/policies",
      existing: named("v3/policies", `${namePrefix} ${severity}`),
      attributes: { name: `${namePrefix} ${severity}`, repeat_count: 0, repeat_delay: 0, steps },
    });
  const urgency = (severity: string, sms: boolean) =>
    make("Urgency", `urgency-${severity}`, {
      path: "v2/urgencies",
      existing: named("v2/urgencies", `${namePrefix} ${severity}`),
      attributes: { name: `${namePrefix} ${severity}`, sms, email: true, push: sms, call: false },
    });
  const step = ({ id }: RestObject, members: readonly object[]) => ({
    type: "escalation",
    wait_before: 0,
    urgency_id: id.apply(Number),
    step_members: members,
  });
  const warning = policy("warning", [
    step(urgency("warning", false), [{ type: "entire_team" }, { type: "all_slack_integrations" }]),
  ]);
  const recorded = policy("recorded", []);
  if (pager === undefined) return { critical: warning, warning, recorded };
  const { kind, path, attributes, secretAttributes, member } = pager.by.uptime.betterStack;
  const paged = make(kind, pager.by.key, {
    path,
    existing: named(path, namePrefix),
    attributes: { name: namePrefix, ...attributes },
    secretAttributes: pulumi.secret(secretAttributes(pager.key)),
  });
  const critical = policy("critical", [
    step(urgency("critical", true), [
      { type: member, id: paged.id.apply(Number) },
      { type: "current_on_call" },
    ]),
  ]);
  return { critical, warning, recorded };
}

function statusPage(
  make: Make,
  monitors: readonly (readonly [UptimeCheck, RestObject])[],
  { subdomain, announcement }: BetterStackArgs,
): void {
  const { id: page } = make("StatusPage", "page", {
    path: "v2/status-pages",
    existing: { list: "v2/status-pages", where: { subdomain } },
    attributes: { ...COMPANY, subdomain, timezone: "UTC", announcement: announcement ?? null },
  });
  const { id: section } = make("StatusPageSection", "page-section", {
    path: pulumi.interpolate`v2/status-pages/${page}/sections`,
    existing: {
      list: pulumi.interpolate`v2/status-pages/${page}/sections`,
      where: { name: COMPANY.company_name },
    },
    attributes: { name: COMPANY.company_name },
  });
  for (const [{ key, public: shown }, { id }] of monitors) {
    if (shown === undefined || !publicServices.includes(key)) continue;
    make("StatusPageResource", `page-${key}`, {
      path: pulumi.interpolate`v2/status-pages/${page}/resources`,
      existing: {
        list: pulumi.interpolate`v2/status-pages/${page}/resources`,
        where: { resource_id: id.apply(Number) },
      },
      attributes: {
        resource_id: id.apply(Number),
        resource_type: "Monitor",
        public_name: shown.name,
        widget_type: "history",
        status_page_section_id: section.apply(Number),
      },
    });
  }
}

function requestOf(
  { kind, url, content }: UptimeCheck,
  { verifyCertificates, widgetKeyword }: BetterStackArgs,
) {
  if (kind === "port") {
    const { host, port } = splitHostAndPort(hostAndPort(url));
    return { monitor_type: "tcp", url: host, port: String(port) };
  }
  const common = {
    url,
    http_method: "get",
    request_timeout: VENDOR_TIMEOUT_SECONDS,
    follow_redirects: false,
    verify_ssl: verifyCertificates,
  };
  return content === undefined
    ? { ...common, monitor_type: "expected_status_code", expected_status_codes: [200] }
    : { ...common, monitor_type: "keyword", required_keyword: widgetKeyword };
}

/** A monitor knows one window, on weekdays. */
function windowOf({ key }: UptimeCheck, { maintenance }: BetterStackArgs) {
  const [announced] = maintenanceOf(key, maintenance);
  const time = (text: string) => (text === "24:00" ? "23:59:59" : `${text}:00`);
  return {
    maintenance_days: announced ? [weekdayOf(announced.window).slice(0, 3)] : [],
    maintenance_from: announced ? time(announced.window.from) : null,
    maintenance_to: announced ? time(announced.window.to) : null,
    maintenance_timezone: "UTC",
  };
}
