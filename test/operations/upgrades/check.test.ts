import { expect, test } from "vitest";
import type { EngineEvent } from "../../../operations/pulumi/events.ts";
import { lossesIn, toldLosses } from "../../../operations/upgrades/check.ts";

const urn = (name: string) => `urn:pulumi:s::p::pagerduty:index/service:Service::${name}`;
const event = (op: string, name: string, keys?: string[], at = urn(name)): EngineEvent => ({
  resourcePreEvent: { metadata: { op, urn: at, type: "t", ...(keys && { keys }) } },
});

test("what is replaced in several steps, and what is deleted, is told once each; the rest is none of it", () => {
  const losses = lossesIn([
    event("same", "a"),
    event("update", "b", ["name"]),
    event("create-replacement", "on-call", ["name"]),
    event("replace", "on-call", ["name"]),
    event("delete-replaced", "on-call"),
    event("delete", "old"),
    event("replace", "aws", [], "urn:pulumi:s::p::pulumi:providers:aws::aws"),
  ]);
  expect(losses).toEqual([
    { urn: urn("on-call"), kind: "replaced", properties: ["name"] },
    { urn: urn("old"), kind: "deleted", properties: [] },
  ]);
  expect(toldLosses("production", losses)).toContain("on-call: replaced for its name");
  expect(toldLosses("production", [])).toContain("replaces and deletes nothing");
});
