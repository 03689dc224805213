import { type RestClient, restClient } from "../../shared/rest/client.ts";

const PUBLIC_API = { us: "https://api.pagerduty.com", eu: "https://api.eu.pagerduty.com" } as const;

export interface Access {
  readonly token: string;
  readonly apiUrlOverride?: string | undefined;
  readonly serviceRegion?: "us" | "eu" | undefined;
}

/** Speaks PagerDuty's REST API v2. */
export function pagerDutyClient({ token, apiUrlOverride, serviceRegion = "us" }: Access): RestClient {
  return restClient({
    platform: "PagerDuty",
    baseUrl: (apiUrlOverride ?? PUBLIC_API[serviceRegion]).replace(/\/+$/, ""),
    headers: { authorization: `Token token=${token}`, accept: "application/vnd.pagerduty+json;version=2" },
    explain,
  });
}

/** `{"error": {"message": "Invalid Input Provided", "errors": ["name can't be blank"]}}` */
function explain(body: unknown): string {
  const error = (body as { error?: { message?: string; errors?: readonly string[] } } | undefined)?.error;
  return [error?.message, error?.errors?.join("; ")].filter(Boolean).join(": ");
}
