/** `npm run review` on a branch of a repository of its own: a copy of this folder, whose rule tests are stand-ins. */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { run } from "../../toolkit/toolchain/command.ts";
import { HUNG_SECONDS } from "../support/silence.ts";
import { LivePrometheus } from "./replay/live-prometheus.ts";

const NOT_COPIED = /^(node_modules|\.git|\.local|dist)$/;

let folder: string;
let copy: string;

const git = (...args: readonly string[]) =>
  run("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], {
    environment: process.env,
    folder: copy,
    timeoutSeconds: HUNG_SECONDS,
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "review-test-"));
  copy = join(folder, "copy");
  await cp(REPOSITORY, copy, {
    recursive: true,
    filter: (source) => !NOT_COPIED.test(relative(REPOSITORY, source)),
  });
  await symlink(join(REPOSITORY, "node_modules"), join(copy, "node_modules"), "dir");
  await writeFile(
    join(copy, "test/rules/rules.e2e.ts"),
    [
      'import { expect, test } from "vitest";',
      'test("agentpay-redis", () => {});',
      'test("agentpay-api", () => expect("firing").toBe("pending"));',
    ].join("\n"),
  );
  await git("init", "--quiet", "--initial-branch", "main");
  // As a link it is none of the folders that .gitignore means.
  await writeFile(join(copy, ".git/info/exclude"), "node_modules\n");
  await git("add", "--all");
  await git("commit", "--quiet", "--message", "base");
  await git("switch", "--quiet", "--create", "change");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function edit(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(join(copy, file), "utf8");
  expect(text.split(from), `${from} in ${file}`).toHaveLength(2);
  await writeFile(join(copy, file), text.replace(from, to));
}

/** Its Markdown, however it ended. */
async function review(stack: string, ...options: readonly string[]): Promise<string> {
  const out = join(folder, "review.md");
  const command = [join(copy, "operations/cli.ts"), "review", "--stack", stack, "--out", out];
  await run(process.execPath, [...command, ...options], {
    // No account anywhere.
    environment: { ...process.env, PULUMI_BACKEND_URL: "file:///nowhere", AWS_PROFILE: "none" },
    folder: copy,
    timeoutSeconds: HUNG_SECONDS,
  }).catch(() => "");
  return readFile(out, "utf8");
}

test("a changed threshold, a dropped alert and an image that is no longer pinned are told, with what they cause", async () => {
  const highErrorRate = (threshold: string) =>
    `visitors see errors in the chat.",\n  threshold: {\n    default: ${threshold}`;
  await edit("catalog/alerts/api.ts", highErrorRate("0.05"), highErrorRate("0.04"));
  await edit("catalog/alerts/api.ts", "    databaseAppPoolSaturated,\n  ],", "  ],");
  await edit(
    "catalog/images.ts",
    'digest: "sha256:b28bae15e219c998fb0e0424ed724930cc61b1f61fb404d47c862f9a23f9e572",',
    "",
  );
  await git("commit", "--quiet", "--all", "--message", "change");
  // What the base learns in the meantime is none of this branch's changes.
  await git("switch", "--quiet", "main");
  await edit("catalog/alerts/api.ts", "default: 0.01", "default: 0.02");
  await git("commit", "--quiet", "--all", "--message", "later");
  await git("switch", "--quiet", "change");

  const markdown = await review("production", "--prometheus", "http://127.0.0.1:8");
  const [warnings = ""] = markdown.split("\n#### ");
  expect(markdown).toContain("### Review of `production`, compared with `main`");
  expect(warnings).toContain("> [!CAUTION]");
  expect(warnings).toContain("**DatabaseAppPoolSaturated** is **dropped**");
  expect(warnings).toMatch(
    /\*\*policy\*\* `docker-container-disallow-floating-image`: metrics-grafana.* \(new\)/,
  );
  expect(warnings).toContain("**1 rule tests fail**");
  expect(markdown).toContain("- **HighErrorRate**: threshold 5% to 4%");
  expect(markdown).not.toContain("ElevatedErrorRate");
  expect(markdown).toMatch(/`metrics-grafana-image .*`: `name` `….*@sha256:\w+…` to `….*grafana:[\d.]+`/);
  expect(markdown).toContain("1 passed, 1 failed");
  expect(markdown).toContain("expected 'firing' to be 'pending'");
  expect(markdown).toMatch(/#### Replay\n\n- none: http:\/\/127\.0\.0\.1:8 gave no answer: .*ECONNREFUSED/);
  // There is no preview here, which takes nothing from the rest.
  expect(warnings).toMatch(/\*\*(The preview failed|There is no preview)\*\*/);
});

/** A day with 20 minutes, 6 hours ago, in which 4.5% of the requests failed. */
function history(): string {
  const now = Math.floor(Date.now() / 30_000) * 30;
  const target = 'job="agentpay-api",instance="api:8000"';
  const up: string[] = [];
  const ok: string[] = [];
  const failed: string[] = [];
  let [good, bad] = [0, 0];
  for (let time = now - 90_000; time <= now; time += 30) {
    const ago = (now - time) / 3600;
    const share = ago > 5.67 && ago < 6 ? 0.045 : 0.001;
    good += 300 * (1 - share);
    bad += 300 * share;
    up.push(`up{${target}} 1 ${time}`);
    ok.push(`agentpay_requests_total{${target},endpoint="/chat",status="200"} ${good} ${time}`);
    failed.push(`agentpay_requests_total{${target},endpoint="/chat",status="500"} ${bad} ${time}`);
  }
  const parts = ["# TYPE up gauge", ...up, "# TYPE agentpay_requests counter", ...ok, ...failed];
  return [...parts, "# EOF", ""].join("\n");
}

test("where a Prometheus can be reached, the alerts that changed are played over its history", async () => {
  const prometheus = await LivePrometheus.prepare("groups: []");
  try {
    await prometheus.fill(history());
    await prometheus.start();
    const where = ["--prometheus", prometheus.url, "--replay-days", "1"];
    const markdown = await review("production", "--offline", "--no-rule-tests", ...where);
    expect(markdown).toContain("#### Replay of 1 days");
    expect(markdown).toMatch(
      /- \*\*HighErrorRate\*\* \(threshold 5% to 4%\): 0 pages, never fires → 1 page, fires once, /,
    );
    expect(markdown).toMatch(/- \*\*DatabaseAppPoolSaturated\*\*: 0 pages, never fires → not there/);
  } finally {
    await prometheus.remove();
  }
});

test("a base that is not known and a program that does not run are told, and not more than that", async () => {
  await edit("index.ts", "const settings = loadSettings();", 'throw new Error("half-finished");');
  const markdown = await review("staging", "--offline", "--no-rule-tests", "--base", "nowhere");
  expect(markdown).toContain("**The program does not run**");
  expect(markdown).toContain("half-finished");
  expect(markdown).toContain("**There is nothing to compare with");
  expect(markdown).toMatch(/Not a valid object name nowhere/);
});
