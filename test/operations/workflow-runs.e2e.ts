/**
 * The workflows' jobs, step by step as CI runs them, for both stacks: two real stacks of these names, each in its own
 * account, whose platforms are the local stack's. Commands are the real ones, in a checkout of their own; so is the engine.
 * What each step came to is in docs/workflow-runs.md: `npm run test:long -- test/operations/workflow-runs.e2e.ts --update` writes it.
 */
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, relative } from "node:path";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { parse, stringify } from "yaml";
import { ciEnvironment, ciJobs } from "../../catalog/ci-names.ts";
import { startDaemon } from "../../local/cli/daemon-control.ts";
import { shiftConfiguration } from "../../local/cli/stack-configuration.ts";
import { ensureTools, type FoundTools } from "../../local/cli/tools.ts";
import { engineEnvironment } from "../../local/host/environment.ts";
import { PORT_OFFSET_VARIABLE } from "../../local/host/ports.ts";
import { secretKeys } from "../../settings/schema.ts";
import { PROJECT } from "../../settings/stack-name.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { run } from "../../toolkit/toolchain/command.ts";
import { whichBinary } from "../../toolkit/toolchain/path.ts";
import { type FakeGitHub, fakeGitHub } from "../support/github.ts";
import { type LocalStackUnderTest, localStack } from "../support/local-stack.ts";
import { portOffsets, STAGING_PORTS_FURTHER } from "../support/port-offsets.ts";
import { HUNG_SECONDS } from "../support/silence.ts";
import { type Runner, runWorkflow, type StepResult } from "../support/workflow-runner.ts";

const NOT_COPIED = /^(node_modules|\.git|\.local|dist)$/;
const ACCOUNTS = { staging: "444455556666", production: "123456789012" } as const;

const roleArn = (account: string, job: string) => `arn:aws:iam::${account}:role/${job}`;

interface StackFile {
  readonly config: Record<string, Record<string, unknown>>;
}

let folder: string;
let checkout: string;
let platforms: LocalStackUnderTest;
let github: FakeGitHub;
let runner: Runner;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "workflow-runs-"));
  checkout = join(folder, "checkout");
  github = await fakeGitHub();
  platforms = await localStack(portOffsets.workflows, { AGENTPAY_LOCAL_DRIVER: "process" });
  const tools = await ensureTools();
  const environment = await startPlatforms(tools);
  await writePrograms(tools);
  await checkOut(environment);
  runner = {
    folder: checkout,
    environment: {
      ...environment,
      ...github.environment,
      SLACK_WEBHOOK_URL: "",
      PATH: [join(folder, "bin"), process.env["PATH"]].join(delimiter),
    },
    actions: {
      "actions/checkout": async () => {},
      "actions/setup-node": async () => {},
      "actions/cache": async () => {},
      "actions/dependency-review-action": async () => {},
      "pulumi/actions": async () => {},
      "pulumi/auth-actions": async () => {},
      "aws-actions/configure-aws-credentials": async ({ "role-to-assume": role = "" }) =>
        void roles.add(role),
      "actions/upload-artifact": ({ name = "", path = "" }) =>
        transfer(join(checkout, path), artifact(name, path)),
      "actions/download-artifact": ({ name = "" }) => {
        const [kind = ""] = name.split("-");
        const file = kind === "review" ? "review.md" : `${kind}.json`;
        return transfer(artifact(name, file), join(checkout, file));
      },
    },
    contexts: {
      github: {
        event_name: "pull_request",
        ref: "refs/heads/main",
        base_ref: "main",
        repository: "agentpay/monitoring",
        token: github.environment["GITHUB_TOKEN"],
        event: {
          pull_request: {
            number: 7,
            head: { repo: { full_name: "agentpay/monitoring" } },
            base: { sha: "HEAD" },
          },
        },
      },
      runner: { os: "Linux", arch: "X64" },
      vars: {
        PULUMI_BACKEND_URL: environment["PULUMI_BACKEND_URL"],
        AWS_REGION: "eu-central-1",
      },
      secrets: { SLACK_WEBHOOK_URL: github.environment["SLACK_WEBHOOK_URL"] },
    },
    environments: Object.fromEntries(
      Object.entries(ACCOUNTS).flatMap(([stack, account]) =>
        ciJobs.map((job) => [ciEnvironment(stack, job), { AWS_ROLE_ARN: roleArn(account, job) }]),
      ),
    ),
  };
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await github?.stop();
  await platforms?.remove();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** The daemon alone: no stack but the workflows' own. Returns the environment of what uses it. */
