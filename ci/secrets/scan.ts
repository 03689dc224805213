/** Looks for secrets in clear in a stack's exported state. Finds by place, and never repeats what it found. */
import { z } from "zod";
import { isSecret } from "../../local/engine/values.ts";
import { output, type Pulumi } from "../../pulumi-cli.ts";
import type { Stack } from "../../verify/stack.ts";
import { keysIn } from "./known-keys.ts";

export interface Finding {
  readonly urn: string;
  /** Path in the resource, such as `outputs.envs[2]`. */
  readonly path: string;
  /** What it is: the configuration key of a secret, or a kind of key. */
  readonly what: string;
}

/** What the backend holds, secrets encrypted. */
export const exportedState = (pulumi: Pulumi): Promise<string> => output(pulumi, "stack", "export");

const stateSchema = z.object({
  deployment: z
    .object({
      resources: z.array(z.looseObject({ urn: z.string() })).default([]),
      pending_operations: z
        .array(z.looseObject({ resource: z.looseObject({ urn: z.string() }) }))
        .default([]),
    })
    .nullish(),
});

/** Shorter ones would be found in any text. */
const SHORTEST_SECRET = 8;

/** @param exported what {@link exportedState} gives */
export function findingsOf(
  exported: string,
  { secrets, outputs }: Pick<Stack, "secrets" | "outputs">,
): readonly Finding[] {
  return scanState(exported, { ...secrets, "the Sentry DSN": outputs.appEnvironment?.["SENTRY_DSN"] });
}

/** @param secrets values in clear, by what they are called */
function scanState(
  exported: string,
  secrets: Readonly<Record<string, string | undefined>>,
): readonly Finding[] {
  const { deployment } = stateSchema.parse(JSON.parse(exported));
  const states = [
    ...(deployment?.resources ?? []),
    ...(deployment?.pending_operations ?? []).map(({ resource }) => resource),
  ];
  const wanted = Object.entries(secrets).flatMap(([name, value]) =>
    value !== undefined && value.length >= SHORTEST_SECRET ? [{ name, forms: formsOf(value) }] : [],
  );
  return states.flatMap(({ urn, ...state }) =>
    textsIn(state).flatMap(({ path, text }) => {
      const known = wanted.filter(({ forms }) => forms.some((form) => text.includes(form)));
      return [...known.map(({ name }) => name), ...keysIn(text)].map((what) => ({ urn, path, what }));
    }),
  );
}

/** Ways in which a value may stand in another: as it is, in JSON, in an address, as a login of HTTP. */
export function formsOf(secret: string): readonly string[] {
  return [
    ...new Set([
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      Buffer.from(secret).toString("base64").replace(/=+$/, ""),
      Buffer.from(`admin:${secret}`).toString("base64").replace(/=+$/, ""),
    ]),
  ];
}

/** Every text in a value, with its path; what the engine encrypted holds none. */
function textsIn(value: unknown, path = ""): { path: string; text: string }[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (typeof value !== "object" || value === null || isSecret(value)) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, `${path}[${index}]`));
  return Object.entries(value).flatMap(([name, item]) =>
    textsIn(item, path === "" ? name : `${path}.${name}`),
  );
}

export function report(stack: string, findings: readonly Finding[]): string {
  if (findings.length === 0) return `${stack}: no secret is in clear in its state`;
  const lines = findings.map(({ urn, path, what }) => `  ${urn}\n    ${path}: ${what}`);
  return [
    `${stack}: ${findings.length} values in its state hold a secret in clear:`,
    ...lines,
    "Make each of them secret in the program (pulumi.secret, additionalSecretOutputs), deploy, then replace the secret:",
    "older copies of the state still hold it. How: docs/recovery.md",
  ].join("\n");
}
