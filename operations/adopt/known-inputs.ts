/** What a stack's settings say of providers before what they wait for is there. */
import { publishedUrl } from "../../settings/addresses.ts";
import type { Settings } from "../../settings/schema.ts";

/** Grafana's address is known to the program once its container runs. */
export function knownInputs({
  metrics,
}: Settings): Readonly<Record<string, Readonly<Record<string, string>>>> {
  if (!metrics.enabled) return {};
  const { grafanaUrl, bindAddress, grafanaPort } = metrics;
  return { "pulumi:providers:grafana": { url: grafanaUrl ?? publishedUrl(bindAddress, grafanaPort) } };
}
