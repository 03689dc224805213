/**
 * Everything that the program asks for, against the official schemas of the providers: the SDKs' types don't see a
 * misspelt name in a spread or a map, and most providers ignore what they don't know.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { plain, type Registration } from "./support/mocks.ts";
import { REPOSITORY, runProgram, stacks } from "./support/program.ts";

/** Beside the repository on the machines that check it; the schemas are the providers' own and not ours to copy. */
const FOLDER = join(REPOSITORY, "../shared/schemas");
const PACKAGES = ["docker", "grafana", "pagerduty", "sentry"];

type Type = { type?: string; $ref?: string; items?: Type; additionalProperties?: Type; oneOf?: Type[] };
const type: z.ZodType<Type> = z.object({
  type: z.string().optional(),
  $ref: z.string().optional(),
  get items() {
    return type.optional();
  },
  get additionalProperties() {
    return type.optional();
  },
  get oneOf() {
    return z.array(type).optional();
  },
});
const inputs = z.object({
  inputProperties: z.record(z.string(), type),
  requiredInputs: z.array(z.string()).default([]),
});
const schemaFile = z.object({
  provider: inputs,
  resources: z.record(z.string(), inputs),
  types: z.record(
    z.string(),
    z.object({
      properties: z.record(z.string(), type).default({}),
      required: z.array(z.string()).default([]),
    }),
  ),
});
type Schema = z.output<typeof schemaFile>;

/** The docker schema is of 5.1; these came with 5.2, which is what we install. */
const NEWER: Readonly<Record<string, Readonly<Record<string, Type>>>> = {
  "docker:index/ContainerUpload:ContainerUpload": { owner: { type: "string" }, group: { type: "string" } },
};

function readSchema(name: string): Schema {
  const schema = schemaFile.parse(JSON.parse(readFileSync(join(FOLDER, `${name}.json`), "utf8")));
  for (const [key, properties] of Object.entries(NEWER))
    Object.assign(schema.types[key]?.properties ?? {}, properties);
  return schema;
}

/** What is wrong with a value, with its path. */
function mistakes(schema: Schema, expected: Type, value: unknown, path: string): string[] {
  if (expected.oneOf) {
    const attempts = expected.oneOf.map((each) => mistakes(schema, each, value, path));
    return attempts.some((attempt) => attempt.length === 0) ? [] : (attempts[0] ?? []);
  }
  if (expected.$ref?.startsWith("#/types/")) {
    const { properties, required } = schema.types[expected.$ref.slice("#/types/".length)] ?? {};
    return mistakesInObject(schema, properties ?? {}, required ?? [], value, path);
  }
  switch (expected.type) {
    case "array":
      return Array.isArray(value)
        ? value.flatMap((item, index) => mistakes(schema, expected.items ?? {}, item, `${path}[${index}]`))
        : [`${path} is no list`];
    case "object":
      return Object.entries(value as object).flatMap(([key, item]) =>
        mistakes(schema, expected.additionalProperties ?? {}, item, `${path}.${key}`),
      );
    case "integer":
      return Number.isInteger(value) ? [] : [`${path} is no whole number`];
    case "string":
    case "number":
    case "boolean":
      return typeof value === expected.type ? [] : [`${path} is no ${expected.type}`];
    default:
      return [];
  }
}

function mistakesInObject(
  schema: Schema,
  properties: Readonly<Record<string, Type>>,
  required: readonly string[],
  value: unknown,
  path: string,
): string[] {
  if (typeof value !== "object" || value === null) return [`${path} is no object`];
  const given = value as Readonly<Record<string, unknown>>;
  const missing = required
    .filter((key) => given[key] === undefined)
    .map((key) => `${path}.${key} is missing`);
  return [
    ...missing,
    ...Object.entries(given).flatMap(([key, item]) => {
      const property = properties[key];
      return property ? mistakes(schema, property, item, `${path}.${key}`) : [`${path}.${key} is unknown`];
    }),
  ];
}

/** The SDK sends a provider's inputs that are no texts as JSON. */
function decoded({ inputProperties }: Schema["provider"], given: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => [
      key,
      inputProperties[key]?.type === "string" ? value : JSON.parse(String(value)),
    ]),
  );
}

function check(schema: Schema, { type, name, inputs }: Registration): string[] {
  const given = plain(inputs) as Readonly<Record<string, unknown>>;
  if (type.startsWith("pulumi:providers:")) {
    const { inputProperties, requiredInputs } = schema.provider;
    return mistakesInObject(schema, inputProperties, requiredInputs, decoded(schema.provider, given), name);
  }
  const resource = schema.resources[type];
  return resource
    ? mistakesInObject(schema, resource.inputProperties, resource.requiredInputs, given, name)
    : [`${name}: there is no ${type}`];
}

describe.skipIf(!existsSync(FOLDER))("official schemas", () => {
  test.each(stacks)(
    "%s asks for nothing that a provider does not know, and for all that it needs",
    async (stack) => {
      const { resources } = await runProgram(stack);
      const problems = PACKAGES.flatMap((name) => {
        const schema = readSchema(name);
        const own = resources.filter(
          ({ type }) => type.startsWith(`${name}:`) || type === `pulumi:providers:${name}`,
        );
        return own.flatMap((resource) => check(schema, resource));
      });
      expect(problems).toEqual([]);
    },
  );

  test("see what they are for", () => {
    const schema = readSchema("docker");
    const { inputProperties, requiredInputs } = schema.resources["docker:index/container:Container"] ?? {
      inputProperties: {},
      requiredInputs: [],
    };
    const given = { restrat: "always", ports: [{ external: "80" }], memory: 1.5, labels: [{ label: "a" }] };
    expect(mistakesInObject(schema, inputProperties, requiredInputs, given, "it")).toEqual([
      "it.image is missing",
      "it.restrat is unknown",
      "it.ports[0].internal is missing",
      "it.ports[0].external is no whole number",
      "it.memory is no whole number",
      "it.labels[0].value is missing",
    ]);
  });
});
