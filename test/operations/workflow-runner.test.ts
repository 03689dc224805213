/** The runner itself, on a workflow of its own: it must know what GitHub does, or what it says of ours is worth nothing. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runWorkflow } from "../support/workflow-runner.ts";

const folder = mkdtempSync(join(tmpdir(), "workflow-runner-"));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, ".github/workflows"), { recursive: true });
mkdirSync(join(folder, ".github/actions/tool"), { recursive: true });

writeFileSync(
  join(folder, ".github/actions/tool/action.yml"),
  `runs:
  using: composite
  steps:
    - id: version
      shell: bash
      run: echo "tool=\${{ inputs.name }}-1" >> "$GITHUB_OUTPUT"
    - shell: bash
      run: echo "got \${{ steps.version.outputs.tool }}"
    - if: inputs.name == ''
      shell: bash
      run: exit 9
`,
);
writeFileSync(
  join(folder, ".github/workflows/called.yml"),
  `jobs:
  work:
    environment: \${{ inputs.stack }}
    env:
      STACK: \${{ inputs.stack }}
    steps:
      - run: test "$STACK" != bad
      - if: inputs.pages
        run: echo paged
      - if: failure()
        run: echo "told $HOOK"
        env:
          HOOK: \${{ secrets.HOOK }}
      - run: echo never
      - if: always()
        uses: acme/upload@0000 # v1
        with:
          name: of-\${{ inputs.stack }}-\${{ vars.ACCOUNT }}
`,
);
writeFileSync(
  join(folder, ".github/workflows/caller.yml"),
  `jobs:
  good:
    uses: ./.github/workflows/called.yml
    with: { stack: good, pages: true }
  bad:
    needs: good
    uses: ./.github/workflows/called.yml
    secrets: { HOOK: "\${{ secrets.HOOK }}" }
    with: { stack: bad, pages: false }
  after:
    needs: bad
    steps:
      - run: echo after
  matrix:
    needs: [good, bad]
    if: always() && needs.bad.result != 'skipped'
    strategy:
      matrix: { stack: [one, two] }
    steps:
      - uses: ./.github/actions/tool
        with: { name: "\${{ matrix.stack }}" }
      - continue-on-error: true
        run: exit 3
      - run: echo "\${{ vars.NOWHERE || 'default' }}"
`,
);

test("conditions, needs, matrix, called workflows, composite actions, outputs and secrets are as GitHub has them", async () => {
  const uploaded: string[] = [];
  const results = await runWorkflow(
    {
      folder,
      environment: process.env,
      actions: { "acme/upload": async ({ name = "" }) => void uploaded.push(name) },
      contexts: { secrets: { HOOK: "hook" }, vars: { ACCOUNT: "1" }, github: {} },
      environments: { bad: { ACCOUNT: "2" } },
    },
    "caller.yml",
  );
  const brief = results.map(({ job, step, outcome }) => `${job}: ${step}: ${outcome}`);
  const steps = (job: string, outcomes: readonly string[]) =>
    ['test "$STACK" != bad', "echo paged", 'echo "told $HOOK"', "echo never", "acme/upload"].map(
      (step, index) => `${job} / work: ${step}: ${outcomes[index]}`,
    );
  expect(brief).toEqual([
    ...steps("good", ["success", "success", "skipped", "success", "success"]),
    ...steps("bad", ["failure", "skipped", "success", "skipped", "success"]),
    "after: echo after: skipped",
    ...["one", "two"].flatMap((stack) => [
      `matrix (${stack}): ./.github/actions/tool: success`,
      `matrix (${stack}): exit 3: success`,
      `matrix (${stack}): echo "\${{ vars.NOWHERE || 'default' }}": success`,
    ]),
  ]);
  expect(results.find(({ output }) => output.includes("told"))?.output).toBe("told hook\n");
  expect(results.find(({ job, step }) => job === "matrix (two)" && step.startsWith("./"))?.output).toContain(
    "got two-1",
  );
  expect(results.at(-1)?.output).toBe("default\n");
  expect(uploaded).toEqual(["of-good-1", "of-bad-2"]);
});
