import { expect, test } from "vitest";
import { notedVersions, versionThatExplains } from "../../../operations/upgrades/changelog.ts";

const versions = notedVersions(`# Changelog

What \`metrics-grafana-data\` is.

## [Unreleased]

### Changed

- \`on-call-team\` has a longer description.

### Replaced

- \`on-call-service\`: PagerDuty has another way of grouping. Its integration keys change.

## [1.1.0] - 2026-12-01

### Removed

- \`sentry-team\`, \`sentry-key\`: nobody used them.

### Renamed

- \`alert-topics-paging\` is \`alert-topics-critical\` now.

## [1.0.0] - 2026-11-30

### Removed

- \`first\`.
`);

const urn = (name: string) => `urn:pulumi:production::agentpay-monitoring::a:b:C$d:e/f:F::${name}`;

test("the newest version that says why is named; what merely changed explains no loss", () => {
  expect(versions.map(({ version }) => version)).toEqual(["Unreleased", "1.1.0", "1.0.0"]);
  const explained = (name: string) => versionThatExplains(urn(name), versions);
  expect(explained("on-call-service")).toBe("Unreleased");
  expect(explained("sentry-key")).toBe("1.1.0");
  expect(explained("alert-topics-paging")).toBe("1.1.0");
  for (const name of ["on-call-team", "metrics-grafana-data", "on-call"])
    expect(explained(name)).toBeUndefined();
});

test("what a release says explains nothing to those who have it already", () => {
  expect(versionThatExplains(urn("first"), versions)).toBe("1.0.0");
  expect(versionThatExplains(urn("first"), versions, "1.0.0")).toBeUndefined();
  expect(versionThatExplains(urn("sentry-key"), versions, "1.0.0")).toBe("1.1.0");
  expect(versionThatExplains(urn("sentry-key"), versions, "1.1.0")).toBeUndefined();
  expect(() => versionThatExplains(urn("first"), versions, "0.9.0")).toThrow(
    "CHANGELOG.md has no version 0.9.0",
  );
});