async function startPlatforms(tools: FoundTools): Promise<NodeJS.ProcessEnv> {
  vi.stubEnv("AGENTPAY_LOCAL_HOME", platforms.paths.home);
  vi.stubEnv(PORT_OFFSET_VARIABLE, String(portOffsets.workflows));
  vi.stubEnv("AGENTPAY_LOCAL_DRIVER", "process");
  // By which this file itself was chosen: a review's rule tests are none of the long ones.
  vi.stubEnv("AGENTPAY_TEST_LONG", "");
  const daemon = await startDaemon(platforms.paths, tools);
  await mkdir(platforms.paths.backend, { recursive: true });
  const { PULUMI_STACK: _, ...engine } = engineEnvironment(platforms.paths, daemon.enginePort);
  return { ...process.env, ...engine };
}

/** An emulator knows an account by the keys that it gave out. */
async function keyOf(account: string): Promise<string> {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const endpoint = `http://127.0.0.1:${platforms.ports.aws}`;
  const client = new STSClient({ region: "eu-central-1", endpoint, credentials });
  const role = { RoleArn: `arn:aws:iam::${account}:role/ci`, RoleSessionName: "test" };
  const { Credentials: keys } = await client.send(new AssumeRoleCommand(role));
  return keys?.AccessKeyId ?? "";
}

const artifact = (name: string, file: string) => join(folder, "artifacts", name, file);

async function transfer(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to);
}

/** As actions/checkout leaves it, with the branch that a review compares with. */
async function checkOut(environment: NodeJS.ProcessEnv): Promise<void> {
  await cp(REPOSITORY, checkout, {
    recursive: true,
    filter: (source) => !NOT_COPIED.test(relative(REPOSITORY, source)),
  });
  await symlink(join(REPOSITORY, "node_modules"), join(checkout, "node_modules"), "dir");
  // The program bundles the report's code into its own folder; the stand-in of Lambda reads it from the daemon's.
  const bundle = "components/cost-report/function/dist";
  await mkdir(join(REPOSITORY, bundle), { recursive: true });
  await rm(join(checkout, bundle), { recursive: true, force: true });
  await symlink(join(REPOSITORY, bundle), join(checkout, bundle), "dir");
  const ruleTest = 'import { test } from "vitest";\ntest("agentpay-redis", () => {});\n';
  await writeFile(join(checkout, "test/rules/rules.e2e.ts"), ruleTest);
  await makeStacks(environment);
  const provider = "components/aws/provider.ts";
  const itsImport = 'import { Provider } from "@pulumi/aws/provider.js";';
  await replace(provider, itsImport, `${itsImport}\nimport { getStack } from "@pulumi/pulumi/metadata.js";`);
  await replace(
    provider,
    "accessKey: EMULATOR_KEY",
    `accessKey: getStack() === "staging" ? "${await keyOf(ACCOUNTS.staging)}" : EMULATOR_KEY`,
  );
  // The test page's end is told after 5 minutes (live.e2e.ts): after 5 seconds here.
  await replace("components/prometheus/alertmanager.ts", 'group_interval: "5m"', 'group_interval: "5s"');
  const git = (...args: readonly string[]) =>
    run("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], {
      environment: process.env,
      folder: checkout,
      timeoutSeconds: HUNG_SECONDS,
    });
  await git("init", "--quiet", "--initial-branch", "main");
  await writeFile(join(checkout, ".git/info/exclude"), "node_modules\n");
  await git("add", "--all");
  await git("commit", "--quiet", "--message", "base");
  await git("update-ref", "refs/remotes/origin/main", "HEAD");
}

