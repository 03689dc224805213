import { expect, test } from "vitest";
import { uptimeChecks } from "../../catalog/uptime.ts";

test("the API's health route pages, the widget's script warns", () => {
  const checks = uptimeChecks({
    apiUrl: "https://api.example.com",
    widgetUrl: "https://cdn.example.com/w.js",
  });
  expect(checks).toEqual([
    { key: "api", publicName: "API", url: "https://api.example.com/healthz", severity: "critical" },
    { key: "widget", publicName: "Chat widget", url: "https://cdn.example.com/w.js", severity: "warning" },
  ]);
});
