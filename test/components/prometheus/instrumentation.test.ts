import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { LLM_TAG } from "../../../catalog/sentry-alerts.ts";

const folder = new URL("../../../instrumentation/src/agentpay_observability/", import.meta.url);

test("the Python package marks LLM failures as Sentry's alert on them looks for", () => {
  const source = readFileSync(new URL("sentry.py", folder), "utf8");
  expect(source).toContain(`LLM_TAG = ("${LLM_TAG.key}", "${LLM_TAG.value}")`);
});