async function replace(file: string, from: string, to: string): Promise<void> {
  const path = join(checkout, file);
  const text = await readFile(path, "utf8");
  expect(text.split(from), `${from} in ${file}`).toHaveLength(2);
  await writeFile(path, text.replace(from, to));
}

/** Of the local stack's configuration, as far as it has to differ; secrets are encrypted, as both stacks ask. */
async function makeStacks(environment: NodeJS.ProcessEnv): Promise<void> {
  const local = await readFile(join(REPOSITORY, "Pulumi.local.yaml"), "utf8");
  const file: StackFile = parse(shiftConfiguration(local, portOffsets.workflows));
  const of = (section: string) => file.config[`${PROJECT}:${section}`] ?? {};
  const secrets = secretKeys.flatMap((path) => {
    const [section = "", key = ""] = path.split(".");
    const value = of(section)[key];
    delete of(section)[key];
    return value === undefined ? [] : ["--secret", `${path}=${value}`];
  });
  const ports = (section: string) =>
    Object.fromEntries(
      Object.entries(of(section)).flatMap(([key, value]) =>
        key.endsWith("Port") ? [[key, Number(value) + STAGING_PORTS_FURTHER]] : [],
      ),
    );
  const changes: Readonly<Record<string, Record<string, Record<string, unknown>>>> = {
    staging: {
      aws: { accountId: ACCOUNTS.staging },
      pagerduty: { enabled: false },
      notifications: { smsNumbers: [] },
      metrics: ports("metrics"),
      uptime: ports("uptime"),
    },
    production: { uptime: { verifyCertificates: true } },
  };
  const pulumi = (...args: readonly string[]) =>
    run(join(folder, "bin/pulumi"), [...args, "--non-interactive"], {
      environment,
      folder: checkout,
      timeoutSeconds: HUNG_SECONDS,
    });
  for (const [stack, sections] of Object.entries(changes)) {
    const config = { ...file.config };
    for (const [section, values] of Object.entries(sections)) {
      config[`${PROJECT}:${section}`] = { ...of(section), ...values };
    }
    await writeFile(join(checkout, `Pulumi.${stack}.yaml`), stringify({ ...file, config }));
    await pulumi("stack", "init", stack);
    await pulumi("config", "set-all", "--stack", stack, "--path", ...secrets);
  }
}

/** What is on a runner's PATH: the real `pulumi`, whose calls are written down, and an `npm` that installs nothing. */
async function writePrograms({ pulumi }: FoundTools): Promise<void> {
  const bin = join(folder, "bin");
  await mkdir(bin);
  const npm = await whichBinary("npm", process.env);
  const program = (name: string, script: string) =>
    writeFile(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o700 });
  await program("pulumi", `echo "$@" >> ${folder}/pulumi.log\nexec ${pulumi.binaries["pulumi"]} "$@"`);
  await program("npm", `[ "$1" = ci ] && exit 0\nexec ${npm} "$@"`);
  await program("make", `echo "make $*"`);
}

const HEAD = `# What each workflow does, step by step

Written by \`test/operations/workflow-runs.e2e.ts\`. It runs the workflows' jobs as GitHub would on two real stacks, staging and
production, each in an account of its own: the real engine and commands, the local stack's platforms. What others' actions
do is left out, but for the role that a job takes; \`make test\` itself is not run in it.
`;

/** That jobs took. */
const roles = new Set<string>();

/** What each step of a run came to, by the run's name: the rows of docs/workflow-runs.md. */
const runs: [name: string, results: readonly StepResult[]][] = [];

