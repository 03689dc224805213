/** Grafana shows; it does not alert. */
import { resourceRule } from "../rule.ts";
import { GRAFANA_CONTACT_POINT, GRAFANA_NOTIFICATION_POLICY, GRAFANA_RULE_GROUP } from "./types.ts";

const secondAlerter = resourceRule<object>({
  name: "grafana-alerting-disallow-second-alerter",
  description:
    "Alerts are made in one place: Grafana's own would pass by routes, inhibitions, maintenance and rule tests.",
  severity: "high",
  remediation:
    "Add the alert in catalog/alerts/, its case in test/rules/cases/ and its runbook in runbooks/.",
  types: [GRAFANA_RULE_GROUP, GRAFANA_CONTACT_POINT, GRAFANA_NOTIFICATION_POLICY],
  *requirements() {
    yield { path: "type", must: "must not be used: alerts belong in catalog/alerts/", holds: () => false };
  },
});

export const grafanaRules = [secondAlerter];
