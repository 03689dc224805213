/**
 * Two months of which is known what happened: deployments, nights and weekends that went by themselves, a failover and three
 * outages that people worked on. A replay finds each, and the threshold that it proposes calls people for the outages only.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPagerDuty } from "../../../local/platforms/pagerduty/api/server.ts";
import type { RunningServer } from "../../../local/platforms/shared/http-server.ts";
import { openAccess } from "../../../operations/replay/access.ts";
import type { ComparedSummary } from "../../../operations/replay/comparison.ts";
import { happenedByPager } from "../../../operations/replay/happened.ts";
import { proposalsFor } from "../../../operations/replay/proposal.ts";
import { reportOf } from "../../../operations/replay/report.ts";
import { runReplay } from "../../../operations/replay/run.ts";
import { parseSettings } from "../../../settings/settings.ts";
import { caller } from "../../local/platforms/support.ts";
import { configurationOf } from "../../support/program.ts";
import { LivePrometheus } from "./live-prometheus.ts";

const STEP = 30;
const MINUTE = 60;
const HOUR = 3600;
const DAY = 24 * HOUR;
/** A Wednesday. */
const FROM = Date.parse("2026-04-01T00:00:00Z") / 1000;
const TO = Date.parse("2026-06-01T00:00:00Z") / 1000;
const USUAL_SHARE = 0.008;

/** Something that happened. Seconds since 1970. */
interface Event {
  readonly kind: "deployment" | "night" | "weekend" | "failover" | "outage";
  readonly from: number;
  readonly to: number;
  /** Of requests that fail. */
  readonly share: number;
  /** The alert that the pager was told of then. */
  readonly alert: "HighErrorRate" | "PostgresDown";
  /** Whether somebody was on it. */
  readonly handled: boolean;
}

function event(kind: Event["kind"], date: string, minutes: number, share: number): Event {
  const from = Date.parse(`2026-${date}:00Z`) / 1000;
  const handled = kind === "outage" || kind === "failover";
  return {
    ...{ kind, from, to: from + minutes * MINUTE, share, handled },
    alert: kind === "failover" ? "PostgresDown" : "HighErrorRate",
  };
}

const deployments = ["04-02", "04-09", "04-16", "04-23", "04-30", "05-07", "05-21", "05-28"];
const events: readonly Event[] = [
  ...deployments.map((day) => event("deployment", `${day}T14:00`, 11, 0.07)),
  event("night", "04-07T02:30", 12, 0.065),
  event("night", "04-28T03:10", 12, 0.065),
  event("night", "05-19T01:50", 12, 0.065),
  event("weekend", "04-12T18:00", 15, 0.08),
  event("weekend", "05-24T09:00", 15, 0.08),
  event("failover", "05-12T22:15", 1, 0.3),
  event("outage", "04-15T10:20", 45, 0.15),
  event("outage", "05-02T03:00", 20, 0.3),
  event("outage", "05-26T16:40", 25, 0.5),
].toSorted((left, right) => left.from - right.from);
const outages = events.filter(({ kind }) => kind === "outage");
const noise = events.filter(({ handled }) => !handled);

/** Requests of a step: few at night, half of them on weekends. */
function requestsAt(time: number): number {
  const date = new Date(time * 1000);
  const atNight = date.getUTCHours() < 6 ? 0.3 : 1;
  const onWeekend = [0, 6].includes(date.getUTCDay()) ? 0.5 : 1;
  return 600 * atNight * onWeekend;
}

function history(): string {
  const target = 'job="agentpay-api",instance="api:8000"';
  const lines = { up: [] as string[], requests: [] as string[], failed: [] as string[], pg: [] as string[] };
  let [good, bad] = [0, 0];
  for (let time = FROM - DAY; time < TO; time += STEP) {
    const now = events.find(({ from, to }) => from <= time && time < to);
    const share = now?.share ?? USUAL_SHARE;
    good += requestsAt(time) * (1 - share);
    bad += requestsAt(time) * share;
    // The failover takes the database four minutes, of which the API feels one.
    const failover = events.find(
      ({ kind, from }) => kind === "failover" && from <= time && time < from + 240,
    );
    lines.up.push(`up{${target}} 1 ${time}`);
    lines.requests.push(`agentpay_requests_total{${target},endpoint="/chat",status="200"} ${good} ${time}`);
    lines.failed.push(`agentpay_requests_total{${target},endpoint="/chat",status="500"} ${bad} ${time}`);
    lines.pg.push(`pg_up{job="postgres",instance="db:9187"} ${failover ? 0 : 1} ${time}`);
  }
  return [
    ...["# TYPE up gauge", ...lines.up, "# TYPE pg_up gauge", ...lines.pg],
    ...["# TYPE agentpay_requests counter", ...lines.requests, ...lines.failed, "# EOF", ""],
  ].join("\n");
}

