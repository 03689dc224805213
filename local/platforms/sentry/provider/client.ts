import { type RestClient, restClient } from "../../shared/rest/client.ts";

/** Speaks Sentry's API. @param baseUrl ends in `/api/`, as the official provider wants it. */
export function sentryClient(token: string, baseUrl: string): RestClient {
  return restClient({
    platform: "Sentry",
    baseUrl: `${baseUrl.replace(/\/+$/, "")}/0`,
    headers: { authorization: `Bearer ${token}` },
    explain,
  });
}

/** `{"detail": "..."}`, or messages by field: `{"name": ["This field is required."]}`. */
function explain(body: unknown): string {
  if (typeof body !== "object" || body === null) return "";
  return Object.entries(body)
    .map(([field, messages]) =>
      [field === "detail" ? "" : `${field}: `, [messages].flat().join("; ")].join(""),
    )
    .join("; ");
}
