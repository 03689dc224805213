/** Who is told: warnings reach someone, two levels are two people, staging wakes nobody. */

import type { Problem } from "../messages.ts";
import type { Sections } from "../schema.ts";

export function notificationProblems({ metrics, notifications }: Sections): Problem[] {
  if (!notifications) return [];
  const problems: Problem[] = [];
  const { emails, slackWebhookUrl, smtpHost, smtpFrom, smtpUsername, smtpPassword } = notifications;
  if (smtpHost && !smtpFrom) {
    const expected = "the sender's address, since notifications.smtpHost is set";
    problems.push({ key: "notifications.smtpFrom", expected, text: true });
  }
  if (smtpUsername && !smtpPassword) {
    const expected = "a secret value, since notifications.smtpUsername is set";
    problems.push({ key: "notifications.smtpPassword", expected, text: true });
  }
  if (metrics?.enabled && !slackWebhookUrl && !(smtpHost && emails.length > 0)) {
    const expected =
      "a Slack webhook, or else notifications.smtpHost and notifications.emails: warnings must reach someone";
    problems.push({ key: "notifications.slackWebhookUrl", expected, text: true });
  }
  return problems;
}

export function pagingProblems(environment: string, { notifications, pagerduty }: Sections): Problem[] {
  const problems: Problem[] = [];
  if (pagerduty?.enabled) problems.push(...samePersonProblems(pagerduty));
  if (environment === "staging" && pagerduty?.enabled) {
    problems.push({ key: "pagerduty.enabled", expected: "false: staging never pages", text: false });
  }
  if (environment === "staging" && notifications && notifications.smsNumbers.length > 0) {
    const expected = "no phone number: staging wakes nobody";
    problems.push({ key: "notifications.smsNumbers", expected, text: "unknown" });
  }
  return problems;
}

/** PagerDuty takes no notice of capitals: it knows a user by the address in small letters. */
function samePersonProblems(pagerduty: Extract<Sections["pagerduty"], { enabled: true }>): Problem[] {
  const keys = ["engineerA", "engineerB", "engineeringManager"] as const;
  const people = keys.map((key) => pagerduty[key].toLowerCase());
  return keys.flatMap((key, index) => {
    const other = people.indexOf(people[index] ?? "");
    if (other === index) return [];
    const expected = `someone else than pagerduty.${keys[other]}: the second level must not be the first one again`;
    return [{ key: `pagerduty.${key}`, expected, text: true }];
  });
}
