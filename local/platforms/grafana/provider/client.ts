import { type RestClient, restClient } from "../../shared/rest/client.ts";

export interface Grafana {
  /** Where people open it, without a slash at the end. */
  readonly url: string;
  /** The client of an organization, by its id as a text. Default: the provider's organization, else the first one. */
  api(orgId: string | undefined): RestClient;
  /** The id that a resource has in Pulumi: `1:<uid>`. */
  resourceId(orgId: string | undefined, uid: string): string;
  /** The organization in which a resource is, as a text. */
  orgIdOf(orgId: string | undefined): string;
}

export interface Access {
  readonly url: string;
  /** `user:password`, a service account's token, or `anonymous`. */
  readonly auth: string;
  readonly orgId?: number | undefined;
  readonly httpHeaders?: Readonly<Record<string, string>> | undefined;
}

export function grafanaAt({ url, auth, orgId: defaultOrgId, httpHeaders }: Access): Grafana {
  const base = url.replace(/\/+$/, "");
  const orgIdOf = (orgId: string | undefined) => orgId ?? String(defaultOrgId ?? 1);
  return {
    url: base,
    orgIdOf,
    resourceId: (orgId, uid) => `${orgIdOf(orgId)}:${uid}`,
    api: (orgId) =>
      restClient({
        platform: "Grafana",
        baseUrl: `${base}/api`,
        headers: { ...authorization(auth), "x-grafana-org-id": orgIdOf(orgId), ...httpHeaders },
        explain: (body) => String((body as { message?: string } | undefined)?.message ?? ""),
      }),
  };
}

function authorization(auth: string): Record<string, string> {
  if (auth === "anonymous") return {};
  const scheme = auth.includes(":") ? `Basic ${Buffer.from(auth).toString("base64")}` : `Bearer ${auth}`;
  return { authorization: scheme };
}

/** `1:agentpay` and `agentpay` name the same thing. */
export function uidOf(resourceId: string): string {
  return resourceId.replace(/^\d+:/, "");
}
