/** Sections 21 and 22 of the guide: a service, who is called in what order, and the keys. */
import { type Accounts, get, send } from "./accounts.ts";

interface Object {
  readonly id: string;
}
interface Integration extends Object {
  readonly name: string;
  readonly integration_key: string;
}

export interface PagerDutyByHand {
  readonly service: string;
  /** Those that the policy calls, in this order. */
  readonly schedules: readonly string[];
  /** Of the first one's name: of a rota before, which nobody has removed. */
  readonly oldSchedule: string;
  readonly policy: string;
  /** By what it was called. */
  readonly integrations: Readonly<Record<string, Integration>>;
}

/** Names in other case, and one of the person's own; one person all week, no team, an hour before anybody else is called. */
export async function pagerDutyByHand(accounts: Accounts): Promise<PagerDutyByHand> {
  const make = async (kind: string, plural: string, body: object) =>
    (await send<Record<string, Object>>(accounts, "pagerduty", `/${plural}`, { [kind]: body }))[kind]?.id ??
    "";
  const { users } = await get<{ users: (Object & { email: string })[] }>(accounts, "pagerduty", "/users");
  const user = (beginning: string) => {
    const id = users.find(({ email }) => email.startsWith(beginning))?.id;
    return { id, type: "user_reference" };
  };
  const schedule = (name: string, who: string) =>
    make("schedule", "schedules", {
      ...{ type: "schedule", name, time_zone: "Europe/Berlin" },
      schedule_layers: [
        {
          ...{ start: "2026-01-05T08:00:00Z", rotation_virtual_start: "2026-01-05T08:00:00Z" },
          ...{ rotation_turn_length_seconds: 604_800, users: [{ user: user(who) }] },
        },
      ],
    });
  const schedules = [
    await schedule("AGENTPAY LOCAL Primary", "ana"),
    await schedule("agentpay local secondary", "ben"),
  ];
  const oldSchedule = await schedule("AgentPay local primary", "maya");
  const rule = (id: string | undefined, type: string) => ({
    escalation_delay_in_minutes: 60,
    targets: [{ id, type }],
  });
  const policy = await make("escalation_policy", "escalation_policies", {
    ...{ type: "escalation_policy", name: "who gets called" },
    escalation_rules: [
      ...schedules.map((id) => rule(id, "schedule_reference")),
      rule(user("maya").id, "user_reference"),
    ],
  });
  const reference = { id: policy, type: "escalation_policy_reference" };
  const service = await make("service", "services", {
    ...{ type: "service", name: "agentpay LOCAL", auto_resolve_timeout: 600, escalation_policy: reference },
  });
  // Somebody else's, in the same account.
  await make("service", "services", { type: "service", name: "Website", escalation_policy: reference });

  const { vendors } = await get<{ vendors: (Object & { name: string })[] }>(
    accounts,
    "pagerduty",
    "/vendors",
  );
  const cloudWatch = vendors.find(({ name }) => name.endsWith("CloudWatch"))?.id;
  const integrations: Record<string, Integration> = {};
  for (const [name, kind] of [
    ["prometheus", { type: "events_api_v2_inbound_integration" }],
    ["Cloudwatch", { vendor: { id: cloudWatch, type: "vendor_reference" } }],
    // An old one of the events API before, which nobody dares to remove.
    ["PROMETHEUS", { type: "generic_events_api_inbound_integration" }],
  ] as const) {
    const path = `/services/${service}/integrations`;
    const made = await send<{ integration: Integration }>(accounts, "pagerduty", path, {
      integration: { name, ...kind },
    });
    integrations[name] = made.integration;
  }
  return { service, schedules, oldSchedule, policy, integrations };
}
