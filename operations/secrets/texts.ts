/** Where a secret can hide in a value: every text in it, and each form that another text may have in that. */

import { parseJson } from "../../toolkit/json.ts";
import { isObject, isSecret, SIGNATURE } from "../../toolkit/property-values.ts";

/** What is shorter would be found anywhere. */
const SHORTEST = 8;

/** Ways in which a value may stand in another: as it is, in JSON, in an address, as a login of HTTP. */
export function formsOf(secret: string): readonly string[] {
  return [
    ...new Set([
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      ...encodings(secret),
      ...encodings(`admin:${secret}`),
    ]),
  ];
}

/** A text in base64: alone, and wherever in a longer one it begins, without the ends in which other bytes have a part. */
function encodings(text: string): string[] {
  const bytes = Buffer.from(text);
  const alone = bytes.toString("base64").replace(/=+$/, "");
  const within = [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    const inside = encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    return inside.length < SHORTEST ? [] : [inside, inside.replaceAll("+", "-").replaceAll("/", "_")];
  });
  return [alone, ...within];
}

/** Names of properties and places in lists, from the outside in. */
export type Path = readonly (string | number)[];

interface Text {
  readonly path: Path;
  /** Whether the text is the last name of its path itself, and not what is there. */
  readonly isName: boolean;
  readonly text: string;
}

/** Every text in a value, names of maps included; what the engine encrypted holds none. In a text that is JSON, those in it. */
export function textsIn(value: unknown, path: Path = []): Text[] {
  if (typeof value === "string") {
    const inside = jsonIn(value);
    return inside === undefined ? [{ path, isName: false, text: value }] : textsIn(inside, path);
  }
  if (typeof value !== "object" || value === null || isSecret(value)) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, [...path, index]));
  return Object.entries(value).flatMap(([name, item]) => {
    const inner = [...path, name];
    const own = name === SIGNATURE ? [] : [{ path: inner, isName: true, text: name }];
    return [...own, ...textsIn(item, inner)];
  });
}

function jsonIn(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  const parsed = parseJson(text);
  return isObject(parsed) || Array.isArray(parsed) ? parsed : undefined;
}
