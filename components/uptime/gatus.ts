/** Catalogue and announcements -> the configuration of Gatus, which checks and is the public status page. */
import type { Announcements, Incident } from "../../catalog/maintenance.ts";
import {
  CERTIFICATE_DAYS,
  canCheck,
  handshakeOf,
  hostAndPort,
  isSecure,
  type UptimeCheck,
} from "../../catalog/uptime.ts";
import { namesOf } from "../shared/announcement-text.ts";
import { toYaml } from "../shared/yaml.ts";
import { alertsOf, type GatusAlerting, literal } from "./gatus-alerting.ts";

/** Folder of its configuration in the container, and where it keeps the history. */
export const GATUS_FOLDER = "/etc/gatus";
export const GATUS_DATA = "/data";
export const gatusTlsFiles = {
  certificate: `${GATUS_FOLDER}/tls/certificate.pem`,
  privateKey: `${GATUS_FOLDER}/tls/private-key.pem`,
} as const;

export interface StatusPageSettings {
  /** Every endpoint of the stack; those without a public name are left out. */
  readonly checks: readonly UptimeCheck[];
  readonly intervalSeconds: number;
  /** False where endpoints have self-signed certificates. */
  readonly verifyCertificates: boolean;
  /** Whether Gatus itself answers over TLS, with the files of `gatusTlsFiles`. */
  readonly tls: boolean;
  readonly announcements: Announcements;
  readonly alerting: GatusAlerting;
}

/** Nothing of how a check is made, or why it failed, is for the public. */
const HIDDEN = {
  "hide-url": true,
  "hide-hostname": true,
  "hide-port": true,
  "hide-errors": true,
  "hide-conditions": true,
};

/** config.yaml */
export function gatusConfiguration(settings: StatusPageSettings): string {
  return toYaml({
    storage: { type: "sqlite", path: `${GATUS_DATA}/gatus.db`, caching: true },
    web: {
      // Unset in the published image, whose own defaults hold then.
      address: "${GATUS_ADDRESS}",
      port: "${GATUS_PORT}",
      ...(settings.tls && {
        tls: { "certificate-file": gatusTlsFiles.certificate, "private-key-file": gatusTlsFiles.privateKey },
      }),
    },
    ui: {
      title: "AgentPay status",
      description: "Whether AgentPay works, and planned maintenance",
      header: "AgentPay",
      "dashboard-heading": "AgentPay status",
      "dashboard-subheading": "The API, the chat and the widget, as they look from outside",
      "dark-mode": false,
      // By group, a visitor would have to open each group to see anything.
      "default-sort-by": "name",
    },
    announcements: announcementsOf(settings.announcements),
    endpoints: settings.checks.flatMap((check) => {
      const { public: shown } = check;
      if (shown === undefined || !canCheck("gatus", check)) return [];
      return {
        name: shown.name,
        group: shown.group,
        interval: `${settings.intervalSeconds}s`,
        client: { timeout: "10s", insecure: !settings.verifyCertificates },
        ui: HIDDEN,
        ...requestOf(check),
        ...alertsOf(check, settings),
      };
    }),
  });
}

function requestOf({ kind, url, content }: UptimeCheck) {
  if (kind === "http") {
    const conditions = ["[STATUS] == 200", ...(content === "script" ? ["len([BODY]) > 1"] : [])];
    return { url: literal(url), conditions };
  }
  const address = `${isSecure(url) ? "tls" : "tcp"}://${hostAndPort(url)}`;
  if (kind === "port") return { url: address, conditions: ["[CONNECTED] == true"] };
  if (kind === "certificate") {
    return {
      url: address,
      conditions: ["[CONNECTED] == true", `[CERTIFICATE_EXPIRATION] > ${CERTIFICATE_DAYS.critical * 24}h`],
    };
  }
  // Not wss://: Gatus then waits for a message, and AgentPay has nothing to say to a visitor who says nothing.
  // It reads once, and little: the accept key may come later, so the status line has to do.
  const { request } = handshakeOf(url);
  return {
    url: address,
    body: literal(request.map((line) => `${line}\r\n`).join("")),
    conditions: ["[BODY] == pat(HTTP/1.1 101*)"],
  };
}

const TYPES: Readonly<Record<Incident["state"], string>> = {
  outage: "outage",
  degraded: "warning",
  information: "information",
  resolved: "operational",
};

function announcementsOf({ maintenance, incidents }: Announcements) {
  return [
    ...maintenance.map(({ when, announced, affects, text, over }) => ({
      timestamp: `${announced}T00:00:00Z`,
      type: "information",
      message: literal(`**Planned maintenance, ${when} UTC** (${namesOf(affects)}): ${text}`),
      archived: over,
    })),
    ...incidents.map(({ at, state, affects, text, over }) => ({
      timestamp: at,
      type: TYPES[state],
      message: literal(`**${namesOf(affects)}**: ${text}`),
      archived: over,
    })),
  ];
}

/** Badges for pages of others, by public endpoint and what they show. */
export function badgeUrls(
  statusPageUrl: string,
  checks: readonly UptimeCheck[],
): Record<string, Record<string, string>> {
  const shown = checks.flatMap(({ key, public: entry }) => (entry ? [[key, entry] as const] : []));
  return Object.fromEntries(
    shown.map(([key, { group, name }]) => {
      const parts = [group, name].map((part) => part.toLowerCase().replaceAll(/[ /_,.#+&]/g, "-"));
      const badge = (path: string) =>
        `${statusPageUrl}/api/v1/endpoints/${parts.join("_")}/${path}/badge.svg`;
      return [
        key,
        {
          health: badge("health"),
          uptime30d: badge("uptimes/30d"),
          responseTime24h: badge("response-times/24h"),
        },
      ];
    }),
  );
}
