import { describe, expect, test } from "vitest";
import { logFields, logQueries } from "../../catalog/logs.ts";

/** Commands and functions of Logs Insights' query language that the queries may use. */
const LANGUAGE = new Set(
  "fields filter stats sort limit asc desc by as and or not in like ispresent count latest max pct bin 5m".split(
    " ",
  ),
);

describe.each(logQueries(2))("$title", ({ lines }) => {
  test("begins every line with a command", () => {
    for (const line of lines) expect(line).toMatch(/^(fields|filter|stats|sort|limit) /);
  });

  test("asks for fields that the services log, or that it makes itself", () => {
    const query = lines.join(" ").replaceAll(/"[^"]*"/g, "");
    const made = [...query.matchAll(/\bas (\w+)/g)].map(([, name]) => name);
    const words = [...query.matchAll(/(?<![@\w])[a-z_]\w*/g)].map(([word]) => word);
    const unknown = words.filter(
      (word) => !LANGUAGE.has(word) && !(word in logFields) && !made.includes(word),
    );
    expect(unknown).toEqual([]);
  });
});

test("slow is what a stack says it is", () => {
  const slow = (seconds: number) => logQueries(seconds).find(({ key }) => key === "slow-requests")?.lines[0];
  expect(slow(2)).toContain("duration_ms > 2000");
  expect(slow(0.5)).toContain("duration_ms > 500");
});
