import { expect, test } from "vitest";
import { imageReference, images } from "../../catalog/images.ts";
import { tools } from "../../local/toolchain/tools.ts";

test.each(Object.entries(images))("%s is pinned by digest, where one is known", (name, image) => {
  const digest = name === "gatus" ? "" : "@sha256:[0-9a-f]{64}";
  expect(imageReference(image)).toMatch(new RegExp(`^[a-z./]+/[a-z-]+:v?\\d+\\.\\d+\\.\\d+${digest}$`));
});

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
