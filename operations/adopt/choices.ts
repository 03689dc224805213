/** What people have decided of single resources. */
import { Failure } from "../../toolkit/failure.ts";
import type { Planned, Seen } from "./finder.ts";

export interface Choices {
  /** By the name of a resource, by what its provider imports the one to take: one of several, or one of another name. */
  readonly chosen: ReadonlyMap<string, string>;
  /** Names of resources that are not looked for, and so made. One that ends in `*` is the beginning of names. */
  readonly made: ReadonlySet<string>;
}

export function isMade(name: string, { made }: Choices): boolean {
  return [...made].some((each) => isMeant(name, each));
}

function isMeant(name: string, given: string): boolean {
  return given.endsWith("*") ? name.startsWith(given.slice(0, -1)) : name === given;
}

/** @param names of all resources of the program. @throws Failure where a decision is about none of them */
export function refuseUnknown(names: readonly string[], { chosen, made }: Choices): void {
  const unknown = [
    ...[...chosen.keys()].filter((given) => !names.includes(given)),
    ...[...made].filter((given) => !names.some((name) => isMeant(name, given))),
  ];
  if (unknown.length === 0) return;
  throw new Failure(
    `The program has no resource of this name: ${unknown.join(", ")}. The table has the names: run it without --choose and --make`,
  );
}

/** A file of ours has no room for two of one name: which, people say. */
export function choose(
  { name }: Planned,
  seen: Seen | undefined,
  { chosen }: Choices,
): Pick<Seen, "ids" | "conflict" | "isGuess"> {
  const choice = chosen.get(name);
  if (choice !== undefined) {
    const isHeld = seen?.isOnly && seen.ids.length > 0 && !seen.ids.includes(choice);
    if (!isHeld) return { ids: [choice] };
    return { ids: [], conflict: `${seen.ids.join(", ")} has its name: rename that one, or choose it` };
  }
  if (seen === undefined) return { ids: [] };
  if (seen.conflict !== undefined) return { ids: [], conflict: seen.conflict };
  if (seen.ids.length <= 1) return { ids: seen.ids, ...(seen.isGuess && { isGuess: true }) };
  const how = `choose one with --choose '${name}=<id>', or remove the others`;
  return { ids: [], conflict: `${seen.ids.length} are there: ${seen.ids.join(", ")}; ${how}` };
}
