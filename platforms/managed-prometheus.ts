/** Amazon's engine of rules and samples, as a stack's settings want it. */
import { ManagedPrometheus } from "../components/managed-prometheus.ts";
import type { OnCall } from "../components/on-call.ts";
import { engineRules, managedAlertmanagerDefinition, namePrefix } from "../render/index.ts";
import type { Enabled, Settings } from "../settings.ts";
import type { AwsPlatform } from "./aws.ts";

/** Undefined where the stack has another engine. */
export function managedPrometheus(
  settings: Settings,
  platform: Enabled<"metrics">,
  account: Enabled<"aws">,
  { provider }: AwsPlatform,
  onCall: OnCall | undefined,
): ManagedPrometheus | undefined {
  if (platform.engine !== "amp") return undefined;
  return new ManagedPrometheus(
    "engine",
    {
      namePrefix: namePrefix(settings),
      accountId: account.accountId,
      region: account.region,
      rules: engineRules(settings, platform),
      alertManagerDefinition: managedAlertmanagerDefinition(settings, account),
      hostRoleArn: account.alertingRoleArn,
      routingKey: onCall?.prometheusRoutingKey,
    },
    { providers: [provider], protect: settings.isProduction },
  );
}
