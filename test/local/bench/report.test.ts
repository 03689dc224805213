import { expect, test } from "vitest";
import { asMarkdown } from "../../../local/bench/section.ts";
import { cpuSeconds, middleOf, timed } from "../../../local/bench/times.ts";

test("a section is a heading, a text and a table with figures to the right", () => {
  const section = { title: "Times", text: "Once.", head: ["What", "Time"], rows: [["preview", "4.0 s"]] };
  expect(asMarkdown(section)).toBe(
    "## Times\n\nOnce.\n\n| What | Time |\n| --- | ---: |\n| preview | 4.0 s |",
  );
});

test("the middle of several takes is neither the best nor the worst", async () => {
  const takes = [9, 1, 5];
  expect(await middleOf(3, async () => takes.shift() ?? 0)).toBe(5);
});

const sh = (script: string) => ({ command: "sh", args: ["-c", script], cwd: "/" });

test("a program's output is kept; one that fails is told with what it said", async () => {
  expect((await timed(sh("echo out; echo err >&2"))).output).toMatch(/out[\s\S]*err/);
  await expect(timed(sh("echo why; exit 3"))).rejects.toThrow(/ended with 3:\nwhy/);
});

test("the processor time of a program that fails is no figure", async () => {
  expect(await cpuSeconds(sh("true"))).toBeGreaterThanOrEqual(0);
  await expect(cpuSeconds(sh("exit 1"))).rejects.toThrow("ended with 1");
});
