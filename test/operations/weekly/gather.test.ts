/** The sources of a review, as the simulated services answer, and as they do not. */
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPagerDuty } from "../../../local/platforms/pagerduty/api/server.ts";
import { startSentry } from "../../../local/platforms/sentry/api/server.ts";
import type { RunningServer } from "../../../local/platforms/shared/http-server.ts";
import { markdownOf } from "../../../operations/document/markdown.ts";
import type { DriftResult } from "../../../operations/drift/check.ts";
import { keepDriftIssues } from "../../../operations/github/drift-issues.ts";
import { repositoryFrom } from "../../../operations/github/repository.ts";
import { drillsIn } from "../../../operations/weekly/drills.ts";
import { gather } from "../../../operations/weekly/gather.ts";
import { reviewSchema } from "../../../operations/weekly/model.ts";
import { documentOf } from "../../../operations/weekly/report.ts";
import { weekWith } from "../../../operations/weekly/week.ts";
import { parseSettings } from "../../../settings/settings.ts";
import { listenOnLoopback } from "../../../toolkit/free-port.ts";
import { caller, temporaryFolder } from "../../local/platforms/support.ts";
import { type FakeGitHub, fakeGitHub } from "../../support/github.ts";
import { configurationOf } from "../../support/program.ts";

const MINUTE = 60_000;
const week = weekWith("2026-11-25", "Etc/UTC");
const folders = { pager: temporaryFolder(), sentry: temporaryFolder(), drills: temporaryFolder() };
let now = week.from - 3 * MINUTE;
let pager: RunningServer;
let sentry: RunningServer;
let github: FakeGitHub;
let service: { id: string; key: string };
/** Refuses whatever it is asked, and says with what. */
const asked: string[] = [];
const nobody = createServer((request, response) => {
  asked.push(`${request.method} ${request.url?.split("?")[0]}`);
  response.statusCode = 403;
  response.end(`no entry for ${request.headers.authorization}`);
});
let refusing: string;

beforeAll(async () => {
  pager = await startPagerDuty({ port: 0, dataFolder: folders.pager, now: () => now });
  sentry = await startSentry({ port: 0, dataFolder: folders.sentry, now: () => now });
  github = await fakeGitHub();
  refusing = `http://127.0.0.1:${await listenOnLoopback(nobody)}`;
  service = await pagedService();
  await happenings();
});
afterAll(async () => {
  await Promise.all([pager?.stop(), sentry?.stop(), github?.stop()]);
  nobody.close();
});

async function pagedService() {
  const call = caller(pager, { authorization: "Token token=test" });
  const targets = [{ id: "PENGNRA", type: "user_reference" }];
  const policy = { name: "p", escalation_rules: [{ escalation_delay_in_minutes: 15, targets }] };
  const { id } = (await call("POST", "/escalation_policies", { escalation_policy: policy })).body
    .escalation_policy;
  const escalation_policy = { id, type: "escalation_policy_reference" };
  const made = (await call("POST", "/services", { service: { name: "AgentPay", escalation_policy } })).body
    .service;
  const integration = { name: "Prometheus", type: "events_api_v2_inbound_integration" };
  const { body } = await call("POST", `/services/${made.id}/integrations`, { integration });
  return { id: made.id as string, key: body.integration.integration_key as string };
}

/** An error, the page that follows it, its end; a page of the week before; an old error; drift. */
async function happenings(): Promise<void> {
  const event = async (at: number, event_action: string, alertname: string) => {
    now = at;
    const custom_details = { alertname, service: "api", firing: "x" };
    const payload = {
      summary: `${alertname}: it is wrong`,
      source: "AgentPay",
      severity: "critical",
      custom_details,
    };
    const body = { routing_key: service.key, event_action, dedup_key: alertname, payload };
    await caller(pager, {})("POST", "/v2/enqueue", body);
  };
  const call = caller(sentry, { authorization: "Bearer test" });
  await call("POST", "/api/0/organizations/agentpay/teams/", { name: "agentpay" });
  const { body: project } = await call("POST", "/api/0/teams/agentpay/agentpay/projects/", {
    name: "agentpay-production",
  });
  const [key] = (await call("GET", "/api/0/projects/agentpay/agentpay-production/keys/")).body;
  const failure = async (at: number, type: string) => {
    now = at;
    const lines = [
      {},
      { type: "event" },
      { level: "error", exception: { values: [{ type, value: "it broke" }] } },
    ];
    const body = lines.map((line) => JSON.stringify(line)).join("\n");
    const headers = { "X-Sentry-Auth": `Sentry sentry_version=7, sentry_key=${key.public}` };
    const answer = await fetch(`${sentry.url}/api/${project.id}/envelope/`, {
      method: "POST",
      headers,
      body,
    });
    expect(answer.status).toBe(200);
  };
  await event(week.from - 2 * MINUTE, "trigger", "RedisDown");
  await failure(week.from - MINUTE, "OldError");
  await event(week.from + MINUTE, "resolve", "RedisDown");
  await failure(week.from + 100 * MINUTE, "OldError");
  await failure(week.from + 110 * MINUTE, "NewError");
  await event(week.from + 124 * MINUTE, "trigger", "APIDown");
  await event(week.from + 130 * MINUTE, "resolve", "APIDown");
  now = week.to + 60 * MINUTE;
  const drift: DriftResult = { stack: "production", status: "drifted", resources: 3, drifted: [] };
  await keepDriftIssues(repositoryFrom(github.environment), drift);
  await keepDriftIssues(repositoryFrom(github.environment), { ...drift, stack: "staging" });
}

