/** Alarms on what a stack names: RDS instances, the load balancer and its target groups. */
import { expect, test } from "vitest";
import { componentOf, runProgram } from "../../support/program.ts";

const CRITICAL = "arn:aws:sns:eu-central-1:111122223333:agentpay-production-critical";
const LOAD_BALANCER = "app/agentpay/50dc6c495c0c9188";
const TARGET_GROUP = "targetgroup/agentpay-api/73e2d6bc24d8a067";

const withDatabases = () =>
  runProgram("production", {
    overrides: {
      "database.instanceIdentifier": "agentpay",
      "database.replicaIdentifiers": ["agentpay-reader"],
    },
  });

const withLoadBalancer = () =>
  runProgram("production", {
    overrides: { "aws.loadBalancer": LOAD_BALANCER, "aws.targetGroups": [TARGET_GROUP] },
  });

test("what a stack does not name has no alarm", async () => {
  const { resources } = await runProgram("production");
  const types = resources.map(({ type }) => type);
  expect(types).not.toContain("agentpay:monitoring:DatabaseAlarms");
  expect(types).not.toContain("agentpay:monitoring:LoadBalancerAlarms");
});

test("only the primary runs out of transaction IDs, only a replica lags", async () => {
  const { outputs } = componentOf(await withDatabases(), "DatabaseAlarms");
  expect(outputs["alarmNames"]).toEqual([
    "agentpay-production-database-storage-low-agentpay",
    "agentpay-production-database-processor-high-agentpay",
    "agentpay-production-database-memory-low-agentpay",
    "agentpay-production-database-operation-credits-low-agentpay",
    "agentpay-production-database-throughput-credits-low-agentpay",
    "agentpay-production-database-burst-credits-low-agentpay",
    "agentpay-production-database-transaction-ids-high-agentpay",
    "agentpay-production-database-storage-low-agentpay-reader",
    "agentpay-production-database-processor-high-agentpay-reader",
    "agentpay-production-database-memory-low-agentpay-reader",
    "agentpay-production-database-operation-credits-low-agentpay-reader",
    "agentpay-production-database-throughput-credits-low-agentpay-reader",
    "agentpay-production-database-burst-credits-low-agentpay-reader",
    "agentpay-production-database-replica-lag-high-agentpay-reader",
    "agentpay-production-database-replication-stopped-agentpay-reader",
  ]);
});

test("10 GiB of storage left page, in the bytes that RDS reports, and the end is told", async () => {
  const databases = componentOf(await withDatabases(), "DatabaseAlarms");
  expect(databases.inputs("databases-database-storage-low-agentpay")).toEqual({
    name: "agentpay-production-database-storage-low-agentpay",
    alarmDescription: expect.stringMatching(/agentpay has less than 10 GiB.*\/DatabaseStorageLow\.md$/),
    namespace: "AWS/RDS",
    metricName: "FreeStorageSpace",
    dimensions: { DBInstanceIdentifier: "agentpay" },
    statistic: "Minimum",
    period: 60,
    evaluationPeriods: 5,
    comparisonOperator: "LessThanThreshold",
    threshold: 10_737_418_240,
    treatMissingData: "missing",
    alarmActions: [CRITICAL],
    okActions: [CRITICAL],
  });
});

test("a stack's own threshold is in its unit, not in bytes", async () => {
  const program = await runProgram("production", {
    overrides: { "database.instanceIdentifier": "agentpay", "alertThresholds.DatabaseStorageLow": 25 },
  });
  const databases = componentOf(program, "DatabaseAlarms");
  expect(databases.inputs("databases-database-storage-low-agentpay")["threshold"]).toBe(25 * 1024 ** 3);
});

test("the load balancer is watched as a whole, and each target group for itself", async () => {
  const balancer = componentOf(await withLoadBalancer(), "LoadBalancerAlarms");
  const dimensions = Object.fromEntries(
    balancer.children.map(({ inputs }) => [inputs["metricName"], inputs["dimensions"]]),
  );
  const group = { LoadBalancer: LOAD_BALANCER, TargetGroup: TARGET_GROUP };
  expect(dimensions).toEqual({
    HTTPCode_ELB_5XX_Count: { LoadBalancer: LOAD_BALANCER },
    RejectedConnectionCount: { LoadBalancer: LOAD_BALANCER },
    TargetConnectionErrorCount: { LoadBalancer: LOAD_BALANCER },
    UnHealthyHostCount: group,
    HealthyHostCount: group,
  });
});

test("no error is no data, and no target is none either: the one is well, the other an outage", async () => {
  const balancer = componentOf(await withLoadBalancer(), "LoadBalancerAlarms");
  const missing = Object.fromEntries(
    balancer.children.map(({ inputs }) => [inputs["metricName"], inputs["treatMissingData"]]),
  );
  expect(missing).toMatchObject({ HTTPCode_ELB_5XX_Count: "notBreaching", HealthyHostCount: "breaching" });
});

test("target groups without their load balancer are refused", async () => {
  const refused = runProgram("production", { overrides: { "aws.targetGroups": [TARGET_GROUP] } });
  await expect(refused).rejects.toThrow(/aws\.loadBalancer/);
});

test("a replica that is the primary is refused", async () => {
  const overrides = {
    "database.instanceIdentifier": "agentpay",
    "database.replicaIdentifiers": ["agentpay"],
  };
  await expect(runProgram("production", { overrides })).rejects.toThrow(/database\.replicaIdentifiers\[0\]/);
});
