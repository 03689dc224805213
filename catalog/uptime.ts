import type { Severity } from "./severity.ts";

/** A public endpoint that is checked from outside. */
export interface UptimeCheck {
  /** Part of resource and alarm names. */
  readonly key: string;
  /** What customers call it. */
  readonly publicName: string;
  readonly url: string;
  readonly severity: Extract<Severity, "critical" | "warning">;
}

/** @param addresses public addresses of this stack's API and widget script */
export function uptimeChecks(addresses: { apiUrl: string; widgetUrl: string }): readonly UptimeCheck[] {
  return [
    { key: "api", publicName: "API", url: `${addresses.apiUrl}/healthz`, severity: "critical" },
    { key: "widget", publicName: "Chat widget", url: addresses.widgetUrl, severity: "warning" },
  ];
}
