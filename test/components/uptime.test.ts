import { describe, expect, test } from "vitest";
import { endpointOf } from "../../components/uptime.ts";
import { componentOf, runProgram } from "../support/program.ts";

const HEALTH_CHECK = "aws:route53/healthCheck:HealthCheck";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

describe.each([
  { stack: "production", host: "api.agentpay.com", cdn: "cdn.agentpay.com" },
  { stack: "staging", host: "api.staging.agentpay.com", cdn: "cdn.staging.agentpay.com" },
] as const)("$stack", ({ stack, host, cdn }) => {
  const checks = [
    { key: "api", fqdn: host, resourcePath: "/healthz", title: "API", severity: "critical" },
    {
      key: "widget",
      fqdn: cdn,
      resourcePath: "/widget/v1/agentpay-chat.js",
      title: "Chat widget",
      severity: "warning",
    },
  ] as const;

  test("has a health check and an alarm for each endpoint, and tells their ids", async () => {
    const uptime = componentOf(await runProgram(stack), "Uptime");
    expect(uptime.counts).toEqual({ [HEALTH_CHECK]: 2, [ALARM]: 2 });
    expect(uptime.outputs).toEqual({
      healthCheckIds: { api: "id-of-uptime-api", widget: "id-of-uptime-widget" },
    });
  });

  test.each(checks)("$key is checked over https from outside", async ({ key, fqdn, resourcePath, title }) => {
    const uptime = componentOf(await runProgram(stack), "Uptime");
    expect(uptime.inputs(`uptime-${key}`)).toEqual({
      type: "HTTPS",
      fqdn,
      port: 443,
      resourcePath,
      requestInterval: 30,
      failureThreshold: 3,
      tags: { Name: `agentpay-${stack} ${title}` },
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

test.each([
  ["https://example.com", { type: "HTTPS", fqdn: "example.com", port: 443, resourcePath: "/" }],
  [
    "https://example.com:8443/a/b.js",
    { type: "HTTPS", fqdn: "example.com", port: 8443, resourcePath: "/a/b.js" },
  ],
  ["http://example.com/healthz", { type: "HTTP", fqdn: "example.com", port: 80, resourcePath: "/healthz" }],
])("Route 53's view of %s", (url, expected) => {
  expect(endpointOf(url)).toEqual(expected);
});
