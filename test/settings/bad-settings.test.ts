/** Every bad setting that we know of: none is accepted, none crashes, and each is refused by its key. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { SettingsError } from "../../settings/messages.ts";
import { parseSettings } from "../../settings/settings.ts";
import { configurationOf, type Overrides, REPOSITORY } from "../support/program.ts";
import { combinations, kinds, lists, stackNames } from "./bad-settings.ts";

/** Of one time, so that two of a combination are the same. */
const people = { "pagerduty.engineerA": "ana@agentpay.com", "pagerduty.engineerB": "ben@agentpay.com" };

/** What is said of a configuration of production. @throws what is no SettingsError */
function refusalOf(overrides: Overrides, stack = "production"): string {
  try {
    parseSettings(stack, configurationOf("production", overrides));
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return "accepted";
}

/** The paragraph about a key. */
function saidOf(key: string, message: string): string {
  const [, paragraph = `nothing of ${key} in:\n${message}`] = message.split(`\n  ${key}\n`);
  return paragraph.split(/\n {2}(?=\S)/)[0] ?? "";
}

const rows = Object.entries(kinds).flatMap(([kind, { keys, bad }]) =>
  keys.flatMap((key) => bad.map(([value, says]) => ({ kind, key, value, says }))),
);

describe.each(Object.keys(kinds))("%s", (kind) => {
  test.each(rows.filter((row) => row.kind === kind))("$key: $value", ({ key, value, says }) => {
    const said = saidOf(key, refusalOf({ [key]: value }));
    expect(said).toMatch(says);
    expect(said).toMatch(
      / {6}found: {4}\S.*\n {6}expected: \S.*\n {6}set it: {3}pulumi config set --stack production /,
    );
    if (typeof value === "string" && value.length > 12) expect(said).not.toContain(value);
  });
});

test.each(lists)("%s: %j", (key, value, item, says) => {
  expect(saidOf(`${key}[${item}]`, refusalOf({ [key]: value }))).toMatch(says);
});

test.each(combinations)("together: %j", (overrides, key, says) => {
  const remote = { "metrics.remoteUsername": "agentpay" };
  expect(saidOf(key, refusalOf({ ...people, ...remote, ...overrides }))).toMatch(says);
});

test.each(stackNames)("a stack called %j", (name, says) => {
  const message = refusalOf({}, name);
  expect(message).toContain("has 1 problem:\n  the name of the stack");
  expect(message).toMatch(says);
});

test.each([
  ["staging-eu", ["production", "staging", "staging-eu"]],
  ["staging", ["staging-eu", "staging"]],
])("a stack called %j beside %j: names begin with the other's", (name, stacks) => {
  const parse = (others: readonly string[]) => () =>
    parseSettings(name, configurationOf("staging"), { stacks: others });
  expect(parse(stacks)).toThrow(/the name of the stack.*\n.*does not go on from another stack's/);
  expect(parse(["production", name, "stagingeu"])).not.toThrow();
});

test("there are more than 200 shapes, with every key of Pulumi.yaml among them", () => {
  expect(rows.length + lists.length + combinations.length + stackNames.length).toBeGreaterThan(200);
  const project: { config: object } = parse(readFileSync(join(REPOSITORY, "Pulumi.yaml"), "utf8"));
  const tried = new Set([...Object.values(kinds).flatMap(({ keys }) => keys), ...lists.map(([key]) => key)]);
  expect(Object.keys(project.config).filter((key) => !tried.has(key))).toEqual([]);
});

/** `expected: ...` of a refusal. */
const expectedOf = (said: string) => / {4}expected: (.*)/.exec(said)?.[1] ?? "";

function tableRow(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** A value as a reader can see it: what can't be seen is written as its code. */
function shown(value: unknown): string {
  const text = (JSON.stringify(value) ?? String(value)).replace(
    /[\p{Cf}\p{Zl}\p{Zp}]/gu,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `\`${text.length > 70 ? `${text.slice(0, 60)}… (${text.length} characters)` : text}\``;
}

test("docs/refused-settings.md has them all, and what is said of each", async () => {
  const ofKinds = Object.entries(kinds).flatMap(([kind, { keys, bad }]) => {
    const [key = ""] = keys;
    return bad.map(([value]) =>
      tableRow(kind, shown(value), expectedOf(saidOf(key, refusalOf({ [key]: value })))),
    );
  });
  const ofLists = lists.map(([key, value, item]) =>
    tableRow(key, shown(value), expectedOf(saidOf(`${key}[${item}]`, refusalOf({ [key]: value })))),
  );
  const together = combinations.map(([overrides, key]) => {
    const message = refusalOf({ ...people, "metrics.remoteUsername": "agentpay", ...overrides });
    return tableRow(key, shown(overrides), expectedOf(saidOf(key, message)));
  });
  const names = stackNames.map(([name]) =>
    tableRow("name of the stack", shown(name), expectedOf(refusalOf({}, name))),
  );
  const text = [
    "# Settings that are refused",
    "",
    "Written by `test/settings/bad-settings.test.ts` (`npx vitest run test/settings -u`), which tries each value with every",
    "key of its kind, and sees that the refusal names the key, what was found, what is expected and the command that sets it.",
    "None is accepted, none crashes, and all problems of a stack are told at once.",
    "",
    tableRow("what", "value", "expected"),
    "|---|---|---|",
    ...[...ofKinds, ...ofLists, ...together, ...names],
  ];
  await expect(`${text.join("\n")}\n`).toMatchFileSnapshot("../../docs/refused-settings.md");
});

test("all of them at once are refused at once, each by its key", () => {
  const overrides = Object.fromEntries(
    Object.values(kinds).flatMap(({ keys, bad }) => keys.map((key) => [key, bad.at(-1)?.[0]])),
  );
  const switches = Object.keys(overrides).filter((key) => key.endsWith(".enabled"));
  for (const key of switches) delete (overrides as Record<string, unknown>)[key];
  const message = refusalOf(overrides);
  for (const key of Object.keys(overrides)) expect(message).toContain(`\n  ${key}\n`);
});
