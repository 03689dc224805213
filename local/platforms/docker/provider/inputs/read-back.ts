import type { ContainerInputs } from "./container-shape.ts";

/**
 * The inputs as the official provider reads them back, whatever was given: the swap that Docker chose, and no ports of
 * a container that should run and does not. So the next update makes that one again; without a refresh it is started.
 */
export function readBack(found: ContainerInputs, isRunning: boolean): ContainerInputs {
  const { memory = 0, memorySwap = 2 * memory, ports, ...rest } = found;
  return {
    ...rest,
    ...(found.memory !== undefined && { memory }),
    ...(memorySwap !== 0 && { memorySwap }),
    ...(ports && (isRunning || found.mustRun === false) && { ports }),
    ...(isRunning ? {} : { mustRun: false }),
  };
}
