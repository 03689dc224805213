/** The inputs of each type are the official package's, by its own TypeScript declarations. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { configuration } from "../../../../../local/platforms/aws/provider/configuration.ts";
import { resourceTypes } from "../../../../../local/platforms/aws/provider/index.ts";
import { Connected } from "./connected.ts";

const official = dirname(createRequire(import.meta.url).resolve("@pulumi/aws/package.json"));
const nestedDeclarations = readFileSync(join(official, "types/input.d.ts"), "utf8");

/** The members of an interface, and the name of the input type of those that have one. */
function members(declarations: string, name: string, namespace?: string): Map<string, string | undefined> {
  const start = namespace ? declarations.indexOf(`declare namespace ${namespace} {`) : 0;
  const from = declarations.indexOf(`interface ${name} {`, start);
  const body = declarations.slice(from, declarations.indexOf("\n}", from)).split(/\n {4}\}\n/)[0] ?? "";
  const pairs = [...body.matchAll(/^ +(\w+)\??: pulumi\.Input<(.*)/gm)].map(
    ([, member = "", type = ""]) => [member, /inputs\.\w+\.(\w+)/.exec(type)?.[1]] as const,
  );
  return new Map(pairs);
}

/** The schema of an object, or of the objects in a list, below what makes it optional. */
function shapeOf(schema: z.ZodType): Record<string, z.ZodType> | undefined {
  const inner = schema as {
    unwrap?: () => z.ZodType;
    element?: z.ZodType;
    shape?: Record<string, z.ZodType>;
  };
  if (inner.shape) return inner.shape;
  const next = inner.element ?? inner.unwrap?.();
  return next && shapeOf(next);
}

function expectSameNames(
  schema: z.ZodType,
  declared: Map<string, string | undefined>,
  namespace: string,
): void {
  const shape = shapeOf(schema) ?? {};
  expect(Object.keys(shape).sort()).toEqual([...declared.keys()].sort());
  for (const [name, type] of declared) {
    const nested = shape[name];
    // A policy is a text here, and what the platform lacks is refused as a whole.
    if (type === undefined || type === "PolicyDocument" || nested === undefined || !shapeOf(nested)) continue;
    expectSameNames(nested, members(nestedDeclarations, type, namespace), namespace);
  }
}

describe("inputs by the names of @pulumi/aws", async () => {
  const aws = await Connected.to("http://127.0.0.1:1", "/nowhere", {
    allowedAccountIds: undefined,
    skipRequestingAccountId: true,
  });

  test.each(Object.keys(resourceTypes))("%s", (token) => {
    const [, path = "", Class = ""] = token.split(":");
    const declared = members(readFileSync(join(official, `${path}.d.ts`), "utf8"), `${Class}Args`);
    expect(declared.size).toBeGreaterThan(0);
    const { inputs } = aws.handler(`${path}:${Class}`);
    expectSameNames(inputs, declared, path.split("/")[0] ?? "");
  });

  test("the provider itself", () => {
    const declared = members(readFileSync(join(official, "provider.d.ts"), "utf8"), "ProviderArgs");
    expect(Object.keys(configuration.shape).sort()).toEqual([...declared.keys()].sort());
  });

  test.each(Object.keys(resourceTypes))("%s is replaced for inputs that it has", (token) => {
    const handler = aws.handler(token.replace("aws:", ""));
    const names = Object.keys(shapeOf(handler.inputs) ?? {});
    const used: readonly string[] = [...handler.replaceOn, ...(handler.writeOnly ?? [])];
    expect(used.filter((name) => !names.includes(name))).toEqual([]);
  });
});
