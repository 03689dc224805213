import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { imageReference, images } from "../../catalog/images.ts";
import { tools } from "../../operations/tools/tools.ts";
import { REPOSITORY } from "../../toolkit/repository.ts";
import { stacks } from "../support/program.ts";

/** Images whose digest the policies don't ask for, by stack: what `policies/config/` says. */
const exemptions = stacks.map((stack) => {
  const text = readFileSync(join(REPOSITORY, `policies/config/${stack}.json`), "utf8");
  const names = text.matchAll(/RemoteImage::(?:metrics-(\w+)|status-page)-image"/g);
  return [...names].map(([, server]) => server ?? "gatus");
});

test.each(Object.entries(images))(
  "%s has a version, and a digest or an exemption that ends",
  (name, image) => {
    expect(imageReference(image)).toMatch(/^[a-z./]+\/[a-z-]+:v?\d+\.\d+\.\d+(@sha256:[0-9a-f]{64})?$/);
    const exempt = "digest" in image ? [] : [name];
    for (const names of exemptions) expect(names.filter((each) => each === name)).toEqual(exempt);
  },
);

test("Prometheus's tags have a v, Grafana's have none", () => {
  expect(imageReference(images.prometheus)).toMatch(/^prom\/prometheus:v3\./);
  expect(imageReference(images.alertmanager)).toMatch(/^prom\/alertmanager:v0\./);
  expect(imageReference(images.grafana)).toMatch(/^grafana\/grafana:\d/);
});

test.each(["prometheus", "alertmanager", "blackbox", "gatus"] as const)(
  "the local stack runs the same %s",
  (name) => {
    expect(tools[name].version).toBe(images[name].version);
  },
);
