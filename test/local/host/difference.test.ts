import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differences } from "../../../local/host/difference.ts";
import { formatPath, isWithin } from "../../../local/host/paths.ts";

const found = (before: unknown, after: unknown) =>
  differences(before, after).map(({ path, kind }) => `${kind} ${formatPath(path)}`);

describe("differences", () => {
  it("names what was added, removed and changed, as deep as it is", () => {
    const before = { kept: 1, gone: "x", rules: [{ name: "a", tags: { x: "1" } }, { name: "b" }] };
    const after = { kept: 1, fresh: true, rules: [{ name: "a", tags: { x: "2" } }] };
    expect(found(before, after)).toEqual([
      "delete gone",
      "update rules[0].tags.x",
      "delete rules[1]",
      "add fresh",
    ]);
  });

  it("takes absent, null and undefined for the same", () => {
    expect(found({ a: null, b: undefined }, { c: null })).toEqual([]);
  });

  it("tells values of different types apart", () => {
    expect(found({ a: "1", b: [], c: {} }, { a: 1, b: {}, c: [] })).toEqual([
      "update a",
      "update b",
      "update c",
    ]);
  });

  it("finds none between a value and its copy, and some wherever two are unequal", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        expect(differences(one, structuredClone(one))).toEqual([]);
        expect(differences(one, other).length === 0).toBe(differences(other, one).length === 0);
      }),
    );
  });
});

describe("paths", () => {
  it("are written as Pulumi writes them", () => {
    expect(formatPath(["rules", 0, "name"])).toBe("rules[0].name");
    expect(formatPath(["tags", "a.b", 'q"'])).toBe('tags["a.b"]["q\\""]');
    expect(formatPath([])).toBe("");
  });

  it("lie within their ancestors", () => {
    expect(isWithin(["a", 0, "b"], ["a", 0])).toBe(true);
    expect(isWithin(["a"], ["a", 0])).toBe(false);
  });
});
