/** Sections of the settings: a map of keys, and a platform that can be switched off. */
import { z } from "zod";

const MAP = "a map of keys";

export const section = <Shape extends z.ZodRawShape>(shape: Shape) => z.strictObject(shape, MAP);

/** A platform that a stack can switch off: the values of its other keys then don't matter. */
export const platform = <Shape extends z.ZodRawShape>(shape: Shape) => {
  const ignored = Object.fromEntries(Object.keys(shape).map((key) => [key, z.unknown().optional()]));
  return z.discriminatedUnion(
    "enabled",
    [
      z.strictObject({ enabled: z.literal(true), ...shape }),
      z
        .strictObject({ enabled: z.literal(false), ...ignored })
        .transform(() => ({ enabled: false as const })),
    ],
    { error: ({ code }) => (code === "invalid_union" ? "true or false" : MAP) },
  );
};
