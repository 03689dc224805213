/** Runbooks and alerts, one to one; and what a runbook asks for exists. Their facts are generated: test/operations/generate. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { alerts } from "../../catalog/alerts/index.ts";
import { databaseAlarms } from "../../catalog/database-alarms.ts";
import { hostAlarms } from "../../catalog/host-alarms.ts";
import { loadBalancerAlarms } from "../../catalog/load-balancer-alarms.ts";
import { logAlarms } from "../../catalog/log-alarms.ts";
import { checkExpression, describeProblem } from "../../catalog/promql/check.ts";
import { recordingRuleGroups } from "../../catalog/recording-rules/index.ts";
import { reportAlarms } from "../../catalog/report-alarms.ts";
import { faults } from "../../local/agentpay/faults.ts";
import { runProgram } from "../support/program.ts";

const root = join(import.meta.dirname, "../..");
const folder = join(root, "runbooks");
const runbooks = readdirSync(folder)
  .filter((file) => file !== "README.md")
  .map((file) => ({ name: file.replace(/\.md$/, ""), text: readFileSync(join(folder, file), "utf8") }));

/** Alarms of CloudWatch link to these. */
const cloudWatchRunbooks = [
  "AWSBillingBudget",
  "EndpointUnreachable",
  ...[...logAlarms, ...hostAlarms, ...databaseAlarms, ...loadBalancerAlarms, ...reportAlarms].map(
    ({ name }) => name,
  ),
];
/** AWS's own messages have no room for a link to these. */
const unlinkedRunbooks = ["AWSCostAnomaly"];

const headings = [
  "Meaning",
  "What users feel",
  "First checks",
  "Likely causes",
  "Mitigate",
  "Verify",
  "Whom to call",
  "Make it fire",
];

const recorded = new Set(recordingRuleGroups.flatMap(({ rules }) => rules.map(({ record }) => record)));

/** Fenced blocks of a language, without their indentation. */
function blocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)\\n *\`\`\`$`, "gm"))].map(
    ([, indentation = "", body = ""]) => body.replaceAll(new RegExp(`^${indentation}`, "gm"), ""),
  );
}

test("every alert has a runbook, and every runbook an alert", () => {
  const names = new Set([...alerts.map(({ name }) => name), ...cloudWatchRunbooks, ...unlinkedRunbooks]);
  const pages = new Set(runbooks.map(({ name }) => name));
  const wanting = [...names].filter((name) => !pages.has(name));
  expect(
    wanting,
    wanting.map((name) => `write runbooks/${name}.md, as runbooks/APIDown.md is`).join("\n"),
  ).toEqual([]);
  const idle = [...pages].filter((name) => !names.has(name));
  expect(
    idle,
    idle.map((name) => `no alert is called ${name}: remove runbooks/${name}.md`).join("\n"),
  ).toEqual([]);
});

test("CloudWatch's alarms link to the runbooks that are kept for them", async () => {
  const overrides = {
    "database.instanceIdentifier": "agentpay",
    "database.replicaIdentifiers": ["agentpay-reader"],
    "aws.loadBalancer": "app/agentpay/50dc6c495c0c9188",
    "aws.targetGroups": ["targetgroup/agentpay-api/73e2d6bc24d8a067"],
  };
  const { resources } = await runProgram("production", { overrides });
  const alarms = resources.filter(({ type }) => type === "aws:cloudwatch/metricAlarm:MetricAlarm");
  const linked = alarms.map(({ inputs }) => /\/(\w+)\.md$/.exec(String(inputs["alarmDescription"]))?.[1]);
  // The dead man's switch is the Watchdog's other half, and has its runbook.
  expect([...new Set(linked)].toSorted()).toEqual([...cloudWatchRunbooks, "Watchdog"].toSorted());
});

describe.each(runbooks)("$name", ({ name, text }) => {
  test("has its title and every heading, in order, and something below each", () => {
    expect(text.split("\n")[0]).toBe(`# ${name}`);
    const sections = text
      .split(/^## /m)
      .slice(1)
      .map((section) => section.split("\n\n"));
    expect(sections.map(([heading]) => heading)).toEqual(headings);
    for (const [, ...paragraphs] of sections) expect(paragraphs.join("").trim()).not.toBe("");
  });

  test("asks Prometheus for what it has", () => {
    const problems = blocks(text, "promql").flatMap((expression) =>
      checkExpression(expression, { recorded }).map((problem) => describeProblem(expression, problem)),
    );
    expect(problems).toEqual([]);
  });

  test("has something to type", () => {
    expect(blocks(text, "promql").length + blocks(text, "sh").length).toBeGreaterThan(1);
  });

  test("breaks what the simulated AgentPay can break, or says what proves the alert instead", () => {
    const section = text.split("\n## Make it fire\n")[1] ?? "";
    const named = [...section.matchAll(/"name":"([a-z-]+)"/g)].map(([, fault]) => fault ?? "");
    for (const fault of named) expect(Object.keys(faults)).toContain(fault);
    if (named.length === 0) expect(section).toMatch(/test\/rules\/cases\/|emulator|fires from the start/);
  });

  test("names only alerts that exist", () => {
    const known = new Set([...alerts.map((alert) => alert.name), ...cloudWatchRunbooks, ...unlinkedRunbooks]);
    const links = [...text.matchAll(/\]\((\w+)\.md\)/g)].map(([, link]) => link);
    for (const link of links) expect(known).toContain(link);
  });
});
