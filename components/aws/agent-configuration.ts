/** What the CloudWatch agent collects on a stack's hosts. */

import type { Settings } from "../../settings/schema.ts";
import { cloudWatchAgentConfiguration } from "./cloudwatch-agent.ts";

/** What the CloudWatch agent collects on the hosts: always their metrics, and the logs that no other agent ships. */
export function agentConfiguration({ logs }: Settings): string {
  return cloudWatchAgentConfiguration({
    logDirectory: logs.platform === "cloudwatch" ? logs.directory : undefined,
  });
}
