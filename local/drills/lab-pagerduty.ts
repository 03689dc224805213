/** What a lab sets up in its PagerDuty: a service with somebody on call, and the keys of those who send to it. */
import { askJson } from "./ask.ts";

/** Name of the service that the keys belong to. */
export const PAGERDUTY_SERVICE = "AgentPay drill";
const API_TOKEN = "drill";

/** What the simulated PagerDuty's REST API asks of every request. */
export const pagerDutyHeaders = {
  authorization: `Token token=${API_TOKEN}`,
  "content-type": "application/json",
} as const;

/** A service with somebody on call for it. Returns the keys of its integrations, by who sends. */
export async function makeIntegrations(url: string): Promise<{ alertmanager: string; cloudWatch: string }> {
  const post = async (to: string, kind: string, body: object) => {
    const answer = await askJson<Record<string, { id: string; integration_key?: string }>>(
      "the simulated PagerDuty",
      `${url}/${to}`,
      { method: "POST", headers: pagerDutyHeaders, body: JSON.stringify({ [kind]: body }) },
    );
    return answer[kind] ?? { id: "" };
  };
  const user = await post("users", "user", { name: "Drill", email: "drill@agentpay.example" });
  const policy = await post("escalation_policies", "escalation_policy", {
    name: PAGERDUTY_SERVICE,
    escalation_rules: [
      { escalation_delay_in_minutes: 15, targets: [{ id: user.id, type: "user_reference" }] },
    ],
  });
  const service = await post("services", "service", {
    name: PAGERDUTY_SERVICE,
    escalation_policy: { id: policy.id, type: "escalation_policy_reference" },
  });
  const integration = async (name: string, type: string) => {
    const made = await post(`services/${service.id}/integrations`, "integration", { name, type });
    return made.integration_key ?? "";
  };
  return {
    alertmanager: await integration("Alertmanager", "events_api_v2_inbound_integration"),
    cloudWatch: await integration("CloudWatch", "event_transformer_api_inbound_integration"),
  };
}
