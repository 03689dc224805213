/** How what is on a platform already is found, by what the program knows it by: its name, slug, uid or address. */
import { type Properties, UNKNOWN } from "../../toolkit/property-values.ts";
import type { Stack } from "../verify/stack.ts";

/** A resource that the program would make. */
export interface Planned {
  readonly urn: string;
  readonly type: string;
  /** Its name in the program. */
  readonly name: string;
  /** URN of the component that it is in; undefined for the stack itself. */
  readonly parent: string | undefined;
  /** URN of its provider; undefined for a component. */
  readonly provider: string | undefined;
  /** Secrets in clear, what is not known yet as {@link UNKNOWN}. */
  readonly inputs: Properties;
  /** Inputs and outputs that the program keeps secret. */
  readonly secrets: readonly string[];
}

export interface Search extends Pick<Stack, "settings" | "secrets"> {
  readonly signal: AbortSignal;
}

/** What a finder has seen of a resource. */
export interface Seen {
  /** By what its provider imports each candidate. */
  readonly ids: readonly string[];
  /** Nobody has looked: whether the one is there, its provider says as it reads it. Default: it was seen. */
  readonly isGuess?: true;
  /** Its platform gives the name to one alone, so that another can't get it while these have it. Default: to any number. */
  readonly isOnly?: true;
  /** Why it can't be adopted though something is in its place, for people. */
  readonly conflict?: string;
  /** What else people should know, such as one that is like it and stays. */
  readonly note?: string;
}

/** Looks and never changes anything. @throws where the platform can't be asked */
export type Finder = (planned: Planned, search: Search) => Promise<Seen>;

/** Finders by the types of resources. */
export type Finders = Readonly<Record<string, Finder>>;

export const NOTHING: Seen = { ids: [] };

/** What its provider finds by that, where it is there. */
export function guess(id: string): Seen {
  return { ids: [id], isGuess: true };
}

/** An input that is a text and known. */
export function known({ inputs }: Planned, name: string): string | undefined {
  const value = inputs[name];
  return typeof value === "string" && !value.includes(UNKNOWN) ? value : undefined;
}

/** A finder of what is known by these inputs; while one of them is unknown, nothing can be there. */
export function by<Name extends string>(
  names: readonly Name[],
  find: (values: Readonly<Record<Name, string>>, planned: Planned, search: Search) => Promise<Seen> | Seen,
): Finder {
  return async (planned, search) => {
    const values = names.map((name) => [name, known(planned, name)] as const);
    if (values.some(([, value]) => value === undefined)) return NOTHING;
    return find(Object.fromEntries(values) as Record<Name, string>, planned, search);
  };
}

/** Whether two names are one to a platform that does not care about their case. */
export function isNamed(name: string | null | undefined, wanted: string): boolean {
  return name?.trim().toLowerCase() === wanted.trim().toLowerCase();
}
