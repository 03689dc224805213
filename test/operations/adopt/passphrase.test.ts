import { expect, test } from "vitest";
import { Passphrase, shownSecret } from "../../../operations/adopt/passphrase.ts";
import { containsSecret } from "../../../toolkit/property-values.ts";

const passphrase = new Passphrase();
const shown = { name: "a", list: [shownSecret("sentinel-secret")], nested: { key: shownSecret({ a: 1 }) } };

test("what is sealed holds no secret in clear, and opens to what it was", () => {
  const sealed = passphrase.sealed(shown);
  expect(JSON.stringify(sealed)).not.toContain("sentinel-secret");
  expect(passphrase.opened(sealed)).toEqual(shown);
  expect(passphrase.plain(sealed)).toEqual({
    name: "a",
    list: ["sentinel-secret"],
    nested: { key: { a: 1 } },
  });
});

test("another passphrase opens nothing", () => {
  expect(() => new Passphrase().opened(passphrase.sealed(shown))).toThrow();
});

test("a secret is found at any depth, and stays one where it is shown again", () => {
  expect(containsSecret(shown)).toBe(true);
  expect(containsSecret({ list: [{ name: "a" }] })).toBe(false);
  expect(shownSecret(shown.list[0])).toBe(shown.list[0]);
});
