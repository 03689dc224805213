import { describe, expect, test } from "vitest";
import { checkVendors } from "../../../operations/vendors/check.ts";
import type { Reliance } from "../../../operations/vendors/reliance.ts";
import { reliances } from "../../../operations/vendors/reliances.ts";
import { headline, report } from "../../../operations/vendors/report.ts";
import { recorded, TODAY, UNKNOWN_DIGEST } from "./recorded.ts";

/** What is known to have moved, or to end soon, and nothing can be done about yet. */
const known = [
  "prom/prometheus: 3.13.5",
  "prom/alertmanager: 0.35.0",
  "Python: 3.10, the oldest that is taken",
  "Anthropic: claude-sonnet-4-5",
  "Anthropic: claude-opus-4-5",
];

const settled = reliances.filter(({ vendor, what }) => !known.includes(`${vendor}: ${what}`));
const texts = async (other: Parameters<typeof recorded>[0], list = settled) =>
  (await checkVendors(recorded(other), TODAY, list)).findings.map(({ what, text }) => `${what} ${text}`);

test("of all that we rely on, only what is known has moved", async () => {
  const { status, findings, unasked } = await checkVendors(recorded(), TODAY);
  expect(unasked).toEqual([]);
  expect([...new Set(findings.map(({ what }) => what))].toSorted()).toEqual(known.toSorted());
  expect(findings).toContainEqual({
    what: "prom/prometheus: 3.13.5",
    file: "catalog/images.ts",
    text: `has no digest here: pin digest: "${UNKNOWN_DIGEST}", and remove its exemption in policies/config/`,
  });
  expect(status).toBe("moved");
});

test("without these, all is as it was written down", async () => {
  const result = await checkVendors(recorded(), TODAY, settled);
  expect(result).toEqual({ status: "clean", day: "2026-11-29", findings: [], unasked: [] });
  expect(headline(result)).toBe("Vendors: all is as it was written down");
});

const json = (value: unknown) => () => new Response(JSON.stringify(value));
const release = (result: object) =>
  json({ result: { isEol: false, eolFrom: null, latest: null, ...result } });

describe("told is", () => {
  test.each([
    [
      "a newer patch",
      "nodejs/releases/24",
      release({ latest: { name: "24.23.0" } }),
      "Node.js: 24.22.3 24.23.0 is out, and 24.22.3 is in use",
    ],
    [
      "another end",
      "grafana/releases",
      release({ eolFrom: "2027-01-01" }),
      "grafana/grafana: support of 13.2 ends on 2027-01-01, not on 2027-05-18",
    ],
    [
      "an end that has come",
      "aws-lambda",
      release({ isEol: true }),
      "AWS Lambda: nodejs24.x is kept no longer",
    ],
    [
      "an action on another Node",
      "actions/checkout",
      () => new Response("runs:\n  using: node20"),
      "actions/checkout: v7.0.1 runs on node20, not on node24",
    ],
    [
      "an API that is gone",
      "/PagerDuty/",
      json({ paths: { "/oncalls": { get: {} } } }),
      "PagerDuty: GET /services/{id} is no longer in https://",
    ],
    [
      "one that is deprecated",
      "/PagerDuty/",
      json({ paths: { "/oncalls": { get: { deprecated: true } } } }),
      "PagerDuty: GET /oncalls is deprecated, says https://",
    ],
  ])("%s", async (_what, address, answer, expected) => {
    expect(await texts({ [address]: answer })).toContainEqual(expect.stringContaining(expected));
  });

  test("a tag that was moved, with both digests", async () => {
    const moved = () => new Response("", { headers: { "docker-content-digest": UNKNOWN_DIGEST } });
    expect(await texts({ "grafana/grafana/manifests/13.2.3": moved })).toEqual([
      expect.stringMatching(/^grafana\/grafana: 13\.2\.3 is sha256:5e5e\w+ now, not sha256:b28bae15\w+: /),
    ]);
  });
});

test.each([
  [
    "answers with an error",
    () => new Response("", { status: 503 }),
    /endoflife\.date answered 503 for \/api\/v1\/products\/nodejs/,
  ],
  ["answers with a page", () => new Response("<html>"), /JSON/],
  ["answers in another form", json({ result: {} }), /gave an answer of another form than expected/],
  [
    "does not answer",
    () => {
      throw new TypeError("fetch failed", { cause: new Error("no such host") });
    },
    /fetch failed: no such host/,
  ],
])("a source that %s was not asked, which is not clean", async (_what, answer, reason) => {
  const result = await checkVendors(recorded({ "nodejs/releases/24": answer }), TODAY, settled);
  expect(result.status).toBe("incomplete");
  expect(result.unasked).toEqual([{ what: "Node.js: 24.22.3", reason: expect.stringMatching(reason) }]);
  expect(report(result)).toContain("nothing has moved, but 1 source could not be asked");
});

describe("an end", () => {
  const ending = (on: string, kind: Reliance["kind"] = "runtime"): Reliance => ({
    ...{ vendor: "Vendor", what: "thing", file: "README.md", mark: "", source: "", seen: "2026-11-29" },
    ...{ kind, ends: { on, how: "stops" } },
  });
  const nobody = () => Promise.reject(new Error("offline"));
  const told = async (reliance: Reliance) =>
    (await checkVendors(nobody, TODAY, [reliance])).findings.map(({ text }) => text);

  test.each([
    ["2027-01-28", "stops on 2027-01-28, in 60 days"],
    ["2026-11-29", "stops on 2026-11-29, in 0 days"],
    ["2026-10-31", "stops since 2026-10-31"],
  ])("on %s is told, offline too", async (on, text) => {
    expect(await told(ending(on))).toEqual([text]);
  });

  test("later than in 60 days is not", async () => {
    expect(await told(ending("2027-01-29"))).toEqual([]);
  });

  test("of a model is told until it has come: its price stays for the past", async () => {
    expect(await told(ending("2026-11-30", "model"))).toHaveLength(1);
    expect(await told(ending("2026-11-28", "model"))).toEqual([]);
  });
});
