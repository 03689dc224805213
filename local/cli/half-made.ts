/**
 * What an engine that was killed may have made without knowing it. In a cloud that is for a person to sort out. Here
 * everything belongs to the local stack, so it is all removed, and `up` starts over.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { LOCAL_STACK, PROJECT } from "../../settings/stack-name.ts";
import { readJson } from "../../toolkit/json.ts";
import type { StatePaths } from "../host/state-folder.ts";

const stateSchema = z.object({
  checkpoint: z.object({
    latest: z
      .object({
        pending_operations: z
          .array(z.object({ type: z.string(), resource: z.object({ urn: z.string(), custom: z.boolean() }) }))
          .optional(),
      })
      .nullish(),
  }),
});

/** Where the file backend keeps the stack's state. */
export function stateFile({ backend }: StatePaths): string {
  return path.join(backend, ".pulumi", "stacks", PROJECT, `${LOCAL_STACK}.json`);
}

/** Whether a platform may hold a resource that the engine does not know of. */
export async function isHalfMade(paths: StatePaths): Promise<boolean> {
  const { checkpoint } = readJson(stateSchema, await readFile(stateFile(paths), "utf8"));
  const pending = checkpoint.latest?.pending_operations ?? [];
  return pending.some(({ type, resource }) => type === "creating" && resource.custom);
}
