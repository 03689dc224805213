import { expect, test } from "vitest";
import { targetOf } from "../../../local/drills/live-stack.ts";
import { parseSettings } from "../../../settings/settings.ts";
import { configurationOf, type Overrides } from "../../support/program.ts";

const outputs = {
  pagerUrl: "https://agentpay.pagerduty.com/service-directory/PSERVICE",
  alertmanagerUrl: "http://127.0.0.1:9093",
};

function stackOf(overrides: Overrides = {}) {
  const settings = parseSettings("production", configurationOf("production", overrides));
  return { settings, secrets: { "pagerduty.token": "token" }, outputs };
}

test("reads where the page goes, and where it is looked for", () => {
  expect(targetOf(stackOf(), "production")).toMatchObject({
    environment: "production",
    alertmanagerUrl: "http://127.0.0.1:9093",
    pagerDuty: { url: "https://api.pagerduty.com", token: "token", serviceId: "PSERVICE" },
  });
});

test.each([
  [{ "pagerduty.enabled": false }, /production never pages/],
  [{ "metrics.enabled": false }, /has no Alertmanager: metrics/],
  [{ "metrics.engine": "amp" }, /production's pages go through its engine's own Alertmanager/],
])("a stack that can't page is refused: %o", (overrides, message) => {
  expect(() => targetOf(stackOf(overrides), "production")).toThrow(message);
});

test("a stack that was never made says how to make it", () => {
  expect(() => targetOf({ ...stackOf(), outputs: {} }, "production")).toThrow(/Make it with: pulumi up/);
});
