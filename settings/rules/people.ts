/** Who is told: warnings reach someone, two levels are two people, staging wakes nobody. */

import type { Problem } from "../messages.ts";
import { enabledPagers } from "../pagers/index.ts";
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

export function pagingProblems(environment: string, sections: Sections): Problem[] {
  const { notifications } = sections;
  const [pager, ...others] = enabledPagers(sections);
  const problems = pager ? [...pager.problems, ...others.flatMap((other) => other.problems)] : [];
  for (const { key } of others) {
    const expected = `false, since ${pager?.key}.enabled is true: one pager alone wakes people`;
    problems.push({ key: `${key}.enabled`, expected, text: false });
  }
  if (environment === "staging" && pager) {
    problems.push({ key: `${pager.key}.enabled`, expected: "false: staging never pages", text: false });
  }
  if (environment === "staging" && notifications && notifications.smsNumbers.length > 0) {
    const expected = "no phone number: staging wakes nobody";
    problems.push({ key: "notifications.smsNumbers", expected, text: "unknown" });
  }
  return problems;
}
