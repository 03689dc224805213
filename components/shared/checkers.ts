/** Who checks what from outside, and who tells people of it. */
import { type Checker, tellerOf, type UptimeCheck, uptimeChecks } from "../../catalog/uptime.ts";
import type { Settings } from "../../settings/schema.ts";
import { publicStatusPageUrl } from "./addresses.ts";

/** The stack's checkers in their order, without those whose platform is switched off. */
export function checkersOf({ uptime, aws, metrics }: Settings): readonly Checker[] {
  if (!uptime.enabled) return [];
  const gatusHost = uptime.statusPageDockerHost !== undefined || metrics.enabled;
  const without = [
    ...(aws.enabled ? [] : ["route53"]),
    ...(metrics.enabled ? [] : ["blackbox"]),
    ...(gatusHost ? [] : ["gatus"]),
  ];
  return uptime.checkers.filter((checker) => !without.includes(checker));
}

/** The checker that tells people of an endpoint. */
export function toldBy(settings: Settings): (check: UptimeCheck) => Checker | undefined {
  return (check) => tellerOf(check, checkersOf(settings));
}

/** Whether a checker pages by itself, rather than through Alertmanager or CloudWatch. */
export function pagedByUptimeCheckers(settings: Settings): boolean {
  const byItself: readonly (Checker | undefined)[] = ["gatus", "uptimerobot", "betterstack"];
  return checksOf(settings).some(
    (check) => check.severity === "critical" && byItself.includes(toldBy(settings)(check)),
  );
}

/** Every endpoint of the stack that is checked from outside. */
export function checksOf(settings: Settings): readonly UptimeCheck[] {
  const { uptime } = settings;
  if (!uptime.enabled) return [];
  const statusPageUrl = checkersOf(settings).includes("gatus") ? publicStatusPageUrl(uptime) : undefined;
  return uptimeChecks({ ...uptime, statusPageUrl });
}
