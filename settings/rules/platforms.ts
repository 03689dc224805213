/** What one platform makes another need. */

import type { Problem } from "../messages.ts";
import type { Sections } from "../schema.ts";
import { readTarget, sameTarget } from "../targets.ts";

export function platformProblems({ aws, database, metrics, sentry }: Sections): Problem[] {
  const problems: Problem[] = [];
  if (sentry?.enabled && sentry.pagerDutyIntegration && !sentry.pagerDutyService) {
    const expected =
      "the number that Sentry gave the PagerDuty service, since sentry.pagerDutyIntegration is set";
    problems.push({ key: "sentry.pagerDutyService", expected, text: true });
  }
  if (aws?.enabled && metrics?.enabled && !aws.endpointUrl && !aws.alertingRoleArn) {
    const expected = "the ARN of the role under which Alertmanager's host publishes its heartbeat";
    problems.push({ key: "aws.alertingRoleArn", expected, text: true });
  }
  if (metrics?.enabled && metrics.databaseAddress && !metrics.databasePassword) {
    const expected = "a secret value, since metrics.databaseAddress is set";
    problems.push({ key: "metrics.databasePassword", expected, text: true });
  }
  if (database?.enabled && aws?.enabled === false) {
    problems.push({ key: "database.enabled", expected: "false where aws.enabled is false", text: false });
  }
  if (aws?.enabled && aws.targetGroups.length > 0 && !aws.loadBalancer) {
    const expected = "the load balancer of aws.targetGroups, such as app/agentpay/50dc6c495c0c9188";
    problems.push({ key: "aws.loadBalancer", expected, text: true });
  }
  return [...problems, ...instanceProblems(database)];
}

/** An instance is the primary or a replica. */
function instanceProblems(database: Sections["database"]): Problem[] {
  if (!database?.enabled) return [];
  return database.replicaIdentifiers.flatMap((replica, index) =>
    replica === database.instanceIdentifier
      ? [
          {
            key: `database.replicaIdentifiers[${index}]`,
            expected: "another instance than database.instanceIdentifier",
            text: true,
          },
        ]
      : [],
  );
}

/** What finding targets needs. */
export function targetProblems({ aws, metrics }: Sections): Problem[] {
  if (!metrics?.enabled) return [];
  return TARGET_KEYS.flatMap((key) =>
    metrics[key].flatMap((text, index): Problem[] => {
      const refused = (expected: string) => [{ key: `metrics.${key}[${index}]`, expected, text: true }];
      const { kind } = readTarget(text);
      if (kind === "file" && !metrics.targetsFolder) {
        return refused("host:port, or a folder in metrics.targetsFolder that holds the file");
      }
      if (kind === "ec2" && (aws?.enabled === false || (aws?.enabled && aws.endpointUrl))) {
        return refused(
          "no ec2+ where aws.enabled is false or aws.endpointUrl is set: only AWS knows instances",
        );
      }
      return [];
    }),
  );
}

/** One server is of one kind: twice scraped, its counts would be of two. */
export function sameTargetProblems({ metrics }: Sections): Problem[] {
  if (!metrics?.enabled) return [];
  const targets = TARGET_KEYS.flatMap((key) =>
    metrics[key].map((text, index) => ({ key: `metrics.${key}[${index}]`, text: sameTarget(text) })),
  );
  return targets.flatMap(({ key, text }, index) => {
    const other = targets.slice(0, index).find((each) => each.text === text);
    // Two of one list are told by the list itself.
    if (other === undefined || other.key.split("[")[0] === key.split("[")[0]) return [];
    return [{ key, expected: `another target than ${other.key}`, text: true }];
  });
}

const TARGET_KEYS = ["apiTargets", "workerTargets", "postgresTargets", "redisTargets"] as const;

/** What an engine other than this stack's own Prometheus needs. */
export function engineProblems({ aws, metrics, notifications }: Sections): Problem[] {
  if (!metrics?.enabled) return [];
  const problems: Problem[] = [];
  if (metrics.engine === "remote") {
    for (const key of ["remoteWriteUrl", "remoteQueryUrl"] as const) {
      if (metrics[key]) continue;
      const expected = "an http(s) address, since metrics.engine is remote";
      problems.push({ key: `metrics.${key}`, expected, text: true });
    }
  }
  if (metrics.remoteUsername && !metrics.remotePassword) {
    const expected = "a secret value, since metrics.remoteUsername is set";
    problems.push({ key: "metrics.remotePassword", expected, text: true });
  }
  if (metrics.engine === "amp" && aws?.enabled === false) {
    const expected = "container or remote where aws.enabled is false: amp is AWS's";
    problems.push({ key: "metrics.engine", expected, text: true });
  }
  if (metrics.engine === "amp" && notifications && notifications.emails.length === 0) {
    const expected = "an address: where metrics.engine is amp, warnings go by email alone";
    problems.push({ key: "notifications.emails[0]", expected, text: true });
  }
  return problems;
}

/** GitHub's tokens have both ids or neither. */
export function ciProblems({ ci }: Sections): Problem[] {
  if (!ci || (ci.ownerId === 0) === (ci.repositoryId === 0)) return [];
  const [key, other] = ci.ownerId === 0 ? ["ownerId", "repositoryId"] : ["repositoryId", "ownerId"];
  return [{ key: `ci.${key}`, expected: `GitHub's id, since ci.${other} is set`, text: false }];
}

export function logProblems({ aws, datadog, logs }: Sections): Problem[] {
  if (logs?.platform !== "datadog") return [];
  const problems: Problem[] = [];
  if (aws?.enabled === false) {
    const expected = "cloudwatch where aws.enabled is false: Datadog's agent is installed through AWS";
    problems.push({ key: "logs.platform", expected, text: true });
  }
  for (const key of ["apiKey", "applicationKey"] as const) {
    if (datadog && !datadog[key]) {
      const expected = "a secret value, since logs.platform is datadog";
      problems.push({ key: `datadog.${key}`, expected, text: true });
    }
  }
  return problems;
}
