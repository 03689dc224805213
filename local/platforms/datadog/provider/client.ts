import { type RestClient, restClient } from "../../shared/rest/client.ts";

export interface Access {
  readonly apiKey: string;
  readonly appKey: string;
  readonly apiUrl: string;
}

/** Speaks Datadog's API v1. */
export function datadogClient({ apiKey, appKey, apiUrl }: Access): RestClient {
  return restClient({
    platform: "Datadog",
    baseUrl: `${apiUrl.replace(/\/+$/, "")}/api/v1`,
    headers: { "dd-api-key": apiKey, "dd-application-key": appKey },
    explain: (body) => ((body as { errors?: readonly string[] } | undefined)?.errors ?? []).join("; "),
  });
}
