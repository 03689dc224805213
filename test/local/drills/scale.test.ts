import { parser } from "@prometheus-io/lezer-promql";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { inSeconds } from "../../../catalog/duration.ts";
import { pagerOf } from "../../../components/pagers/index.ts";
import { alertmanagerFiles } from "../../../components/prometheus/alertmanager.ts";
import { ruleFiles } from "../../../components/prometheus/prometheus.ts";
import { notificationSettings } from "../../../components/shared/notifications.ts";
import { inMilliseconds, scaleDuration, scaleExpression, scaleFile } from "../../../local/drills/scale.ts";
import { readSettings } from "../../../settings/settings-file.ts";

const pace = { factor: 60, startedAt: 1000, clock: 5000 };
const rules = ruleFiles(
  {},
  { runbookBaseUrl: "https://runbooks.example", grafanaUrl: "https://grafana.example" },
);
const expressions = Object.values(rules).flatMap((yaml) => {
  const { groups } = parse(yaml) as { groups: { rules: { expr: string }[] }[] };
  return groups.flatMap((group) => group.rules.map(({ expr }) => expr));
});

/** The expression's syntax without its texts: names of nodes, and numbers, strings and names of series. */
function shape(expression: string): string[] {
  const found: string[] = [];
  parser.parse(expression).iterate({
    enter: ({ name, from, to, type }) => {
      if (type.isError) found.push("error");
      if (["Identifier", "StringLiteral", "NumberDurationLiteral"].includes(name)) {
        found.push(expression.slice(from, to));
      }
    },
  });
  return found;
}

describe("durations", () => {
  test.each([
    ["5m", "5000ms"],
    ["1h30m", "90000ms"],
    ["30s", "500ms"],
    ["1w", "10080000ms"],
    ["10ms", "1ms"],
    ["300", "5000ms"],
    ["0s", "0s"],
  ])("%s at 60 times the pace is %s", (duration, scaled) => {
    expect(scaleDuration(duration, 60)).toBe(scaled);
  });

  test("any duration shrinks by the factor, to the millisecond, and never to nothing", () => {
    const durations = fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.constantFrom("s", "m", "h", "d"));
    fc.assert(
      fc.property(durations, fc.integer({ min: 1, max: 1000 }), ([count, unit], factor) => {
        const milliseconds = inSeconds(`${count}${unit as "s"}`) * 1000;
        const scaled = inMilliseconds(scaleDuration(`${count}${unit}`, factor));
        expect(Math.abs(scaled - milliseconds / factor)).toBeLessThanOrEqual(1);
        expect(scaled).toBeGreaterThan(0);
      }),
    );
  });

  test("what is no duration is refused", () => {
    expect(() => inMilliseconds("5 minutes")).toThrow('"5 minutes" is no duration');
  });
});

describe("expressions", () => {
  test.each([
    ["rate(a[5m]) > 0.05", "(rate(a[5000ms]) / 60) > 0.05"],
    ["sum by (x) (increase(a[1h])) > 5", "sum by (x) (increase(a[60000ms])) > 5"],
    ["avg_over_time(a[30m] offset 1d)", "avg_over_time(a[30000ms] offset 1440000ms)"],
    ["max_over_time(rate(a[5m])[1h:1m])", "max_over_time((rate(a[5000ms]) / 60)[60000ms:1000ms])"],
    ["sum_over_time(a[1d]) * 30", "sum_over_time(a[1440000ms]) * 30"],
    ["a - time() < 86400", "a - (5000 + (time() - 1000) * 60) < 86400"],
    ["predict_linear(a[6h], 4 * 3600) < 0", "predict_linear(a[360000ms], (4 * 3600) / 60) < 0"],
    ['a{b="rate(x[5m])"} == 1', 'a{b="rate(x[5m])"} == 1'],
  ])("%s", (expression, scaled) => {
    expect(scaleExpression(expression, pace)).toBe(scaled);
  });

  test("one that does not parse is refused", () => {
    expect(() => scaleExpression("rate(a[5m]", pace)).toThrow("does not parse: rate(a[5m]");
  });

  test.each(expressions)("of the catalogue: %s", (expression) => {
    const scaled = scaleExpression(expression, pace);
    const added = new Set(["60", "1000", "5000"]);
    const numbersAside = (parts: string[]) => parts.filter((part) => !added.has(part));
    expect(numbersAside(shape(scaled))).toEqual(numbersAside(shape(expression)));
    const durations = [...scaled.matchAll(/\[(\w+)[\]:]/g)].map(([, duration = ""]) => duration);
    expect(durations.every((duration) => duration.endsWith("ms"))).toBe(true);
  });

  test("at the usual pace, nothing but the spelling changes", () => {
    const usual = { factor: 1, startedAt: 0, clock: 0 };
    expect(scaleExpression("avg_over_time(a[5m])", usual)).toBe("avg_over_time(a[300000ms])");
  });
});

test("a rule file keeps everything but its durations", () => {
  const yaml = `groups:
  - name: g
    interval: 30s
    rules:
      - { alert: A, expr: "a > 1", for: 5m, keep_firing_for: 1h, labels: { long: 1h }, annotations: { summary: for 5m } }
`;
  expect(parse(scaleFile(yaml, pace))).toEqual({
    groups: [
      {
        name: "g",
        interval: "500ms",
        rules: [
          {
            alert: "A",
            expr: "a > 1",
            for: "5000ms",
            keep_firing_for: "60000ms",
            labels: { long: "1h" },
            annotations: { summary: "for 5m" },
          },
        ],
      },
    ],
  });
});

test("nothing of a file is looked at more often than a machine keeps up with, and holds as long as before", () => {
  const yaml = `groups: [{ name: g, interval: 3s, rules: [{ alert: A, expr: a > 1, for: 10s }] }, { name: h, interval: 1m }]
scrape_configs: [{ job_name: redis, scrape_interval: 10s }]
`;
  expect(parse(scaleFile(yaml, { ...pace, shortestInterval: "30s" }))).toEqual({
    groups: [
      { name: "g", interval: "500ms", rules: [{ alert: "A", expr: "a > 1", for: "167ms" }] },
      { name: "h", interval: "1000ms" },
    ],
    scrape_configs: [{ job_name: "redis", scrape_interval: "500ms" }],
  });
});

test("Alertmanager waits a sixtieth", () => {
  const local = readSettings(".", "local");
  const settings = notificationSettings(local, pagerOf(local));
  const { "alertmanager.yml": yaml = "" } = alertmanagerFiles(settings);
  const waits = (text: string) =>
    [...text.matchAll(/(?:group_wait|group_interval|repeat_interval): (\w+)/g)].map(([, wait = ""]) =>
      inMilliseconds(wait),
    );
  expect(waits(yaml).length).toBeGreaterThan(3);
  expect(waits(scaleFile(yaml, pace))).toEqual(waits(yaml).map((wait) => Math.round(wait / 60)));
});
