import { afterEach, beforeEach, expect, test } from "vitest";
import type { DriftResult } from "../../operations/drift/check.ts";
import { comment } from "../../operations/github/comment.ts";
import { keepDriftIssues, slackText } from "../../operations/github/drift-issues.ts";
import { posted, repositoryFrom } from "../../operations/github/repository.ts";
import { tellSlack } from "../../operations/github/slack.ts";
import { keepVendorsIssue } from "../../operations/github/vendors-issue.ts";
import { keepWeeklyIssue } from "../../operations/github/weekly-issue.ts";
import type { Review } from "../../operations/weekly/model.ts";
import { type FakeGitHub, fakeGitHub, type Item } from "../support/github.ts";
import { full } from "./weekly/review.ts";

let github: FakeGitHub;
beforeEach(async () => {
  github = await fakeGitHub();
});
afterEach(() => github.stop());

const repository = () => repositoryFrom(github.environment);

const clean: DriftResult = { stack: "production", status: "clean", resources: 57 };
const drifted: DriftResult = {
  stack: "production",
  status: "drifted",
  resources: 57,
  drifted: [{ urn: "urn:pulumi:production::p::t::topic", change: "changed", properties: ["displayName"] }],
};
const broken: DriftResult = { stack: "production", status: "broken", reason: "error: incorrect passphrase" };

/** What a result makes of the issues: what was done, and which are open then. */
async function afterCheck(result: DriftResult) {
  const changes = await keepDriftIssues(repository(), result);
  const open = github.issues.filter(({ state }) => state === "open").map(({ title }) => title);
  return { did: changes.map(({ kind, did, number }) => `${did} ${kind} #${number}`), open };
}

test("a stack's drift is one issue: opened, kept up to date, closed when clean", async () => {
  const title = "production has drifted: 1 of 57 resources";
  expect(await afterCheck(clean)).toEqual({ did: [], open: [] });
  expect(await afterCheck(drifted)).toEqual({ did: ["opened drift #1"], open: [title] });
  expect(github.issues[0]?.body).toContain(
    "| `urn:pulumi:production::p::t::topic` | changed | `displayName` |",
  );
  expect(github.issues[0]?.body).toContain(
    "[The run](https://github.example/agentpay/monitoring/actions/runs/42)",
  );

  const more = { ...drifted, drifted: [...drifted.drifted, ...drifted.drifted] };
  const worse = "production has drifted: 2 of 57 resources";
  expect(await afterCheck(more)).toEqual({ did: ["updated drift #1"], open: [worse] });
  expect(await afterCheck(clean)).toEqual({ did: ["closed drift #1"], open: [] });
  expect(github.comments.get(1)?.[0]?.body).toContain("production is clean");
  expect(await afterCheck(drifted)).toEqual({ did: ["opened drift #3"], open: [title] });
});

test("a broken check has an issue of its own, and says nothing of drift", async () => {
  const title = "production: the drift check is broken, and says nothing about the platforms";
  const [drift] = (await afterCheck(drifted)).open;
  expect(await afterCheck(broken)).toEqual({ did: ["opened drift-check #2"], open: [drift, title] });
  expect(await afterCheck({ stack: "production", status: "no such stack" })).toEqual({
    did: ["updated drift-check #2"],
    open: [drift, "production: there is no such stack"],
  });
  expect((await afterCheck(drifted)).did).toEqual(["updated drift #1", "closed drift-check #2"]);
});

test("what a stack's vendors say will end is an issue of its own, which a broken check leaves open", async () => {
  const said = "Sentry's GET /x/ is deprecated (components/sentry/objects.ts)";
  const title = "production: its vendors say that one thing it asks for will end";
  const ending = { ...clean, deprecated: [said] } as const;
  expect(await afterCheck(ending)).toEqual({ did: ["opened ends #1"], open: [title] });
  expect(github.issues[0]?.body).toContain(`- ${said}`);
  await afterCheck(broken);
  expect((await afterCheck({ ...drifted, deprecated: [said, "another"] })).open).toContain(
    "production: its vendors say that 2 things it asks for will end",
  );
  expect((await afterCheck(clean)).did).toContain("closed ends #1");
});

test("each stack has its own, found behind any number of others", async () => {
  for (const stack of ["staging", "preview", "load", "production"]) {
    await keepDriftIssues(repository(), { ...drifted, stack });
  }
  expect(await afterCheck(clean)).toMatchObject({ did: ["closed drift #4"] });
  expect(github.issues.filter(({ state }) => state === "open")).toHaveLength(3);
});

test("an issue never holds what looks like a key", async () => {
  const key = `sntrys_${"a1".repeat(20)}`;
  await keepDriftIssues(repository(), { ...broken, reason: `error: ${key}` });
  expect(github.issues[0]?.body).toContain("looks like Sentry auth token");
  expect(JSON.stringify(github.issues)).not.toContain(key);
});

