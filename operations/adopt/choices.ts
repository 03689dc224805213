/** What people have decided of single resources. */
import type { Planned, Seen } from "./finder.ts";

export interface Choices {
  /** By the name of a resource, by what its provider imports the one to take: one of several, or one of another name. */
  readonly chosen: ReadonlyMap<string, string>;
  /** Names of resources that are not looked for, and so made. One that ends in `*` is the beginning of names. */
  readonly made: ReadonlySet<string>;
}

export function isMade(name: string, { made }: Choices): boolean {
  return [...made].some((each) => (each.endsWith("*") ? name.startsWith(each.slice(0, -1)) : each === name));
}

/** A file of ours has no room for two of one name: which, people say. */
export function choose(
  { name }: Planned,
  seen: Seen | undefined,
  { chosen }: Choices,
): { readonly ids: readonly string[]; readonly conflict?: string } {
  const choice = chosen.get(name);
  if (choice !== undefined) return { ids: [choice] };
  if (seen === undefined) return { ids: [] };
  if (seen.conflict !== undefined) return { ids: [], conflict: seen.conflict };
  if (seen.ids.length <= 1) return { ids: seen.ids };
  const how = `choose one with --choose '${name}=<id>', or remove the others`;
  return { ids: [], conflict: `${seen.ids.length} are there: ${seen.ids.join(", ")}; ${how}` };
}
