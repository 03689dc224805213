import {
  DeleteFunctionEventInvokeConfigCommand,
  GetFunctionEventInvokeConfigCommand,
  PutFunctionEventInvokeConfigCommand,
} from "@aws-sdk/client-lambda";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { unlessMissing } from "../errors.ts";
import { handler, observed } from "../handler.ts";
import { arn, refused, region, text, wholeNumber } from "../schema.ts";

const destination = z.strictObject({ destination: arn }).optional();

const inputs = z.strictObject({
  destinationConfig: z.strictObject({ onFailure: destination, onSuccess: destination }).optional(),
  functionName: text(1, 140),
  maximumEventAgeInSeconds: wholeNumber(60, 21_600).optional(),
  maximumRetryAttempts: wholeNumber(0, 2).default(2),
  qualifier: refused("functions here have no versions"),
  region: region().optional(),
});
type Inputs = z.output<typeof inputs>;

/** What happens to an invocation that nobody waits for. Its id is the function's name. */
export function functionEventInvokeConfig(connection: Connection) {
  const lambda = (given: Inputs) => connection.client("lambda", given.region);
  const outputs = () => ({});

  async function put(FunctionName: string, given: Inputs) {
    const { onFailure, onSuccess } = given.destinationConfig ?? {};
    await lambda(given).send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName,
        MaximumEventAgeInSeconds: given.maximumEventAgeInSeconds,
        MaximumRetryAttempts: given.maximumRetryAttempts,
        DestinationConfig: {
          ...(onFailure && { OnFailure: { Destination: onFailure.destination } }),
          ...(onSuccess && { OnSuccess: { Destination: onSuccess.destination } }),
        },
      }),
    );
  }

  const remove = (FunctionName: string, given: Inputs) =>
    unlessMissing(lambda(given).send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName })));

  return handler({
    inputs,
    replaceOn: ["functionName", "region"],
    deleteBeforeReplace: true,

    async create(given) {
      await put(given.functionName, given);
      return { id: given.functionName, outputs: outputs() };
    },

    async read(id, last) {
      const command = new GetFunctionEventInvokeConfigCommand({ FunctionName: id });
      const live = await unlessMissing(lambda(last.inputs).send(command));
      if (live === undefined) return undefined;
      const { OnFailure, OnSuccess } = live.DestinationConfig ?? {};
      const destinations = {
        ...(OnFailure?.Destination && { onFailure: { destination: OnFailure.Destination } }),
        ...(OnSuccess?.Destination && { onSuccess: { destination: OnSuccess.Destination } }),
      };
      return {
        inputs: observed(last.inputs, {
          functionName: id,
          destinationConfig: destinations,
          maximumEventAgeInSeconds: live.MaximumEventAgeInSeconds,
          maximumRetryAttempts: live.MaximumRetryAttempts ?? 2,
          region: last.inputs.region,
        }),
        outputs: outputs(),
      };
    },

    async update(id, given) {
      // The emulator keeps the first of what is put.
      await remove(id, given);
      await put(id, given);
      return outputs();
    },

    async delete(id, last) {
      await remove(id, last.inputs);
    },
  });
}
