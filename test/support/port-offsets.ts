/**
 * How far the ports of each local stack are shifted that a test brings up: several run side by side, and none may meet, nor
 * reach those from 32768 on, which the system gives away by itself.
 */
import { PORT_OFFSET as official } from "../../local/official/stack.ts";
import { PORT_OFFSET as releases } from "../../local/releases/kept.ts";

export const portOffsets = {
  stack: 11_000,
  delivery: 11_500,
  rotation: 12_000,
  official,
  cortex: 15_000,
  releases,
  cli: 16_000,
  containers: 16_500,
  adopt: 19_000,
  byHand: 19_500,
  workflows: 20_000,
} as const;

/** Of the second environment's servers, which run beside those of the workflows' stack. */
export const STAGING_PORTS_FURTHER = 300;
