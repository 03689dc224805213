import { expect, test } from "vitest";
import type { Row } from "../../../operations/adopt/adoption.ts";
import { report } from "../../../operations/adopt/report.ts";

const row = (name: string, more: Partial<Row>): Row => ({
  urn: `urn:pulumi:s::p::t::${name}`,
  type: "pagerduty:index/schedule:Schedule",
  name,
  action: "make",
  ...more,
});

test("conflicts come first, then what is there with what changes on it, and the total", () => {
  const rows = [
    row("new", {}),
    row("there", {
      action: "adopt",
      id: "P1",
      changes: [
        { property: "name", from: "agentpay", to: "AgentPay" },
        { property: "description", to: "x".repeat(90) },
      ],
    }),
    row("twice", { action: "conflict", note: "2 are there: P1, P2" }),
    row("set", { action: "up", note: "set on what is there" }),
  ];
  const text = report({ rows });
  expect(text).toMatchInlineSnapshot(`
    "Conflicts: solve them first (1)
      Schedule twice
          2 are there: P1, P2

    Adopted: there already (1)
      Schedule there  P1
          name: "agentpay" -> "AgentPay"
          description: nothing -> "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...

    Left to the next up, which makes none twice (1)
      Schedule set
          set on what is there

    Made by the next up: not there (1)
      Schedule new

    4 resources: 1 to adopt, of which 1 change, 1 to make, 1 left to up, 1 conflicts"
  `);
});
