/** The engine's encryption with a passphrase, so that what is kept of a scratch stack holds no secret in clear. */
import { createCipheriv, createDecipheriv, pbkdf2Sync, randomBytes } from "node:crypto";
import { isObject } from "../../toolkit/property-values.ts";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

const ITERATIONS = 1_000_000;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM with a key of a passphrase that nobody else knows. */
export class Passphrase {
  readonly phrase = randomBytes(24).toString("base64url");
  /** What the engine recognises the passphrase by: `encryptionsalt` of a stack's file. */
  readonly salt: string;
  readonly #key: Buffer;

  constructor() {
    const salt = randomBytes(8);
    this.#key = pbkdf2Sync(this.phrase, salt, ITERATIONS, KEY_BYTES, "sha256");
    this.salt = `v1:${salt.toString("base64")}:${this.encrypt("pulumi")}`;
  }

  encrypt(text: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce);
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
  }

  decrypt(ciphertext: string): string {
    const [, nonce = "", sealed = ""] = ciphertext.split(":");
    const bytes = Buffer.from(sealed, "base64");
    const decipher = createDecipheriv("aes-256-gcm", this.#key, Buffer.from(nonce, "base64"));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    return decipher.update(bytes.subarray(0, -TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
  }

  /** A copy in which each secret that the engine has shown is encrypted. */
  sealed(value: unknown): unknown {
    return mapSecrets(value, ({ plaintext }) => ({ ciphertext: this.encrypt(String(plaintext)) }));
  }

  /** The other way round: as the engine shows secrets, and takes them for any stack. */
  opened(value: unknown): unknown {
    return mapSecrets(value, ({ ciphertext }) => ({ plaintext: this.decrypt(String(ciphertext)) }));
  }

  /** Plain values, for comparison. */
  plain(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.plain(item));
    if (!isObject(value)) return value;
    if (value[SIGNATURE] === SECRET) return JSON.parse(this.decrypt(String(value["ciphertext"])));
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.plain(item)]));
  }
}

/** Whether any of it is secret. */
export function holdsSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsSecret);
  if (!isObject(value)) return false;
  return value[SIGNATURE] === SECRET || Object.values(value).some(holdsSecret);
}

/** As the engine shows a secret, and takes one. What is one already stays as it is. */
export function shownSecret(value: unknown): unknown {
  if (isObject(value) && value[SIGNATURE] === SECRET) return value;
  return { [SIGNATURE]: SECRET, plaintext: JSON.stringify(plainOf(value)) };
}

/** Of what the engine shows. */
function plainOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainOf);
  if (!isObject(value)) return value;
  if (value[SIGNATURE] === SECRET) return JSON.parse(String(value["plaintext"]));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plainOf(item)]));
}

function mapSecrets(value: unknown, change: (secret: Record<string, unknown>) => object): unknown {
  if (Array.isArray(value)) return value.map((item) => mapSecrets(item, change));
  if (!isObject(value)) return value;
  if (value[SIGNATURE] === SECRET) return { [SIGNATURE]: SECRET, ...change(value) };
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapSecrets(item, change)]));
}
