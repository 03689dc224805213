/** PagerDuty: will a page reach a person? */
import { z } from "zod";
import { failed, proven, some } from "../shared/outcome.ts";
import type { PagerCheck, PagerContext } from "../shared/pager.ts";
import { ask, serviceIdOf } from "./api.ts";

const UP = "Run pulumi up --refresh: it puts back what somebody has changed in PagerDuty.";

const reference = z.object({ id: z.string(), summary: z.string().nullish() });
const service = z.object({
  service: z.object({
    name: z.string(),
    status: z.string(),
    escalation_policy: reference,
    integrations: z.array(reference),
  }),
});
const policy = z.object({
  escalation_policy: z.object({
    escalation_rules: z.array(
      z.object({ escalation_delay_in_minutes: z.number(), targets: z.array(reference) }),
    ),
  }),
});
const onCalls = z.object({ oncalls: z.array(z.object({ escalation_level: z.number(), user: reference })) });

/** Levels of escalation: primary, secondary, engineering manager. */
const LEVELS = [1, 2, 3];

async function readService(context: PagerContext) {
  return (await ask(context, service, `services/${serviceIdOf(context)}`)).service;
}

async function readPolicy(context: PagerContext) {
  const { escalation_policy: reference } = await readService(context);
  const { escalation_policy: found } = await ask(context, policy, `escalation_policies/${reference.id}`);
  return { ...found, id: reference.id };
}

export const pagerDutyChecks: readonly PagerCheck[] = [
  {
    id: "pagerduty-service",
    title: "PagerDuty service and its integrations exist",
    advice: `${UP} 401: the key in pagerduty.token was revoked.`,
    async run(context) {
      const { name, status, integrations } = await readService(context);
      if (status === "disabled" || status === "maintenance") return failed(`${name} is in status ${status}`);
      const names = integrations.map(({ summary }) => summary ?? "");
      const missing = ["Prometheus", "CloudWatch"].filter((wanted) => !names.includes(wanted));
      return missing.length > 0
        ? failed(`${name} has no integration ${some(missing)}`)
        : proven(`${name}: ${some(names)}`);
    },
  },
  {
    id: "pagerduty-escalation",
    title: "Escalation has three levels",
    advice: UP,
    async run(context) {
      const { escalation_rules: rules } = await readPolicy(context);
      const minutes = rules.map(({ escalation_delay_in_minutes: delay }) => delay);
      const staffed = rules.every(({ targets }) => targets.length > 0);
      const told = `${rules.length} levels, next after ${minutes.join(", ")} minutes`;
      return rules.length === LEVELS.length && staffed ? proven(told) : failed(told);
    },
  },
  {
    id: "pagerduty-on-call",
    title: "Somebody is on call now, at every level",
    advice: "See the schedules in PagerDuty: an override may have ended, or a user may have been removed.",
    async run(context) {
      const { id } = await readPolicy(context);
      const { oncalls } = await ask(context, onCalls, `oncalls?escalation_policy_ids[]=${id}`);
      const people = LEVELS.map((level) => oncalls.find((each) => each.escalation_level === level)?.user);
      const told = people.map((user, index) => `${index + 1}: ${user?.summary ?? "nobody"}`).join(", ");
      return people.every((user) => user !== undefined) ? proven(told) : failed(told);
    },
  },
];
