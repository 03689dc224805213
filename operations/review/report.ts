/** A review in Markdown, for a comment on a pull request: what may hurt first, and no longer than GitHub takes. */

import { ABOUT_TO_END } from "../../components/shared/deprecation.ts";
import { environmentOf } from "../../settings/stack-name.ts";
import { headline } from "../drift/report.ts";
import { isRevision } from "../pulumi/revision.ts";
import { changesOf } from "../replay/report.ts";
import { type AlertChange, alertChanges } from "./alerts.ts";
import { costChange, signed } from "./cost.ts";
import { type FileChanges, fileChanges } from "./files.ts";
import type { Part, Review } from "./model.ts";
import { type Verdict, verdicts } from "./policies.ts";
import type { Loss, Operation, Preview } from "./preview.ts";
import { type ResourceChange, resourceChanges } from "./resources.ts";
import type { RuleTests } from "./rule-tests.ts";
import type { Side } from "./side.ts";

/** Lines of a list that are shown, and characters of a line. */
const LINES = 40;
const LINE_LENGTH = 400;
/** GitHub takes 65,536 characters, and the comment has a frame. */
const LONGEST = 60_000;

/** @returns Markdown, and whether nothing in it speaks against the change */
export function report(review: Review): { markdown: string; passed: boolean } {
  const [before, after] = [had(review.before), had(review.after)];
  const preview = review.preview && had(review.preview);
  const found = after ? verdicts(before, after, review.stack) : [];
  const both = before && after ? { before, after } : undefined;
  const alerts = both ? alertChanges(both.before, both.after, environmentOf(review.stack)) : [];
  const warnings = [
    ...lossWarnings(preview?.losses ?? (both ? deletions(both.before, both.after) : [])),
    ...problemsOf(review),
    ...policyWarnings(found, preview),
    ...testWarnings(review.ruleTests),
    ...droppedWarnings(alerts),
  ];
  const sections = [
    warnings.length > 0 ? caution(warnings) : "Nothing is replaced, deleted, dropped or refused.",
    ...(preview ? [previewSection(preview)] : []),
    platformsSection(review.platforms),
    section("Alerts", alerts.map(alertLine)),
    replaySection(review.replay),
    ...(both ? changedSections(both.before, both.after) : []),
    policySection(found, preview),
    testSection(review.ruleTests),
  ];
  const title = `### Review of \`${review.stack}\`, compared with \`${review.base}\``;
  const refused = warnings.some(({ refuses }) => refuses);
  return { markdown: fitting([title, ...sections.filter((text) => text !== "")]), passed: !refused };
}

interface Warning {
  readonly text: string;
  /** Whether it speaks against the change, and not just for a second look. */
  readonly refuses: boolean;
}

function had<Value>(part: Part<Value>): Value | undefined {
  return "value" in part ? part.value : undefined;
}

function problemsOf({ before, after, preview, stack }: Review): Warning[] {
  const of = (what: string, refuses: boolean, part: Part<unknown> | undefined): Warning[] =>
    part && "problem" in part ? [{ text: `**${what}**${block(part.problem)}`, refuses }] : [];
  const run = preview && had(preview);
  return [
    ...of("The program does not run", true, after),
    ...("value" in after && after.value.resources.length === 0
      ? [{ text: "**The program asks for nothing**: there was nothing to review", refuses: true }]
      : []),
    ...of("There is nothing to compare with: the base can't be had, or does not run", false, before),
    ...of("There is no preview", true, preview),
    ...(run && !run.succeeded && run.complaints.length > 0
      ? [{ text: `**The preview failed**${block(run.complaints.join("\n"))}`, refuses: true }]
      : []),
    ...(preview === undefined
      ? [
          {
            text: `No preview: this review had no account. With one: \`npm run review -- --stack ${stack}\``,
            refuses: false,
          },
        ]
      : []),
  ];
}

function lossWarnings(losses: readonly Loss[]): Warning[] {
  const lines = losses
    .filter(({ name }) => !isRevision(name))
    .map(({ operation, component, name, because }) => {
      const why = because.length > 0 ? ` (${because.map((path) => `\`${path}\``).join(", ")})` : "";
      return `**${operation}** ${component}: \`${name}\`${why}`;
    });
  return bounded(lines).map((text) => ({ text, refuses: false }));
}

