/** The inputs that the stand-ins take, by name and at any depth, against the official providers' schemas. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { grafanaPackage } from "../../../../../local/platforms/grafana/provider/index.ts";
import { pagerDutyPackage } from "../../../../../local/platforms/pagerduty/provider/index.ts";
import { sentryPackage } from "../../../../../local/platforms/sentry/provider/index.ts";

const folder = fileURLToPath(new URL("../../../../../../shared/schemas/", import.meta.url));

/** Names of inputs, and below those that are objects theirs. A list counts as its element. */
interface Names {
  readonly [name: string]: Names;
}

interface Official {
  readonly $ref?: string;
  readonly items?: Official;
}

interface OfficialObject {
  readonly properties?: Readonly<Record<string, Official>>;
}

interface OfficialSchema {
  readonly provider: { readonly inputProperties: Readonly<Record<string, Official>> };
  readonly resources: Readonly<
    Record<string, { readonly inputProperties: Readonly<Record<string, Official>> }>
  >;
  readonly types: Readonly<Record<string, OfficialObject>>;
}

function officialNames(schema: OfficialSchema, properties: Readonly<Record<string, Official>>): Names {
  const below = ({ $ref, items }: Official): Names => {
    if (items) return below(items);
    return officialNames(schema, schema.types[$ref?.replace("#/types/", "") ?? ""]?.properties ?? {});
  };
  return mapValues(properties, below);
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
}

function standInNames({ properties = {} }: JsonSchema): Names {
  const below = (schema: JsonSchema): Names => (schema.items ? below(schema.items) : standInNames(schema));
  return mapValues(properties, below);
}

function mapValues<T>(object: Readonly<Record<string, T>>, map: (value: T) => Names): Names {
  const entries = Object.entries(object).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([name, value]) => [name, map(value)]));
}

function namesOf(schema: z.ZodType): Names {
  return standInNames(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema);
}

const nowhere = "http://127.0.0.1:1";
const packages = [
  {
    standIn: pagerDutyPackage,
    connect: () =>
      pagerDutyPackage.connect({ token: "t", apiUrlOverride: nowhere, skipCredentialsValidation: true }),
  },
  {
    standIn: sentryPackage,
    connect: () => sentryPackage.connect({ token: "t", baseUrl: `${nowhere}/api/` }),
  },
  { standIn: grafanaPackage, connect: () => grafanaPackage.connect({ url: nowhere, auth: "t" }) },
];

/** Integrations by email are refused here whatever they hold, so what they hold is not described. */
const OPAQUE = ["emailFilters", "emailParsers"];

describe.skipIf(!existsSync(folder)).each(packages)("$standIn.name", ({ standIn, connect }) => {
  const official: OfficialSchema = existsSync(folder)
    ? JSON.parse(readFileSync(`${folder}${standIn.name}.json`, "utf8"))
    : { provider: { inputProperties: {} }, resources: {}, types: {} };

  test("the provider's own inputs", () => {
    const expected = officialNames(official, official.provider.inputProperties);
    expect(namesOf(standIn.configuration)).toEqual(expected);
  });

  test("every resource's inputs", async () => {
    const { resources } = await connect();
    const actual = Object.entries(resources).map(([token, { inputs }]) => [token, namesOf(inputs)]);
    const expected = Object.keys(resources).map((token) => {
      const names = officialNames(official, official.resources[token]?.inputProperties ?? {});
      return [
        token,
        Object.fromEntries(
          Object.entries(names).map(([name, below]) => [name, OPAQUE.includes(name) ? {} : below]),
        ),
      ];
    });
    expect(Object.fromEntries(actual)).toEqual(Object.fromEntries(expected));
  });
});
