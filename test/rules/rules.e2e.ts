/** Every rule, by the program that will evaluate it: promtool's lints, and what each alert does over time. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { alertGroups } from "../../catalog/alerts/index.ts";
import { type Dashboard, queriesOf } from "../../catalog/dashboards/dashboard.ts";
import { dashboards } from "../../catalog/dashboards/index.ts";
import { replaceVariables } from "../../catalog/promql/variables.ts";
import { ruleFiles } from "../../components/prometheus/prometheus.ts";
import { TRIED } from "../../operations/review/rule-tests.ts";
import { ruleCases } from "./cases/index.ts";
import { promtoolFiles, triedCases } from "./promtool.ts";
import { promtoolFolder } from "./promtool-folder.ts";

const { write, complaints } = promtoolFolder();

/** @returns the names */
function writeAll(files: Record<string, string>): string[] {
  return Object.entries(files).map(([name, content]) => write(name, content));
}

test("promtool finds nothing wrong with any rule file", async () => {
  const links = { runbookBaseUrl: "https://runbooks.example", grafanaUrl: "https://grafana.example" };
  const files = writeAll(ruleFiles({}, links));
  expect(await complaints(["check", "rules", "--lint=all", "--lint-fatal", ...files])).toBe("");
});

test.for(alertGroups)("$name: each alert fires on its fault, and on nothing else", async (group) => {
  const tests = writeAll(promtoolFiles(group, ruleCases[group.name] ?? {})).filter((name) =>
    name.endsWith(".test.yml"),
  );
  expect(tests.length).toBeGreaterThan(0);
  const said = await complaints(["test", "rules", ...tests]);
  // In the message itself: who reads the results as JSON sees no comparison.
  if (said !== "") expect.fail(said.replaceAll(/^ *SUCCESS\n+/gm, "").trim());
});

/** Of thresholds that a replay proposes, and only then. */
for (const { kind, title, files } of triedCases(alertGroups, ruleCases)) {
  test(`${TRIED[kind]} ${title}`, async () => {
    const tests = writeAll(files).filter((name) => name.endsWith(".test.yml"));
    expect(await complaints(["test", "rules", ...tests])).toBe("");
  });
}

/** promtool checks types, as the editors of panels and runbooks can't. */
async function complaintsAbout(expressions: readonly string[]): Promise<string> {
  const rules = expressions.map((expr, index) => ({ record: `checked:expression:${index}`, expr }));
  const file = write("expressions.yml", stringify({ groups: [{ name: "expressions", rules }] }));
  return complaints(["check", "rules", file]);
}

test("promtool accepts every query of a panel", async () => {
  const all: readonly Dashboard[] = dashboards;
  const queries = all.flatMap(({ panels }) => Object.values(panels).flatMap(queriesOf));
  expect(await complaintsAbout(queries.map(({ expression }) => replaceVariables(expression)))).toBe("");
});

test("promtool accepts every query of a runbook", async () => {
  const runbooks = join(import.meta.dirname, "../../runbooks");
  const expressions = readdirSync(runbooks).flatMap((name) => {
    const text = readFileSync(join(runbooks, name), "utf8");
    return [...text.matchAll(/^ *```promql\n([\s\S]*?)\n *```$/gm)].map(([, query = ""]) => query.trim());
  });
  expect(expressions.length).toBeGreaterThan(alertGroups.length);
  expect(await complaintsAbout(expressions)).toBe("");
});
