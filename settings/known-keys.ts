/** Secrets that give themselves away in a text, by the list of catalog/secret-shapes.ts. */
import { secretNames, secretShapes } from "../catalog/secret-shapes.ts";

/** What a platform makes as a key: letters and digits in a jumble, as no name or path has them. */
const KEY = "[A-Za-z0-9+/_=-]{16,}";

interface KnownKey {
  readonly name: string;
  readonly pattern: RegExp;
  /** The part of a match that is the key. */
  readonly keyOf: (match: RegExpMatchArray) => string;
}

const byShape = secretShapes.map(
  ({ name, pattern }): KnownKey => ({ name, pattern: new RegExp(pattern, "g"), keyOf: ([whole]) => whole }),
);

/** `routing_key: 1f..`, `"apiKey":"1f.."`, `?token=1f..`. */
const byName: KnownKey = {
  name: "value of a secret's name",
  pattern: new RegExp(`${secretNames}["'\`]*\\s*[:=]\\s*["'\`]*(${KEY})`, "gi"),
  keyOf: (match) => match[1] ?? "",
};

export const knownKeys: readonly KnownKey[] = [...byShape, byName];

const isKey = (known: KnownKey, match: RegExpMatchArray) => known !== byName || looksMade(known.keyOf(match));

/** Names of the kinds of keys in a text; what a key is called by its name says less than its shape. */
export function keysIn(text: string): readonly string[] {
  const isIn = (known: KnownKey) => [...text.matchAll(known.pattern)].some((match) => isKey(known, match));
  const found = byShape.filter(isIn);
  return (found.length > 0 ? found : [byName].filter(isIn)).map(({ name }) => name);
}

/** The text, with each key replaced by its kind. */
export function withoutKeys(text: string): string {
  return knownKeys.reduce((shown, known) => {
    const found = [...shown.matchAll(known.pattern)].filter((match) => isKey(known, match));
    return found.reduce((rest, match) => rest.replaceAll(known.keyOf(match), `[${known.name}]`), shown);
  }, text);
}

const NAMED = new RegExp(`${secretNames}$`, "i");

/** Whether only a secret has this name. `tokenUrl`, `PASSWORD_FILE` and `publicKey` name something else. */
export function isSecretName(name: string): boolean {
  return NAMED.test(name);
}

/** Changes between letters and digits: a made key has many, a name such as `agentpay-eu-1` few. */
const CHANGES = 3;

/** Whether a text is one word that a machine has made, such as a key, an id or a checksum. */
export function looksMade(text: string): boolean {
  if (!/^[^\s:]{12,4096}$/.test(text)) return false;
  return (text.match(/[A-Za-z]\d|\d[A-Za-z]/g)?.length ?? 0) >= CHANGES;
}
