/** What the linters of the workflows don't know. They themselves run in workflows.e2e.ts. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { verbGroups } from "../../operations/verbs.ts";
import { readSettings } from "../../settings/settings-file.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": unknown };
  readonly steps?: readonly { readonly run?: string; readonly uses?: string }[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = join(REPOSITORY, ".github/workflows");
const workflows: Readonly<Record<string, Workflow>> = Object.fromEntries(
  readdirSync(folder).map((file) => [file, parse(readFileSync(join(folder, file), "utf8"))]),
);
const jobs = Object.entries(workflows).flatMap(([file, workflow]) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ where: `${file}: ${name}`, workflow, job })),
);
const scripts = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")).scripts;
const guide = readFileSync(join(REPOSITORY, "docs/ci.md"), "utf8");

test("docs/ci.md has each of them", () => {
  expect(Object.keys(workflows).length).toBeGreaterThan(1);
  for (const file of Object.keys(workflows)) expect(guide).toContain(`\`${file}\``);
});

test("what a job runs is a command of the project, which docs/ci.md has for people", () => {
  const runs = jobs.flatMap(({ job }) => job.steps ?? []).flatMap(({ run }) => run ?? []);
  expect(runs.length).toBeGreaterThan(3);
  for (const run of runs.filter((command) => command !== "make test")) {
    const script = /^(?:exec )?npm run -s ([\w:]+) -- /.exec(run)?.[1] ?? run;
    expect(Object.keys(scripts)).toContain(script);
    const verb = /^(?:exec )?npm run -s ops -- (\w+)/.exec(run)?.[1];
    if (verb !== undefined)
      expect(
        Object.values(verbGroups)
          .flat()
          .map(({ name }) => name),
      ).toContain(verb);
    expect(guide).toContain(`npm run ${script} --`);
  }
});

/** Where `make test` runs each of these commands, or what it does, on this machine. */
const tried: Readonly<Record<string, readonly [test: string, subject: string]>> = {
  deploy: ["test/local/stack.e2e.ts", '"deploy"'],
  drift: ["test/local/stack.e2e.ts", '"drift"'],
  // Its six minutes are mostly Alertmanager's waits: the page itself is sent, seen and resolved there.
  drill: ["test/local/drills/live.e2e.ts", "local/drills/live.ts"],
  "ops -- github": ["test/operations/workflows.e2e.ts", '"operations/cli.ts", "github"'],
  "ops -- vendors": ["test/operations/vendors/command.test.ts", '"operations/cli.ts", "vendors"'],
  "ops -- weekly": ["test/local/stack-delivery.e2e.ts", '"operations/cli.ts", "weekly"'],
  review: ["test/operations/review.e2e.ts", '"review"'],
  official: ["test/local/official.e2e.ts", "local/official/main.ts"],
  // Itself tests: that no file is left out of them.
  "test:long": ["test/collected.test.ts", "vitest.e2e.config.ts"],
};

test("each of these commands is run by make test", () => {
  const runs = jobs.flatMap(({ job }) => job.steps ?? []).flatMap(({ run }) => run ?? []);
  const names = runs.flatMap((run) => /^(?:exec )?npm run -s (ops -- \w+|[\w:]+) /.exec(run)?.[1] ?? []);
  expect([...new Set(names)].toSorted()).toEqual(Object.keys(tried).toSorted());
  for (const [file, subject] of Object.values(tried)) {
    expect(readFileSync(join(REPOSITORY, file), "utf8"), file).toContain(subject);
  }
});

test("nothing that a fork can start has a credential", () => {
  const check = workflows["check.yml"];
  expect(check?.permissions).toEqual({ contents: "read" });
  const text = readFileSync(join(folder, "check.yml"), "utf8");
  expect(text).not.toMatch(/secrets\.|vars\.|id-token|environment:/);
  for (const { where, workflow } of jobs) {
    expect(Object.keys(workflow.on), where).not.toContain("pull_request_target");
    expect(Object.keys(workflow.on), where).not.toContain("workflow_run");
  }
});

test("a job has a cloud role or may write on GitHub, never both", () => {
  const roles = jobs.filter(({ job }) => job.permissions?.["id-token"] === "write" && !job.uses);
  const writers = jobs.filter(({ job }) =>
    Object.entries(job.permissions ?? {}).some(([scope, level]) => scope !== "id-token" && level === "write"),
  );
  expect(roles.map(({ where }) => where).toSorted()).toEqual([
    "canary.yml: page",
    "deploy-stack.yml: deploy",
    "drift.yml: check",
    "review.yml: preview",
    "weekly.yml: review",
  ]);
  expect(writers.map(({ where }) => where).toSorted()).toEqual([
    "drift.yml: issue",
    "review.yml: comment",
    "vendors.yml: issue",
    "weekly.yml: issue",
  ]);
  for (const { where, job } of roles) expect(job.environment, where).toBeTruthy();
});

test("deployments and drift checks wait in groups of their own, and cancel nothing", () => {
  const groups = ["deploy-stack.yml: deploy", "drift.yml: check"].map((name) => {
    const { concurrency } = jobs.find(({ where }) => where === name)?.job ?? {};
    expect(concurrency?.group, name).toMatch(/\$\{\{ \w+\.stack \}\}$/);
    expect(concurrency?.["cancel-in-progress"], name).toBe(false);
    return concurrency?.group.replace(/\w+\.stack/, "the stack");
  });
  // GitHub keeps one waiting run of a group, and cancels the one before it.
  expect(new Set(groups).size).toBe(2);
});

test("the signal that ends a job reaches the engine: no shell is left between", () => {
  const engine = jobs.filter(({ job }) => job.permissions?.["id-token"] === "write" && job.steps);
  for (const { where, job } of engine) {
    const runs = (job.steps ?? []).flatMap(({ run }) => run ?? []).filter((run) => !run.includes(" github "));
    expect(runs.length, where).toBeGreaterThan(0);
    for (const run of runs) expect(run, where).toMatch(/^exec npm run -s /);
  }
  for (const name of ["deploy", "review", "drift", "drill", "verify", "ops", "pulumi", "local"]) {
    expect(scripts[name], name).toMatch(/^exec node /);
  }
});

test("a test page is asked of the stacks that page, and of no other", () => {
  const calls = Object.values(workflows["deploy.yml"]?.jobs ?? {}).map((job) => job.with);
  expect(calls).toEqual([
    { stack: "staging", pages: readSettings(REPOSITORY, "staging").pagerduty.enabled },
    { stack: "production", pages: readSettings(REPOSITORY, "production").pagerduty.enabled },
  ]);
});

test("one version of each action, by its commit", () => {
  const files = readdirSync(join(REPOSITORY, ".github"), { recursive: true, encoding: "utf8" });
  const used = files
    .filter((file) => file.endsWith(".yml"))
    .flatMap((file) => readFileSync(join(REPOSITORY, ".github", file), "utf8").split("\n"))
    .flatMap((line) => /uses: ((?!\.\/).+)$/.exec(line)?.[1] ?? []);
  expect(used.length).toBeGreaterThan(10);
  for (const reference of used) expect(reference).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  const names = new Set(used.map((reference) => reference.split("@")[0]));
  expect(new Set(used).size).toBe(names.size);
});
