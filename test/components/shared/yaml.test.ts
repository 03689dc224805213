import { expect, test } from "vitest";
import { parse } from "yaml";
import { toYaml } from "../../../components/shared/yaml.ts";

test.each(["21:00", "1:30:00", "on", "no", "Yes", "0755", "2026-11-22", "1_000", "~", "1e3"])(
  "%s is a text for readers of YAML 1.1, too",
  (text) => {
    expect(parse(toYaml({ key: text }), { version: "1.1" })).toEqual({ key: text });
    expect(parse(toYaml({ key: text }))).toEqual({ key: text });
  },
);

test("a long expression stays on one line", () => {
  expect(
    toYaml({ expr: "a + ".repeat(100) })
      .trim()
      .split("\n"),
  ).toHaveLength(1);
});
