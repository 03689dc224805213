/** Grafana's API, as its admin. */
import { publishedUrl } from "../../settings/addresses.ts";
import type { Enabled } from "../../settings/schema.ts";
import type { Context } from "./check.ts";
import { loginOf } from "./report.ts";

export function grafanaApi({ settings, secrets }: Context) {
  const { grafanaUrl, bindAddress, grafanaPort } = settings.metrics as Enabled<"metrics">;
  return {
    url: `${grafanaUrl ?? publishedUrl(bindAddress, grafanaPort)}/api`,
    headers: { Authorization: `Basic ${loginOf(secrets["metrics.grafanaAdminPassword"] ?? "")}` },
  };
}