/** What the program asks for no more: without an engine, all that is known of what would be lost. */
function deletions(before: Side, after: Side): Loss[] {
  return resourceChanges(before, after).flatMap(({ kind, component, name }): Loss[] =>
    kind === "deleted" ? [{ operation: "delete", component, name, because: [] }] : [],
  );
}

function policyWarnings(found: readonly Verdict[], preview: Preview | undefined): Warning[] {
  const offline = found.filter(({ level }) => level === "mandatory");
  const engine = onlyTheEngines(found, preview).filter(({ level }) => level === "mandatory");
  const lines = [
    ...offline.map((each) => `**policy** \`${each.rule}\`: ${each.message}${each.isNew ? " (new)" : ""}`),
    ...engine.map(({ rule, resource }) => `**policy** \`${rule}\`: ${resource}`),
  ];
  return bounded(lines).map((text) => ({ text, refuses: true }));
}

/** What the engine found and the judgement with no engine did not: some values only a preview knows. */
function onlyTheEngines(found: readonly Verdict[], preview: Preview | undefined) {
  const known = new Set(found.map(({ rule, resource }) => `${rule} ${resource}`));
  return (preview?.verdicts ?? []).filter(({ rule, resource }) => !known.has(`${rule} ${resource}`));
}

function testWarnings(tests: RuleTests | undefined): Warning[] {
  if (!tests) return [];
  const { failed, problem } = tests;
  if (problem !== undefined)
    return [{ text: `**The rule tests could not run**${block(problem)}`, refuses: true }];
  return failed.length === 0 ? [] : [{ text: `**${failed.length} rule tests fail** (below)`, refuses: true }];
}

function droppedWarnings(alerts: readonly AlertChange[]): Warning[] {
  const lines = alerts.filter(({ kind }) => kind === "dropped").map(alertLine);
  return bounded(lines).map((text) => ({ text, refuses: false }));
}

function caution(warnings: readonly Warning[]): string {
  const kind = warnings.some(({ refuses }) => refuses) ? "CAUTION" : "WARNING";
  const lines = warnings.flatMap(({ text }) => `- ${text}`.split("\n"));
  return [`[!${kind}]`, ...lines].map((line) => `> ${line}`).join("\n");
}

const COLUMNS: Readonly<Record<Operation, string>> = {
  delete: "delete",
  replace: "replace",
  update: "update",
  create: "create",
};

function previewSection({ components, succeeded }: Preview): string {
  const operations = Object.keys(COLUMNS) as Operation[];
  const rows = Object.entries(components)
    .toSorted(([left], [right]) => left.localeCompare(right))
    .map(
      ([component, counts]) =>
        `| ${component} | ${operations.map((operation) => counts[operation] ?? "").join(" | ")} |`,
    );
  if (rows.length === 0) return succeeded ? "#### Preview\n\nNothing to do." : "";
  const head = `| Component | ${operations.map((operation) => COLUMNS[operation]).join(" | ")} |`;
  return ["#### Preview", "", head, `|---|${operations.map(() => "---|").join("")}`, ...rows].join("\n");
}

/** What is there now, and will be when this is deployed: drift that an update does not see, and what vendors will end. */
function platformsSection(platforms: Review["platforms"]): string {
  if (!platforms) return "";
  if ("problem" in platforms) return section("Platforms", [`could not be asked${block(platforms.problem)}`]);
  const result = platforms.value;
  // The preview has said it already.
  if (result.status === "no such stack") return "";
  const deprecated = "deprecated" in result ? (result.deprecated ?? []) : [];
  return section("Platforms", [headline(result), ...deprecated.map((text) => `${ABOUT_TO_END}${text}`)]);
}

