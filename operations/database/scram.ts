/** A password as PostgreSQL keeps it: sent so, it is in no log of statements. */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

const ITERATIONS = 4096;

/**
 * SCRAM-SHA-256 (RFC 5802, 7677), in the form of PostgreSQL's `pg_authid.rolpassword`.
 * @throws RangeError for what PostgreSQL would have to normalise first
 */
export function scramVerifier(password: string, salt = randomBytes(16)): string {
  if (!/^[\x21-\x7e]+$/.test(password)) {
    throw new RangeError("the password must be of ASCII letters, digits and signs, without spaces");
  }
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, "sha256");
  const keyOf = (name: string) => createHmac("sha256", salted).update(name).digest();
  const storedKey = createHash("sha256").update(keyOf("Client Key")).digest("base64");
  const serverKey = keyOf("Server Key").toString("base64");
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString("base64")}$${storedKey}:${serverKey}`;
}
