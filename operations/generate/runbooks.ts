/** What runbooks say of the catalogue: who answers for an alert, where it is shown, and its rules. The rest is people's. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Alert } from "../../catalog/alerts/alert.ts";
import { alerts, expressionOf } from "../../catalog/alerts/index.ts";
import { dashboards } from "../../catalog/dashboards/index.ts";
import { services } from "../../catalog/services.ts";
import { Failure } from "../../toolkit/failure.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";

const BEGIN = "<!-- rules: npm run ops -- generate runbooks -->";
const END = "<!-- end of rules -->";

/** Every runbook of an alert of Prometheus, with its facts as the catalogue has them, by path in the repository. */
export function runbooks(): Record<string, string> {
  const names = [...new Set(alerts.map(({ name }) => name))];
  return Object.fromEntries(
    names.map((name) => {
      const path = `runbooks/${name}.md`;
      return [path, withFacts(path, pageAt(path), rulesOf(name))];
    }),
  );
}

function pageAt(path: string): string {
  const file = join(REPOSITORY, path);
  if (existsSync(file)) return readFileSync(file, "utf8");
  throw new Failure(`${path} is missing: every alert has a runbook. Its headings are in runbooks/README.md`);
}

/** @throws Failure where a page has no place for them */
export function withFacts(path: string, text: string, rules: readonly Alert[]): string {
  const [before, rest] = text.split(`${BEGIN}\n`);
  const [, after] = rest?.split(END) ?? [];
  const [title, , facts, ...others] = before?.split("\n") ?? [];
  if (after === undefined || !facts?.startsWith("**Severity:**")) {
    throw new Failure(
      `${path}: its third line must begin with **Severity:**, and below "## Meaning" there must be two lines for the rules:\n${BEGIN}\n${END}`,
    );
  }
  const above = [title, "", factsOf(rules), ...others].join("\n").trimEnd();
  return [above, "", BEGIN, "", rulesText(rules), "", `${END}${after}`].join("\n");
}

export function rulesOf(name: string): readonly Alert[] {
  return alerts.filter((alert) => alert.name === name);
}

/** One line: how bad it is, what of, who answers for it, and where it is shown. */
function factsOf(rules: readonly Alert[]): string {
  const list = (of: (rule: Alert) => string) => [...new Set(rules.map(of))].join(", ");
  return [
    `**Severity:** ${list(({ severity }) => severity)}`,
    `**Service:** ${list(({ service }) => service)}`,
    `**Owner:** ${list(({ service }) => services[service].team)}`,
    `**Panel:** ${list(panelOf)}`,
  ].join(" · ");
}

function panelOf({ panel: { dashboard: uid, panel } }: Alert): string {
  const dashboard = dashboards.find((each) => each.uid === uid);
  const title = new Map(Object.entries(dashboard?.panels ?? {})).get(panel)?.title;
  return `${dashboard?.title} › ${title}`;
}

/** Each rule with its default threshold, and how long it must hold. */
function rulesText(rules: readonly Alert[]): string {
  return rules
    .map((rule) => {
      const subject = rules.length === 1 ? "It" : nameAmong(rules, rule);
      return `${subject} rings ${holdOf(rule)}\n\n\`\`\`promql\n${expressionOf(rule, {})}\n\`\`\``;
    })
    .join("\n\n");
}

const holdOf = ({ holdFor }: Alert) => (/^0+[a-z]+$/.test(holdFor) ? "at once on" : `after ${holdFor} of`);

/** What tells a rule from others of its name, such as `1h`/`5m` (critical). */
function nameAmong(rules: readonly Alert[], { labels = {}, severity }: Alert): string {
  const own = Object.entries(labels).filter(([label, value]) =>
    rules.some((rule) => rule.labels?.[label] !== value),
  );
  const name = own.map(([, value]) => `\`${value}\``).join("/");
  return rules.some((rule) => rule.severity !== severity) ? `${name} (${severity})` : name;
}
