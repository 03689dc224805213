import { expect, test } from "vitest";
import { outcomesIn } from "../../../operations/adopt/outcomes.ts";

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

test("a replacement is told, and what stays the same is not", () => {
  expect(outcomesIn(changed({}, {}, "create-replacement"), new Map()).get(urn)?.replaced).toBe(true);
  expect(outcomesIn(changed({}, {}, "same"), new Map()).size).toBe(0);
});
