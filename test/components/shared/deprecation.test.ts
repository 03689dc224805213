import { expect, test } from "vitest";
import { deprecationOf } from "../../../components/shared/deprecation.ts";

test.each([
  ["nothing", {}, undefined],
  [
    "links of pages",
    { link: '<https://sentry.io/api/0/x/?cursor=1>; rel="next"; results="true"' },
    undefined,
  ],
  ["that it is not", { deprecation: "false" }, undefined],
  ["that it is", { deprecation: "true" }, "is deprecated"],
  ["since when (RFC 9745)", { deprecation: "@1778716800" }, "is deprecated since 2026-05-14"],
  [
    "until when (RFC 8594)",
    { sunset: "Fri, 18 Sep 2026 00:00:00 GMT" },
    "is deprecated and goes on 2026-09-18",
  ],
  [
    "as Sentry does",
    {
      "x-sentry-deprecation-date": "2026-05-14T00:00:00Z",
      "x-sentry-replacement-endpoint": "/api/0/organizations/{org}/workflows/",
    },
    "is deprecated and goes on 2026-05-14; instead: /api/0/organizations/{org}/workflows/",
  ],
  [
    "with what follows it",
    {
      deprecation: "@1778716800",
      link: '<https://a.example/next>; rel="next", <https://a.example/v2>; rel="successor-version"',
    },
    "is deprecated since 2026-05-14; instead: https://a.example/v2",
  ],
  [
    "with what was written of it",
    { deprecation: "true", link: '<https://a.example/news>; rel="deprecation"; type="text/html"' },
    "is deprecated; instead: https://a.example/news",
  ],
])("headers say %s", (_what, headers, expected) => {
  expect(deprecationOf(new Headers(headers as Record<string, string>))).toBe(expected);
});
