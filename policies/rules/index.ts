/** Every rule. docs/policies.md lists them; a test holds it to this. */
import type { Rule } from "../rule.ts";
import { accessRules } from "./access.ts";
import { cloudWatchRules } from "./cloudwatch.ts";
import { dockerRules } from "./docker.ts";
import { dockerIsolationRules } from "./docker-isolation.ts";
import { grafanaRules } from "./grafana.ts";
import { iamRules } from "./iam.ts";
import { pagerDutyRules } from "./pagerduty.ts";
import { sentryRules } from "./sentry.ts";
import { snsRules } from "./sns.ts";
import { stackRules } from "./stack.ts";

export const rules: readonly Rule[] = [
  ...cloudWatchRules,
  ...snsRules,
  ...accessRules,
  ...iamRules,
  ...pagerDutyRules,
  ...sentryRules,
  ...grafanaRules,
  ...dockerRules,
  ...dockerIsolationRules,
  ...stackRules,
];
