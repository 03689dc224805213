import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { SettingsError } from "../../settings/messages.ts";
import { secretKeys, settingsSchema } from "../../settings/schema.ts";
import {
  readConfiguration,
  readSettings,
  SECRET_PLACEHOLDER,
  setPath,
} from "../../settings/settings-file.ts";
import { REPOSITORY, stacks } from "../support/program.ts";
import { sentinel } from "../support/secrets.ts";

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

describe("a file that is no stack file is named", () => {
  const cases: readonly (readonly [what: string, content: string | Buffer, says: RegExp])[] = [
    ["empty", "", /Pulumi\.production\.yaml is empty/],
    ["comments alone", "# nothing", /Pulumi\.production\.yaml is empty/],
    ["a list", "- a", /Pulumi\.production\.yaml: expected a map, found a list/],
    ["a word", "config", /Pulumi\.production\.yaml: expected a map, found a string/],
    ["a list below config", "config: [a]", /Pulumi\.production\.yaml is no stack file/],
    ["binary", Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0xff, 0xfe]), /Pulumi\.production\.yaml is no text/],
    ["text with a NUL", "config:\0", /Pulumi\.production\.yaml is no text/],
    [
      "broken YAML",
      "config:\n  a: [sentinel-secret",
      /Pulumi\.production\.yaml: this is no YAML \(\w+\), line \d+/,
    ],
    ["a key twice", "config:\n  a: 1\n  a: 2", /Pulumi\.production\.yaml: this is no YAML/],
    // Tried with Pulumi 3.259: it reads 320, 1000, 3, "2026-11-30 00:00:00 +0000 UTC" and 64 of these.
    ...["0500", "1_000", "0b11", "2026-11-30", "2024-01-01T00:00:00Z", "[a, 0100]", ".inf"].map(
      (value) =>
        [
          `a value that Pulumi reads in its own way: ${value}`,
          `config:\n  b: 1\n  a: ${value}`,
          /Pulumi\.production\.yaml:\n {2}a, line 3: Pulumi reads this as another value/,
        ] as const,
    ),
  ];
  test.each(cases)("%s", async (_what, content, says) => {
    const folder = mkdtempSync(join(tmpdir(), "no-stack-file-"));
    try {
      copyFileSync(join(REPOSITORY, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
      writeFileSync(join(folder, "Pulumi.production.yaml"), content);
      const read = () => readConfiguration(folder, "production");
      expect(read).toThrow(SettingsError);
      expect(read).toThrow(says);
      expect(read).not.toThrow(/sentinel-secret/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each(["config: 5", "name: x", "name: [a]\nconfig: {}", "name: x\nconfig: { owner: 5 }"])(
    "a project file that is none is named: %j",
    (content) => {
      const folder = mkdtempSync(join(tmpdir(), "no-project-file-"));
      writeFileSync(join(folder, "Pulumi.yaml"), content);
      const read = () => readConfiguration(folder, "production");
      expect(read).toThrow(SettingsError);
      expect(read).toThrow(/Pulumi\.yaml is no project file: expected a name, .* \(see /);
      rmSync(folder, { recursive: true });
    },
  );

  test("what both read alike is let be", () => {
    const folder = mkdtempSync(join(tmpdir(), "read-alike-"));
    try {
      copyFileSync(join(REPOSITORY, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
      const values = '["0500", 0, 0.5, 1e3, 0x1f, on, yes, ~, 12:30:45, "2026-11-30", 2026-11]';
      writeFileSync(join(folder, "Pulumi.production.yaml"), `config:\n  agentpay-monitoring:a: ${values}`);
      expect(readConfiguration(folder, "production")["a"]).toEqual([
        ...["0500", 0, 0.5, 1000, 31, "on", "yes", null, "12:30:45", "2026-11-30", "2026-11"],
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("one without a configuration is a new stack's", () => {
    const folder = mkdtempSync(join(tmpdir(), "new-stack-"));
    try {
      copyFileSync(join(REPOSITORY, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
      writeFileSync(join(folder, "Pulumi.production.yaml"), "encryptionsalt: v1:abc");
      expect(readConfiguration(folder, "production")).toMatchObject({ owner: "platform" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("a secret in plain text in a stack's file", () => {
  const written = (stack: string, value: string) => {
    const folder = mkdtempSync(join(tmpdir(), "plain-secret-"));
    for (const file of ["Pulumi.yaml", "maintenance.yaml"]) {
      copyFileSync(join(REPOSITORY, file), join(folder, file));
    }
    const text = readFileSync(join(REPOSITORY, `Pulumi.${stack}.yaml`), "utf8");
    const line = `agentpay-monitoring:sentry:\n    token: ${value}`;
    writeFileSync(join(folder, `Pulumi.${stack}.yaml`), text.replace("agentpay-monitoring:sentry:", line));
    return folder;
  };

  test.each(["production", "staging"])("is refused in %s, and not repeated", (stack) => {
    const folder = written(stack, sentinel("token"));
    try {
      const read = () => readSettings(folder, stack);
      expect(read).toThrow(
        /\n {2}sentry\.token\n.*\n.*encrypted.*\n.*config set --stack \w+ --secret --path sentry\.token$/,
      );
      expect(read).not.toThrow(/sentinel-secret/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("is what encrypting it mends", () => {
    const folder = written("production", "{ secure: v1:abc }");
    try {
      expect(readSettings(folder, "production").isProduction).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
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
