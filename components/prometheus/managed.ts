/** Amazon's engine of rules and samples, as a stack's settings want it. */

import { SettingsError } from "../../settings/messages.ts";
import type { Enabled, Settings } from "../../settings/schema.ts";
import type { AwsPlatform } from "../aws/index.ts";
import { namePrefix } from "../shared/names.ts";
import type { DeployedPager } from "../shared/pager.ts";
import { quotaProblems } from "./engine-quotas.ts";
import { engineRules, managedAlertmanagerDefinition } from "./files.ts";
import { ManagedPrometheus } from "./managed-prometheus.ts";

/** Undefined where the stack has another engine. */
export function managedPrometheus(
  settings: Settings,
  platform: Enabled<"metrics">,
  account: Enabled<"aws">,
  { provider, topics }: AwsPlatform,
  pager: DeployedPager | undefined,
): ManagedPrometheus | undefined {
  if (platform.engine !== "amp") return undefined;
  const rules = engineRules(settings, platform);
  const alertManagerDefinition = managedAlertmanagerDefinition(settings, account, pager);
  const problems = quotaProblems(rules, alertManagerDefinition);
  if (problems.length > 0) {
    const told = problems.map((problem) => `  - ${problem}`).join("\n");
    throw new SettingsError(`Amazon's engine would refuse what this stack gives it:\n${told}`);
  }
  return new ManagedPrometheus(
    "engine",
    {
      namePrefix: namePrefix(settings),
      accountId: account.accountId,
      region: account.region,
      rules,
      alertManagerDefinition,
      hostRoleArn: account.alertingRoleArn,
      pagerSecret: pager?.managed && {
        name: pager.keyFile,
        pager: pager.name,
        content: pager.managed.secret(pager.alertmanagerKey),
      },
      topics: topics.inHomeRegion,
      runbookBaseUrl: settings.docs.runbookBaseUrl,
    },
    { providers: [provider], protect: settings.isProduction },
  );
}
