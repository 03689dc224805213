/** The rules and routes of another version of this project, as its own program renders them. */
import { join } from "node:path";
import { environmentOf } from "../../settings/stack-name.ts";
import { messageOf } from "../../toolkit/error-message.ts";
import { Failure } from "../../toolkit/failure.ts";
import { withTemporaryFolder } from "../../toolkit/temporary-folder.ts";
import { checkOutBase, type Side, sideOf } from "../review/side.ts";
import { type Rules, rulesFrom } from "./rules.ts";

export interface Version {
  readonly rules: Rules;
  /** Of whichever Alertmanager tells people. */
  readonly alertmanager: string;
  readonly thresholds: Side["thresholds"];
}

/**
 * The version at which this branch left its base.
 * @throws Failure with what git or the program says
 */
export function sideAt(base: string, stack: string): Promise<Side> {
  return withTemporaryFolder("replay-base", async (scratch) => {
    const folder = join(scratch, "base");
    try {
      await checkOutBase(base, folder);
      return await sideOf(folder, environmentOf(stack), join(scratch, "side"));
    } catch (error) {
      throw new Failure(`--base ${base} can't be compared with: ${messageOf(error)}`);
    }
  });
}

/** @param interval milliseconds, of groups that say none */
export function versionOf({ files, thresholds }: Side, interval: number): Version {
  const below = (path: string) => Object.entries(files).filter(([name]) => name.startsWith(path));
  const [alertmanager = ""] = below("alertmanager/").flatMap(([name, text]) =>
    name.endsWith(".yml") ? [text] : [],
  );
  const rules = rulesFrom(Object.fromEntries(below("prometheus/rules/")), interval);
  return { rules, alertmanager, thresholds };
}
