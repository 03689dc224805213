/** Who checks from outside, and what a checker needs. */

import { type Maintenance, maintenanceOf } from "../../catalog/maintenance.ts";
import { canCheck, checkers, publicServices, tellerOf, uptimeChecks } from "../../catalog/uptime.ts";
import { isPublic, isThisMachine } from "../addresses.ts";
import { ANNOUNCEMENTS_FILE } from "../announcements.ts";
import type { Problem } from "../messages.ts";
import type { Sections } from "../schema.ts";

/** Checkers that are somebody else's service, with the keys of their secret and address. */
const VENDORS = [
  { checker: "uptimerobot", key: "uptimerobotApiKey", address: "uptimerobotApiUrl" },
  { checker: "betterstack", key: "betterstackApiToken", address: "betterstackApiUrl" },
] as const;

/** What customers use must be checked by one of those that were chosen, whichever platform is switched off. */
export function coverageProblems({ uptime }: Sections): Problem[] {
  if (!uptime?.enabled) return [];
  const unchecked = uptimeChecks({ ...uptime, statusPageUrl: undefined }).filter(
    (check) => check.public && !tellerOf(check, uptime.checkers),
  );
  if (unchecked.length === 0) return [];
  const able = checkers.filter((checker) => unchecked.every((check) => canCheck(checker, check)));
  const expected = `${able.join(" or ")}: none of the chosen checks ${unchecked.map(({ key }) => key).join(", ")}`;
  return [{ key: `uptime.checkers[${uptime.checkers.length}]`, expected, text: true }];
}

export function uptimeProblems(environment: string, { uptime }: Sections): Problem[] {
  if (!uptime?.enabled) return [];
  const problems: Problem[] = [];
  for (const [key, other] of [
    ["statusPageCertificate", "statusPagePrivateKey"],
    ["statusPagePrivateKey", "statusPageCertificate"],
  ] as const) {
    if (uptime[key] || !uptime[other]) continue;
    const expected = `a secret value, since uptime.${other} is set`;
    problems.push({ key: `uptime.${key}`, expected, text: true });
  }
  if (environment === "production" && !uptime.verifyCertificates) {
    const expected = "true: production has no self-signed certificate";
    problems.push({ key: "uptime.verifyCertificates", expected, text: false });
  }
  for (const { checker, key, address } of VENDORS) {
    if (!uptime.checkers.includes(checker)) continue;
    if (!uptime[key]) {
      const expected = `a secret value, since uptime.checkers has ${checker}`;
      problems.push({ key: `uptime.${key}`, expected, text: true });
    }
    if (environment === "local" && !isThisMachine(uptime[address])) {
      const expected = "an address of this machine: the local stack calls nobody else";
      problems.push({ key: `uptime.${address}`, expected, text: true });
    }
  }
  return problems;
}

/** Checkers that look from the internet, unless what plays them is on this machine. */
function outsideCheckers({ aws, uptime }: Sections): readonly string[] {
  if (!uptime?.enabled) return [];
  const played: Readonly<Record<string, string | undefined>> = {
    route53: (aws?.enabled && aws.endpointUrl) || "https://route53.amazonaws.com",
    uptimerobot: uptime.uptimerobotApiUrl,
    betterstack: uptime.betterstackApiUrl,
  };
  return uptime.checkers.filter((checker) => {
    const address = played[checker];
    return address !== undefined && !isThisMachine(address);
  });
}

/** What is checked from outside must be there. Nothing of the local stack's is. */
export function reachProblems(environment: string, sections: Sections): Problem[] {
  const { uptime } = sections;
  const [checker] = outsideCheckers(sections);
  if (environment === "local" || !uptime?.enabled || checker === undefined) return [];
  const problems = (["apiUrl", "widgetUrl", "statusPageUrl"] as const).flatMap((key): Problem[] => {
    const address = uptime[key];
    if (address === undefined || isPublic(address)) return [];
    const expected = `an address that the internet reaches: uptime.checkers has ${checker}, which looks from there`;
    return [{ key: `uptime.${key}`, expected, text: true }];
  });
  if (uptime.statusPageUrl !== undefined && uptime.statusPageUrl === uptime.apiUrl) {
    const expected = "another address than uptime.apiUrl: the page must be there when the API is not";
    problems.push({ key: "uptime.statusPageUrl", expected, text: true });
  }
  return problems;
}

/** What a monitor of Better Stack can't keep. */
export function windowProblems({ uptime }: Sections, maintenance: readonly Maintenance[]): Problem[] {
  if (!uptime?.enabled || !uptime.checkers.includes("betterstack")) return [];
  return publicServices
    .filter((service) => maintenanceOf(service, maintenance).length > 1)
    .map((service) => ({
      key: `${ANNOUNCEMENTS_FILE}: maintenance of ${service}`,
      expected: "one entry that is not over, since Better Stack knows one window for each monitor",
      text: "file",
    }));
}
