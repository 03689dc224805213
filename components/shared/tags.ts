/** Tags of every AWS resource of a stack. */
import type { Settings } from "../../settings/schema.ts";

/** Tags of every AWS resource. */
export function tags(settings: Settings) {
  return {
    application: "agentpay",
    environment: settings.environment,
    owner: settings.owner,
    "managed-by": "pulumi",
  };
}
