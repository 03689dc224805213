import { expect, test } from "vitest";
import { type Duration, inSeconds } from "../../catalog/duration.ts";

test.each<[Duration, number]>([
  ["0m", 0],
  ["30s", 30],
  ["5m", 300],
  ["1h", 3600],
  ["30d", 2_592_000],
])("%s is %d seconds", (duration, seconds) => {
  expect(inSeconds(duration)).toBe(seconds);
});
