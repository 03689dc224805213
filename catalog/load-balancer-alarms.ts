/**
 * What CloudWatch alarms on about the load balancer in front of AgentPay: an answer that it gives by itself is counted by
 * no server of AgentPay's.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
import type { CloudWatchAlarm } from "./cloudwatch-alarm.ts";

/** Namespace of an Application Load Balancer's metrics, and the dimensions that say which one is meant. */
export const LOAD_BALANCER_NAMESPACE = "AWS/ApplicationELB";
export const LOAD_BALANCER_DIMENSION = "LoadBalancer";
export const TARGET_GROUP_DIMENSION = "TargetGroup";

/** An alarm on the load balancer, or on each of its target groups. */
export interface LoadBalancerAlarm extends CloudWatchAlarm {
  readonly on: "load balancer" | "target group";
}

export const loadBalancerAlarms: readonly LoadBalancerAlarm[] = [
  {
    name: "LoadBalancerErrorsHigh",
    on: "load balancer",
    severity: "critical",
    threshold: {
      default: 10,
      unit: "errors a minute that the load balancer answers by itself",
      source: "a starting point: a deployment costs a handful once, an outage costs them each minute",
    },
    describe: (threshold, name) =>
      `The load balancer ${name} answers more than ${threshold} requests a minute with 5xx by itself for 5 minutes: it reaches no healthy server, or waits too long for one.`,
    metricName: "HTTPCode_ELB_5XX_Count",
    statistic: "Sum",
    comparisonOperator: "GreaterThanThreshold",
    minutes: 5,
    // It is reported where it is not zero.
    treatMissingData: "notBreaching",
  },
  {
    name: "LoadBalancerConnectionsRejected",
    on: "load balancer",
    severity: "critical",
    threshold: {
      default: 10,
      unit: "connections a minute that the load balancer rejects",
      source: "a starting point, as of its errors; none is usual",
    },
    describe: (threshold, name) =>
      `The load balancer ${name} rejects more than ${threshold} connections a minute for 5 minutes, since it has as many as it takes: visitors get no answer, and nothing else counts them.`,
    metricName: "RejectedConnectionCount",
    statistic: "Sum",
    comparisonOperator: "GreaterThanThreshold",
    minutes: 5,
    // It is reported where it is not zero.
    treatMissingData: "notBreaching",
  },
  {
    name: "LoadBalancerCannotReachTargets",
    on: "load balancer",
    severity: "warning",
    threshold: {
      default: 10,
      unit: "connections a minute that the load balancer could not open to a target",
      source: "a starting point: a deployment costs a handful once",
    },
    describe: (threshold, name) =>
      `The load balancer ${name} fails to connect to its targets more than ${threshold} times a minute for 5 minutes: a server is full, or something between them is closed.`,
    metricName: "TargetConnectionErrorCount",
    statistic: "Sum",
    comparisonOperator: "GreaterThanThreshold",
    minutes: 5,
    // As above.
    treatMissingData: "notBreaching",
  },
  {
    name: "LoadBalancerUnhealthyTargets",
    on: "target group",
    severity: "warning",
    threshold: {
      default: 1,
      unit: "targets that fail the load balancer's health check",
      source: "any: the others carry its load",
    },
    describe: (threshold, name) =>
      `At least ${threshold} of the targets of ${name} fails the load balancer's health check for 10 minutes.`,
    metricName: "UnHealthyHostCount",
    statistic: "Maximum",
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    minutes: 10,
    treatMissingData: "missing",
  },
  {
    name: "LoadBalancerHasNoTarget",
    on: "target group",
    severity: "critical",
    threshold: {
      default: 1,
      unit: "healthy targets",
      source: "fewer than one: nobody answers but the load balancer itself",
    },
    describe: (threshold, name) =>
      `Fewer than ${threshold} targets of ${name} are healthy for 3 minutes: nobody is there to answer.`,
    metricName: "HealthyHostCount",
    statistic: "Minimum",
    comparisonOperator: "LessThanThreshold",
    minutes: 3,
    // Nothing is reported of a group without targets.
    treatMissingData: "breaching",
  },
];
