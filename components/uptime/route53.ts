import { AlarmMuteRule } from "@pulumi/aws/cloudwatch/alarmMuteRule.js";
import { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm.js";
import { HealthCheck } from "@pulumi/aws/route53/healthCheck.js";
import * as pulumi from "@pulumi/pulumi";
import {
  type Maintenance,
  maintenanceOf,
  minutesLong,
  minutesOf,
  weekdayOf,
} from "../../catalog/maintenance.ts";
import { GLOBAL_REGION } from "../../catalog/topics.ts";
import { type Checker, canCheck, isSecure, TOLD_BY_TAG, type UptimeCheck } from "../../catalog/uptime.ts";
import type { RegionalTopics } from "../aws/alert-topics.ts";

export interface UptimeArgs {
  /** Prefix of names, such as `agentpay-production`. */
  namePrefix: string;
  /** Every endpoint of the stack; those that Route 53 can't check are left out. */
  checks: readonly UptimeCheck[];
  /** The checker that tells people of the endpoint; where it isn't Route 53, its alarm only records. */
  toldBy: (check: UptimeCheck) => Checker | undefined;
  /** Seconds between the checks of each of Route 53's checkers. */
  requestInterval: 10 | 30;
  /** Announced work: meanwhile the alarms of what it affects do nothing. */
  maintenance: readonly Maintenance[];
  /** Topics of the global region. */
  topics: RegionalTopics;
  /** Where the runbooks are published. */
  runbookBaseUrl: string;
}

/** Checks of the public endpoints by AWS's health checkers, from all of their eight regions. */
export class Uptime extends pulumi.ComponentResource {
  readonly healthCheckIds: Record<string, pulumi.Output<string>>;

  constructor(name: string, args: UptimeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("agentpay:monitoring:Uptime", name, {}, opts);
    const checks = args.checks.filter((each) => canCheck("route53", each));
    this.healthCheckIds = Object.fromEntries(
      checks.map((check) => {
        const healthCheck = this.healthCheck(name, check, args);
        this.alarm(name, check, healthCheck, args);
        return [check.key, healthCheck.id];
      }),
    );
    for (const [index, work] of args.maintenance.entries()) {
      const affected = checks.filter(({ key }) => maintenanceOf(key, [work]).length > 0);
      if (affected.length > 0) this.mute(`maintenance-${index + 1}`, name, work, affected, args);
    }
    this.registerOutputs({ healthCheckIds: this.healthCheckIds });
  }

  private healthCheck(name: string, check: UptimeCheck, args: UptimeArgs): HealthCheck {
    return new HealthCheck(
      `${name}-${check.key}`,
      {
        ...endpointOf(check),
        requestInterval: args.requestInterval,
        failureThreshold: 3,
        tags: { Name: `${args.namePrefix} ${check.key}`, owner: check.owner },
      },
      { parent: this },
    );
  }

  private alarm(name: string, check: UptimeCheck, healthCheck: HealthCheck, args: UptimeArgs): void {
    const topicArn = check.severity === "critical" ? args.topics.criticalArn : args.topics.warningArn;
    const teller = args.toldBy(check);
    const actions = teller === "route53" ? [topicArn] : [];
    new MetricAlarm(
      `${name}-${check.key}-alarm`,
      {
        name: alarmName(check, args),
        alarmDescription:
          `${check.key} can't be reached from the internet. ${check.whenItFails} ` +
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
        alarmActions: actions,
        okActions: actions,
        ...(teller === "route53" || teller === undefined ? {} : { tags: { [TOLD_BY_TAG]: teller } }),
        region: GLOBAL_REGION,
      },
      { parent: this },
    );
  }

  /** While announced work goes on, the alarms of what it affects do nothing. */
  private mute(
    key: string,
    name: string,
    work: Maintenance,
    affected: readonly UptimeCheck[],
    args: UptimeArgs,
  ): void {
    new AlarmMuteRule(
      `${name}-${key}`,
      {
        name: `${args.namePrefix}-${key}`,
        description: `Announced work: ${work.text}`.slice(0, 1024),
        rule: { schedule: scheduleOf(work) },
        muteTargets: { alarmNames: affected.map((check) => alarmName(check, args)) },
        region: GLOBAL_REGION,
      },
      { parent: this },
    );
  }
}

function alarmName({ key }: UptimeCheck, { namePrefix }: UptimeArgs): string {
  return `${namePrefix}-${key}-unreachable`;
}

/** Route 53's view of an endpoint. */
export function endpointOf({ kind, url }: Pick<UptimeCheck, "kind" | "url">) {
  const { hostname, port, pathname } = new URL(url);
  const secure = isSecure(url);
  const address = { fqdn: hostname, port: port === "" ? (secure ? 443 : 80) : Number(port) };
  if (kind === "port") return { type: "TCP", ...address };
  return { type: secure ? "HTTPS" : "HTTP", ...address, resourcePath: pathname };
}

/** When a mute rule begins, and how long it lasts. */
export function scheduleOf({ window }: Pick<Maintenance, "window">) {
  const { day, from } = window;
  const minutes = minutesOf(from);
  const expression =
    "date" in day
      ? `at(${day.date}T${from})`
      : `cron(${minutes % 60} ${Math.floor(minutes / 60)} * * ${weekdayOf(window).slice(0, 3).toUpperCase()})`;
  return { expression, duration: `PT${minutesLong(window)}M`, timezone: "UTC" };
}
