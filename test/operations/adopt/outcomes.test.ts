import { expect, test } from "vitest";
import { outcomesIn } from "../../../operations/adopt/outcomes.ts";
import { UNKNOWN } from "../../../toolkit/property-values.ts";

const urn = "urn:pulumi:s::p::pagerduty:index/serviceIntegration:ServiceIntegration::on-call-prometheus";

function changed(old: object, now: object, op = "update") {
  const detailedDiff = Object.fromEntries(Object.keys({ ...old, ...now }).map((name) => [name, {}]));
  const metadata = { op, urn, type: "t", detailedDiff, old: { inputs: old }, new: { inputs: now } };
  return [{ resOutputsEvent: { metadata } }] as Parameters<typeof outcomesIn>[0];
}

test("what the program keeps secret is blinded, though its platform has told it in clear", () => {
  const events = changed({ name: "prometheus", integrationKey: "sentinel" }, { name: "Prometheus" });
  const { changes } = outcomesIn(events, new Map([[urn, ["integrationKey"]]])).get(urn) ?? {};
  expect(changes).toEqual([
    { property: "name", from: "prometheus", to: "Prometheus" },
    { property: "integrationKey", from: "[secret]", to: undefined },
  ]);
});

test("what only looks secret is blinded too: a person may have put it where the program has none", () => {
  const variables = { DB_PASSWORD: "hunter2", LEVEL: "info" };
  const dsn = "https://0123456789abcdef0123456789abcdef@o1.ingest.sentry.io/2";
  const before = { environment: { variables }, envs: ["API_TOKEN=x1", "LEVEL=info"], note: `see ${dsn}` };
  const { changes } = outcomesIn(changed(before, {}), new Map()).get(urn) ?? {};
  expect(changes?.map(({ from }) => from)).toEqual([
    { variables: { DB_PASSWORD: "[secret]", LEVEL: "info" } },
    ["API_TOKEN=[secret]", "LEVEL=info"],
    "see [Sentry DSN]",
  ]);
});

test("where the provider is not asked, what differs is told; what is not known yet is not shown as an id", () => {
  const metadata = {
    ...{ op: "update", urn, type: "t", detailedDiff: null, diffs: null },
    old: { inputs: { title: "Money", same: 1, __defaults: ["x"] } },
    new: { inputs: { title: "Cost", same: 1, folder: UNKNOWN, __defaults: [] } },
  };
  const events = [{ resOutputsEvent: { metadata } }] as Parameters<typeof outcomesIn>[0];
  expect(outcomesIn(events, new Map()).get(urn)?.changes).toEqual([
    { property: "title", from: "Money", to: "Cost" },
    { property: "folder", from: undefined, to: "[known after up]" },
  ]);
});

test("a replacement is told, and what stays the same is not", () => {
  expect(outcomesIn(changed({}, {}, "create-replacement"), new Map()).get(urn)?.replaced).toBe(true);
  expect(outcomesIn(changed({}, {}, "same"), new Map()).size).toBe(0);
});
