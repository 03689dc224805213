/** Where things are: ports of one host, and ARNs of the stack's own account and region. */

import { placeOf } from "../amazon.ts";
import type { Problem } from "../messages.ts";
import type { Sections } from "../schema.ts";

/** Ports that servers of a stack listen on, by key. A platform that is switched off has none. */
function portsOf({ metrics, uptime }: Sections): Readonly<Record<string, number>> {
  const sameHost =
    uptime?.enabled &&
    uptime.checkers.includes("gatus") &&
    (uptime.statusPageDockerHost === undefined ||
      (metrics?.enabled && uptime.statusPageDockerHost === metrics.dockerHost));
  return {
    ...(metrics?.enabled && {
      "metrics.prometheusPort": metrics.prometheusPort,
      "metrics.alertmanagerPort": metrics.alertmanagerPort,
      ...(metrics.replicas > 1 && {
        "metrics.prometheusReplicaPort": metrics.prometheusReplicaPort,
        "metrics.alertmanagerReplicaPort": metrics.alertmanagerReplicaPort,
      }),
      "metrics.blackboxPort": metrics.blackboxPort,
      "metrics.grafanaPort": metrics.grafanaPort,
    }),
    ...(sameHost && { "uptime.statusPagePort": uptime.statusPagePort }),
  };
}

export function portProblems(sections: Sections): Problem[] {
  const ports = Object.entries(portsOf(sections));
  return ports.flatMap(([key, port], index) => {
    const other = ports.slice(0, index).find(([, taken]) => taken === port);
    if (other === undefined) return [];
    return [{ key, expected: `another port than that of ${other[0]}: both are of one host`, text: false }];
  });
}

/** The stack may touch one account, so whatever it names is there. */
export function placeProblems({ aws, ci, cost, logs }: Sections): Problem[] {
  if (!aws?.enabled) return [];
  const named = {
    "aws.alertingRoleArn": aws.alertingRoleArn,
    "ci.permissionsBoundaryArn": ci?.permissionsBoundaryArn,
    "logs.kmsKeyArn": logs?.kmsKeyArn,
    "cost.anomalyMonitorArn": cost?.anomalyMonitorArn,
    "ci.oidcProviderArn": ci?.oidcProviderArn,
    "ci.stateKmsKeyArn": ci?.stateKmsKeyArn,
  };
  const problems = Object.entries(named).flatMap(([key, arn]): Problem[] =>
    arn === undefined || placeOf(arn).account === aws.accountId
      ? []
      : [{ key, expected: "an ARN of the account aws.accountId: this stack touches no other", text: true }],
  );
  // CloudWatch encrypts with keys of its own region only.
  const keyRegion = logs?.kmsKeyArn && placeOf(logs.kmsKeyArn).region;
  if (keyRegion && keyRegion !== aws.region) {
    problems.push({ key: "logs.kmsKeyArn", expected: "a key of the region aws.region", text: true });
  }
  return problems;
}
