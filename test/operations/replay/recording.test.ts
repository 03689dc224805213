/** Expressions that stand in for recorded series. */
import { expect, test } from "vitest";
import { withoutRecords } from "../../../operations/replay/recording.ts";

const rule = (record: string, expression: string, labels = {}) => ({
  record,
  expression,
  labels,
  interval: 30_000,
});
const unrecorded = new Map([
  ["a:b", [rule("a:b", "sum(c)")]],
  ["d:e", [rule("d:e", "a:b * 2", { kind: "x" }), rule("d:e", "f", { kind: "y" })]],
  ["self:s", [rule("self:s", "c or last_over_time(self:s[5m])")]],
]);

test.for([
  ["other:one > 1", "other:one > 1"],
  ["a:b > 1", "((sum(c))) > 1"],
  ["avg_over_time(a:b[5m]) > 1", "avg_over_time(((sum(c)))[5m:30000ms]) > 1"],
  ["avg_over_time(a:b[5m] offset 1h)", "avg_over_time(((sum(c)))[5m:30000ms] offset 1h)"],
  ["x / a:b offset 1h > 2", "x / last_over_time(((sum(c)))[30000ms:30000ms] offset 1h) > 2"],
  [
    'd:e{kind="y"}',
    '((label_replace((f), "kind", "y", "", "") and on (kind) label_replace(vector(1), "kind", "y", "", "")))',
  ],
] as const)("%s", ([expression, expected]) => {
  expect(withoutRecords(expression, unrecorded)).toBe(expected);
});

test("several rules of one record, each with its own label, and those that they read", () => {
  expect(withoutRecords("d:e", unrecorded)).toBe(
    '(label_replace((((sum(c))) * 2), "kind", "x", "", "") or label_replace((f), "kind", "y", "", ""))',
  );
});

test("what can't be computed is told", () => {
  expect(() => withoutRecords("self:s > 1", unrecorded)).toThrow("self:s is computed from itself");
  expect(() => withoutRecords('a:b{job=~"x|y"}', unrecorded)).toThrow(
    'job=~"x|y" can\'t be asked of its expression',
  );
});
