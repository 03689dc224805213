import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { handler, observed } from "../handler.ts";
import { physicalName } from "../names.ts";
import { region, text } from "../schema.ts";
import { logGroupCharacters, logGroupName } from "./log-group.ts";

/** The emulator has none: they live in the stand-in's store. */
const kind = "query-definition";

const inputs = z.strictObject({
  name: text(1, 255)
    .regex(/^[^:*/]+(\/[^:*/]+)*$/, "must not hold : or *, nor begin or end with /")
    .optional(),
  logGroupNames: z
    .array(text(1, 512).regex(logGroupName, logGroupCharacters))
    .max(50, "must name at most 50")
    .optional(),
  queryString: text(1, 10_000),
  region: region().optional(),
});

type Inputs = z.output<typeof inputs>;

export function queryDefinition(connection: Connection) {
  async function outputs(id: string, name: string, given: Inputs) {
    const place = given.region ?? connection.region;
    const { accountId } = await connection.caller();
    const arn = `arn:aws:logs:${place}:${accountId}:query-definition:${id}`;
    return { name, queryDefinitionId: id, arn, region: place };
  }

  return handler({
    inputs,
    replaceOn: ["region"],

    async create(given, logicalName) {
      const id = randomUUID();
      const name = physicalName(given, logicalName);
      connection.store.set(kind, id, { ...given, name });
      return { id, outputs: await outputs(id, name, given) };
    },

    async read(id, last) {
      const kept = connection.store.get(kind, id) as (Inputs & { name: string }) | undefined;
      if (kept === undefined) return undefined;
      return {
        inputs: observed(last.inputs, kept, { computed: ["name"] }),
        outputs: await outputs(id, kept.name, kept),
      };
    },

    async update(id, given, last) {
      const name = given.name ?? String(last.outputs["name"]);
      connection.store.set(kind, id, { ...given, name });
      return outputs(id, name, given);
    },

    async delete(id) {
      connection.store.delete(kind, id);
    },
  });
}
