/** How long the engine's commands take for production, and how that grows. */

import { REPOSITORY } from "../../../toolkit/repository.ts";
import { withTemporaryFolder } from "../../../toolkit/temporary-folder.ts";
import { type BenchOptions, type Section, seconds } from "../section.ts";
import { middleOf } from "../times.ts";
import { type BenchStack, type Overrides, startBenchStack } from "./stack.ts";

const PACK = ["--policy-pack", `${REPOSITORY}/policies`];
const packOf = (stack: string) => [
  ...PACK,
  "--policy-pack-config",
  `${REPOSITORY}/policies/config/${stack}.json`,
];

/** More of what AgentPay runs: each is scraped by name. */
const servers = (count: number): Overrides => ({
  "metrics.apiTargets": Array.from({ length: count }, (_, index) => `api-${index}.example.com:8000`),
  "metrics.workerTargets": Array.from({ length: count }, (_, index) => `worker-${index}.example.com:10000`),
});

const growth: readonly (readonly [title: string, stack: string, overrides: Overrides])[] = [
  ["staging", "staging", {}],
  ["production", "production", {}],
  ["production with two replicas", "production", { "metrics.replicas": 2 }],
  ["production with Amazon's engine", "production", { "metrics.engine": "amp" }],
  ["production with 100 servers", "production", servers(50)],
  ["production with 1000 servers", "production", servers(500)],
];

export async function programSection({ quick, report }: BenchOptions): Promise<Section> {
  const takes = quick ? 1 : 3;
  const rows: (string | number)[][] = [];
  for (const [title, name, overrides] of quick ? growth.slice(0, 2) : growth) {
    report(`${title}: preview, up, refresh`);
    const figures = await withTemporaryFolder("bench", async (folder) => {
      const stack = await startBenchStack(folder, name, overrides);
      return measured(stack, name, takes).finally(stack.stop);
    });
    rows.push([title, ...figures]);
  }
  return {
    title: "The program",
    text:
      "The real Pulumi engine with platforms that answer at once and a file backend: what is left is the engine's " +
      `time and the program's. The middle of ${takes} takes; "with policies" adds the policy pack's process. An environment is a ` +
      "stack of its own: ten take ten times as long one after another, and as long as one where CI runs them side by side.",
    head: [
      "Stack",
      "Resources",
      "Preview",
      "with policies",
      "Preview of no change",
      "Update of no change",
      "with policies",
      "Refresh preview",
    ],
    rows,
  };
}

async function measured(stack: BenchStack, name: string, takes: number): Promise<(string | number)[]> {
  const middle = (...args: readonly string[]) => middleOf(takes, () => stack.run(...args));
  const first = await middle("preview");
  const withPolicies = await middle("preview", ...packOf(name));
  await stack.run("up", "--yes", "--skip-preview");
  const again = await middle("preview", "--expect-no-changes");
  const noChange = ["up", "--yes", "--skip-preview", "--expect-no-changes"];
  const update = await middle(...noChange);
  const judged = await middle(...noChange, ...packOf(name));
  const refresh = await middle("refresh", "--preview-only");
  const resources = await stack.resources();
  return [resources, ...[first, withPolicies, again, update, judged, refresh].map(seconds)];
}
