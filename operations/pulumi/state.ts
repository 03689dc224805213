/** A stack's state as the backend holds it, secrets encrypted. */
import { z } from "zod";
import { readJson } from "../../toolkit/json.ts";
import { output, type Pulumi } from "./cli.ts";

const resource = z.looseObject({
  urn: z.string(),
  type: z.string().default(""),
  custom: z.boolean().default(false),
});

const stateSchema = z.object({
  deployment: z
    .object({
      resources: z.array(resource).default([]),
      pending_operations: z.array(z.object({ type: z.string().default(""), resource })).default([]),
    })
    .nullish(),
});

export type StateResource = z.output<typeof resource>;

export interface State {
  readonly resources: readonly StateResource[];
  /** What was being done when an update was cut off: whether it took effect, nobody knows. */
  readonly pending: readonly { readonly type: string; readonly resource: StateResource }[];
}

/** @throws StackError where the stack can't be read */
export async function readState(pulumi: Pulumi): Promise<State> {
  return stateFrom(await output(pulumi, "stack", "export"));
}

/** @param exported what `pulumi stack export` prints */
export function stateFrom(exported: string): State {
  const { deployment } = readJson(stateSchema, exported);
  return { resources: deployment?.resources ?? [], pending: deployment?.pending_operations ?? [] };
}

/** Whether there is anything on a platform. A stack that was destroyed has nothing, as has one in the wrong backend. */
export function isEmpty({ resources }: State): boolean {
  return !resources.some(({ type, custom }) => custom && !type.startsWith("pulumi:"));
}
