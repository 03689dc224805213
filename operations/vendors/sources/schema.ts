/** The OpenAPI document that a vendor publishes: whether an operation is still in it. */
import { z } from "zod";
import { type Ask, answerOf, type Finding, type Question, type Reliance } from "../reliance.ts";

const document = z.object({
  paths: z.record(
    z.string(),
    z.record(z.string(), z.object({ deprecated: z.boolean().optional() }).or(z.unknown())),
  ),
});

const isDeprecated = (operation: unknown) =>
  z.object({ deprecated: z.literal(true) }).safeParse(operation).success;

export async function askSchema(
  { vendor, file }: Reliance,
  { url, operations }: Extract<Question, { of: "schema" }>,
  ask: Ask,
): Promise<Finding[]> {
  const { paths } = document.parse(await (await answerOf(ask, url)).json());
  return operations.flatMap((operation) => {
    const [method = "", path = ""] = operation.split(" ");
    const found = paths[path]?.[method.toLowerCase()];
    const what = `${vendor}: ${operation}`;
    if (found === undefined) return [{ what, file, text: `is no longer in ${url}` }];
    return isDeprecated(found) ? [{ what, file, text: `is deprecated, says ${url}` }] : [];
  });
}
