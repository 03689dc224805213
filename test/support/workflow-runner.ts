/**
 * Runs a workflow as GitHub would, on this machine: jobs by what they need, a matrix, called workflows, composite actions,
 * conditions, environment, outputs. What a step runs is run by bash; what a step uses is what the test says instead.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { type Contexts, holds, interpolate, type Status } from "./workflow-expressions.ts";

interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: unknown;
  readonly run?: string;
  readonly shell?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly "continue-on-error"?: boolean;
}

interface Job {
  readonly environment?: string;
  readonly needs?: string | readonly string[];
  readonly if?: unknown;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly unknown[]>> };
  readonly steps?: readonly Step[];
}

export interface StepResult {
  /** Of the job, with the matrix's values: `check (staging)`. */
  readonly job: string;
  readonly step: string;
  readonly outcome: Status | "skipped";
  /** What it printed. */
  readonly output: string;
}

/** What a step uses. @throws where it fails */
export type Action = (inputs: Readonly<Record<string, string>>, folder: string) => Promise<void>;

export interface Runner {
  /** The checkout. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** By name without a version: `actions/checkout`. One that is not here can't be used. */
  readonly actions: Readonly<Record<string, Action>>;
  /** `github`, `vars`, `secrets`, `runner`. */
  readonly contexts: Contexts;
  /** `vars` of GitHub's environments, over the repository's. Default: none. */
  readonly environments?: Readonly<Record<string, Contexts>>;
}

/** Runs a file of `.github/workflows`. Returns every step in order. */
export async function runWorkflow(
  runner: Runner,
  file: string,
  inputs: Contexts = {},
): Promise<StepResult[]> {
  const { jobs } = (await yaml(runner, `.github/workflows/${file}`)) as { jobs: Record<string, Job> };
  const results: StepResult[] = [];
  const needs: Record<string, { result: string }> = {};
  for (const [name, job] of Object.entries(jobs)) {
    const needed = [job.needs ?? []].flat();
    const waiting = needed.find((other) => needs[other] === undefined);
    if (waiting) throw new Error(`${file}: ${name} needs ${waiting}, which comes after it`);
    const status = needed.every((other) => needs[other]?.result === "success") ? "success" : "failure";
    const contexts = { ...runner.contexts, inputs, needs };
    const asked = holds(job.if, contexts, status);
    const own = asked ? await runJob({ ...runner, contexts }, name, job) : skipped(name, job);
    results.push(...own);
    needs[name] = { result: asked ? resultOf(own) : "skipped" };
  }
  return results;
}

const skipped = (job: string, { steps = [] }: Job): StepResult[] =>
  steps.map((step) => ({ job, step: titleOf(step), outcome: "skipped", output: "" }));

const resultOf = (steps: readonly StepResult[]) =>
  steps.some(({ outcome }) => outcome === "failure") ? "failure" : "success";

async function runJob(runner: Runner, name: string, job: Job): Promise<StepResult[]> {
  if (job.uses) {
    const value = (of: unknown) => (typeof of === "string" ? interpolate(of, runner.contexts) : of);
    const inputs = Object.fromEntries(Object.entries(job.with ?? {}).map(([key, of]) => [key, value(of)]));
    const secrets = Object.fromEntries(
      Object.entries(job.secrets ?? {}).map(([key, of]) => [key, value(of)]),
    );
    const called = { ...runner, contexts: { ...runner.contexts, secrets } };
    const steps = await runWorkflow(called, job.uses.split("/").at(-1) ?? "", inputs);
    return steps.map((step) => ({ ...step, job: `${name} / ${step.job}` }));
  }
  const results: StepResult[] = [];
  for (const matrix of combinations(job.strategy?.matrix ?? {})) {
    const values = Object.values(matrix).join(", ");
    const title = values === "" ? name : `${name} (${values})`;
    const given = { ...runner.contexts, matrix };
    const env = texts(job.env ?? {}, given);
    const own = runner.environments?.[interpolate(job.environment ?? "", given)];
    const vars = { ...(runner.contexts["vars"] as Contexts | undefined), ...own };
    const steps = await runSteps(
      {
        ...runner,
        contexts: { ...given, vars, env },
        environment: { ...runner.environment, ...env },
      },
      job.steps ?? [],
    );
    results.push(...steps.map((step) => ({ job: title, ...step })));
  }
  return results;
}

