/** A stack's own file: Pulumi.<stack>.yaml. */
import { readdirSync } from "node:fs";
import { join } from "node:path";

export function stackFile(folder: string, stack: string): string {
  return join(folder, `Pulumi.${stack}.yaml`);
}

/** Names of the stacks that have a file: no name of ours has a dot. */
export function stacksIn(folder: string): readonly string[] {
  // Listed, not looked up: there are file systems that take Production for production.
  return readdirSync(folder).flatMap((file) => /^Pulumi\.([^.]+)\.yaml$/.exec(file)?.[1] ?? []);
}
