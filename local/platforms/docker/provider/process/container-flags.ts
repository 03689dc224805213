/** What only a container can do, and a process can't: refused before anything that runs is replaced by what can't. */
import type { Rule } from "../inputs/container-rules.ts";
import { flagName } from "./plan.ts";
import type { LocalPrograms } from "./programs.ts";

export function flagRule(programs: LocalPrograms): Rule {
  const reasons = new Map(
    Object.values(programs).flatMap(({ image }) => Object.entries(image.containerFlags ?? {})),
  );
  const mistakes = (argument: string, index: number) => {
    const flag = flagName(argument);
    const reason = argument === `${flag}=` ? undefined : reasons.get(flag);
    if (reason === undefined) return [];
    return [
      { path: ["command", index], message: `${flag} can't be used without a Docker Engine: ${reason}` },
    ];
  };
  return { needs: ["command"], mistakes: ({ command = [] }) => command.flatMap(mistakes) };
}
