/** Signature Version 4, as Amazon's workspaces want every request signed. */
import { timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { signedHeaders } from "../../shared/signing.ts";

/** Amazon Managed Service for Prometheus, by the name that signatures have for it. */
const SERVICE = "aps";
/** How far a signature's time may be from ours. */
const SKEW_MILLISECONDS = 5 * 60_000;

export interface SignedRequest {
  readonly method: string;
  /** Path and query, as they were asked for. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=(?<key>[^/]+)\/(?<day>\d{8})\/(?<region>[a-z0-9-]+)\/(?<service>\w+)\/aws4_request, ?SignedHeaders=(?<names>[a-z0-9;-]+), ?Signature=(?<signature>[0-9a-f]{64})$/;

/**
 * Why AWS would refuse a request; undefined where it is signed right. The emulator has no users: a key is its own secret.
 * @param now milliseconds since 1970
 */
export async function signatureProblem(
  request: SignedRequest,
  now = Date.now(),
): Promise<string | undefined> {
  const { authorization = "", host } = request.headers;
  const { key, region, service, names, signature } = AUTHORIZATION.exec(authorization)?.groups ?? {};
  if (!key || !region || !names || !signature || host === undefined) return "Missing Authentication Token";
  if (service !== SERVICE) return `Credential should be scoped to correct service: '${SERVICE}'`;
  const signedAt = timeOf(String(request.headers["x-amz-date"]));
  if (signedAt === undefined || Math.abs(signedAt.getTime() - now) > SKEW_MILLISECONDS) {
    return "Signature expired, or of a time that is yet to come";
  }
  const expected = await sign(request, { key, region, names: names.split(";"), signedAt });
  const isRight = timingSafeEqual(Buffer.from(expected), Buffer.from(signature));
  return isRight
    ? undefined
    : "The request signature we calculated does not match the signature you provided";
}

interface Claimed {
  readonly key: string;
  readonly region: string;
  /** Of the headers that are signed. */
  readonly names: readonly string[];
  readonly signedAt: Date;
}

async function sign(request: SignedRequest, { key, region, names, signedAt }: Claimed): Promise<string> {
  const { method, target, headers, body } = request;
  const { authorization = "" } = await signedHeaders(
    {
      method,
      url: new URL(target, `http://${headers.host}`),
      headers: Object.fromEntries(names.map((name) => [name, String(headers[name] ?? "")])),
      body,
    },
    {
      service: SERVICE,
      region,
      credentials: { accessKeyId: key, secretAccessKey: key },
      signingDate: signedAt,
      signableHeaders: new Set(names),
    },
  );
  return AUTHORIZATION.exec(authorization)?.groups?.["signature"] ?? "".padEnd(64);
}

/** Of `20261130T134500Z`. */
function timeOf(text: string): Date | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (parts === null) return undefined;
  const [year = 0, month = 1, day = 1, hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map(Number);
  return new Date(Date.UTC(year, month - 1, day, hours, minutes, seconds));
}
