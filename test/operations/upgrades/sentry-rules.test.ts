import { expect, test } from "vitest";
import type { Ended, Pulumi } from "../../../operations/pulumi/cli.ts";
import { letGoOfSentryRules, mayHaveSentryRules, told } from "../../../operations/upgrades/sentry-rules.ts";

const urn = (type: string, name: string) =>
  `urn:pulumi:production::agentpay-monitoring::agentpay:monitoring:SentryAlerts$${type}::${name}`;
const ISSUE_ALERT = "sentry:index/sentryIssueAlert:SentryIssueAlert";
const METRIC_ALERT = "sentry:index/sentryMetricAlert:SentryMetricAlert";

function cli(resources: readonly object[] | undefined, code = 0): { pulumi: Pulumi; calls: string[][] } {
  const calls: string[][] = [];
  const pulumi = async (args: readonly string[]): Promise<Ended> => {
    calls.push([...args]);
    if (args[0] === "state") return { code, stdout: "", stderr: "locked by somebody" };
    return {
      code: 0,
      stdout: JSON.stringify({ version: 3, deployment: resources && { resources } }),
      stderr: "",
    };
  };
  return { pulumi, calls };
}

const rules = [
  { urn: urn(METRIC_ALERT, "sentry-alerts-latency"), type: METRIC_ALERT },
  { urn: urn(ISSUE_ALERT, "sentry-alerts-spike"), type: ISSUE_ALERT },
];

test("the state lets go of the old alert rules, of nothing else, and no provider is asked", async () => {
  const team = {
    urn: urn("sentry:index/sentryTeam:SentryTeam", "team"),
    type: "sentry:index/sentryTeam:SentryTeam",
  };
  const { pulumi, calls } = cli([team, ...rules]);
  const urns = await letGoOfSentryRules(pulumi);
  expect(urns).toEqual(rules.map((rule) => rule.urn));
  expect(calls).toEqual([
    ["stack", "export"],
    ["state", "delete", ...urns, "--force", "--yes"],
  ]);
  expect(told(urns)).toMatch(/lets go of 2 alert rules[\s\S]*sentry-alerts-latency\n\s+sentry-alerts-spike/);
});

test.each([[[]], [undefined]])("a stack without them is left alone: %j", async (resources) => {
  const { pulumi, calls } = cli(resources);
  expect(await letGoOfSentryRules(pulumi)).toEqual([]);
  expect(calls).toHaveLength(1);
});

test("where the state can't be changed, it says why", async () => {
  await expect(letGoOfSentryRules(cli(rules, 1).pulumi)).rejects.toThrow(
    "the state would not let go of Sentry's old alert rules: locked by somebody",
  );
});

test("a state that has none of them is known by its text", () => {
  const state = (resources: readonly object[]) => JSON.stringify({ checkpoint: { latest: { resources } } });
  expect(mayHaveSentryRules(state(rules))).toBe(true);
  expect(mayHaveSentryRules(state([{ type: "sentry:index/sentryTeam:SentryTeam" }]))).toBe(false);
});
