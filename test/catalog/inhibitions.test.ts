import { describe, expect, test } from "vitest";
import type { Alert } from "../../catalog/alerts/alert.ts";
import { alertGroups, alerts, expressionOf } from "../../catalog/alerts/index.ts";
import { inSeconds } from "../../catalog/duration.ts";
import { inhibitions, lingerSeconds, selectedAlerts } from "../../catalog/inhibitions.ts";
import { longestMemory } from "../../catalog/memory.ts";
import { severities } from "../../catalog/severity.ts";

const known = new Set(alerts.map(({ name }) => name));

/** Labels that an alert has for sure, besides what its expression leaves. */
const ALWAYS = ["environment", "service", "severity", "team", "alertname"];

/** Whether an alert has the label: its own, or one that its expression, or what that reads, keeps. */
function carries(alert: Alert, label: string): boolean {
  const expression = expressionOf(alert, {});
  const named =
    new RegExp(`(by|on) \\([^)]*\\b${label}\\b`).test(expression) || expression.includes(`"${label}"`);
  const perTarget = ["instance", "job"].includes(label) && !/\b(sum|max|min|count) by/.test(expression);
  return ALWAYS.includes(label) || alert.labels?.[label] !== undefined || named || perTarget;
}

const rank = ({ severity }: Alert) => severities.indexOf(severity);

test("each rule has a name of its own, and a reason", () => {
  const names = inhibitions.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
  expect(inhibitions.filter(({ why }) => !/^[A-Z].+\.$/.test(why))).toEqual([]);
});

/** A target is scraped, and a rule evaluated, so often: two alerts may see one fault so long after each other. */
const SCRAPE_SECONDS = 30;
const intervalOf = (alert: Alert) =>
  inSeconds(
    alert.evaluatedEach ?? alertGroups.find(({ alerts: own }) => own.includes(alert))?.interval ?? "1m",
  );

describe.each(inhibitions.map((inhibition) => [inhibition.name, inhibition] as const))(
  "%s",
  (_name, { source, targets, equal }) => {
    const [sources, muted] = [selectedAlerts(source), selectedAlerts(targets)];

    test("names alerts that exist, with labels that they have", () => {
      expect(source.names).toHaveLength(1);
      expect([...source.names, ...targets.names].filter((name) => !known.has(name))).toEqual([]);
      for (const { names, labels = {} } of [source, targets]) {
        for (const name of names) {
          const ofName = alerts.filter((alert) => alert.name === name);
          for (const [label, values] of Object.entries(labels)) {
            const existing = ofName.map((alert) => alert.labels?.[label]);
            expect(values.filter((value) => !existing.includes(value))).toEqual([]);
          }
        }
      }
      expect(sources.length * muted.length).toBeGreaterThan(0);
    });

    test("never lets an alert mute itself", () => {
      expect(sources.filter((alert) => muted.includes(alert))).toEqual([]);
    });

    test("mutes nothing that matters more, and nothing that tells nobody anyway", () => {
      const most = Math.min(...muted.map(rank));
      expect(sources.filter((alert) => rank(alert) > most)).toEqual([]);
      expect(muted.filter(({ severity }) => severity === "none")).toEqual([]);
    });

    test("compares labels that both sides have", () => {
      for (const label of equal) {
        const without = [...sources, ...muted].filter((alert) => !carries(alert, label));
        expect(without.map(({ name }) => [name, label])).toEqual([]);
      }
    });

    test("a cause fires before what it holds back, where both see the fault at once", () => {
      const early = muted.filter((symptom) =>
        sources.some((cause) => {
          const margin = inSeconds(symptom.holdFor) - inSeconds(cause.holdFor);
          const sawLater = longestMemory(expressionOf(cause, {})) > 0;
          return !sawLater && margin < SCRAPE_SECONDS + intervalOf(cause);
        }),
      );
      // What is left of the time before the outage, in windows that hold nothing new.
      const remains = ["APIAvailabilityBudgetBurn", "APILatencyBudgetBurn", "WebSocketConnectBudgetBurn"];
      const rates = ["PostgresDeadlocks", "RedisRejectedConnections"];
      expect(early.map(({ name }) => name).filter((name) => ![...remains, ...rates].includes(name))).toEqual(
        [],
      );
    });
  },
);

test("no two alerts mute each other", () => {
  const pairs = inhibitions.flatMap(({ source, targets }) =>
    selectedAlerts(source).flatMap((from) => selectedAlerts(targets).map((to) => [from, to] as const)),
  );
  const mutual = pairs.filter(([from, to]) => pairs.some(([other, back]) => other === to && back === from));
  expect(mutual.map(([from, to]) => [from.name, to.name])).toEqual([]);
});

/** What says that nobody is left, that users are hit, or that alerting is well: no part, and no exporter, explains it. */
test.each([
  ["Watchdog", []],
  ["APIDown", ["MetricsNotArriving"]],
  ["WorkerDown", ["MetricsNotArriving"]],
  ["EndpointUnreachable", []],
  ["HighErrorRate", ["APIDown"]],
  ["CheckoutSuccessBudgetBurn", ["CheckoutSuccessBudgetBurn"]],
  ["LLMAvailabilityBudgetBurn", ["LLMAvailabilityBudgetBurn"]],
  ["ToolCallFailures", []],
  ["PostgresDown", []],
  ["RedisDown", []],
])("%s is held back by %j alone", (name, by) => {
  const causes = inhibitions.filter(({ targets }) => targets.names.includes(name));
  expect([...new Set(causes.flatMap(({ source }) => source.names))]).toEqual(by);
});

test("of one objective's burns, the fastest mutes all slower ones", () => {
  const rule = inhibitions.find(({ name }) => name === "APILatencyBudgetBurn-1h");
  expect(rule?.targets).toEqual({ names: ["APILatencyBudgetBurn"], labels: { long: ["6h", "1d", "3d"] } });
});

describe("how long an alert is held back once its cause is over", () => {
  test.each([
    ["APIAvailabilityBudgetBurn", "1h", 3 * 60, "its short window of 5 minutes, less 2 that it holds"],
    ["APIAvailabilityBudgetBurn", "6h", 20 * 60, "30 minutes of sums over 5, less 15"],
    ["HighErrorRate", undefined, 0, "it holds as long as it looks back"],
    [
      "ConversationsDropped",
      undefined,
      15 * 60,
      "half an hour, less 15 minutes; not the weeks that it compares with",
    ],
    ["APIDown", undefined, 0, "it looks at now"],
    ["CheckoutConversionDropped", undefined, 0, "hours of work are little of a day"],
  ])("%s %s: %i seconds, for %s", (name, long, seconds, _why) => {
    const alert = alerts.find((each) => each.name === name && each.labels?.["long"] === long);
    expect(alert && lingerSeconds(alert)).toBe(seconds);
  });
});
