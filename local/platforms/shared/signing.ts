/** AWS's Signature Version 4, for a service of which nothing here has a client. */
import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Signing {
  readonly service: string;
  readonly region: string;
  readonly credentials: Credentials;
  /** Default: now. */
  readonly signingDate?: Date;
  /** Headers that are signed even where they usually are not. Default: none. */
  readonly signableHeaders?: ReadonlySet<string>;
}

export interface Unsigned {
  readonly method: string;
  readonly url: URL;
  /** With lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
}

/** The request's headers, with those that sign it. */
export async function signedHeaders(
  { method, url, headers, body }: Unsigned,
  { signingDate = new Date(), signableHeaders, ...signing }: Signing,
): Promise<Record<string, string>> {
  const signer = new SignatureV4({ ...signing, sha256: Sha256, applyChecksum: false });
  const request = {
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: queryOf(url),
    headers: { host: url.host, ...headers },
    body,
  };
  const signed = await signer.sign(request, {
    signingDate,
    ...(signableHeaders && { signableHeaders: new Set(signableHeaders) }),
  });
  return signed.headers;
}

/** A name that is asked for several times, such as `match[]`, has all of its values. */
function queryOf({ searchParams }: URL): Record<string, string[]> {
  return Object.fromEntries([...searchParams.keys()].map((name) => [name, searchParams.getAll(name)]));
}

/** As the signer wants it. */
class Sha256 {
  readonly #secret: string | Uint8Array | undefined;
  #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#secret = secret === undefined || typeof secret === "string" ? secret : bytesOf(secret);
    this.#hash = this.#begin();
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(typeof data === "string" ? data : bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.#hash.digest());
  }

  reset(): void {
    this.#hash = this.#begin();
  }

  #begin(): Hash | Hmac {
    return this.#secret === undefined ? createHash("sha256") : createHmac("sha256", this.#secret);
  }
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
