/** A fault of the simulated AgentPay, and the parameters that faults have in common. */
import { z } from "zod";
import type { Conditions } from "./conditions.ts";

/** A way for AgentPay to break: what happens, and how it changes the conditions. */
export interface Fault {
  readonly title: string;
  /** Strict schema of the fault's own parameters, all of which have defaults. */
  readonly parameters: z.ZodObject;
  /** @throws z.ZodError when a parameter is unknown or out of range. */
  readonly effect: (parameters: unknown) => (conditions: Conditions) => void;
}

export function fault<Shape extends z.ZodRawShape>(
  title: string,
  shape: Shape,
  change: (conditions: Conditions, parameters: z.output<z.ZodObject<Shape, z.core.$strict>>) => void,
): Fault {
  const parameters = z.strictObject(shape);
  return {
    title,
    parameters,
    effect: (given) => {
      const values = parameters.parse(given);
      return (conditions) => change(conditions, values);
    },
  };
}

export const ratio = (usual: number) => z.number().gt(0).max(1).default(usual);
export const factor = (usual: number) => z.number().gt(0).max(100_000).default(usual);
export const rate = (usual: number) => z.number().gt(0).max(1000).default(usual);
export const seconds = (usual: number) => z.number().gt(0).max(86_400).default(usual);