function combinations(matrix: Readonly<Record<string, readonly unknown[]>>): Record<string, unknown>[] {
  return Object.entries(matrix).reduce<Record<string, unknown>[]>(
    (all, [key, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [key]: value }))),
    [{}],
  );
}

type Done = Omit<StepResult, "job">;

async function runSteps(runner: Runner, steps: readonly Step[]): Promise<Done[]> {
  const done: Done[] = [];
  const outputs: Record<string, { outputs: Record<string, string> }> = {};
  for (const step of steps) {
    const status: Status = done.some(({ outcome }) => outcome === "failure") ? "failure" : "success";
    const contexts = { ...runner.contexts, steps: outputs };
    if (!holds(step.if, contexts, status)) {
      done.push({ step: titleOf(step), outcome: "skipped", output: "" });
      continue;
    }
    const ended = await runStep({ ...runner, contexts }, step);
    if (step.id) outputs[step.id] = { outputs: ended.outputs };
    const tolerated = step["continue-on-error"] === true && ended.outcome === "failure";
    done.push({ step: titleOf(step), outcome: tolerated ? "success" : ended.outcome, output: ended.output });
  }
  return done;
}

const titleOf = ({ name, run, uses }: Step) => name ?? uses?.replace(/@.*/, "") ?? run ?? "";

const texts = (values: Readonly<Record<string, unknown>>, contexts: Contexts) =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, interpolate(String(value), contexts)]),
  );

interface Ended {
  readonly outcome: Status;
  readonly output: string;
  readonly outputs: Record<string, string>;
}

async function runStep(runner: Runner, step: Step): Promise<Ended> {
  const environment = { ...runner.environment, ...texts(step.env ?? {}, runner.contexts) };
  if (step.uses === undefined)
    return bash(runner, interpolate(step.run ?? "", runner.contexts), environment, step);
  const inputs = texts(step.with ?? {}, runner.contexts);
  if (step.uses.startsWith("./")) return composite({ ...runner, environment }, step.uses, inputs);
  const name = step.uses.replace(/@.*/, "");
  const action = runner.actions[name];
  if (!action) throw new Error(`${name} stands for nothing here`);
  try {
    await action(inputs, runner.folder);
    return { outcome: "success", output: "", outputs: {} };
  } catch (error) {
    return { outcome: "failure", output: String(error), outputs: {} };
  }
}

async function composite(runner: Runner, path: string, inputs: Record<string, string>): Promise<Ended> {
  const { runs } = (await yaml(runner, `${path}/action.yml`)) as { runs: { steps: Step[] } };
  const steps = await runSteps({ ...runner, contexts: { ...runner.contexts, inputs } }, runs.steps);
  const failed = steps.filter(({ outcome }) => outcome === "failure");
  const output = steps.map((step) => `${step.step}: ${step.outcome}\n${step.output}`).join("\n");
  return { outcome: failed.length > 0 ? "failure" : "success", output, outputs: {} };
}

/** As GitHub calls it, with and without a shell that was asked for. */
async function bash(
  { folder }: Runner,
  script: string,
  environment: NodeJS.ProcessEnv,
  { shell }: Step,
): Promise<Ended> {
  const scratch = await mkdtemp(join(tmpdir(), "workflow-step-"));
  try {
    const [file, outputs, summary] = ["step.sh", "outputs", "summary"].map((name) => join(scratch, name));
    for (const each of [file, outputs, summary]) await writeFile(each ?? "", each === file ? script : "");
    const options = shell === "bash" ? ["--noprofile", "--norc", "-eo", "pipefail"] : ["-e"];
    const child = spawn("bash", [...options, file ?? ""], {
      cwd: folder,
      env: { ...environment, GITHUB_OUTPUT: outputs, GITHUB_STEP_SUMMARY: summary, CI: "true" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        output += chunk;
      });
    }
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    const lines = (await readFile(outputs ?? "", "utf8")).trim().split("\n");
    const pairs = lines.flatMap((line) => {
      const [, key, value] = /^([\w-]+)=(.*)$/.exec(line) ?? [];
      return key === undefined ? [] : [[key, value ?? ""] as const];
    });
    return { outcome: code === 0 ? "success" : "failure", output, outputs: Object.fromEntries(pairs) };
  } finally {
    await rm(scratch, { recursive: true });
  }
}

async function yaml({ folder }: Runner, path: string): Promise<unknown> {
  return parse(await readFile(join(folder, path), "utf8"));
}
