/** How Grafana keeps the secrets of its data sources: with another key it reads another text, and says nothing. */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";

const ALGORITHM = "aes-256-cfb";
const IV_BYTES = 16;

const keyOf = (secretKey: string) => createHash("sha256").update(secretKey).digest();

export function encrypt(text: string, secretKey: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, keyOf(secretKey), iv);
  return Buffer.concat([iv, cipher.update(text, "utf8"), cipher.final()]).toString("base64");
}

export function decrypt(encrypted: string, secretKey: string): string {
  const bytes = Buffer.from(encrypted, "base64");
  const decipher = createDecipheriv(ALGORITHM, keyOf(secretKey), bytes.subarray(0, IV_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES)), decipher.final()]).toString("utf8");
}
