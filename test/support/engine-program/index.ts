import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import type { Declared } from "../engine.ts";

/**
 * Makes what the file named by the stack's configuration declares. `@name.output` as an input stands for another
 * resource's output, `secret:` in front of a text makes it secret.
 */
const file = new pulumi.Config().require("resources");
const declared: Declared[] = JSON.parse(readFileSync(file, "utf8"));

class Provider extends pulumi.ProviderResource {}
class Thing extends pulumi.CustomResource {}

const provider = new Provider("sentry", "explicit", {
  token: pulumi.secret("provider-token-1234"),
  retries: 3,
});
const made = new Map<string, Thing>();

function input(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(input);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, input(child)]));
  }
  if (typeof value !== "string") return value;
  const [, name = "", output = ""] = value.match(/^@(\w+)\.(\w+)$/) ?? [];
  if (output !== "") return Reflect.get(made.get(name) ?? {}, output);
  return value.startsWith("secret:") ? pulumi.secret(value.slice("secret:".length)) : value;
}

for (const { name, inputs, options } of declared) {
  const outputs = { address: undefined, key: undefined, echo: undefined };
  const properties = { ...outputs, ...(input(inputs) as object) };
  const type = "sentry:test/thing:Thing";
  made.set(name, new Thing(type, name, properties, { provider, ...options }));
}

console.log(`declared ${declared.length} things`);
