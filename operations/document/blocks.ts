/** A text with headings, tables, links and pictures, before it is Markdown or HTML. What comes from outside is only ever text. */
import type { Timeline } from "./timeline.ts";

export interface Link {
  readonly text: string;
  readonly url: string;
}
/** To be typed as it is. Ours, never from outside. */
export interface Code {
  readonly code: string;
}
/** A part of a line. */
export type Span = string | Link | Code;
export type Line = readonly Span[];

export type Block =
  | { readonly heading: string; readonly level: 1 | 2 }
  | { readonly paragraph: Line }
  | { readonly list: readonly Line[]; readonly numbered?: true }
  | { readonly timeline: Timeline }
  | { readonly head: readonly string[]; readonly rows: readonly (readonly Line[])[] };

/** A link where there is an address to go to; only its text where there is none that a browser opens. */
export function link(text: string, url: string | undefined): Span {
  return url !== undefined && isWeb(url) ? { text, url } : text;
}

function isWeb(url: string): boolean {
  return URL.canParse(url) && ["http:", "https:"].includes(new URL(url).protocol);
}

/** Lines one after the other, with a text between. */
export function joined(lines: readonly Line[], between: string): Line {
  return lines.flatMap((line, index) => (index === 0 ? line : [between, ...line]));
}

/** Longer texts from outside say no more. */
const LONGEST = 160;
/** What steers a terminal, or turns the order of what is read. */
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** A text from outside, as one line. @param longest how many characters of it are told */
export function oneLine(text: string, longest = LONGEST): string {
  const line = text.replaceAll(/\s+/g, " ").replaceAll(UNSEEN, "").trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
