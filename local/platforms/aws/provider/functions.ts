/** The official provider's look-ups that our program uses. */
import { z } from "zod";
import type { Properties } from "../../../../toolkit/property-values.ts";
import type { FunctionHandler } from "../../../host/resource.ts";
import type { Connection } from "./connection.ts";
import { renderPolicyDocument } from "./render-policy-document.ts";
import { region } from "./schema.ts";

/** Gives a function the check of its arguments. */
export function checked<Schema extends z.ZodType<Properties>>(
  name: string,
  schema: Schema,
  answer: (args: z.output<Schema>) => Promise<Properties>,
): FunctionHandler {
  return (args) => {
    const result = schema.safeParse(args);
    if (!result.success) {
      const problems = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
      throw new Error(`${name}: ${problems.join("; ")}`);
    }
    return answer(result.data);
  };
}

export function getCallerIdentity(connection: Connection): FunctionHandler {
  const args = z.strictObject({ id: z.string().optional() });
  return checked("getCallerIdentity", args, async () => {
    const caller = await connection.caller();
    return { ...caller, id: caller.accountId };
  });
}

/** Places of the regions that people use most; others are described by their name. */
const descriptions: Readonly<Record<string, string>> = {
  "ap-northeast-1": "Asia Pacific (Tokyo)",
  "ap-southeast-1": "Asia Pacific (Singapore)",
  "ap-southeast-2": "Asia Pacific (Sydney)",
  "eu-central-1": "Europe (Frankfurt)",
  "eu-west-1": "Europe (Ireland)",
  "eu-west-2": "Europe (London)",
  "us-east-1": "US East (N. Virginia)",
  "us-east-2": "US East (Ohio)",
  "us-west-1": "US West (N. California)",
  "us-west-2": "US West (Oregon)",
};

export function getRegion(connection: Connection): FunctionHandler {
  const args = z.strictObject({
    endpoint: z.string().optional(),
    id: z.string().optional(),
    name: region().optional(),
    region: region().optional(),
  });
  return checked("getRegion", args, async (given) => {
    const fromEndpoint = /^(?:ec2\.)?([a-z0-9-]+)\.amazonaws\.com$/.exec(given.endpoint ?? "")?.[1];
    const name = given.region ?? given.name ?? fromEndpoint ?? connection.region;
    const description = descriptions[name] ?? name;
    return { id: name, name, region: name, endpoint: `ec2.${name}.amazonaws.com`, description };
  });
}

export const getPolicyDocument: FunctionHandler = async (args) => renderPolicyDocument(args);
