/** Requests that Grafana makes to a data source for those who look: with its headers, its password, or signed. */
import { z } from "zod";
import type { Send } from "../../../dashboards/prometheus.ts";
import { signedHeaders } from "../../shared/signing.ts";
import { decrypt } from "./encryption.ts";
import type { DataSource } from "./model.ts";
import type { GrafanaSettings } from "./settings.ts";

/** By which Grafana signs requests to a Prometheus of Amazon's. */
const SERVICE = "aps";

const jsonData = z.looseObject({ sigV4Auth: z.boolean().default(false), sigV4Region: z.string().optional() });

export function senderFor(source: DataSource, settings: GrafanaSettings): Send {
  const own = headersOf(source, settings.secretKey);
  return async (url, { method, body, signal }) => {
    const type = body && { "content-type": "application/x-www-form-urlencoded;charset=UTF-8" };
    const text = body?.toString();
    const request = { method, url: new URL(url), headers: { ...own, ...type }, body: text };
    return fetch(url, {
      method,
      headers: await signedWhereAsked(source, request, settings),
      ...(text !== undefined && { body: text }),
      signal,
    });
  };
}

/** @throws where it is to sign and may not, or has nothing to sign with */
async function signedWhereAsked(
  source: DataSource,
  request: Parameters<typeof signedHeaders>[0],
  { credentials }: GrafanaSettings,
): Promise<Readonly<Record<string, string>>> {
  const { sigV4Auth, sigV4Region: region } = jsonData.parse(source.jsonData);
  if (!sigV4Auth || region === undefined) return request.headers;
  if (credentials === undefined) {
    throw new Error(
      `${source.name} is asked with signed requests: set GF_AUTH_SIGV4_AUTH_ENABLED, and give Grafana credentials.`,
    );
  }
  const { host: _set, ...headers } = await signedHeaders(request, { service: SERVICE, region, credentials });
  return headers;
}

/** Those of the data source itself. */
function headersOf(source: DataSource, secretKey: string): Record<string, string> {
  const secret = (name: string) => {
    const sealed = source.secureJsonData[name];
    return sealed === undefined ? "" : decrypt(sealed, secretKey);
  };
  const named = Object.entries(source.jsonData).flatMap(([key, name]) => {
    const [, number] = /^httpHeaderName(\d+)$/.exec(key) ?? [];
    return number === undefined ? [] : [[String(name).toLowerCase(), secret(`httpHeaderValue${number}`)]];
  });
  const user = `${source.basicAuthUser}:${secret("basicAuthPassword")}`;
  return {
    ...Object.fromEntries(named),
    ...(source.basicAuth && { authorization: `Basic ${Buffer.from(user).toString("base64")}` }),
  };
}
