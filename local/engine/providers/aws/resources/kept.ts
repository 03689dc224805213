import type { z } from "zod";
import type { Properties } from "../../../resource.ts";
import type { Connection } from "../connection.ts";
import { handler, observed } from "../handler.ts";
import { physicalName } from "../names.ts";

type Named = Properties & { readonly name?: string | undefined };

interface Kept<Schema extends z.ZodType<Named>> {
  /** Where the store has them. */
  readonly kind: string;
  readonly inputs: Schema;
  readonly replaceOn: readonly (keyof z.output<Schema> & string)[];
  /** The id of a new one. @throws what the service would refuse only then */
  readonly makeId: (inputs: z.output<Schema>) => Promise<string>;
  readonly outputs: (id: string, inputs: z.output<Schema>) => Promise<Properties> | Properties;
}

/** A resource that the emulator lacks as a whole: it lives in the stand-in's store. */
export function keptResource<Schema extends z.ZodType<Named>>(
  { store }: Connection,
  { kind, inputs, replaceOn, makeId, outputs }: Kept<Schema>,
) {
  type Inputs = z.output<Schema>;
  const allOutputs = async (id: string, name: string, given: Inputs) => ({
    ...(await outputs(id, given)),
    name,
  });

  return handler<Schema>({
    inputs,
    replaceOn,

    async create(given, logicalName) {
      const id = await makeId(given);
      const name = physicalName(given, logicalName);
      store.set(kind, id, { ...given, name });
      return { id, outputs: await allOutputs(id, name, given) };
    },

    async read(id, last) {
      const kept = store.get(kind, id) as (Inputs & { name: string }) | undefined;
      if (kept === undefined) return undefined;
      return {
        inputs: observed<Properties>(last.inputs, kept, { computed: ["name"] }),
        outputs: await allOutputs(id, kept.name, kept),
      };
    },

    async update(id, given, last) {
      const name = given.name ?? String(last.outputs["name"]);
      store.set(kind, id, { ...given, name });
      return allOutputs(id, name, given);
    },

    async delete(id) {
      store.delete(kind, id);
    },
  });
}
