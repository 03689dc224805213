/** Registers what test/policies/cases.ts sketches, each stack of resources under a name of its own. */
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import type { Sketch } from "../../policies/cases.ts";

class Thing extends pulumi.CustomResource {}
class Provider extends pulumi.ProviderResource {}

type Props = Record<string, unknown>;
const file = new pulumi.Config().require("resources");
const declared = JSON.parse(readFileSync(file, "utf8")) as Record<string, readonly Sketch[]>;
const isStack = ({ type }: Sketch) => type.startsWith("pulumi:pulumi:");

for (const [prefix, sketches] of Object.entries(declared)) {
  const made = new Map<string, pulumi.CustomResource>();
  for (const sketch of sketches.filter((each) => !isStack(each))) {
    const name = sketch.name ?? sketch.type.split(":").at(-1) ?? "";
    made.set(name, register(`${prefix}-${name}`, sketch, made));
  }
}

function register(
  name: string,
  { type, props, protect, additionalSecretOutputs, sources = {} }: Sketch,
  made: ReadonlyMap<string, pulumi.CustomResource>,
): pulumi.CustomResource {
  const inputs: Props = { ...props };
  for (const [property, names] of Object.entries(sources)) {
    const ids = names.map((each) => made.get(each)?.id);
    inputs[property] =
      property === "dimensions" ? { id: ids[0] } : property === "alarmActions" ? ids : ids[0];
  }
  const provider = type.match(/^pulumi:providers:(.*)$/)?.[1];
  if (provider) return new Provider(provider, name, inputs);
  return new Thing(type, name, inputs, {
    ...(protect === undefined ? {} : { protect }),
    ...(additionalSecretOutputs && { additionalSecretOutputs: [...additionalSecretOutputs] }),
  });
}

export const outputs = Object.values(declared)
  .flat()
  .filter(isStack)
  .map(({ props }) => props);
