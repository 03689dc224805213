/** Every generated file of a stack: what other programs read. */
import { agentConfiguration } from "../../components/aws/agent-configuration.ts";
import { datadogFiles } from "../../components/datadog/agent-files.ts";
import { dashboardFiles } from "../../components/grafana/dashboard-files.ts";
import { dashboardOptions } from "../../components/grafana/dashboard-options.ts";
import { pagerOf } from "../../components/pagers/index.ts";
import { blackboxConfiguration } from "../../components/prometheus/blackbox.ts";
import { alertmanagerOf, probeSettings, prometheusFiles, under } from "../../components/prometheus/files.ts";
import { gatusConfiguration } from "../../components/uptime/gatus.ts";
import { statusPageSettings } from "../../components/uptime/gatus-settings.ts";
import type { Settings } from "../../settings/schema.ts";

/** Every generated file of a stack, by path. */
export function renderAll(settings: Settings): Record<string, string> {
  const pager = pagerOf(settings);
  const probes = probeSettings(settings);
  const page = statusPageSettings(settings, pager);
  return {
    ...(page && { "gatus/config.yaml": gatusConfiguration(page) }),
    ...(probes && { "blackbox/blackbox.yml": blackboxConfiguration(probes) }),
    ...(settings.metrics.enabled && {
      ...under("prometheus", prometheusFiles(settings, settings.metrics)),
      ...under("alertmanager", alertmanagerOf(settings, settings.metrics, pager)),
      ...under("grafana/dashboards", dashboardFiles(dashboardOptions(settings))),
    }),
    ...(settings.aws.enabled && {
      "cloudwatch-agent/agentpay.json": agentConfiguration(settings),
      ...(settings.logs.platform === "datadog" &&
        under("datadog-agent", datadogFiles(settings, settings.aws))),
    }),
  };
}
