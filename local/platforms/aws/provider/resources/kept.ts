import type { z } from "zod";
import type { Properties } from "../../../../../toolkit/property-values.ts";
import type { Taken } from "../../../../host/resource.ts";
import type { Connection } from "../connection.ts";
import { handler, observed } from "../handler.ts";
import { physicalName } from "../names.ts";

type Named = Properties & { readonly name?: string | undefined };

interface Kept<Schema extends z.ZodType<Named>> {
  /** Where the store has them. */
  readonly kind: string;
  readonly inputs: Schema;
  readonly replaceOn: readonly (keyof z.output<Schema> & string)[];
  /** Whether a name is among its inputs. Default: yes; without, it has one in the store alone. */
  readonly named?: boolean;
  /** What an import's id says. Default: it is the resource's own. */
  readonly taken?: (id: string) => Taken;
  /** The id of a new one. @throws what the service would refuse only then */
  readonly makeId: (inputs: z.output<Schema>) => Promise<string>;
  readonly outputs: (id: string, inputs: z.output<Schema>) => Promise<Properties> | Properties;
  readonly work?: Work<z.output<Schema>>;
}

/** What puts a resource to work, where the local stack has something that does. */
export interface Work<Inputs> {
  /** @throws where it is refused */
  readonly begin: (id: string, inputs: Inputs) => Promise<void>;
  readonly end: (id: string) => Promise<void>;
}

/** A resource that the emulator lacks as a whole: it lives in the stand-in's store. */
export function keptResource<Schema extends z.ZodType<Named>>(
  { store }: Connection,
  { kind, inputs, replaceOn, named = true, taken, makeId, outputs, work }: Kept<Schema>,
) {
  type Inputs = z.output<Schema>;
  const allOutputs = async (id: string, name: string, given: Inputs) => ({
    ...(await outputs(id, given)),
    name,
  });

  return handler<Schema>({
    inputs,
    replaceOn,
    ...(taken && { taken }),

    async create(given, logicalName) {
      const id = await makeId(given);
      const name = physicalName(given, logicalName);
      await work?.begin(id, given);
      store.set(kind, id, { ...given, name });
      return { id, outputs: await allOutputs(id, name, given) };
    },

    async read(id, last) {
      const kept = store.get(kind, id) as (Inputs & { name: string }) | undefined;
      if (kept === undefined) return undefined;
      const { name, ...unnamed } = kept;
      return {
        inputs: observed<Properties>(last.inputs, named ? kept : unnamed, { computed: ["name"] }),
        outputs: await allOutputs(id, name, kept),
      };
    },

    async update(id, given, last) {
      const name = given.name ?? String(last.outputs["name"]);
      await work?.begin(id, given);
      store.set(kind, id, { ...given, name });
      return allOutputs(id, name, given);
    },

    async delete(id) {
      await work?.end(id);
      store.delete(kind, id);
    },
  });
}

type Placed = Named & { readonly region?: string | undefined };

interface KeptOf<Owner extends string, Given extends Placed & Record<Owner, string>> {
  readonly kind: string;
  readonly inputs: z.ZodType<Given>;
  /** The input that names the other one. */
  readonly owner: Owner;
  /** @throws where there is no such other one */
  readonly requireOwner: (connection: Connection, id: string) => void;
  /** Outputs besides the region. Default: none. */
  readonly outputs?: Properties;
  readonly work?: Work<Given>;
}

/** What another resource has one of at most: it goes by the other's id. */
export function keptOf<Owner extends string, Given extends Placed & Record<Owner, string>>(
  connection: Connection,
  { kind, inputs, owner, requireOwner, outputs = {}, work }: KeptOf<Owner, Given>,
) {
  return keptResource(connection, {
    kind,
    inputs,
    replaceOn: [owner, "region"],
    named: false,
    async makeId(given) {
      requireOwner(connection, given[owner]);
      return given[owner];
    },
    outputs: (_, given) => ({ ...outputs, region: given.region ?? connection.region }),
    ...(work && { work }),
  });
}
