/**
 * Property values as they travel between the engine and a provider. Secrets arrive wrapped in an object with a
 * signature, values not known yet (at preview) as one reserved string.
 */

/** Plain property values, with secrets unwrapped and unknown values absent. */
export type Properties = Record<string, unknown>;

/** The way to a value in its object, such as `["rules", 0, "name"]`. */
export type Path = readonly PropertyKey[];

/** Member by which the engine tells secrets, assets and archives from plain objects. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Stands for a string that only exists once another resource was made. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Shorter secrets (`admin`) are too common in ordinary text to be recognised there. */
const RECOGNISABLE_LENGTH = 8;

interface Secret {
  readonly [SIGNATURE]: typeof SECRET;
  readonly value: unknown;
}

export function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isSecret(value: unknown): value is Secret {
  return isObject(value) && value[SIGNATURE] === SECRET;
}

export function secret(value: unknown): Secret {
  return { [SIGNATURE]: SECRET, value };
}

/** A copy with every leaf, secret and container passed through `change`, from the outside in. */
export function mapChildren(value: unknown, change: (child: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(change);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, change(child)]));
}

/** The plain values, secrets in clear. */
export function unwrap(value: unknown): unknown {
  return isSecret(value) ? unwrap(value.value) : mapChildren(value, unwrap);
}

export function unwrapProperties(properties: Properties): Properties {
  return unwrap(properties) as Properties;
}

/** Without the members that are null or undefined, which the engine treats as absent. */
export function compact(properties: Properties): Properties {
  return compactValue(properties) as Properties;
}

function compactValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(compactValue);
  if (!isObject(value)) return value;
  const present = Object.entries(value).filter(([, child]) => child !== undefined && child !== null);
  return Object.fromEntries(present.map(([name, child]) => [name, compactValue(child)]));
}

/**
 * Inputs without what an official plugin has added to them: it keeps its defaults among them, and their names as
 * `__defaults`. So a stand-in can go on with a state that a plugin has read.
 */
export function withoutDefaults(inputs: Properties): Properties {
  return withoutDefault(inputs) as Properties;
}

function withoutDefault(value: unknown): unknown {
  if (!isObject(value) || !Array.isArray(value["__defaults"])) return mapChildren(value, withoutDefault);
  const added = new Set<unknown>([...value["__defaults"], "__defaults"]);
  const given = Object.entries(value).filter(([name]) => !added.has(name));
  return mapChildren(Object.fromEntries(given), withoutDefault);
}

export function containsSecret(value: unknown): boolean {
  if (isSecret(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(containsSecret);
}

/**
 * `value` with secrets where `like` has them. A list that changed its length may have moved its secrets, so all
 * its elements become secret.
 */
export function rewrap(value: unknown, like: unknown): unknown {
  if (value === undefined || isSecret(value)) return value;
  if (isSecret(like)) return secret(value);
  if (Array.isArray(value) && Array.isArray(like)) {
    const moved = value.length !== like.length && containsSecret(like);
    return value.map((element, index) => (moved ? secret(element) : rewrap(element, like[index])));
  }
  if (isObject(value) && isObject(like)) return rewrapProperties(value, like);
  return value;
}

export function rewrapProperties(properties: Properties, like: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [name, rewrap(value, like[name])]),
  );
}

/** Every text below a secret, in clear, longest first. */
export function secretTexts(...values: readonly unknown[]): readonly string[] {
  const texts = new Set<string>();
  const collect = (value: unknown, inside: boolean): void => {
    if (typeof value === "string" && inside && value !== "") texts.add(value);
    if (typeof value !== "object" || value === null) return;
    const children = isSecret(value) ? [value.value] : Object.values(value);
    for (const child of children) collect(child, inside || isSecret(value));
  };
  for (const value of values) collect(value, false);
  return [...texts].sort((left, right) => right.length - left.length);
}

/** The message with the secrets in it taken out. */
export function redact(message: string, secrets: readonly string[], shortest = RECOGNISABLE_LENGTH): string {
  return secrets
    .filter((text) => text.length >= shortest)
    .reduce((text, hidden) => text.replaceAll(hidden, "[secret]"), message);
}

/** A copy in which every text that holds a known secret became a secret: platforms echo what they were given. */
export function sealKnown(value: unknown, secrets: readonly string[]): unknown {
  if (isSecret(value)) return value;
  if (typeof value === "string") return redact(value, secrets) === value ? value : secret(value);
  return mapChildren(value, (child) => sealKnown(child, secrets));
}

/** Where the unknown values of unwrapped properties are. */
export function unknownPaths(value: unknown, path: Path = []): readonly Path[] {
  if (value === UNKNOWN) return [path];
  if (Array.isArray(value)) return value.flatMap((child, index) => unknownPaths(child, [...path, index]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, child]) => unknownPaths(child, [...path, name]));
}

/** Unwrapped properties with the unknown values undefined. Lists keep their length. */
export function withoutUnknowns(properties: Properties): Properties {
  const blank = (value: unknown): unknown => (value === UNKNOWN ? undefined : mapChildren(value, blank));
  return blank(properties) as Properties;
}
