import { expect, test } from "vitest";
import { localApp } from "../../../local/host/app.ts";

test.each([
  [undefined, "simulation"],
  [" ", "simulation"],
  ["example", "example"],
])("%s asks for %s", (given, expected) => {
  expect(localApp(given === undefined ? {} : { AGENTPAY_LOCAL_APP: given })).toBe(expected);
});

test.each(["exmaple", "toString"])("%s is refused, with what there is", (given) => {
  expect(() => localApp({ AGENTPAY_LOCAL_APP: given })).toThrow(
    `AGENTPAY_LOCAL_APP must be one of simulation, example, not "${given}"`,
  );
});
