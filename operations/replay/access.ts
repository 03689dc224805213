/** How the engine that has a stack's history is reached. */

import { TENANT_HEADER } from "../../catalog/metrics/engine.ts";
import { signedHeaders } from "../../components/cost-report/function/signed-headers.ts";
import { Failure } from "../../toolkit/failure.ts";
import type { Stack } from "../verify/stack.ts";

export interface Access {
  /** Below which `/api/v1` is. */
  readonly url: string;
  readonly tenant: string | undefined;
  /** Signatures are of a GET. All others may send what is long for an address. */
  readonly method: "GET" | "POST";
  readonly headersFor: (url: URL) => Promise<Record<string, string>>;
  /** What no error may show: an engine may quote what it was sent. */
  readonly secrets: readonly string[];
}

/** A Prometheus that asks for nothing. @throws Failure where it is no address, or has a password in it */
export function openAccess(text: string): Access {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol))
    throw new Failure(`--prometheus: no address: ${text}`);
  if (url.username !== "" || url.password !== "") {
    throw new Failure(
      "--prometheus: a password in an address shows in every list of processes. Leave the option out: " +
        "the engine is then reached as the stack's settings say.",
    );
  }
  return { ...PLAIN, url: withoutSlash(url.href) };
}

const PLAIN = { tenant: undefined, method: "POST", headersFor: async () => ({}), secrets: [] } as const;

/**
 * As the stack's settings say, with its secrets in memory only.
 * @throws Failure where the stack has no such engine, or it is not known where that is
 */
export function accessOf({ settings, secrets, outputs }: Stack, name: string): Access {
  const { metrics, aws } = settings;
  if (!metrics.enabled) throw new Failure(`${name} has no history of metrics: metrics.enabled is false`);
  if (metrics.engine === "container") return { ...PLAIN, url: known(outputs.prometheusUrl, name) };
  if (metrics.engine === "amp") {
    if (!aws.enabled) throw new Failure(`${name}: metrics.engine is amp, and aws.enabled false`);
    const { region, endpointUrl } = aws;
    const workspaces = endpointUrl ?? `https://aps-workspaces.${region}.amazonaws.com`;
    return {
      ...PLAIN,
      url: `${workspaces}/workspaces/${known(outputs.prometheusWorkspaceId, name)}`,
      method: "GET",
      headersFor: (url) => signedHeaders(url, region),
    };
  }
  const { remoteUsername: user, remoteTenant: tenant, remoteQueryUrl } = metrics;
  const password = secrets["metrics.remotePassword"];
  const headers = {
    ...(user &&
      password && { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` }),
    ...(tenant && { [TENANT_HEADER]: tenant }),
  };
  return {
    ...PLAIN,
    url: withoutSlash(known(remoteQueryUrl, name)),
    tenant,
    headersFor: async () => headers,
    secrets: password ? [password] : [],
  };
}

function known(url: string | undefined, name: string): string {
  if (url !== undefined) return url;
  throw new Failure(`It is not known where the Prometheus of ${name} is: say so with --prometheus <URL>`);
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}
