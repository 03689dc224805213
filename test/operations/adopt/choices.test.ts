import { expect, test } from "vitest";
import { choose, isMade, refuseUnknown } from "../../../operations/adopt/choices.ts";
import type { Planned } from "../../../operations/adopt/finder.ts";

const planned = { name: "on-call-service" } as Planned;
const none = { chosen: new Map<string, string>(), made: new Set<string>() };

test("one of several is chosen by a person, and so is one that has another name", () => {
  const several = { ids: ["P1", "P2"] };
  expect(choose(planned, several, none).conflict).toContain("--choose 'on-call-service=<id>'");
  const choices = { ...none, chosen: new Map([["on-call-service", "P3"]]) };
  for (const seen of [several, { ids: [] }, { ids: [], conflict: "its name is taken" }, undefined])
    expect(choose(planned, seen, choices)).toEqual({ ids: ["P3"] });
  expect(choose(planned, { ids: ["P1"] }, none)).toEqual({ ids: ["P1"] });
  expect(choose(planned, undefined, none)).toEqual({ ids: [] });
});

test("a chosen one can't get a name that another holds", () => {
  const choices = { ...none, chosen: new Map([["on-call-service", "P3"]]) };
  const held = choose(planned, { ids: ["P1"], isOnly: true }, choices);
  expect(held).toEqual({ ids: [], conflict: expect.stringContaining("P1 has its name") });
  for (const seen of [{ ids: ["P3"], isOnly: true } as const, { ids: [], isOnly: true } as const])
    expect(choose(planned, seen, choices)).toEqual({ ids: ["P3"] });
});

test("a decision about no resource of the program is refused: it may be a slip", () => {
  const names = ["on-call-service", "dashboards-cost"];
  const wrong = {
    chosen: new Map([["on-call-servise", "P1"]]),
    made: new Set(["dashbords-*", "dashboards-*"]),
  };
  expect(() => refuseUnknown(names, wrong)).toThrow(/of this name: on-call-servise, dashbords-\*\./);
  expect(() => refuseUnknown(names, { ...none, made: new Set(["dashboards-*"]) })).not.toThrow();
});

test("what is to be made goes by its name, or by how its name begins", () => {
  const made = { ...none, made: new Set(["metrics-grafana", "dashboards-*"]) };
  expect(isMade("metrics-grafana", made)).toBe(true);
  expect(isMade("metrics-grafana-data", made)).toBe(false);
  expect(isMade("dashboards-agentpay-cost", made)).toBe(true);
  expect(isMade("dashboards", made)).toBe(false);
});
