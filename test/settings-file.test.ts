import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { secretKeys, settingsSchema } from "../settings.ts";
import { readConfiguration, readSettings, SECRET_PLACEHOLDER, setPath } from "../settings-file.ts";
import { REPOSITORY, stacks } from "./support/program.ts";

const declaration = z.strictObject({
  type: z.enum(["string", "boolean", "integer", "array"]),
  items: z.strictObject({ type: z.literal("string") }).optional(),
  default: z.unknown(),
  description: z.string().min(10),
});
const project = z
  .object({ name: z.string(), config: z.record(z.string(), declaration) })
  .parse(parse(readFileSync(join(REPOSITORY, "Pulumi.yaml"), "utf8")));
const declared = Object.entries(project.config);

/** Paths of every key that settings.ts knows. */
function knownKeys(schema: z.ZodType, prefix = ""): string[] {
  if (schema instanceof z.ZodDiscriminatedUnion) return knownKeys(schema.options[0] as z.ZodType, prefix);
  if (!(schema instanceof z.ZodObject)) return [prefix.slice(0, -1)];
  return Object.entries(schema.shape).flatMap(([key, rule]) => knownKeys(rule, `${prefix}${key}.`));
}

describe("Pulumi.yaml", () => {
  test("declares every key of settings.ts, and no other", () => {
    // Pulumi's schema has no maps: a stack sets its thresholds without a declaration.
    const known = knownKeys(settingsSchema).filter((key) => key !== "alertThresholds");
    expect(declared.map(([key]) => key).toSorted()).toEqual(known.toSorted());
  });

  test.each(declared)("%s has a default of its type", (_key, { type, items, default: value }) => {
    const types = { string: "string", boolean: "boolean", integer: "number", array: "object" } as const;
    expect(typeof value).toBe(types[type]);
    if (type === "integer") expect(Number.isInteger(value)).toBe(true);
    expect(Array.isArray(value)).toBe(type === "array");
    expect(items !== undefined).toBe(type === "array");
  });

  test.each(declared)("%s says whether it is a secret", (key, { description }) => {
    expect(description.startsWith("SECRET.")).toBe((secretKeys as readonly string[]).includes(key));
  });
});

test.each(stacks)("%s disables default providers with a real list", (stack) => {
  const { config } = parse(readFileSync(join(REPOSITORY, `Pulumi.${stack}.yaml`), "utf8"));
  expect(config["pulumi:disable-default-providers"]).toEqual(["*"]);
});

test.each(["production", "staging"])("%s keeps no secret in its file", (stack) => {
  const text = readFileSync(join(REPOSITORY, `Pulumi.${stack}.yaml`), "utf8");
  for (const key of secretKeys) expect(text).not.toContain(`${key.split(".")[1]}:`);
});

describe("a stack's configuration", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "settings-file-"));
    const file = (name: string, text: string) => writeFileSync(join(folder, name), text);
    file(
      "Pulumi.yaml",
      "{name: p, config: {a.b: {default: 1}, a.c: {default: x}, l: {default: [1]}, s: {default: ''}}}",
    );
    file(
      "Pulumi.own.yaml",
      "config: {'p:a': {c: y}, 'p:l': [2, 3], 'p:s': {secure: v1:abc}, 'q:a': 5, 'p:n': {k: {secure: z}}}",
    );
    file("Pulumi.empty.yaml", "config: {}");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("is the project's defaults where the stack says nothing", () => {
    expect(readConfiguration(folder, "empty")).toEqual({ a: { b: 1, c: "x" }, l: [1], s: "" });
  });

  test("is the stack's own values over the defaults, with a placeholder for what is encrypted", () => {
    expect(readConfiguration(folder, "own")).toEqual({
      a: { b: 1, c: "y" },
      l: [2, 3],
      s: SECRET_PLACEHOLDER,
      n: { k: SECRET_PLACEHOLDER },
    });
  });

  test("does not exist without a file", () => {
    expect(() => readConfiguration(folder, "nowhere")).toThrow(
      `There is no stack "nowhere": ${join(folder, "Pulumi.nowhere.yaml")} can't be read`,
    );
  });
});

test("setPath changes nothing in place", () => {
  const before = { a: { b: 1 } };
  expect(setPath(before, "a.c.d", 2)).toEqual({ a: { b: 1, c: { d: 2 } } });
  expect(setPath(before, "a.b.c", 2)).toEqual({ a: { b: { c: 2 } } });
  expect(before).toEqual({ a: { b: 1 } });
});

test.each(stacks)("%s can be read without any secret", (stack) => {
  expect(readSettings(REPOSITORY, stack).environment).toBe(stack);
});
