/** What a real Alertmanager tells of replayed alerts, by the routes that are rendered for production. */
import { beforeAll, describe, expect, test } from "vitest";
import { pagerOf } from "../../../components/pagers/index.ts";
import { alertmanagerOf } from "../../../components/prometheus/files.ts";
import { type Message, pagesOf, type Told } from "../../../operations/replay/pages.ts";
import { LONGEST_PLAYED, type Sent } from "../../../operations/replay/schedule.ts";
import { readSettings } from "../../../settings/settings-file.ts";
import { REPOSITORY } from "../../../toolkit/repository.ts";

const settings = readSettings(REPOSITORY, "production");
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Nights lie between the alerts, in which nothing is played. */
const DAY = 24 * HOUR;
const BEGIN = Date.parse("2026-11-02T03:00:00Z");

function alert(alertname: string, severity: string, start: number, length: number, more = {}): Sent {
  const labels = { alertname, severity, service: "api", environment: "production", ...more };
  return { labels, start: BEGIN + start, end: BEGIN + start + length };
}

const sent = [
  alert("APIDown", "critical", 0, 20 * MINUTE),
  alert("APIDown", "critical", 2 * DAY, 10 * MINUTE),
  alert("PostgresDown", "critical", 3 * DAY, 5 * HOUR),
  alert("SlowAPIResponses", "warning", 5 * DAY, 10 * MINUTE, { instance: "a" }),
  alert("SlowAPIResponses", "warning", 5 * DAY + 5000, 10 * MINUTE, { instance: "b" }),
  alert("Told", "info", 6 * DAY, 3 * MINUTE),
];

describe("production's Alertmanager", () => {
  let told: Told;

  beforeAll(async () => {
    if (!settings.metrics.enabled) throw new Error("production has metrics");
    const files = alertmanagerOf(settings, settings.metrics, pagerOf(settings));
    const configuration = files["alertmanager.yml"] ?? "";
    told = await pagesOf({ configuration, sent, onProgress: () => {} });
  }, 300_000);

  const of = (name: string) =>
    told.messages.filter(({ alerts }) => alerts.some((labels) => labels["alertname"] === name));
  const by = (messages: readonly Message[], channel: string) =>
    messages.filter(({ channel: { name } }) => name === channel);
  /** Hours after the begin. */
  const when = (messages: readonly Message[]) => messages.map(({ at }) => Math.round((at - BEGIN) / HOUR));

  test("pages once for each time that a critical alert fires", () => {
    expect(when(of("APIDown").filter(({ isPage }) => isPage))).toEqual([0, 48]);
    expect(by(of("APIDown"), "PagerDuty")).toHaveLength(2);
  });

  test("says what lasts again, which the pager takes for the same, and a phone does not", () => {
    const messages = of("PostgresDown");
    expect(when(messages.filter(({ isPage }) => isPage))).toEqual([72]);
    expect(when(by(messages, "PagerDuty"))).toEqual([72, 76]);
    expect(when(by(messages, "SMS"))).toEqual([72, 76]);
  });

  test("tells warnings together, and pages nobody", () => {
    const messages = of("SlowAPIResponses");
    expect(messages.filter(({ isPage }) => isPage)).toEqual([]);
    const [first] = by(messages, "slack");
    expect(first?.alerts.map(({ instance }) => instance).toSorted()).toEqual(["a", "b"]);
    expect(by(messages, "slack")).toHaveLength(1);
    expect(by(of("Told"), "email")).toEqual([]);
    expect(by(of("Told"), "slack")).toHaveLength(1);
  });
});

test("inhibitions hold, and what Alertmanager refuses is told", async () => {
  const configuration = JSON.stringify({
    route: { receiver: "pager", group_by: ["..."], group_wait: "0s", mute_time_intervals: ["night"] },
    inhibit_rules: [
      {
        source_matchers: ['alertname="Cause"'],
        target_matchers: ['alertname="Symptom"'],
        equal: ["service"],
      },
    ],
    receivers: [{ name: "pager", pagerduty_configs: [{ routing_key: "SENTINEL" }] }],
  });
  const alerts = [
    alert("Cause", "critical", 0, 10 * MINUTE),
    alert("Symptom", "critical", 2 * MINUTE, 5 * MINUTE),
    alert("Symptom", "critical", 2 * MINUTE, 5 * MINUTE, { service: "worker" }),
  ];
  const { messages, remarks } = await pagesOf({ configuration, sent: alerts, onProgress: () => {} });
  expect(messages.map(({ alerts: [first] }) => [first?.["alertname"], first?.["service"]])).toEqual([
    ["Cause", "api"],
    ["Symptom", "worker"],
  ]);
  expect(remarks).toEqual(["routes with mute_time_intervals are played as if they had none"]);
  const broken = JSON.stringify({ route: { receiver: "nobody" }, receivers: [] });
  await expect(pagesOf({ configuration: broken, sent: alerts, onProgress: () => {} })).rejects.toThrow(
    /Alertmanager does not start:[\s\S]*nobody/,
  );
  expect(LONGEST_PLAYED).toBeGreaterThan(4 * HOUR);
});

describe("on a machine that stands still", () => {
  const configuration = JSON.stringify({
    route: { receiver: "pager", group_by: ["..."], group_wait: "10s" },
    receivers: [{ name: "pager", pagerduty_configs: [{ routing_key: "SENTINEL" }] }],
  });
  /** It is over while nothing runs. */
  const short = [
    alert("Before", "critical", 0, 4 * MINUTE),
    alert("Short", "critical", 2 * MINUTE, 4 * MINUTE),
  ];
  /** @param times how often nothing runs for so long, once the first alert was handed over */
  function standingStill(times: number, milliseconds: number) {
    const said: string[] = [];
    let left = times;
    const onProgress = (line: string) => {
      said.push(line);
      if (line.startsWith("hands") && left-- > 0) setTimeout(() => standStill(milliseconds), 100);
    };
    return { said, onProgress };
  }
  function standStill(milliseconds: number) {
    for (const until = Date.now() + milliseconds; Date.now() < until; );
  }
  const paged = ({ messages }: Told) => messages.map(({ alerts: [first] }) => first?.["alertname"]);

  test("it is played again more slowly, and nothing is lost", async () => {
    const { said, onProgress } = standingStill(1, 1000);
    const told = await pagesOf({ configuration, sent: short, onProgress });
    expect(said).toContainEqual(
      expect.stringMatching(/^stood still for \d+ minutes of the history: once more, at half the pace$/),
    );
    expect(paged(told)).toEqual(["Before", "Short"]);
    expect(told.remarks).toEqual([]);
  });

  test("each time, that is said", async () => {
    const { remarks } = await pagesOf({ configuration, sent: short, ...standingStill(10, 3000) });
    expect(remarks).toEqual([expect.stringContaining("pages may be missing: this machine stood still for")]);
  });
});
