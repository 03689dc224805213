/** Answers of the sources as they were on 29 November 2026, in the parts that are read. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Image, images } from "../../../catalog/images.ts";
import type { Ask } from "../../../operations/vendors/reliance.ts";
import { GENAI_PRICES, LITELLM } from "../../../operations/vendors/sources/prices.ts";

export const TODAY = new Date("2026-11-29T06:00:00Z");

const file = (name: string) => readFileSync(join(import.meta.dirname, "recorded", name), "utf8");

const ended: Readonly<Record<string, readonly [eolFrom: string, latest: string | null]>> = {
  "prometheus/releases/3.13": ["2027-07-31", "3.13.5"],
  "grafana/releases/13.2": ["2027-05-18", "13.2.3"],
  "nodejs/releases/24": ["2028-04-30", "24.22.3"],
  "aws-lambda/releases/nodejs24.x": ["2028-07-01", null],
  "python/releases/3.10": ["2026-10-31", "3.10.21"],
  "amazon-rds-postgresql/releases/16": ["2029-02-28", "16.14"],
};

function endOfLife(path: string): string {
  const [eolFrom, latest] = ended[path.replace("/api/v1/products/", "")] ?? ["", null];
  const result = {
    isEol: eolFrom < "2026-11-29",
    eolFrom,
    isMaintained: true,
    latest: latest && { name: latest },
  };
  return JSON.stringify({ schema_version: "1.2.0", result });
}

/** Nobody has told the digest of two tags yet: this one stands for theirs. */
export const UNKNOWN_DIGEST = `sha256:${"5e".repeat(32)}`;

function manifest(path: string): Response {
  const [, repository] = /^\/v2\/(.+)\/manifests\//.exec(path) ?? [];
  const image: Image | undefined = Object.values(images).find((each) =>
    each.repository.endsWith(repository ?? "-"),
  );
  return new Response("{}", { headers: { "docker-content-digest": image?.digest ?? UNKNOWN_DIGEST } });
}

function answer(url: URL): Response {
  const { host, pathname } = url;
  if (host === "endoflife.date") return new Response(endOfLife(pathname));
  if (pathname === "/token") return new Response('{"token":"anonymous"}');
  if (pathname.startsWith("/v2/")) return manifest(pathname);
  if (url.href === LITELLM) return new Response(file("litellm-1.110.2.json"));
  if (url.href === GENAI_PRICES) return new Response(file("genai-prices-0.2.3.json"));
  if (pathname.startsWith("/getsentry/")) return new Response(file("sentry-api-schema-0.272.0.json"));
  if (pathname.startsWith("/PagerDuty/")) return new Response(file("pagerduty-api-schema-2026-08-14.json"));
  if (pathname.endsWith("/action.yml"))
    return new Response("name: An action\nruns:\n  using: node24\n  main: x.js\n");
  return new Response("", { status: 404 });
}

/** @param other answers for addresses that hold a text, in place of the recorded ones */
export function recorded(other: Readonly<Record<string, (url: string) => Response>> = {}): Ask {
  return async (address) => {
    const [, instead] = Object.entries(other).find(([part]) => address.includes(part)) ?? [];
    return instead ? instead(address) : answer(new URL(address));
  };
}