async function runNamed(name: string, file: string, as = runner): Promise<readonly StepResult[]> {
  const results = await runWorkflow(as, file);
  runs.push([`${name} (\`${file}\`)`, results]);
  return results;
}

/** Fails with what the steps printed. */
function expectSuccess(results: readonly StepResult[]): void {
  const failed = results.filter(({ outcome }) => outcome === "failure");
  expect(failed.map(({ job, step, output }) => `${job}: ${step}\n${output.slice(-4000)}`)).toEqual([]);
}

const outputOf = (results: readonly StepResult[], job: string, step: string) =>
  results.find((each) => each.job.startsWith(job) && each.step.startsWith(step))?.output;

test("a merge is deployed to staging, which has no page to be seen, and then to production", async () => {
  const results = await runNamed("A merge", "deploy.yml");
  expectSuccess(results);
  expect(outputOf(results, "staging", "Update")).toContain("staging is deployed");
  expect(outputOf(results, "production", "Update")).toContain("production is deployed");
  expect(outputOf(results, "production", "A test page")).toContain("production can page");
  const asked = await readFile(join(folder, "pulumi.log"), "utf8");
  expect(asked).toMatch(/^up .*policies\/config\/staging\.json --stack staging --non-interactive$/m);
  expect(asked).toMatch(/^up .*policies\/config\/production\.json --stack production --non-interactive$/m);
});

test("where staging fails, production is not touched, and Slack hears of it", async () => {
  const broken = { ...runner, environment: { ...runner.environment, PULUMI_CONFIG_PASSPHRASE: "wrong" } };
  const results = await runNamed("A merge that staging refuses", "deploy.yml", broken);
  expect(outputOf(results, "staging", "Update")).toContain("incorrect passphrase");
  expect(results.filter(({ job }) => job.startsWith("production"))).toEqual([]);
  expect(github.slack.at(-1)).toContain("The deployment of staging");
});

test("the drift check of both stacks is clean, and closes no issue that it did not open", async () => {
  expectSuccess(await runNamed("A morning without drift", "drift.yml"));
  expect(github.issues).toEqual([]);
});

test("a pull request is reviewed for both stacks, and each has its comment", async () => {
  expectSuccess(await runNamed("A pull request", "review.yml"));
  const comments = (github.comments.get(7) ?? []).map(({ body }) => body);
  for (const name of ["staging", "production"]) {
    expect(comments).toContainEqual(expect.stringContaining(`### Review of \`${name}\``));
  }
});

test("a fork's pull request is checked with no account", async () => {
  expectSuccess(await runNamed("A pull request, of a fork too", "check.yml"));
});

test("the weekly page is of production", async () => {
  const results = await runNamed("A Tuesday", "canary.yml");
  expectSuccess(results);
  expect(outputOf(results, "page", "exec npm run -s drill")).toContain("production can page");
});

test("a Monday has an issue for the week of each stack", async () => {
  expectSuccess(await runNamed("A Monday", "weekly.yml"));
  const titles = github.issues.map(({ title }) => title);
  expect(titles).toContainEqual(expect.stringMatching(/^production: the week of .+: 0 pages, 0 at night$/));
  expect(titles).toContainEqual(expect.stringMatching(/^staging: the week of .+: the stack pages nobody$/));
});

test("each job took the role of its own environment", () => {
  const jobs = Object.values(ACCOUNTS).flatMap((account) => ciJobs.map((job) => roleArn(account, job)));
  expect([...roles].toSorted()).toEqual(jobs.toSorted());
});

test("what each step came to is as the docs have it", async () => {
  const row = ({ job, step, outcome }: StepResult) => `| ${job} | \`${step}\` | ${outcome} |`;
  const tables = runs.map(([name, results]) =>
    [`## ${name}`, "", "| job | step | outcome |", "|---|---|---|", ...results.map(row)].join("\n"),
  );
  await expect(`${HEAD}\n${tables.join("\n\n")}\n`).toMatchFileSnapshot("../../docs/workflow-runs.md");
});
