import { z } from "zod";
import type { Connection } from "../connection.ts";
import { handler, observed } from "../handler.ts";
import { arn, refused, region, text, wholeNumber } from "../schema.ts";
import type { Store } from "../store.ts";
import { findFunction } from "./function.ts";

const kind = "function-event-invoke-config";

const destination = z.strictObject({ destination: arn }).optional();

const inputs = z.strictObject({
  destinationConfig: z.strictObject({ onFailure: destination, onSuccess: destination }).optional(),
  functionName: text(1, 140),
  maximumEventAgeInSeconds: wholeNumber(60, 21_600).optional(),
  maximumRetryAttempts: wholeNumber(0, 2).default(2),
  qualifier: refused("functions here have no versions"),
  region: region().optional(),
});
export type EventInvokeConfig = z.output<typeof inputs>;

/** What happens to invocations of a function that nobody waits for. */
export function findEventInvokeConfig(store: Store, functionArn: string): EventInvokeConfig | undefined {
  return store.get(kind, functionArn) as EventInvokeConfig | undefined;
}

/** Kept where functions are. Its id is the function's name. */
export function functionEventInvokeConfig(connection: Connection) {
  const { store } = connection;

  async function key({ functionName, region: place }: EventInvokeConfig): Promise<string> {
    const { accountId } = await connection.caller();
    return `arn:aws:lambda:${place ?? connection.region}:${accountId}:function:${functionName}`;
  }

  async function keep(given: EventInvokeConfig): Promise<void> {
    const functionArn = await key(given);
    if (!findFunction(store, functionArn)) throw new Error(`Function not found: ${functionArn}`);
    store.set(kind, functionArn, given);
  }

  return handler({
    inputs,
    replaceOn: ["functionName", "region"],
    deleteBeforeReplace: true,

    async create(given) {
      await keep(given);
      return { id: given.functionName, outputs: {} };
    },

    taken: (id) => ({ id, inputs: { functionName: id } }),

    async read(_id, last) {
      const kept = findEventInvokeConfig(store, await key(last.inputs));
      return kept && { inputs: observed(last.inputs, kept), outputs: {} };
    },

    async update(_id, given) {
      await keep(given);
      return {};
    },

    async delete(_id, last) {
      store.delete(kind, await key(last.inputs));
    },
  });
}
