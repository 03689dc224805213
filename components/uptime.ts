import { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm.js";
import { HealthCheck } from "@pulumi/aws/route53/healthCheck.js";
import * as pulumi from "@pulumi/pulumi";
import { GLOBAL_REGION } from "../catalog/topics.ts";
import type { UptimeCheck } from "../catalog/uptime.ts";
import type { RegionalTopics } from "./alert-topics.ts";

export interface UptimeArgs {
  /** Prefix of names, such as `agentpay-production`. */
  namePrefix: string;
  checks: readonly UptimeCheck[];
  /** Topics of the global region. */
  topics: RegionalTopics;
  /** Where the runbooks are published. */
  runbookBaseUrl: string;
}

/** Checks of the public endpoints from outside, by AWS's health checkers around the world. */
export class Uptime extends pulumi.ComponentResource {
  readonly healthCheckIds: Record<string, pulumi.Output<string>>;

  constructor(name: string, args: UptimeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:Uptime", name, {}, opts);
    const healthCheckIds: Record<string, pulumi.Output<string>> = {};

    for (const check of args.checks) {
      const healthCheck = new HealthCheck(
        `${name}-${check.key}`,
        {
          ...endpointOf(check.url),
          requestInterval: 30,
          failureThreshold: 3,
          tags: { Name: `${args.namePrefix} ${check.publicName}` },
        },
        { parent: this },
      );
      const topicArn = check.severity === "critical" ? args.topics.criticalArn : args.topics.warningArn;
      new MetricAlarm(
        `${name}-${check.key}-alarm`,
        {
          name: `${args.namePrefix}-${check.key}-unreachable`,
          alarmDescription:
            `${check.publicName} can't be reached from the internet. ` +
            `Runbook: ${args.runbookBaseUrl}/EndpointUnreachable.md`,
          namespace: "AWS/Route53",
          metricName: "HealthCheckStatus",
          dimensions: { HealthCheckId: healthCheck.id },
          statistic: "Minimum",
          period: 60,
          evaluationPeriods: 2,
          comparisonOperator: "LessThanThreshold",
          threshold: 1,
          // A check that reports nothing is no better than one that fails.
          treatMissingData: "breaching",
          alarmActions: [topicArn],
          okActions: [topicArn],
          region: GLOBAL_REGION,
        },
        { parent: this },
      );
      healthCheckIds[check.key] = healthCheck.id;
    }

    this.healthCheckIds = healthCheckIds;
    this.registerOutputs({ healthCheckIds });
  }
}

/** Route 53's view of a URL. */
export function endpointOf(url: string) {
  const { protocol, hostname, port, pathname } = new URL(url);
  const secure = protocol === "https:";
  return {
    type: secure ? "HTTPS" : "HTTP",
    fqdn: hostname,
    port: port === "" ? (secure ? 443 : 80) : Number(port),
    resourcePath: pathname,
  };
}
