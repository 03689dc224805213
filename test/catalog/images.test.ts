import { expect, test } from "vitest";
import { imageReference, images } from "../../catalog/images.ts";
import { tools } from "../../local/toolchain/tools.ts";

test.each(Object.values(images))("$repository is pinned by digest", (image) => {
  expect(imageReference(image)).toMatch(/^[a-z]+\/[a-z]+:v?\d+\.\d+\.\d+@sha256:[0-9a-f]{64}$/);
});

test("Prometheus's tags have a v, Grafana's have none", () => {
  expect(imageReference(images.prometheus)).toMatch(/^prom\/prometheus:v3\./);
  expect(imageReference(images.alertmanager)).toMatch(/^prom\/alertmanager:v0\./);
  expect(imageReference(images.grafana)).toMatch(/^grafana\/grafana:\d/);
});

test.each(["prometheus", "alertmanager"] as const)("the local stack runs the same %s", (name) => {
  expect(tools[name].version).toBe(images[name].version);
});
