/** What of a vendor's this project relies on, as data: where, until when, who says so, and how a program can ask. */
import type { Image } from "../../catalog/images.ts";

export interface Reliance {
  readonly vendor: string;
  readonly kind: "API" | "image" | "runtime" | "action" | "model" | "quota";
  /** What it is, as the vendor calls it. */
  readonly what: string;
  /** The file here that relies on it. */
  readonly file: string;
  /** Text that this file has for as long as it does. */
  readonly mark: string;
  /** When that ends (`YYYY-MM-DD`), and what happens then. */
  readonly ends?: { readonly on: string; readonly how: string };
  readonly source: string;
  /** Day on which the source was last read, `YYYY-MM-DD`. */
  readonly seen: string;
  /** How a program asks whether it still holds. Without, only its date is watched. */
  readonly ask?: Question;
}

export type Question =
  /** The end of a release, and the newest patch of it. */
  | {
      readonly of: "endoflife.date";
      readonly product: string;
      readonly release: string;
      readonly used?: string;
    }
  /** The digest of an image's tag. */
  | { readonly of: "registry"; readonly image: Image }
  /** Whether operations are in a published OpenAPI document, and not deprecated there. */
  | { readonly of: "schema"; readonly url: string; readonly operations: readonly Operation[] }
  /** What an action of GitHub's runs on. */
  | { readonly of: "action"; readonly action: string; readonly commit: string; readonly runsOn: string };

/** Such as `GET /oncalls`, with the path as the document has it. */
export type Operation = `${"GET" | "POST" | "PUT" | "DELETE"} /${string}`;

/** Something that is no longer as it was when it was written down, or is about to end. */
export interface Finding {
  readonly what: string;
  readonly text: string;
  readonly file: string;
}

/** Asks an address. Given to the sources, so that tests answer with what was recorded. */
export type Ask = (
  url: string,
  init?: { readonly method?: string; readonly headers?: Record<string, string> },
) => Promise<Response>;

/** The answer, where it is a good one. @throws Error that says where there was none */
export async function answerOf(
  ask: Ask,
  url: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  const response = await ask(url, { headers });
  if (!response.ok)
    throw new Error(`${new URL(url).host} answered ${response.status} for ${new URL(url).pathname}`);
  return response;
}
