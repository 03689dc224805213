import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { instrumentationFiles } from "../../render/instrumentation.ts";

const folder = new URL("../../instrumentation/src/agentpay_observability/", import.meta.url);

test.each(Object.entries(instrumentationFiles()))(
  "the Python package's %s is the catalogue's: npm run contract",
  (name, content) => {
    expect(readFileSync(new URL(name, folder), "utf8")).toBe(content);
  },
);