test("each week of a stack is an issue of its own, in the place of the one before", async () => {
  const review = (stack: string, first: string): Review => ({
    ...full,
    stack,
    week: { ...full.week, first },
  });
  const did = async (stack: string, first: string) =>
    (await keepWeeklyIssue(repository(), review(stack, first))).map(
      (change) => `${change.did} #${change.number}`,
    );
  expect(await did("production", "2026-11-16")).toEqual(["opened #1"]);
  expect(await did("staging", "2026-11-16")).toEqual(["opened #2"]);
  expect(await did("production", "2026-11-23")).toEqual(["opened #3", "closed #1"]);
  // Run again, the same week is the same issue; an earlier one closes no later one.
  expect(await did("production", "2026-11-23")).toEqual(["updated #3"]);
  expect(await did("production", "2026-11-09")).toEqual(["opened #5"]);
  const open = github.issues.filter(({ state }) => state === "open").map(({ number }) => number);
  expect(open).toEqual([2, 3, 5]);
  expect(github.issues[2]?.body).toContain("1. Mend what breaks");
});

test("a pull request has one comment a stack, made once and then kept up to date", async () => {
  const review = (stack: string, text: string | undefined) =>
    comment(repository(), { stack, pullRequest: 7, text });
  // A person's comment is never touched, whatever it says.
  const planted: Item = {
    number: 100,
    user: { type: "User" },
    body: posted("review:staging", "planted", repository()),
  };
  github.comments.set(7, [planted, { ...planted, number: 101, body: "first" }, { ...planted, number: 102 }]);

  expect(await review("staging", "### 1 to update")).toEqual([]);
  await review("production", "### 2 to update");
  await review("staging", "### nothing to do");
  await review("production", undefined);
  const bodies = github.comments.get(7)?.map(({ body }) => body.split("\n").slice(1).join("\n")) ?? [];
  expect(bodies).toHaveLength(5);
  expect(bodies[0]).toContain("planted");
  expect(bodies[3]).toContain("### nothing to do\n\n[The run]");
  expect(bodies[4]).toContain("It ended before it had anything to say");
});

test("a review that holds a key is withheld, and the kind of key is named", async () => {
  const key = `ghp_${"a1".repeat(18)}`;
  expect(await comment(repository(), { stack: "staging", pullRequest: 7, text: `token: ${key}` })).toEqual([
    "GitHub token",
  ]);
  expect(github.comments.get(7)?.[0]?.body).toContain("Withheld");
  expect(JSON.stringify([...github.comments])).not.toContain(key);
});

test("a text is cut to what GitHub takes", () => {
  const body = posted("review:staging", "x".repeat(70_000), { runUrl: "https://github.example/run" });
  expect(body.length).toBeLessThanOrEqual(65_536);
  expect(body).toContain("(cut: it is longer than GitHub takes)\n\n[The run]");
});

test("GitHub's refusal and a missing environment are said in words, without the token", async () => {
  const wrong = repositoryFrom({ ...github.environment, GITHUB_TOKEN: "wrong-token-1234" });
  const reason = await keepDriftIssues(wrong, drifted).catch((error: unknown) => String(error));
  expect(reason).toContain("Bad credentials");
  expect(reason).not.toContain("wrong-token-1234");
  expect(() => repositoryFrom({})).toThrow(/GITHUB_REPOSITORY \(owner\/name\), GITHUB_TOKEN/);
});

test("Slack hears of what was opened and closed, with its urgency", async () => {
  const webhook = github.environment["SLACK_WEBHOOK_URL"] ?? "";
  const change = { number: 3, url: "https://github.example/3", text: "production has drifted" };
  await tellSlack(webhook, slackText({ ...change, kind: "drift", did: "opened" }));
  await tellSlack(webhook, slackText({ ...change, kind: "drift-check", did: "opened" }));
  await tellSlack(webhook, slackText({ ...change, kind: "drift", did: "closed" }));
  expect(github.slack).toEqual([
    ":warning: <https://github.example/3|production has drifted>",
    ":warning: <https://github.example/3|production has drifted> (not urgent)",
    ":white_check_mark: <https://github.example/3|production has drifted>",
  ]);
  const refused = await tellSlack(`${github.environment["GITHUB_API_URL"]}/other`, "x").catch(String);
  expect(refused).toBe("Error: Slack's webhook answered 404");
});

test("what the vendors moved is one issue, closed only once everything was asked and nothing differs", async () => {
  const result = { day: "2026-11-29", findings: [], unasked: [] };
  const finding = {
    what: "Python: 3.10",
    text: "support ends since 2026-10-31",
    file: "instrumentation/pyproject.toml",
  };
  const unasked = [{ what: "prices of litellm", reason: "fetch failed" }];
  const after = async (given: Parameters<typeof keepVendorsIssue>[1]) => {
    const change = await keepVendorsIssue(repository(), given);
    return `${change?.did} ${change?.text}`;
  };
  expect(await after({ ...result, status: "clean" })).toBe("undefined undefined");
  expect(await after({ ...result, status: "moved", findings: [finding] })).toBe(
    "opened Vendors: 1 thing moved or about to end",
  );
  expect(github.issues[0]?.body).toContain(
    "**Python: 3.10** support ends since 2026-10-31. See `instrumentation/pyproject.toml`.",
  );
  expect(await after({ ...result, status: "incomplete", unasked })).toBe(
    "updated Vendors: nothing has moved, but 1 source could not be asked",
  );
  expect(await after(undefined)).toMatch(/^updated Vendors: the check is broken/);
  expect(await after({ ...result, status: "clean" })).toBe("closed Vendors: all is as it was written down");
  expect(github.issues).toHaveLength(1);
});
