import type { ChildProcess } from "node:child_process";

/** Far above what any command needs between two lines, also those that say nothing before their end. */
export const HUNG_SECONDS = 900;

/** Ends a command that has hung: one that says nothing for a quarter of an hour, however long it takes as a whole. */
export function endWhenSilent(child: ChildProcess): void {
  const timer = setTimeout(() => child.kill(), HUNG_SECONDS * 1000);
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", () => timer.refresh());
  child.once("close", () => clearTimeout(timer));
}