describe("two months of production", { timeout: 1_200_000 }, () => {
  let prometheus: LivePrometheus;
  let pager: RunningServer | undefined;
  let folder: string;
  let summary: ComparedSummary;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "agentpay-two-months-"));
    let now = 0;
    pager = await startPagerDuty({ port: 0, dataFolder: folder, now: () => now });
    const { url } = pager;
    const service = await pagerWith(url, (time) => {
      now = time * 1000;
    });
    prometheus = await LivePrometheus.prepare("groups: []");
    await prometheus.fill(history());
    await prometheus.start();
    const settings = parseSettings("production", configurationOf("production", { "pagerduty.apiUrl": url }));
    const outputs = { pagerUrl: `https://agentpay.pagerduty.com/service-directory/${service}` };
    const period = { from: FROM * 1000, to: TO * 1000 };
    const stack = { settings, outputs, secrets: { "pagerduty.token": "test" } };
    summary = await runReplay({
      access: openAccess(prometheus.url),
      ...{ settings, period, ruleFile: undefined, base: undefined, pages: true, mostPagesPerWeek: 1 },
      alerts: ["HighErrorRate", "PostgresDown"],
      happened: await happenedByPager(stack, period),
      readings: true,
      cache: join(folder, "cache"),
      onProgress: () => {},
    });
  }, 1_200_000);

  afterAll(async () => {
    await pager?.stop();
    await prometheus.remove();
    await rm(folder, { recursive: true });
  });

  const alert = (name: string) => summary.alerts.find((each) => each.alert === name);
  const highErrorRate = () => alert("HighErrorRate");

  test("the alert fires for whatever lasts, and no other time", () => {
    const starts = highErrorRate()?.firings.map(({ start }) => Date.parse(start) / 1000) ?? [];
    const lasting = events.filter(({ kind }) => kind !== "failover");
    expect(starts.map((start) => lasting.find(({ from, to }) => start > from && start <= to)?.kind)).toEqual(
      lasting.map(({ kind }) => kind),
    );
    expect(alert("PostgresDown")?.fired).toBe(1);
  });

  test("the real incidents are found, each by what finds it first", () => {
    expect(summary.judgement?.source).toBe("PagerDuty");
    expect(summary.judgement?.incidents.map(({ caughtBy }) => caughtBy)).toEqual([
      ["HighErrorRate"],
      ["HighErrorRate"],
      ["PostgresDown"],
      ["HighErrorRate"],
    ]);
  });

  test("what ended by itself is noise, and the failover was nearly caught by the symptom too", () => {
    expect(highErrorRate()?.judgement?.firings).toEqual({
      ...{ caught: outages.length, noise: noise.length, announced: 0, unjudged: 0 },
    });
    expect(highErrorRate()?.judgement?.missed).toEqual([]);
    expect(highErrorRate()?.judgement?.nearMisses).toHaveLength(1);
    expect(highErrorRate()?.judgement?.nearMisses[0]?.seconds).toBeGreaterThan(60);
    expect(alert("PostgresDown")?.judgement?.firings).toMatchObject({ caught: 1, noise: 0 });
  });

  test("the threshold that is proposed calls people for the outages only", () => {
    const [table] = summary.thresholds ?? [];
    const incidents = summary.judgement?.incidents.length ?? 0;
    const [proposal] = table ? proposalsFor(table, "April and May", incidents) : [];
    expect(proposal).toMatchObject({ alert: "HighErrorRate", from: 0.05, to: 0.098 });
    const row = table?.rows.find(({ value }) => value === proposal?.to);
    expect(row).toMatchObject({ pages: outages.length, worth: { caught: outages.length, noise: 0 } });
    expect(proposal?.evidence).toBe(
      `April and May: 0.098 tells of 3 of 4 incidents, with 0 pages for nothing; 0.05 tells of 3 of 4 incidents, with ${noise.length} pages for nothing`,
    );
  });

  test("people read the same", () => {
    const text = reportOf(summary, "production");
    expect(text).toContain("## Real incidents, by PagerDuty\n\n4, of which 0 are missed.");
    expect(text).toMatch(
      /- 2026-05-12 22:1\d UTC, 40m: \[.*PostgresDown\]\(.*\): PostgresDown \d+[sm] earlier/,
    );
    expect(text).toContain(`| 3 / 0, ${noise.length} noise, nearly 1 |`);
    expect(text).toContain("| 0.098 | 3 | 3 | 0.3 | 3 | 0 |");
  });

  /** Fills the pager, event by event. @returns the service's id */
  async function pagerWith(url: string, at: (seconds: number) => void): Promise<string> {
    at(FROM - DAY);
    const call = caller({ url, stop: async () => {} }, { authorization: "Token token=test" });
    const targets = [{ id: "PENGNRA", type: "user_reference" }];
    const escalation_rules = [{ escalation_delay_in_minutes: 15, targets }];
    const policy = { name: "escalation", escalation_rules };
    const policyId = (await call("POST", "/escalation_policies", { escalation_policy: policy })).body
      .escalation_policy.id;
    const escalation_policy = { id: policyId, type: "escalation_policy_reference" };
    const { id } = (await call("POST", "/services", { service: { name: "AgentPay", escalation_policy } }))
      .body.service;
    const integration = { name: "Prometheus", type: "events_api_v2_inbound_integration" };
    const made = await call("POST", `/services/${id}/integrations`, { integration });
    const routing_key = made.body.integration.integration_key;
    for (const { alert: alertname, from, to, handled } of events) {
      const called = from + (alertname === "PostgresDown" ? 2 : 8) * MINUTE;
      const dedup_key = `${alertname} ${from}`;
      at(called);
      const payload = { summary: `[CRITICAL] ${alertname}`, source: "AgentPay", severity: "critical" };
      const event = { routing_key, event_action: "trigger", dedup_key };
      await call("POST", "/v2/enqueue", { ...event, payload: { ...payload, custom_details: { alertname } } });
      if (handled) {
        at(called + 4 * MINUTE);
        const { incidents } = (await call("GET", "/incidents?sort_by=created_at:desc")).body;
        const incident = { type: "incident_reference", status: "acknowledged" };
        await call("PUT", `/incidents/${incidents[0].id}`, { incident }, { from: "ana@agentpay.example" });
      }
      at(handled ? called + 40 * MINUTE : to + 12 * MINUTE);
      await call("POST", "/v2/enqueue", { ...event, event_action: "resolve" });
    }
    return id;
  }
});
