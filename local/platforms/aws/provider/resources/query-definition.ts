import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { region, text } from "../schema.ts";
import { keptResource } from "./kept.ts";
import { logGroupCharacters, logGroupName } from "./log-group.ts";

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

export function queryDefinition(connection: Connection) {
  return keptResource(connection, {
    kind: "query-definition",
    inputs,
    replaceOn: ["region"],
    taken: (arn) => ({ id: arn.slice(arn.lastIndexOf(":") + 1) }),
    makeId: async () => randomUUID(),
    async outputs(id, given) {
      const place = given.region ?? connection.region;
      const { accountId } = await connection.caller();
      const arn = `arn:aws:logs:${place}:${accountId}:query-definition:${id}`;
      return { queryDefinitionId: id, arn, region: place };
    },
  });
}
