/** Looks for secrets in clear in a stack's state. Finds by place, and never repeats what it found. */

import { isSecretName, keysIn, looksMade } from "../../settings/known-keys.ts";
import { isSecret, SIGNATURE } from "../../toolkit/property-values.ts";
import { output, type Pulumi } from "../pulumi/cli.ts";
import { isEmpty, readState, type State, stateFrom } from "../pulumi/state.ts";
import type { Stack } from "../verify/stack.ts";
import { formsOf, type Path, textsIn } from "./texts.ts";

export interface Finding {
  readonly urn: string;
  /** Path in the resource, such as `outputs.envs[2]`. */
  readonly path: string;
  /** What it is: the configuration key of a secret, what else keeps it secret, or a kind of key. */
  readonly what: string;
}

/** A secret in clear, and what it is called. */
interface Wanted {
  readonly name: string;
  readonly value: string;
}

/** Shorter ones would be found in any text. */
const SHORTEST_SECRET = 8;

export interface ScanResult {
  readonly stack: string;
  /** `empty`: the state has no resources, so nothing was looked at. */
  readonly status: "clean" | "found" | "empty";
  readonly findings: readonly Finding[];
}

/**
 * Scans a stack's state. Secrets are what the configuration calls so, what the state itself keeps encrypted elsewhere, and
 * what looks like a key.
 * @throws StackError where the state can't be read
 */
export async function scan(
  name: string,
  pulumi: Pulumi,
  stack: Pick<Stack, "secrets" | "outputs">,
): Promise<ScanResult> {
  const state = await readState(pulumi);
  if (isEmpty(state)) return { stack: name, status: "empty", findings: [] };
  const open = stateFrom(await output(pulumi, "stack", "export", "--show-secrets"));
  const findings = findingsOf(state, [...configuredSecrets(stack), ...sealedIn(open)]);
  return { stack: name, status: findings.length === 0 ? "clean" : "found", findings };
}

function configuredSecrets({ secrets, outputs }: Pick<Stack, "secrets" | "outputs">): Wanted[] {
  const named = { ...secrets, "the Sentry DSN": outputs.appEnvironment?.["SENTRY_DSN"] };
  return Object.entries(named).flatMap(([name, value]) =>
    value === undefined || value.length < SHORTEST_SECRET ? [] : [{ name, value }],
  );
}

/** What a state keeps encrypted, as far as a machine has made it: the rest may well stand elsewhere too. */
function sealedIn(open: State): Wanted[] {
  return statesOf(open).flatMap(({ urn, state }) =>
    sealedTexts(state).map((value) => ({ name: `what ${nameOf(urn)} keeps secret`, value })),
  );
}

function sealedTexts(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  if (isSecret(value)) {
    const { plaintext } = value as { plaintext?: unknown };
    const sealed: unknown = typeof plaintext === "string" ? JSON.parse(plaintext) : undefined;
    return [...new Set(textsIn(sealed).map(({ text }) => text))].filter(looksMade);
  }
  return Object.values(value).flatMap(sealedTexts);
}

/** @param wanted secrets in clear, by what they are called */
function findingsOf(state: State, wanted: readonly Wanted[]): Finding[] {
  const forms = wanted.map(({ name, value }) => ({ name, forms: formsOf(value) }));
  const wantedIn = (text: string) =>
    forms.filter((each) => each.forms.some((form) => text.includes(form))).map(({ name }) => name);
  const isHidden = (name: string) => wantedIn(name).length > 0 || kindsOf([], name).length > 0;
  const ids = new Set(statesOf(state).map(({ state: { id } }) => id));
  return statesOf(state).flatMap(({ urn, state: { id: _id, ...rest } }) =>
    textsIn(rest).flatMap(({ path, isName, text }) => {
      const wanted = wantedIn(text);
      const what = wanted.length > 0 || ids.has(text) ? wanted : kindsOf(isName ? [] : path, text);
      const place = `${shown(path, isHidden)}${isName ? " (the name)" : ""}`;
      return [...new Set(what)].map((each) => ({ urn, path: place, what: each }));
    }),
  );
}

/** `outputs.envs[2]`. A name that is a secret itself is not repeated. */
function shown(path: Path, isHidden: (name: string) => boolean): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${isHidden(part) ? "[hidden]" : part}`))
    .join("")
    .slice(1);
}

function statesOf({ resources, pending }: State) {
  return [...resources, ...pending.map(({ resource }) => resource)].map(({ urn, ...state }) => ({
    urn,
    state,
  }));
}

const nameOf = (urn: string) => urn.split("::").at(-1) ?? urn;

/** Lengths of what platforms make, such as a key of Datadog (32 and 40 hex digits). */
const MADE = /^(?:[0-9A-Za-z]{32}|[0-9a-f]{40}|[0-9a-f]{64})$/;
/** Ends of names of what has such a form and is none. */
const IDENTITY =
  /(?:id|arn|uid|name|hash|sha\d*|md5|checksum|digest|etag|thumbprint|fingerprint|image|revision|commit|version)(?:s|list|lists)?$/i;

/** Kinds of keys that a text looks like, which is at this path. */
function kindsOf(path: Path, text: string): readonly string[] {
  const [name = "", parent = ""] = path.filter((part) => typeof part === "string").toReversed();
  const byShape = [...keysIn(text), ...encodedIn(text).flatMap(keysIn)];
  if (byShape.length > 0) return byShape;
  if (text.length >= 16 && looksMade(text) && [name, parent].some(isSecretName) && !text.startsWith("/")) {
    return ["value of a secret's name"];
  }
  const isMade = MADE.test(text) && looksMade(text) && !IDENTITY.test(name) && name !== SIGNATURE;
  return isMade ? ["what looks like a platform's key"] : [];
}

/** What is in base64 in a text, as far as it is readable. */
function encodedIn(text: string): string[] {
  return [...text.matchAll(/[A-Za-z0-9+/_-]{24,}={0,2}/g)].flatMap(([encoded]) => {
    const decoded = Buffer.from(encoded, "base64").toString("utf8");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what no text has is what is looked for
    return /[\uFFFD\u0000-\u0008\u000E-\u001F]/.test(decoded) ? [] : [decoded];
  });
}

export function report({ stack, status, findings }: ScanResult): string {
  if (status === "empty") {
    return `${stack} has no resources, so nothing was looked at. Is it the right backend? pulumi whoami --verbose`;
  }
  if (status === "clean") return `${stack}: no secret is in clear in its state`;
  const lines = findings.map(({ urn, path, what }) => `  ${urn}\n    ${path}: ${what}`);
  return [
    `${stack}: ${findings.length} values in its state hold a secret in clear:`,
    ...lines,
    "Make each of them secret in the program (pulumi.secret, additionalSecretOutputs), deploy, then replace the secret:",
    "older copies of the state still hold it. How: docs/recovery.md",
  ].join("\n");
}