async function reviewed(
  addresses: { pager: string; sentry: string; prometheus: string },
  environment = github.environment,
) {
  const settings = parseSettings(
    "production",
    configurationOf("production", {
      "pagerduty.apiUrl": addresses.pager,
      "sentry.apiUrl": `${addresses.sentry}/api/`,
      "sentry.organization": "agentpay",
      "aws.endpointUrl": addresses.prometheus,
    }),
  );
  return gather({
    name: "production",
    stack: {
      settings,
      secrets: { "pagerduty.token": "pager-token", "sentry.token": "sentry-token" },
      outputs: {
        pagerUrl: `https://agentpay.pagerduty.example/service-directory/${service.id}`,
        sentryProject: "agentpay-production",
        prometheusUrl: addresses.prometheus,
      },
    },
    week,
    drills: await drillsIn(join(folders.drills, "drills.json")),
    environment,
    onProgress: () => {},
  });
}

test("pages, errors and drift are those of the week and of the stack", async () => {
  const review = await reviewed({ pager: pager.url, sentry: sentry.url, prometheus: refusing });
  expect(review.pages).toMatchObject({ count: 1, before: 1, endedByThemselves: 1, neverAcknowledged: 1 });
  expect(review.pages).toMatchObject({
    byAlert: [{ alert: "APIDown", url: expect.stringContaining("viewPanel=") }],
    byPerson: [{ name: "Engineer A", pages: 1, asleep: 1, acknowledged: 0 }],
  });
  expect(review.sentry).toMatchObject({
    count: 1,
    issues: [
      { title: "NewError: it broke", events: 1, pagedAfter: { minutes: 14, incident: { number: 2 } } },
    ],
  });
  expect(review.drift).toMatchObject({
    stillOpen: [{ title: "production has drifted: 0 of 3 resources" }],
    closed: [],
  });
  expect(review.mend.map(({ text }) => text)).toContain(
    'Mend "NewError: it broke": Sentry saw it 14 minutes before page 2.',
  );
}, 60_000);

test("whoever refuses is named, with what was answered; the review is made all the same", async () => {
  const review = await reviewed({ pager: refusing, sentry: refusing, prometheus: refusing }, {});
  const text = markdownOf(documentOf(reviewSchema.parse(review)));
  for (const part of ["pages", "firings", "budgets", "certificates", "sentry"] as const) {
    expect(review[part], part).toMatchObject({ missing: expect.stringContaining("403") });
  }
  expect(review.drift).toMatchObject({ missing: expect.stringContaining("GITHUB_TOKEN (may write") });
  expect(review.costs).toMatchObject({
    missing: expect.stringContaining("LLM cost is not known: Prometheus"),
  });
  expect(asked).toContain("GET /incidents");
  expect(text).not.toMatch(/\b0 pages|no new error|: none\b/);
}, 60_000);

test("results of drills are read as they are kept and as they are printed", async () => {
  const ring = {
    channel: "PagerDuty",
    secondsToArrive: 1,
    secondsToResolve: 2,
    outlasts: null,
    problems: [],
  };
  const rings = [
    { ...ring, id: "APIDown" },
    { ...ring, id: "APILatencyBudgetBurn 1h" },
    { ...ring, id: "HeldBack", channel: "held back" },
    { ...ring, id: "Broken", problems: ["it never ended"] },
  ];
  const file = join(folders.drills, "printed.json");
  await writeFile(file, JSON.stringify({ factor: 60, rounds: [{ drills: [{ title: "t", rings }] }] }));
  expect(await drillsIn(file)).toMatchObject({ alerts: ["APIDown", "APILatencyBudgetBurn"] });
  await writeFile(file, "[]");
  expect(await drillsIn(file)).toMatchObject({
    missing: expect.stringContaining("the results of drills can't be read"),
  });
  expect(await drillsIn(join(folders.drills, "none.json"))).toMatchObject({
    missing: expect.stringContaining("npm run drill"),
  });
});
