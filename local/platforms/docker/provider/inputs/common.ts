/** Pieces that the inputs of several Docker resources share. */
import { z } from "zod";

/** Names Docker accepts for containers, networks and volumes. */
export const objectName = z
  .string()
  .regex(
    /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/,
    "must be two or more of a-z A-Z 0-9 _ . - and start with a letter or digit",
  );

export const absolutePath = z
  .string()
  .regex(/^\/(?!.*(^|\/)\.\.(\/|$))/, "must be an absolute path without ..");

export const labels = z.array(z.strictObject({ label: z.string().min(1), value: z.string() }));

export const options = z.record(z.string(), z.string());

/** Labels as the Docker API has them. */
export function labelMap(list: z.infer<typeof labels> | undefined): Record<string, string> {
  return Object.fromEntries((list ?? []).map(({ label, value }) => [label, value]));
}

/** An official input that the local stack does not act on: refused, rather than silently ignored. */
export const unsupported = z
  .undefined({ error: "is not supported by the local stack's Docker provider" })
  .optional();
