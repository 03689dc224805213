import { expect, test } from "vitest";
import { formatValue } from "../../../local/dashboards/units.ts";

test.each([
  [1738, "none", "1,738"],
  [1738, "short", "1.74 K"],
  [0.123, "percentunit", "12.3%"],
  [0.999_96, "percentunit", "99.99%"],
  [1, "percentunit", "100%"],
  [0.000_25, "s", "250 µs"],
  [0.25, "s", "250 ms"],
  [150, "s", "2.5 min"],
  [3 * 2 ** 20, "bytes", "3 MiB"],
  [1234.5, "currencyUSD", "$1234.50"],
  [0.0021, "currencyUSD", "$0.0021"],
  [12, "reqps", "12 req/s"],
  [12, "no such unit", "12"],
  [undefined, "s", "-"],
  [Number.NaN, "s", "-"],
] as const)("%s %s is written %s", (value, unit, text) => {
  expect(formatValue(value, unit)).toBe(text);
});
