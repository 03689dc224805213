import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compact,
  containsSecret,
  redact,
  rewrap,
  sealKnown,
  secret,
  secretTexts,
  UNKNOWN,
  unknownPaths,
  unwrap,
  withoutDefaults,
  withoutUnknowns,
} from "../../toolkit/property-values.ts";

const PASSWORD = "sentinel-password-71b3";

describe("secrets on the wire", () => {
  it("are taken out of whatever holds them, and put back in the same places", () => {
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean());
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        leaf,
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), tie("value"), { maxKeys: 4 }),
        tie("value").map((inner) => (containsSecret(inner) ? inner : secret(inner))),
      ),
    }));
    fc.assert(
      fc.property(value, (wire) => {
        expect(containsSecret(unwrap(wire))).toBe(false);
        expect(rewrap(unwrap(wire), wire)).toEqual(wire);
      }),
    );
  });

  it("cover every element of a list that changed its length, since they may have moved", () => {
    const last = [{ name: "plain" }, { name: secret(PASSWORD) }];
    expect(containsSecret(rewrap([{ name: PASSWORD }], last))).toBe(true);
    expect(rewrap([{ name: "new" }, { name: "also" }], last)).toEqual([
      { name: "new" },
      { name: secret("also") },
    ]);
  });

  it("are found as texts, the longest first, so that none is left in part", () => {
    const texts = secretTexts({ one: secret({ deep: ["abcdefgh", 7] }) }, [
      secret("abcdefgh-and-more"),
      "plain",
    ]);
    expect(texts).toEqual(["abcdefgh-and-more", "abcdefgh"]);
    expect(redact("refused abcdefgh-and-more and abcdefgh", texts)).toBe("refused [secret] and [secret]");
  });

  it("too short to be told from ordinary words are left in a message", () => {
    expect(redact("admin may not", ["admin"])).toBe("admin may not");
    expect(redact("admin may not", ["admin"], 1)).toBe("[secret] may not");
  });

  it("make secret what a platform echoes", () => {
    const sealed = sealKnown({ url: `http://x/${PASSWORD}`, other: ["y"] }, [PASSWORD]);
    expect(sealed).toEqual({ url: secret(`http://x/${PASSWORD}`), other: ["y"] });
  });
});

describe("unknown values", () => {
  const inputs = { name: UNKNOWN, rules: [{ id: 1 }, { id: UNKNOWN }], kept: "x" };

  it("are found by path", () => {
    expect(unknownPaths(inputs)).toEqual([["name"], ["rules", 1, "id"]]);
  });

  it("are taken out without moving what is beside them", () => {
    expect(withoutUnknowns(inputs)).toEqual({
      name: undefined,
      rules: [{ id: 1 }, { id: undefined }],
      kept: "x",
    });
  });
});

it("absent members do not count", () => {
  expect(compact({ a: undefined, b: null, c: { d: null, e: 0 }, f: [{ g: undefined }] })).toEqual({
    c: { e: 0 },
    f: [{}],
  });
});

it("plugins' defaults are taken out of inputs, at any depth, and nothing else", () => {
  const port = { internal: 9090, ip: "127.0.0.1" };
  const given = { name: "server", ports: [port], labels: { protocol: "kept" } };
  const read = {
    ...{ ...given, mustRun: true, __defaults: ["mustRun"] },
    ports: [{ ...port, protocol: "tcp", __defaults: ["protocol"] }],
  };
  expect(withoutDefaults(read)).toEqual(given);
  expect(withoutDefaults(given)).toEqual(given);
});
