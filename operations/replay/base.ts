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
 * @param interval milliseconds, of groups that say none
 * @throws Failure with what git or the program says
 */
export function versionAt(base: string, stack: string, interval: number): Promise<Version> {
  return withTemporaryFolder("replay-base", async (scratch) => {
    const folder = join(scratch, "base");
    const side = await (async () => {
      await checkOutBase(base, folder);
      return sideOf(folder, environmentOf(stack), join(scratch, "side"));
    })().catch((error: unknown) => {
      throw new Failure(`--base ${base} can't be compared with: ${messageOf(error)}`);
    });
    const below = (path: string) =>
      Object.fromEntries(Object.entries(side.files).filter(([name]) => name.startsWith(path)));
    const [alertmanager = ""] = Object.entries(below("alertmanager/")).flatMap(([name, text]) =>
      name.endsWith(".yml") ? [text] : [],
    );
    return {
      rules: rulesFrom(below("prometheus/rules/"), interval),
      alertmanager,
      thresholds: side.thresholds,
    };
  });
}