function alertLine({ alerts, kind, what }: AlertChange): string {
  const [first = "", ...others] = alerts;
  const names = others.length < 4 ? alerts : [first, ...others.slice(0, 2)];
  const more = alerts.length - names.length;
  const title = `${names.map((name) => `**${name}**`).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  if (kind === "changed") return `${title}: ${what}`;
  return kind === "new" ? `${title} is new: ${what}` : `${title} is **dropped**; ${what}`;
}

/** Such as `HighErrorRate (threshold 0.05 to 0.04 share of requests): 1 page, ... → 3 pages, ...`. */
function replaySection(replay: Review["replay"]): string {
  if (!replay) return "";
  if ("problem" in replay) {
    const [reason = ""] = replay.problem.split("\n");
    return section("Replay", [`none: ${reason}`]);
  }
  const { days, summary } = replay.value;
  if (summary === undefined) return "";
  const lines = changesOf(summary.comparison?.changes ?? []);
  const gaps =
    summary.gaps.length > 0 ? [`without what happened in ${summary.gaps.length} gaps of the history`] : [];
  return section(`Replay of ${days} days`, [
    ...(lines.length > 0
      ? lines.map((line) => line.replace(/^\w+/, "**$&**"))
      : ["every alert does the same"]),
    ...gaps,
    ...summary.problems,
  ]);
}

function changedSections(before: Side, after: Side): string[] {
  const files: FileChanges = fileChanges(before, after);
  const { lines, monthlyUsd } = costChange(before, after);
  const sum = Math.abs(monthlyUsd) < 0.005 ? [] : [`In sum: **${signed(monthlyUsd)}** at list price`];
  return [
    section("Routes", files.routes),
    section("Cost", [...sum, ...lines]),
    section("Dashboards", files.dashboards),
    folded("Resources that the change touches", resourceChanges(before, after).map(resourceLine)),
    folded("Other rendered files", files.others),
  ];
}

function resourceLine({ component, name, kind, what }: ResourceChange): string {
  return [`${component}: \`${name}\` ${kind === "changed" ? "" : kind}`.trim(), what.join(", ")]
    .filter((text) => text !== "")
    .join(": ");
}

function policySection(found: readonly Verdict[], preview: Preview | undefined): string {
  const advice = found.filter(({ level }) => level !== "mandatory");
  const lines = [
    ...new Set(found.map(({ rule, remediation, severity }) => `\`${rule}\` (${severity}): ${remediation}`)),
    ...advice.map(({ rule, message }) => `advice of \`${rule}\`: ${message}`),
    ...onlyTheEngines(found, preview)
      .filter(({ level }) => level !== "mandatory")
      .map(({ rule, resource }) => `advice of \`${rule}\`: ${resource}`),
    ...(preview && preview.undecided > 0
      ? [`${preview.undecided} questions are open until the deployment knows the values, and are asked then`]
      : []),
  ];
  return section("Policies", lines.length > 0 ? lines : ["every rule is kept"]);
}

function testSection(tests: RuleTests | undefined): string {
  if (!tests || tests.problem !== undefined) return "";
  const { passed, failed } = tests;
  const lines = failed.map(({ title, message }) => `${title}${block(message)}`);
  return section("Rule tests", [`${passed} passed, ${failed.length} failed`, ...lines]);
}

/** Nothing where there are no lines. */
function section(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return "";
  return [`#### ${title}`, "", ...bounded(lines).map((line) => `- ${line}`)].join("\n");
}

function folded(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return "";
  const list = bounded(lines).map((line) => `- ${line}`);
  return [`<details><summary>${title} (${lines.length})</summary>`, "", ...list, "", "</details>"].join("\n");
}

function bounded(lines: readonly string[]): string[] {
  const cut = (line: string) =>
    line.length <= LINE_LENGTH || line.includes("\n") ? line : `${line.slice(0, LINE_LENGTH)}…`;
  const more = lines.length > LINES ? [`and ${lines.length - LINES} more`] : [];
  return [...lines.slice(0, LINES).map(cut), ...more];
}

/** Characters of what a program said that are shown: the end says most. */
const SAID = 3000;

/** As it was said, inside a list's item. */
function block(text: string): string {
  const safe = text.trim().replaceAll("```", "'''");
  const end = safe.length <= SAID ? safe : `…${safe.slice(-SAID)}`;
  return ["", "```", ...end.split("\n"), "```"].join("\n  ");
}

function fitting(parts: readonly string[]): string {
  const kept: string[] = [];
  for (const text of parts) {
    if (kept.join("\n\n").length + text.length > LONGEST) {
      kept.push("(the rest is longer than GitHub takes: run the review by hand)");
      break;
    }
    kept.push(text);
  }
  return `${kept.join("\n\n")}\n`;
}
