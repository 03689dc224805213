/** Where the components of an account are made, and whom their alarms tell. */
import type { Provider } from "@pulumi/aws/provider.js";
import type { Settings } from "../../settings/schema.ts";
import type { AlertTopics } from "./alert-topics.ts";

export interface Place {
  readonly settings: Settings;
  readonly provider: Provider;
  readonly topics: AlertTopics;
}
