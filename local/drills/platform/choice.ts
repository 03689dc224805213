/** Names of faults -> the faults. Pure. */
import type { PlatformFault } from "./faults/fault.ts";
import { platformFaults } from "./faults/index.ts";

/** All faults where no name is given. @throws for names that there are not, all at once */
export function chosenFaults(names: readonly string[]): readonly PlatformFault[] {
  const known = platformFaults.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Error(`no fault is called ${unknown.join(" or ")}. There are: ${known.join(", ")}`);
  }
  return names.length === 0 ? platformFaults : platformFaults.filter(({ name }) => names.includes(name));
}
