/** Requests that AWS takes from the function's own role, where none of the SDK's clients makes them. */
import { SSMClient } from "@aws-sdk/client-ssm";
import { SignatureV4 } from "@smithy/signature-v4";

/** Amazon Managed Service for Prometheus, by the name that signatures have for it. */
const SERVICE = "aps";

/** The headers that sign a GET, those of the standard credential chain included. */
export async function signedHeaders(url: URL, region: string): Promise<Record<string, string>> {
  // Any client of the SDK has them, as it would use them itself.
  const { credentials, sha256 } = new SSMClient({}).config;
  const signer = new SignatureV4({ service: SERVICE, region, credentials, sha256 });
  const { headers } = await signer.sign({
    method: "GET",
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { host: url.host },
  });
  const { host: _set, ...signature } = headers;
  return signature;
}
