import {
  DeleteIdentityCommand,
  GetIdentityVerificationAttributesCommand,
  VerifyEmailIdentityCommand,
} from "@aws-sdk/client-ses";
import { z } from "zod";
import type { Connection } from "../connection.ts";
import { handler, observed } from "../handler.ts";
import { email, region } from "../schema.ts";

const inputs = z.strictObject({ email, region: region().optional() });
type Inputs = z.output<typeof inputs>;

/** An address that mail may be sent from. AWS asks its owner; the emulator takes it at once. */
export function emailIdentity(connection: Connection) {
  const ses = (given: Inputs) => connection.client("ses", given.region);

  async function exists(address: string, given: Inputs): Promise<boolean> {
    const command = new GetIdentityVerificationAttributesCommand({ Identities: [address] });
    return (await ses(given).send(command)).VerificationAttributes?.[address] !== undefined;
  }

  const outputs = async (address: string, given: Inputs) => {
    const { accountId } = await connection.caller();
    return { arn: `arn:aws:ses:${given.region ?? connection.region}:${accountId}:identity/${address}` };
  };

  return handler({
    inputs,
    replaceOn: ["email", "region"],

    async create(given) {
      await ses(given).send(new VerifyEmailIdentityCommand({ EmailAddress: given.email }));
      return { id: given.email, outputs: await outputs(given.email, given) };
    },

    async read(id, last) {
      if (!(await exists(id, last.inputs))) return undefined;
      return {
        inputs: observed(last.inputs, { email: id, region: last.inputs.region }),
        outputs: await outputs(id, last.inputs),
      };
    },

    update: (id, given) => outputs(id, given),

    async delete(id, last) {
      await ses(last.inputs).send(new DeleteIdentityCommand({ Identity: id }));
    },
  });
}
