import { describe, expect, test } from "vitest";
import { parseMaintenanceWindow } from "../../../catalog/maintenance.ts";
import { endpointOf, scheduleOf } from "../../../components/uptime/route53.ts";
import { componentOf, runProgram } from "../../support/program.ts";

const HEALTH_CHECK = "aws:route53/healthCheck:HealthCheck";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

describe.each([
  { stack: "production", host: "api.agentpay.com", cdn: "cdn.agentpay.com" },
  { stack: "staging", host: "api.staging.agentpay.com", cdn: "cdn.staging.agentpay.com" },
] as const)("$stack", ({ stack, host, cdn }) => {
  const checks = [
    { key: "api", fqdn: host, resourcePath: "/healthz", severity: "critical" },
    {
      key: "widget",
      fqdn: cdn,
      resourcePath: "/widget/v1/agentpay-chat.js",
      severity: "warning",
    },
  ] as const;

  test("has a health check and an alarm for each endpoint, and tells their ids", async () => {
    const uptime = componentOf(await runProgram(stack), "Uptime");
    expect(uptime.counts).toEqual({ [HEALTH_CHECK]: 4, [ALARM]: 4 });
    expect(uptime.outputs).toEqual({
      healthCheckIds: Object.fromEntries(
        ["api", "websocket-port", "widget", "status-page"].map((key) => [key, `id-of-uptime-${key}`]),
      ),
    });
  });

  test.each(checks)("$key is checked over https from outside", async ({ key, fqdn, resourcePath }) => {
    const uptime = componentOf(await runProgram(stack), "Uptime");
    expect(uptime.inputs(`uptime-${key}`)).toEqual({
      type: "HTTPS",
      fqdn,
      port: 443,
      resourcePath,
      requestInterval: 30,
      failureThreshold: 3,
      tags: { Name: `agentpay-${stack} ${key}`, owner: "platform" },
    });
  });

  test.each(checks)(
    "$key rings as $severity, where Route 53 reports, and tells when it is back",
    async ({ key, severity }) => {
      const uptime = componentOf(await runProgram(stack), "Uptime");
      const topic = `arn:aws:sns:us-east-1:111122223333:agentpay-${stack}-${severity}`;
      expect(uptime.inputs(`uptime-${key}-alarm`)).toEqual({
        name: `agentpay-${stack}-${key}-unreachable`,
        alarmDescription: expect.stringMatching(/can't be reached.*\/runbooks\/EndpointUnreachable.md$/),
        namespace: "AWS/Route53",
        metricName: "HealthCheckStatus",
        dimensions: { HealthCheckId: `id-of-uptime-${key}` },
        statistic: "Minimum",
        period: 60,
        evaluationPeriods: 2,
        comparisonOperator: "LessThanThreshold",
        threshold: 1,
        treatMissingData: "breaching",
        alarmActions: [topic],
        okActions: [topic],
        region: "us-east-1",
      });
    },
  );
});

test("where another checker tells people, Route 53's alarms only record", async () => {
  const run = await runProgram("production", { overrides: { "uptime.checkers": ["blackbox", "route53"] } });
  const uptime = componentOf(run, "Uptime");
  for (const key of ["api", "websocket-port", "widget"]) {
    expect(uptime.inputs(`uptime-${key}-alarm`)).toMatchObject({
      alarmActions: [],
      okActions: [],
      tags: { "told-by": "blackbox" },
    });
  }
});

test.each([
  ["http", "https://example.com", { type: "HTTPS", fqdn: "example.com", port: 443, resourcePath: "/" }],
  [
    "http",
    "https://example.com:8443/a/b.js",
    { type: "HTTPS", fqdn: "example.com", port: 8443, resourcePath: "/a/b.js" },
  ],
  [
    "http",
    "http://example.com/healthz",
    { type: "HTTP", fqdn: "example.com", port: 80, resourcePath: "/healthz" },
  ],
  ["port", "https://example.com", { type: "TCP", fqdn: "example.com", port: 443 }],
] as const)("Route 53's view of %s %s", (kind, url, expected) => {
  expect(endpointOf({ kind, url })).toEqual(expected);
});

test.each([
  ["Sunday 02:00-04:00", "cron(0 2 * * SUN)", "PT120M"],
  ["Friday 23:15-24:00", "cron(15 23 * * FRI)", "PT45M"],
  ["2026-12-24 20:00-24:00", "at(2026-12-24T20:00)", "PT240M"],
])("%s mutes alarms by %s", (when, expression, duration) => {
  const window = parseMaintenanceWindow(when);
  if (!window) throw new Error(`${when} is no window`);
  expect(scheduleOf({ window })).toEqual({ expression, duration, timezone: "UTC" });
});
