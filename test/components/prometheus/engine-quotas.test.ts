import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { pagerOf } from "../../../components/pagers/index.ts";
import { quotaProblems } from "../../../components/prometheus/engine-quotas.ts";
import { engineRules, managedAlertmanagerDefinition } from "../../../components/prometheus/files.ts";
import type { Enabled } from "../../../settings/schema.ts";
import { parseSettings } from "../../../settings/settings.ts";
import { configurationOf } from "../../support/program.ts";

const settings = parseSettings("production", configurationOf("production", { "metrics.engine": "amp" }));
const rules = engineRules(settings, settings.metrics as Enabled<"metrics">);
const definition = managedAlertmanagerDefinition(settings, settings.aws as Enabled<"aws">, pagerOf(settings));

const group = (name: string, count: number, interval = "30s") => ({
  name,
  interval,
  rules: Array.from({ length: count }, (_, index) => ({ record: `a:b:c${index}`, expr: "vector(1)" })),
});

test("what production gives Amazon's engine is within every quota", () => {
  expect(quotaProblems(rules, definition)).toEqual([]);
});

describe("told before a deployment", () => {
  test("too many rules, one group too fast, a file too large: all at once", () => {
    const large = stringify({ groups: [group("many", 2001), group("fast", 1, "15s")] });
    const problems = quotaProblems({ "large.yml": `${large}# ${"x".repeat(1_000_000)}` }, definition);
    expect(problems).toEqual([
      "2002 rules, and a workspace may have 2000",
      expect.stringMatching(/^\d+ bytes of large.yml, and a workspace may have 1000000$/),
      "group fast each 15s, and the shortest interval is 30s",
    ]);
  });

  test("too many routes and inhibitions", () => {
    const many = stringify({
      alertmanager_config: stringify({
        route: {
          receiver: "critical",
          routes: Array.from({ length: 100 }, () => ({ receiver: "critical" })),
        },
        receivers: [],
        inhibit_rules: Array.from({ length: 101 }, () => ({})),
      }),
    });
    expect(quotaProblems(rules, many)).toEqual([
      "101 routes, and a workspace may have 100",
      "101 inhibitions, and a workspace may have 100",
    ]);
  });
});
