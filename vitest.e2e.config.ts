import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const compileCache = join(import.meta.dirname, "node_modules/.cache/node");

/** These live at a multiple of the clock's pace, where a second lost to a busy neighbour is a minute. */
const TIME_SENSITIVE = ["test/local/drills/**/*.e2e.ts"];

const LONG_GROUP = "long";
const ADOPTIONS = [
  "test/operations/adopt.e2e.ts",
  "test/operations/adopt/by-hand.e2e.ts",
  "test/operations/adopt/cortex.e2e.ts",
];
/** Five to fifteen minutes each, most of it real time that passes. `npm run test:long` runs them, and `official.yml` weekly. */
const LONG = [
  ...ADOPTIONS,
  "test/operations/workflow-runs.e2e.ts",
  "test/operations/replay/proposal.e2e.ts",
  "test/operations/replay/two-months.e2e.ts",
  "test/local/exporters/failover.e2e.ts",
  "test/local/exporters/faults.e2e.ts",
  "test/local/cortex.e2e.ts",
  "test/local/platforms/cortex/results.e2e.ts",
];

/** Each file has ports and folders of its own, and waits more than it works: they run side by side, the drills after them. */
export const groups: readonly { name: string; include: string[]; exclude: string[]; maxWorkers: number }[] = [
  {
    name: "side by side",
    include: ["test/**/*.e2e.ts"],
    exclude: [...TIME_SENSITIVE, ...LONG],
    maxWorkers: 4,
  },
  /** They keep what they adopted in the repository. */
  { name: `${LONG_GROUP}: adoptions`, include: ADOPTIONS, exclude: [], maxWorkers: 1 },
  { name: "one at a time", include: TIME_SENSITIVE, exclude: [], maxWorkers: 1 },
  { name: LONG_GROUP, include: LONG, exclude: [...ADOPTIONS], maxWorkers: 2 },
];

/**
 * Those of a group that take minutes, the longest first. Where no earlier run has left its times, vitest begins
 * with the largest files, and the smallest of these would run alone at the end.
 */
export const BEGUN_FIRST: readonly string[] = [
  "test/local/stack.e2e.ts",
  "test/rules/worst-day.e2e.ts",
  "test/local/cli/local-stack.e2e.ts",
  "test/local/rotation.e2e.ts",
  "test/local/platforms/docker/published/stack-in-containers.e2e.ts",
  "test/local/stack-delivery.e2e.ts",
  "test/recovery.e2e.ts",
  "test/operations/rulers/cortex.e2e.ts",
  "test/local/official.e2e.ts",
  "test/local/host/engine.e2e.ts",
  "test/rules/rules.e2e.ts",
  "test/operations/render/render.e2e.ts",
  "test/local/drills/broken-lab.e2e.ts",
  "test/local/drills/replayed.e2e.ts",
  "test/local/drills/drill.e2e.ts",
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = BEGUN_FIRST.findIndex((name) => moduleId.endsWith(name));
      return found === -1 ? BEGUN_FIRST.length : found;
    };
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}

/** What needs built tools or running servers. */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: groups
      .filter(({ name }) => name.startsWith(LONG_GROUP) === (process.env["AGENTPAY_TEST_LONG"] === "1"))
      .map((group, groupOrder) => ({
        test: {
          ...group,
          sequence: { groupOrder },
          pool: "forks",
          // What the tests start keeps what it compiled, also where no command of ours sees to that.
          env: { NO_COLOR: "1", FORCE_COLOR: "0", NODE_COMPILE_CACHE: compileCache },
          // A last resort against hanging: ten times what a quiet machine needs, for the busy one.
          testTimeout: 1_800_000,
          hookTimeout: 3_600_000,
          expect: { poll: { timeout: 600_000 } },
        },
      })),
  },
});
