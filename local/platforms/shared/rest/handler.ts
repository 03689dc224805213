import type { z } from "zod";
import type { Properties } from "../../../../toolkit/property-values.ts";
import type { ConnectedPackage, ResourceHandler } from "../../../host/resource.ts";

type Definition<Schema extends z.ZodType<Properties>> = Omit<ResourceHandler<z.output<Schema>>, "inputs"> & {
  readonly inputs: Schema;
};

/** Gives the methods of a handler the type of its schema. */
export function handler<Schema extends z.ZodType<Properties>>(definition: Definition<Schema>): AnyHandler {
  // A handler only ever sees inputs that its own schema let through.
  return definition as unknown as AnyHandler;
}

export type AnyHandler = ConnectedPackage["resources"][string];
