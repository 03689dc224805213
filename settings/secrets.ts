/** Secrets, by what each of them is made of, and which keys of a schema are secret. */
import { z } from "zod";
import { httpUrl, isThisMachine } from "./addresses.ts";
import { Secret } from "./secret.ts";
import { checkedText, hasUnseen } from "./values.ts";

/** Stands where a secret would be, in files that are rendered without any. */
export const SECRET_PLACEHOLDER = "[secret]";

/** What the platforms take: an SSM parameter of the standard tier holds 4 KB. */
const LONGEST_SECRET = 4096;
/** A chain of certificates. */
const LONGEST_CHAIN = 65_536;

const kinds = z.registry<{ readonly secret: true }>();

function secretOf(expected: string, problemOf: (value: string) => string | undefined) {
  const rule = checkedText(expected, (value) =>
    value === SECRET_PLACEHOLDER ? undefined : value === "" ? "" : problemOf(value),
  ).transform((value) => new Secret(value));
  kinds.add(rule, { secret: true });
  return rule;
}

const SECRET = "a secret value";

function lineProblem(value: string): string | undefined {
  if (value.length > LONGEST_SECRET) return `it is longer than ${LONGEST_SECRET} characters`;
  if (hasUnseen(value))
    return "it has a line break or another sign that can't be seen, such as a file's last";
  return value === value.trim() ? undefined : "it begins or ends with a space";
}

/** What somebody has left in, or a shell has not filled in. */
const STANDS_FOR_A_VALUE =
  /^(\$\{?\w+\}?|\{\{.*\}\}|<.*>|\[.*\]|null|undefined|none|todo|tbd|fixme|change-?me|secret|password|token|your[-_ ].*|x+)$/i;

function givenProblem(value: string): string | undefined {
  const problem = lineProblem(value);
  return problem ?? (STANDS_FOR_A_VALUE.test(value) ? "it stands for a value, and is none" : undefined);
}

/** A password: any text of one line. */
export const password = secretOf(SECRET, givenProblem);

/** A token or key: it travels in a header. */
export const token = secretOf(SECRET, (value) => {
  const problem = givenProblem(value);
  return problem ?? (/^[\x21-\x7e]+$/.test(value) ? undefined : "it has signs that no token has");
});

/** Of how many different characters a text is: a password of one, eight times over, is none. */
const variety = (value: string) => new Set(value).size;

/** Grafana itself takes 4; NIST SP 800-63B asks for 8. */
/** Digits alone, and words that everybody thinks of, one by one or together. */
const TRIED_FIRST =
  /^(\d+|((password|passw0rd|grafana|admin|agentpay|changeme|monitoring|secret|welcome|letmein|qwerty\w*)[\W_]?)+\d*\W?)$/i;

export const adminPassword = secretOf(SECRET, (value) => {
  if (value === "admin" || value.length < 8) return "it must be of at least 8 characters";
  const problem = lineProblem(value);
  if (problem !== undefined) return problem;
  if (variety(value) < 5 || TRIED_FIRST.test(value)) {
    return "it is one that is tried first";
  }
  return undefined;
});

/** The key of every Grafana that was given none. @see https://github.com/grafana/grafana/blob/main/conf/defaults.ini */
const KNOWN_KEY = "SW2YcwTIb9zpOOhoPsMm";

/** What a server encrypts with. */
export const encryptionKey = secretOf(SECRET, (value) => {
  const problem = lineProblem(value);
  if (problem !== undefined) return problem;
  return value === KNOWN_KEY || value.length < 32 || variety(value) < 8
    ? "it must be of at least 32 characters in a jumble, such as those of: openssl rand -hex 32"
    : undefined;
});

/** An address is the secret: whoever has it can post. */
export const webhookUrl = secretOf(`${SECRET}, an http(s) address`, (value) => {
  const { error } = httpUrl.safeParse(value);
  if (error) return error.issues[0]?.message.split(": ")[1] ?? "it is none";
  if (!value.startsWith("https:") && !isThisMachine(value)) return "https, since it is a secret";
  return /^https?:\/\/[^/]+\/./.test(value) ? undefined : "it has no path, which is what makes it a secret";
});

export const certificate = secretOf(`${SECRET}, a certificate chain in PEM`, (value) =>
  pemProblem(value, /^(-----BEGIN CERTIFICATE-----\s(?:(?!-----)[\s\S])+-----END CERTIFICATE-----\s*)+$/),
);

export const privateKey = secretOf(`${SECRET}, a private key in PEM, not encrypted`, (value) =>
  pemProblem(value, /^-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----\s(?:(?!-----)[\s\S])+-----END \1-----\s*$/),
);

function pemProblem(value: string, form: RegExp): string | undefined {
  return value.length <= LONGEST_CHAIN && form.test(value) ? undefined : "";
}

/** Whether a rule, which may be optional, is of a secret. */
function isSecretRule(rule: z.core.$ZodType): boolean {
  if (kinds.has(rule)) return true;
  if (rule instanceof z.ZodPipe) return isSecretRule(rule.out);
  return rule instanceof z.ZodOptional && isSecretRule(rule.unwrap());
}

/** Keys of a schema whose values are secret, such as `sentry.token`. */
export function secretKeysOf(schema: z.core.$ZodType, prefix = ""): readonly string[] {
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const [enabled] = schema.options;
    return enabled === undefined ? [] : secretKeysOf(enabled, prefix);
  }
  if (schema instanceof z.ZodObject) {
    return Object.entries<z.core.$ZodType>(schema.shape).flatMap(([key, rule]) =>
      secretKeysOf(rule, prefix === "" ? key : `${prefix}.${key}`),
    );
  }
  return isSecretRule(schema) ? [prefix] : [];
}
