/** The inputs of an explicit provider, such as `new grafana.Provider(name, inputs)`. */
import type { z } from "zod";
import type { Properties } from "../../toolkit/property-values.ts";
import { rewrapProperties, unwrapProperties } from "../../toolkit/property-values.ts";
import { checkInputs } from "./validation.ts";

/** Members that the engine adds for itself. */
const RESERVED = ["version", "__internal", "__defaults"];

/** The SDK sends every provider input that is not a text as its JSON. What the schema takes as a text stays one. */
export function decodeConfiguration(schema: z.ZodType, given: Properties): Properties {
  const plain = unwrapProperties(given);
  for (const name of RESERVED) delete plain[name];
  const refused = schema.safeParse(plain).error?.issues.map(({ path: [name] }) => String(name)) ?? [];
  for (const name of refused) if (name in plain) plain[name] = fromJson(plain[name]);
  return plain;
}

/** One sentence for each mistake. */
export function checkConfiguration(schema: z.ZodType, given: Properties): readonly string[] {
  return checkInputs(schema, rewrapProperties(decodeConfiguration(schema, given), given)).mistakes;
}

/** What a stand-in connects with. @throws naming every mistake. */
export function readConfiguration<Configuration>(
  schema: z.ZodType<Configuration>,
  given: Properties,
): Configuration {
  const mistakes = checkConfiguration(schema, given);
  if (mistakes.length > 0) throw new Error(`the provider's inputs are wrong: ${mistakes.join("; ")}`);
  return schema.parse(decodeConfiguration(schema, given));
}

function fromJson(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
