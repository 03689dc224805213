/** Inputs of `docker.Container` with every rule on them, and which of them replace the container. */
import type { z } from "zod";
import { containerRules, type Rule } from "./container-rules.ts";
import { type ContainerInputs, shape } from "./container-shape.ts";

/** The inputs with one rule more. A rule whose own inputs are well-formed runs, so that one report holds all mistakes. */
export function ruled<Schema extends z.ZodType<ContainerInputs>>(schema: Schema, rule: Rule): Schema {
  return schema.superRefine(
    (inputs, context) => {
      for (const { path, message } of rule.mistakes(inputs))
        context.addIssue({ code: "custom", path: [...path], message });
    },
    { when: ({ issues }) => !issues.some((issue) => rule.needs.some((name) => name === issue.path?.[0])) },
  );
}

export const containerInputs = containerRules.reduce(ruled, shape);

/**
 * The inputs that the official provider changes on a living container, or keeps to itself. A change of any other
 * replaces the container.
 */
const CHANGEABLE: ReadonlySet<string> = new Set<keyof ContainerInputs>([
  "containerReadRefreshTimeoutMilliseconds",
  "cpuPeriod",
  "cpuQuota",
  "cpuSet",
  "cpuShares",
  "destroyGraceSeconds",
  "healthcheck",
  "init",
  "maxRetryCount",
  "memory",
  "memoryReservation",
  "memorySwap",
  "mustRun",
  "removeVolumes",
  "restart",
  "start",
  "tmpfs",
  "wait",
  "waitTimeout",
]);

export const containerReplaceOn = Object.keys(shape.shape).filter(
  (name) => !CHANGEABLE.has(name),
) as (keyof ContainerInputs)[];
