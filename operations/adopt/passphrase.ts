/** The engine's encryption with a passphrase, so that what is kept of a scratch stack holds no secret in clear. */
import { createCipheriv, createDecipheriv, pbkdf2Sync, randomBytes } from "node:crypto";
import { isSecret, mapChildren, SECRET, SIGNATURE } from "../../toolkit/property-values.ts";

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
    return mapSecrets(value, ({ plaintext }) => marked({ ciphertext: this.encrypt(String(plaintext)) }));
  }

  /** The other way round: as the engine shows secrets, and takes them for any stack. */
  opened(value: unknown): unknown {
    return mapSecrets(value, ({ ciphertext }) => marked({ plaintext: this.decrypt(String(ciphertext)) }));
  }

  /** Plain values, for comparison. */
  plain(value: unknown): unknown {
    return mapSecrets(value, ({ ciphertext }) => JSON.parse(this.decrypt(String(ciphertext))));
  }
}

/** As the engine shows a secret, and takes one. What is one already stays as it is. */
export function shownSecret(value: unknown): unknown {
  if (isSecret(value)) return value;
  const plain = mapSecrets(value, ({ plaintext }) => JSON.parse(String(plaintext)));
  return marked({ plaintext: JSON.stringify(plain) });
}

/** A secret as the engine writes it to a state: its JSON, encrypted or shown. */
interface StoredSecret {
  readonly ciphertext?: unknown;
  readonly plaintext?: unknown;
}

const marked = (stored: StoredSecret) => ({ [SIGNATURE]: SECRET, ...stored });

function mapSecrets(value: unknown, change: (secret: StoredSecret) => unknown): unknown {
  if (isSecret(value)) return change(value as StoredSecret);
  return mapChildren(value, (child) => mapSecrets(child, change));
}
